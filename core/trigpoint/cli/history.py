"""`trigpoint history`."""

from __future__ import annotations

import click

from trigpoint.cli.command import command, format_option, open_results
from trigpoint.cli.output import print_csv, print_json, print_sheet


@command("history", "trigpoint history health A-17", "trigpoint history health A-17 --format csv")
@click.argument("name", metavar="SCORECARD|FAMILY")
@click.argument("key")
@format_option("table", "json", "csv")
def main(name: str, key: str, form: str) -> None:
    from trigpoint.history import history
    from trigpoint.report.histories import history_as_json, history_csv, history_table
    from trigpoint.report.titles import measure_titles

    with open_results(None) as (store, _):
        moments = history(store, name, key)
        titles = {} if form == "json" else measure_titles(store, moments)
    if form == "json":
        print_json(history_as_json(name, key, moments))
    elif form == "csv":
        print_csv(*history_csv(moments, titles))
    else:
        print_sheet(history_table(moments, titles))
