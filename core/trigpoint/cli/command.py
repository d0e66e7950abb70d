"""What the commands share: their form of help, the options that several have, and where the project is."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from attrs import evolve

from trigpoint.cli.catalogue import SUMMARIES
from trigpoint.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from trigpoint.model.plugin import Plugins
    from trigpoint.model.project import Project
    from trigpoint.store import Run, Store

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
Row = TypeVar("Row")
PROJECT_FILE = "trigpoint.toml"


class Command(click.Command):
    """A command whose help starts with its line of the catalogue and ends with examples."""

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        """The examples, one a line, never wrapped."""
        formatter.write(f"\n{'Example' if len(self.examples) == 1 else 'Examples'}:\n")
        for example in self.examples:
            formatter.write(f"  {example}\n")


def command(name: str, *examples: str, more: str = "") -> Callable[[Callable[..., Any]], Command]:
    """Make a function the command `name`; its first line of help is the one in the catalogue."""

    def make(function: Callable[..., Any]) -> Command:
        text = f"{SUMMARIES[name]}\n\n{more}" if more else SUMMARIES[name]
        made = click.command(name, cls=Command, help=text, short_help=SUMMARIES[name], examples=examples)(function)
        add_global_options(made)
        return made

    return make


def add_global_options(made: click.Command) -> None:
    """The options that all commands have, unless one has its own of that name."""
    project = click.Option(
        ["--project", "project"],
        metavar="DIR",
        expose_value=False,
        callback=_remember,
        help="The project folder; else $TRIGPOINT_PROJECT, else this folder or one above it.",
    )
    no_plugins = click.Option(
        ["--no-plugins", "no_plugins"],
        is_flag=True,
        default=None,
        expose_value=False,
        callback=_remember,
        help="Import no plugins but those that come with trigpoint.",
    )
    taken = {name for each in made.params for name in each.opts}
    made.params += [option for option in (project, no_plugins) if not taken & set(option.opts)]


def _remember(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value is not None and parameter.name is not None:
        context.ensure_object(dict)[parameter.name] = value


def format_option(*formats: str) -> Decorator:
    """`--format`, the first of `formats` being the default."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default=formats[0], show_default=True, help="How to print."
    )


def as_of_option(text: str) -> Decorator:
    """`--as-of DATE`, checked by `read_date` where the project's zone is known."""
    return click.option("--as-of", "as_of", metavar="DATE", help=text)


def project_root() -> Path:
    """The project folder that this command line means. Raises ConfigError if there is none."""
    context = click.get_current_context(silent=True)
    chosen = (context.find_object(dict) if context else None) or {}
    given = chosen.get("project") or os.environ.get("TRIGPOINT_PROJECT")
    if given:
        root = Path(given).expanduser().resolve()
        if (root / PROJECT_FILE).is_file():
            return root
        raise ConfigError.of("TP341", f"there is no {PROJECT_FILE} in {given}", hint="`trigpoint init DIR` makes one")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise ConfigError.of(
        "TP341",
        f"there is no {PROJECT_FILE} here or in a folder above",
        hint="go to a project folder, name one with --project DIR, or make one: `trigpoint demo`, `trigpoint init`",
    )


def open_plugins_of(project: Project) -> Plugins:
    """The plugins of a project, as this command line wants them: the same ones whenever it asks."""
    from trigpoint.plugins import open_plugins

    known = click.get_current_context().ensure_object(dict)
    if project.root not in known:
        known[project.root] = open_plugins(project, foreign=not known.get("no_plugins"))
    found: Plugins = known[project.root]
    return found


def warn_of_failed_plugins(plugins: Plugins) -> None:
    """Tell on stderr which plugins could not be loaded, for commands whose answer does not say it."""
    from trigpoint.cli.printer import print_problems

    failures = (each.failure for each in plugins.registry().failed.values())
    print_problems(evolve(each, severity="warning") for each in failures if each is not None)


def current_project() -> Project:
    """The project that the command line means, for commands of plugins: `--project`, else TRIGPOINT_PROJECT, else this
    folder or one above it. Raises ConfigError if there is none, or it cannot be read.
    """
    from trigpoint.rules import load_project

    return load_project(project_root())


@contextmanager
def open_results(as_of: str | None) -> Iterator[tuple[Store, Run]]:
    """The store of the project, and its published run of a date (or the current one)."""
    from trigpoint.rules import load_project
    from trigpoint.run import clock_of
    from trigpoint.store import open_store, run_of

    project = load_project(project_root())
    date = read_date(as_of, clock_of(project).today) if as_of else None
    with open_store(project.store_path) as store:
        yield store, run_of(store, date)


@contextmanager
def closed_afterwards(rows: Iterator[Row]) -> Iterator[Iterator[Row]]:
    """Rows of a store, let go of before the store is closed: a reader of ours may go away in the middle (`| head`)."""
    try:
        yield rows
    finally:
        if isinstance(rows, Generator):
            rows.close()


def read_date(text: str, today: dt.date) -> dt.date:
    """A date of the command line: 2026-03-31, `today` or `yesterday`. Raises UsageError."""
    words = {"today": today, "yesterday": today - dt.timedelta(days=1)}
    if text in words:
        return words[text]
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError.of("TP345", f"'{text}' is no date", hint="write 2026-03-31, today or yesterday") from None
