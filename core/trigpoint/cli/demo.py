"""`trigpoint demo`."""

from __future__ import annotations

import datetime as dt
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from trigpoint.cli.command import PROJECT_FILE, command
from trigpoint.cli.output import print_lines, terminal_width
from trigpoint.cli.printer import say
from trigpoint.cli.progress import watch_load
from trigpoint.model.project import Project
from trigpoint.report.lines import Line, line

FOLDER = "trigpoint-demo"
WEEKS_BEFORE = (8, 4, 0)  # three runs, so that there is a history to look at
MORE = f"Everything lies in one folder (./{FOLDER} without DIR), and can be thrown away with it."


@command("demo", "trigpoint demo", "trigpoint demo try-out --accounts 1000", more=MORE)
@click.argument("folder", metavar="[DIR]", default=FOLDER, type=click.Path(path_type=Path))
@click.option("--accounts", type=click.IntRange(50, 1_000_000), default=200, show_default=True, help="How many.")
@click.option("--seed", type=int, default=7, show_default=True, help="Another one makes another company.")
def main(folder: Path, accounts: int, seed: int) -> None:
    from trigpoint.draft import check_is_demo, write_demo
    from trigpoint.rules import load_project
    from trigpoint.run import load_ruleset

    if (folder / PROJECT_FILE).exists():
        check_is_demo(load_project(folder.resolve()))
        say(f"there is a demo in {folder}: scoring it again", "demo")
    else:
        write_demo(folder, accounts, seed)
        say(f"wrote a project to {folder}", "demo")
    project = load_project(folder.resolve())
    name = next(iter(load_ruleset(project).scorecards))
    _run(project)
    print_lines(_overview(project, name, folder))


def _run(project: Project) -> None:
    from trigpoint.run import clock_of, resolve_as_of, run_project

    until = resolve_as_of(project, clock_of(project))
    for weeks in WEEKS_BEFORE:
        with watch_load() as progress:
            date = until - dt.timedelta(weeks=weeks)
            report = run_project(project, date, load=weeks == WEEKS_BEFORE[0], progress=progress)
        say(f"published run {report.run} as of {report.as_of}", "published", run=report.run)


def _overview(project: Project, name: str, folder: Path) -> Iterator[Line]:
    from trigpoint.benchmarks import compare
    from trigpoint.model.subject import COMPANY
    from trigpoint.report.overview import books_lines, comparison_lines, lowest_of
    from trigpoint.report.portfolio import portfolio_lines, portfolio_of
    from trigpoint.run import load_ruleset
    from trigpoint.store import open_store, run_of

    ruleset = load_ruleset(project)
    with open_store(project.store_path) as store:
        run = run_of(store)
        portfolio = portfolio_of(store, run, ruleset, name)
        yield from portfolio_lines(portfolio)
        others = [other for other in ruleset.scorecards if other != name]
        yield from books_lines(store, run, ruleset, others, terminal_width())
        yield from comparison_lines(compare(store, run, ruleset))
        person = lowest_of(
            store, run, next((other for other in others if ruleset.scorecards[other].subject != COMPANY), None)
        )
    yield line()
    yield line("Type next", "bold")
    if folder.resolve() != Path.cwd():
        yield line(f"  cd {shlex.quote(os.fspath(folder))}")
    worst = portfolio.worst[0].key if portfolio.worst else "KEY"
    yield line(f"  trigpoint explain {name} {worst}   # why, down to the raw values")
    yield line(f"  trigpoint history {name} {worst}   # how it came to this")
    if person:
        yield line(f"  trigpoint explain {' '.join(person)}   # who holds the book back, what one more would do")
    yield line("  trigpoint benchmarks   # references, and why some are not compared")
    yield line("  trigpoint scores " + name + " --sort score")
    yield line("  edit rules/rules.toml, then: trigpoint run")
