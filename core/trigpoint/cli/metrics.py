"""`trigpoint metrics`."""

from __future__ import annotations

import click

from trigpoint.cli.command import as_of_option, closed_afterwards, command, format_option, open_results
from trigpoint.cli.output import print_csv, print_json_rows, print_sheet


@command("metrics", "trigpoint metrics account", "trigpoint metrics account A-17 --format json")
@click.argument("subject")
@click.argument("key", required=False)
@as_of_option("The values of that date; else the newest.")
@format_option("table", "json", "csv")
def main(subject: str, key: str | None, as_of: str | None, form: str) -> None:
    from trigpoint.report import metrics as report
    from trigpoint.rules import build_ruleset
    from trigpoint.store import ruleset_of, value_columns, values

    with open_results(as_of) as (store, run):
        computed = value_columns(store, run, subject)
        kept = ruleset_of(store, run)
        ruleset = build_ruleset(kept.settings, kept.calendar, kept.origins)
        metrics = {name: metric for name, metric in ruleset.metrics.items() if name in computed}
        with closed_afterwards(values(store, run, subject, key)) as rows:
            sheet = report.MetricSheet(subject, run, metrics, rows)
            if form == "json":
                print_json_rows(report.metrics_head(sheet), report.metrics_rows(sheet))
            elif form == "csv":
                print_csv(*report.metrics_csv(sheet))
            else:
                print_sheet(report.metrics_table(sheet) if key is None else report.metrics_of_one(sheet))
