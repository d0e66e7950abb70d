"""`trigpoint run`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from trigpoint.cli.command import as_of_option, command, format_option, open_plugins_of, project_root, read_date
from trigpoint.cli.output import print_json, print_lines
from trigpoint.cli.printer import print_problems, say
from trigpoint.cli.progress import watch_load
from trigpoint.errors import TrigpointError

if TYPE_CHECKING:
    from trigpoint.model.project import Project

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
    from trigpoint.run import bad_rows, clock_of, run_project

    project = None
    try:
        project = load_project(project_root())
        date = read_date(as_of, clock_of(project).today) if as_of else None
        with watch_load() as progress:
            plugins = open_plugins_of(project)
            report = run_project(project, date, load=load, fail_on=fail_on, progress=progress, plugins=plugins)
    except TrigpointError as error:
        if form == "json":
            print_json(failure_as_json(error.exit_code, as_of, error.problems))
        print_problems(error.problems)
        if project is not None:
            _say_current(project)
        return error.exit_code
    if form == "json":
        print_json(report_as_json(report))
    else:
        print_lines(run_lines(report, bad_rows(project, report.loads)))
    return report.exit_code


def _say_current(project: Project) -> None:
    """After a run that failed: which one is shown still, if there is any."""
    from trigpoint.store import open_store, run_of

    with suppress(TrigpointError), open_store(project.store_path) as store:
        run = run_of(store)
        text = f"the current run is still number {run.id}, as of {run.as_of}"
        say(text, "current", run=run.id, as_of=run.as_of)
