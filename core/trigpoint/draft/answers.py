"""What was answered to the questions that come before any target, as it is kept in the project file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from attrs import frozen

from trigpoint.draft.questions import QUESTIONS, Answer
from trigpoint.draft.toml_text import value_text
from trigpoint.errors import Place, UsageError

HEAD = "[answers]  # to the questions of `trigpoint init --ask`; asked again, these are its defaults"


@frozen
class Answers:
    """One answer to each question. `touch` is one model for all accounts, or one for each segment."""

    maturity: str
    goal: str
    roles: tuple[str, ...]
    touch: str | dict[str, str]
    arr_stage: str
    data: tuple[str, ...]

    @property
    def text(self) -> str:
        """The table `[answers]` of the project file."""
        lines = [f"{question.name} = {value_text(getattr(self, question.name))}" for question in QUESTIONS]
        return "\n".join([HEAD, *lines]) + "\n"


def answers_of(given: Mapping[str, Answer]) -> Answers:
    """The record of an answer to each question. Raises UsageError that names the options of those missing."""
    missing = [question.option for question in QUESTIONS if question.name not in given]
    if missing:
        hint = "answer by options, or ask on a terminal"
        raise UsageError.of("TP381", f"not answered: {', '.join(missing)}", hint=hint)
    return Answers(**{question.name: given[question.name] for question in QUESTIONS})  # type: ignore[arg-type]  # read by the question of the same name


def kept_answers(root: Path) -> dict[str, Answer]:
    """The answers that stand in the project file of a folder; none where there is no project.

    Raises ConfigError if the project file is wrong, UsageError if it keeps no answers.
    """
    from trigpoint.rules import load_project

    if not (root / "trigpoint.toml").exists():
        return {}
    file = load_project(root).file
    found = cast("dict[str, object]", tomllib.loads(file.read_text("utf-8")).get("answers", {}))
    if found.keys() != {question.name for question in QUESTIONS}:
        hint = "nothing was written: name another folder"
        raise UsageError.of("TP384", "this project was not made from answers", Place(str(file)), hint)
    return {name: cast(Answer, tuple(each) if isinstance(each, list) else each) for name, each in found.items()}
