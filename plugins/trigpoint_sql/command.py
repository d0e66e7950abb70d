"""`trigpoint sql-tables`: the tables of a database, as lines to start from in rules and project file."""

from __future__ import annotations

from pathlib import Path

import click

from trigpoint import InputError, Secrets, SourceRequest, SourceSettings, Table, TrigpointError, current_project
from trigpoint_sql.catalogue import described
from trigpoint_sql.connecting import open_database

SECONDS = 60


@click.command("sql-tables", short_help="Describe the tables of a database, as lines for rules and project file.")
@click.argument("where", metavar="URL|SOURCE")
@click.option(
    "--schema", help="The schema whose tables are described; else the one that the database takes by default."
)
def sql_tables(where: str, schema: str | None) -> int:
    """Describe the tables of a database, as lines for rules and project file.

    Of each table the columns with their types, and its primary key, are written as a table of rules and a source. Which
    column is the time of a row, or says when it changed, is left to you.
    """
    secrets = Secrets()
    try:
        request = _request(where, secrets)
        with open_database(request, SECONDS) as database, database.watched():
            lines = list(described(database.connection, schema, _reference(where)))
    except TrigpointError as error:
        told = InputError(*secrets.hide_in(error).problems)
    else:
        for line in lines:  # not while the database is watched: a reader that went away is no fault of it
            click.echo(line)
        return 0
    raise told


def _reference(where: str) -> str:
    return 'url = { env = "DATABASE_URL" }' if "://" in where else f"url = ...  # as in source '{where}'"


def _request(where: str, secrets: Secrets) -> SourceRequest:
    """As if a source had been asked to read; an address of the command line stands for a source of its own."""
    if "://" in where:
        return SourceRequest(
            SourceSettings(where.partition(":")[0], "", "sql", {"url": where}), Table("", {}), Path.cwd()
        )
    project = current_project()
    known = {name: source for name, source in project.sources.items() if source.plugin == "sql"}
    if where not in known:
        listed = ", ".join(known) or "none"
        text = f"there is no source '{where}' that reads a database (there is: {listed}); or write an address: sqlite:///crm.db"
        raise click.UsageError(text)
    settings = known[where]
    options = secrets.resolve(settings.options, project.root, f"source '{where}'", lambda _keys: settings.place)
    asked = SourceSettings(where, settings.table, "sql", options, place=settings.place, places=settings.places)
    return SourceRequest(asked, Table("", {}), project.root, project.calendar.timezone)
