"""`trigpoint benchmarks`."""

from __future__ import annotations

import click

from trigpoint.cli.command import (
    as_of_option,
    command,
    format_option,
    open_plugins_of,
    open_results,
    project_root,
    warn_of_failed_plugins,
)
from trigpoint.cli.output import print_csv, print_json, print_lines

MORE = "A comparison of apples with oranges is refused, with the reason. References that are due for review are marked."


@command("benchmarks", "trigpoint benchmarks", "trigpoint benchmarks net_renewal --as-of 2026-03-31", more=MORE)
@click.argument("names", metavar="[BENCHMARK ...]", nargs=-1)
@as_of_option("The figures of that date; else the newest.")
@format_option("table", "json", "csv")
def main(names: tuple[str, ...], as_of: str | None, form: str) -> None:
    from trigpoint.benchmarks import compare
    from trigpoint.report.benchmarks import benchmark_lines, benchmarks_as_json, benchmarks_csv
    from trigpoint.rules import load_project
    from trigpoint.run import load_ruleset

    project = load_project(project_root())
    plugins = open_plugins_of(project)
    ruleset = load_ruleset(project, plugins)
    warn_of_failed_plugins(plugins)
    with open_results(as_of) as (store, run):
        found = compare(store, run, ruleset, names)
    if form == "json":
        print_json(benchmarks_as_json(run, found))
    elif form == "csv":
        print_csv(*benchmarks_csv(run, found))
    else:
        print_lines(benchmark_lines(found))
