"""`trigpoint metrics`."""

from __future__ import annotations

import click

from trigpoint.cli.command import as_of_option, closed_afterwards, command, format_option, open_results
from trigpoint.cli.output import print_csv, print_json, print_json_rows, print_lines, print_sheet
from trigpoint.cli.printer import say
from trigpoint.errors import UsageError


@command(
    "metrics",
    "trigpoint metrics account",
    "trigpoint metrics account A-17 --format json",
    "trigpoint metrics --catalogue",
)
@click.argument("subject", required=False)
@click.argument("key", required=False)
@as_of_option("The values of that date; else the newest.")
@click.option(
    "--catalogue", is_flag=True, help="List the metrics that come with the program, with their formulas; of no project."
)
@format_option("table", "json", "csv")
def main(subject: str | None, key: str | None, as_of: str | None, catalogue: bool, form: str) -> None:
    if catalogue:
        if subject is not None or as_of is not None:
            text = "--catalogue lists the metrics that come with the program, of no subject and no date"
            raise UsageError.of("TP374", text, hint="write `trigpoint metrics --catalogue`")
        _print_catalogue(form)
    elif subject is None:
        hint = "write `trigpoint metrics account`, or `trigpoint metrics --catalogue` for what there is"
        raise UsageError.of("TP373", "no kind of subject is named", hint=hint)
    else:
        _print_values(subject, key, as_of, form)


def _print_catalogue(form: str) -> None:
    from trigpoint.draft import catalogue_topics
    from trigpoint.report import catalogue as report

    topics = catalogue_topics()
    if form == "json":
        print_json(report.catalogue_json(topics))
    elif form == "csv":
        print_csv(report.COLUMNS, report.catalogue_rows(topics))
    else:
        print_lines(report.catalogue_lines(topics))


def _print_values(subject: str, key: str | None, as_of: str | None, form: str) -> None:
    from trigpoint.model.subject import COMPANY
    from trigpoint.report import metrics as report
    from trigpoint.rules import build_ruleset
    from trigpoint.store import findings, ruleset_of, value_columns, values

    with open_results(as_of) as (store, run):
        computed = value_columns(store, run, subject)
        kept = ruleset_of(store, run)
        ruleset = build_ruleset(kept.settings, kept.calendar, kept.origins)
        metrics = {name: metric for name, metric in ruleset.metrics.items() if name in computed}
        failed = {
            each.where: each.text
            for each in findings(store, run)
            if each.kind == "plugin failed" and each.where in metrics
        }
        for name, text in failed.items():
            say(f"{name} failed, and whatever is made of it has no value: {text}", "plugin failed", metric=name)
        with closed_afterwards(values(store, run, subject, key)) as rows:
            sheet = report.MetricSheet(subject, run, metrics, rows, failed)
            if form == "json":
                print_json_rows(report.metrics_head(sheet), report.metrics_rows(sheet))
            elif form == "csv":
                print_csv(*report.metrics_csv(sheet))
            else:
                alone = key is not None or subject == COMPANY
                print_sheet(report.metrics_of_one(sheet) if alone else report.metrics_table(sheet))
