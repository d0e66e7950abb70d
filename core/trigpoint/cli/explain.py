"""`trigpoint explain`."""

from __future__ import annotations

import click

from trigpoint.cli.command import as_of_option, command, format_option, open_results
from trigpoint.cli.output import print_json, print_lines, terminal_width

EXAMPLES = ("trigpoint explain health A-17", "trigpoint explain health A-17 --as-of 2026-03-31 --origin")


@command("explain", *EXAMPLES)
@click.argument("name", metavar="SCORECARD|FAMILY")
@click.argument("key")
@as_of_option("The score of that date; else the newest.")
@click.option("--origin", is_flag=True, help="Also the file and line of each setting.")
@format_option("table", "json")
def main(name: str, key: str, as_of: str | None, origin: bool, form: str) -> None:
    from trigpoint.explain import explain
    from trigpoint.report.explanations import explanation_as_json, explanation_lines

    with open_results(as_of) as (store, run):
        explanation = explain(store, run, name, key)
    if form == "json":
        print_json(explanation_as_json(explanation, origin))
    else:
        print_lines(explanation_lines(explanation, origin, terminal_width()))
