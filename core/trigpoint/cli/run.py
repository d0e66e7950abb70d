"""`trigpoint run`."""

from __future__ import annotations

import click

from trigpoint.cli.command import as_of_option, command, format_option, project_root, read_date
from trigpoint.cli.output import print_json, print_lines
from trigpoint.cli.progress import watch_load
from trigpoint.errors import TrigpointError

EXAMPLES = ("trigpoint run", "trigpoint run --as-of 2026-03-31 --no-load", "trigpoint run --fail-on at_risk")
MORE = (
    "Everything is published or nothing: whatever fails, the last published run stays. "
    "Exit 0: published and fresh; 3: published, but degraded; 5: --fail-on matched; others: not published."
)


@command("run", *EXAMPLES, more=MORE)
@as_of_option("Score as of that date; else the date of the project file, yesterday by default.")
@click.option("--no-load", "load", is_flag=True, default=True, flag_value=False, help="Score what is loaded already.")
@click.option("--fail-on", metavar="BAND", multiple=True, help="Exit 5 if a subject is in this band; may be repeated.")
@format_option("text", "json")
def main(as_of: str | None, load: bool, fail_on: tuple[str, ...], form: str) -> int:
    from trigpoint.report.runs import failure_as_json, report_as_json, run_lines
    from trigpoint.rules import load_project
    from trigpoint.run import clock_of, run_project

    try:
        project = load_project(project_root())
        date = read_date(as_of, clock_of(project).today) if as_of else None
        with watch_load() as progress:
            report = run_project(project, date, load=load, fail_on=fail_on, progress=progress)
    except TrigpointError as error:
        if form == "json":
            print_json(failure_as_json(error.exit_code, as_of, error.problems))
        raise
    if form == "json":
        print_json(report_as_json(report))
    else:
        print_lines(run_lines(report))
    return report.exit_code
