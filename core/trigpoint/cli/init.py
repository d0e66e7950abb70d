"""`trigpoint init`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import click

from trigpoint.cli.command import command
from trigpoint.cli.printer import say
from trigpoint.cli.program import unknown
from trigpoint.errors import UsageError

MORE = (
    "With --from-csv the sources, tables and subjects are drafted from the files of a folder; what cannot be known "
    "from the files is left as a comment to decide. With --ask, or any of the options of its answers, the rules are "
    "put together from the answers, and the answers kept in trigpoint.toml. No file that exists is touched, but for a "
    "project that was made from answers: asked again, it is brought up to the new ones."
)
EXAMPLES = (
    "trigpoint init mine --from-csv exports/",
    "trigpoint init mine --from growth",
    "trigpoint init mine --ask",
)


@command("init", *EXAMPLES, more=MORE)
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--from", "ruleset", metavar="RULESET", help="Start from a ready-made ruleset; see `trigpoint rulesets`.")
@click.option("--from-csv", "csv_folder", metavar="DIR", type=click.Path(path_type=Path), help="Draft from CSV files.")
@click.option("--timezone", metavar="ZONE", help="Where your days begin and end; else the zone of this machine.")
@click.option("--ask", "asked", is_flag=True, help="Ask what must be known before any target, and put rules together.")
@click.option("--maturity", metavar="WORD", help="Answer: startup, growth or mature.")
@click.option("--goal", metavar="WORD", help="Answer: retention or expansion.")
@click.option("--roles", metavar="LIST", help="Answer: of onboarding, pooled and strategic, with commas; or none.")
@click.option("--touch", metavar="LIST", help="Answer: SEGMENT=MODEL with commas, or one model for all accounts.")
@click.option("--arr-stage", metavar="STAGE", help="Answer: 'up to $2M', '$3-5M', '$6-20M', '$21-50M' or '$50M+'.")
@click.option("--data", metavar="LIST", help="Answer: the tables you have facts for, with commas; or none.")
def main(
    folder: Path, ruleset: str | None, csv_folder: Path | None, timezone: str | None, asked: bool, **typed: str | None
) -> None:
    given = {name: text for name, text in typed.items() if text is not None}
    if asked or given:
        if ruleset or csv_folder:
            text = f"{'--from' if ruleset else '--from-csv'} and answers do not go together"
            raise UsageError.of("TP383", text, hint="the answers choose the rulesets: leave one of them out")
        _init_from_answers(folder, timezone, given)
    else:
        _init(folder, timezone, ruleset, csv_folder)
    say(f"next: cd {shlex.quote(str(folder))} && trigpoint check && trigpoint load", "next")


def _init(folder: Path, timezone: str | None, ruleset: str | None, csv_folder: Path | None) -> None:
    from trigpoint.draft import bundled_rulesets, draft_from_csv, local_zone, sources_of, write_project
    from trigpoint.resources import bundled_names

    if ruleset and ruleset not in bundled_names("rulesets"):
        raise unknown(
            "TP350", "ruleset", ruleset, [each.name for each in bundled_rulesets()], "see `trigpoint rulesets`"
        )
    draft = draft_from_csv(csv_folder, folder) if csv_folder else None
    sources = draft.sources if draft else sources_of([ruleset]) if ruleset else None
    layers = [f"trigpoint:{ruleset}"] if ruleset else []
    written = write_project(folder, timezone or local_zone(), layers, sources, draft.rules if draft else None)
    for path in written:
        print(path)
    for remark in draft.remarks if draft else ():
        say(f"look at: {remark}", "remark")


def _init_from_answers(folder: Path, timezone: str | None, typed: Mapping[str, str]) -> None:
    from trigpoint.cli.asking import ask
    from trigpoint.draft import QUESTIONS, answers_of, kept_answers, local_zone, write_answered

    kept = kept_answers(folder)
    given = {question.name: question.read(typed[question.name]) for question in QUESTIONS if question.name in typed}
    answers = answers_of(ask(given, kept))
    written = write_answered(folder, timezone or local_zone(), answers, answers_of(kept) if kept else None)
    for path in written.paths:
        print(path)
    for remark in written.remarks:
        say(remark, "remark")
