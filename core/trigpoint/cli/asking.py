"""Asks on a terminal what was not answered by options."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

from trigpoint.draft import QUESTIONS, Answer, Question
from trigpoint.errors import UsageError


def ask(given: Mapping[str, Answer], defaults: Mapping[str, Answer]) -> dict[str, Answer]:
    """The given answers, and those to all other questions. Without a terminal nothing is asked, and `defaults` hold.

    Raises UsageError if the terminal is closed before the last answer.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return {**defaults, **given}
    answers = dict(given)
    for question in QUESTIONS:
        if question.name not in answers:
            kept = defaults.get(question.name)
            answers[question.name] = _ask(question, question.default if kept is None else question.shown(kept))
    return answers


def _ask(question: Question, default: str) -> Answer:
    """One question, until it has an answer."""
    click.echo(f"\n{question.text}\n  {question.why}", err=True)
    for choice in question.choices:
        meaning = question.meanings.get(choice)
        click.echo(f"    {choice:<14} {meaning}" if meaning else f"    {choice}", err=True)
    while True:
        try:
            return question.read(click.prompt(_HOW[question.form], default=default, err=True))
        except UsageError as error:
            click.echo(f"  {error}", err=True)
        except click.Abort:
            raise UsageError.of("TP382", "stopped before the last answer", hint="nothing was written") from None


_HOW = {
    "one": "Your choice",
    "several": "Your choice, several with commas between, or none",
    "segments": "SEGMENT=MODEL with commas between, or one model for all",
}
