"""What the database is asked: the query as it was written, or, for what is new, the query with a condition around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import frozen

from trigpoint import Cell, InputError, Problem, SourceRequest
from trigpoint_sql.faults import query_fault

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Dialect

ADAY = dt.timedelta(days=1)


@frozen
class Question:
    """A query, its `name` in the quarantine, and from which value of which of its columns on rows are wanted."""

    name: str
    query: Callable[[Dialect], str]
    cursor: str
    after: Cell = None

    def ask(self, connection: Connection, batch_rows: int) -> CursorResult[Any]:
        """The answer, of which no more than a batch is held by either side's driver."""
        options: dict[str, Any] = {"yield_per": batch_rows, "no_parameters": True}
        query = self.query(connection.dialect)
        if self.after is None:
            return connection.exec_driver_sql(query, execution_options=options)
        return connection.execute(
            _from_on(query, self.cursor, self.after, connection.dialect), execution_options=options
        )


def question_of(request: SourceRequest) -> Question:
    """What the settings ask for. Raises InputError (TP401) if the file of the query is not there."""
    options, cursor = request.settings.options, request.settings.cursor or ""
    theirs = request.settings.columns.get(cursor, cursor)
    if "from" in options:
        name = str(options["from"])
        return Question(name, lambda dialect: f"SELECT * FROM {_quoted(name, dialect)}", theirs, request.after)  # noqa: S608  # quoted
    text, name = (
        (text_of_file(request), str(options["query_file"]))
        if "query_file" in options
        else (str(options["query"]), "the query")
    )
    query = text.strip().rstrip(";").rstrip()
    if not query:
        raise query_fault(request, f"{name} is empty", "write a query that begins with SELECT or WITH")
    return Question(name, lambda _dialect: query, theirs, request.after)


def text_of_file(request: SourceRequest) -> str:
    """The text of `query_file`, which lies inside the project. Raises InputError (TP401)."""
    written, settings = str(request.settings.options["query_file"]), request.settings
    path = (request.root / written).resolve()
    place = settings.places.get(("query_file",), (None, settings.place))[1]
    try:
        if not path.is_relative_to(request.root.resolve()):
            why = "lies outside of the project"
        else:
            return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        why = "is no text in UTF-8"
    text = f"source '{settings.name}': the query's file '{written}' {why}"
    raise InputError(Problem("TP401", text, place, f"looked at {path}"))


def _quoted(name: str, dialect: Dialect) -> str:
    return ".".join(map(dialect.identifier_preparer.quote, name.split(".")))


def _from_on(query: str, cursor: str, after: Cell, dialect: Dialect) -> Any:
    """The rows of a query from a value of a column on, and those that have none there."""
    from sqlalchemy import bindparam, column, literal_column, or_, select, text

    whole = text(f"({_without_marks(query)}\n) AS q")
    there: Any = column(cursor)
    mark = bindparam("after", *_as_parameter(after, dialect.name))
    return select(literal_column("*")).select_from(whole).where(or_(there >= mark, there.is_(None)))


def _without_marks(query: str) -> str:
    """The query as SQLAlchemy is to read it: none of its colons begins the name of a parameter."""
    return query.replace(":", r"\:")


def _as_parameter(after: Cell, dialect: str) -> tuple[Any, Any]:
    """A mark as the database compares it, never later than meant: rows that come twice are the same rows.

    PostgreSQL knows moments. SQLite keeps them as texts, of any zone, and other databases may keep them without one: there
    a day more is read.
    """
    from sqlalchemy import Date, DateTime, String

    if isinstance(after, dt.datetime):
        if dialect == "postgresql":
            return after, DateTime(timezone=True)
        before = after.replace(tzinfo=None) - ADAY
        return (before.date().isoformat(), String()) if dialect == "sqlite" else (before, DateTime())
    if isinstance(after, dt.date):
        return (after.isoformat(), String()) if dialect == "sqlite" else (after, Date())
    return after, None
