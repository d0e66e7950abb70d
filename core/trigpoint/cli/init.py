"""`trigpoint init`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from trigpoint.cli.command import command
from trigpoint.cli.printer import say
from trigpoint.cli.program import unknown

MORE = (
    "With --from-csv the sources, tables and subjects are drafted from the files of a folder; what cannot be known "
    "from the files is left as a comment to decide. No file that exists is touched."
)
EXAMPLES = ("trigpoint init mine --from-csv exports/", "trigpoint init mine --from b2b-saas")


@command("init", *EXAMPLES, more=MORE)
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--from", "ruleset", metavar="RULESET", help="Start from a ready-made ruleset; see `trigpoint rulesets`.")
@click.option("--from-csv", "csv_folder", metavar="DIR", type=click.Path(path_type=Path), help="Draft from CSV files.")
@click.option("--timezone", metavar="ZONE", help="Where your days begin and end; else the zone of this machine.")
def main(folder: Path, ruleset: str | None, csv_folder: Path | None, timezone: str | None) -> None:
    from trigpoint.draft import bundled_rulesets, draft_from_csv, local_zone, sources_of, write_project
    from trigpoint.resources import bundled_names

    if ruleset and ruleset not in bundled_names("rulesets"):
        raise unknown(
            "TP350", "ruleset", ruleset, [each.name for each in bundled_rulesets()], "see `trigpoint rulesets`"
        )
    draft = draft_from_csv(csv_folder, folder) if csv_folder else None
    sources = draft.sources if draft else sources_of(ruleset) if ruleset else None
    written = write_project(folder, timezone or local_zone(), ruleset, sources, draft.rules if draft else None)
    for path in written:
        print(path)
    for remark in draft.remarks if draft else ():
        say(f"look at: {remark}", "remark")
    say(f"next: cd {shlex.quote(str(folder))} && trigpoint check && trigpoint load", "next")
