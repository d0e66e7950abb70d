"""`trigpoint sql-tables`: the tables of a database, as lines to start from in rules and project file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from trigpoint import Secrets, SourceRequest, SourceSettings, Table, TrigpointError, UsageError, load_project
from trigpoint_sql.catalogue import described
from trigpoint_sql.connecting import open_database

SECONDS = 60
PROJECT_FILE = "trigpoint.toml"


@click.command("sql-tables", short_help="Describe the tables of a database, as lines for rules and project file.")
@click.argument("where", metavar="URL|SOURCE")
@click.option("--schema", help="The schema whose tables are described; else the one that the database takes by default.")
@click.option("--project", "project", metavar="DIR", help="The project folder of SOURCE; else $TRIGPOINT_PROJECT, else this folder or one above it.")
def sql_tables(where: str, schema: str | None, project: str | None) -> int:
    """Describe the tables of a database, as lines for rules and project file.

    Of each table the columns with their types, and its primary key, are written as a table of rules and a source. Which
    column is the time of a row, or says when it changed, is left to you.
    """
    secrets = Secrets()
    try:
        request = _request(where, project, secrets)
        with open_database(request, SECONDS) as database, database.watched():
            for line in described(database.connection, schema, _reference(where)):
                click.echo(line)
    except TrigpointError as error:
        told = secrets.hide_in(error)
    else:
        return 0
    raise told


def _reference(where: str) -> str:
    return 'url = { env = "DATABASE_URL" }' if "://" in where else f"url = ...  # as in source '{where}'"


def _request(where: str, project: str | None, secrets: Secrets) -> SourceRequest:
    """As if a source had been asked to read; an address of the command line stands for a source of its own."""
    root = _root(project)
    if "://" in where:
        return SourceRequest(SourceSettings(where.partition(":")[0], "", "sql", {"url": where}), Table("", {}), root)
    found = load_project(root)
    if where not in found.sources or found.sources[where].plugin != "sql":
        known = [name for name, source in found.sources.items() if source.plugin == "sql"]
        hint = f"sources that read databases: {', '.join(known) or 'none'}; or write an address such as sqlite:///crm.db"
        raise UsageError.of("TP410", f"there is no source '{where}' that reads a database", hint=hint)
    settings = found.sources[where]
    options = secrets.resolve(settings.options, root, f"source '{where}'", lambda _keys: settings.place)
    return SourceRequest(
        SourceSettings(where, settings.table, "sql", options, place=settings.place, places=settings.places),
        Table("", {}),
        root,
        found.calendar.timezone,
    )


def _root(given: str | None) -> Path:
    """The project's folder; this folder, where there is none: an address needs no project."""
    named = given or os.environ.get("TRIGPOINT_PROJECT")
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / PROJECT_FILE).is_file()), here)
