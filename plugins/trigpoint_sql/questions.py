"""What the database is asked: the query as it was written, or, for what is new, the query with a condition around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from trigpoint import Cell, InputError, Problem, SourceRequest
from trigpoint_sql.faults import query_fault
from trigpoint_sql.newer import newer

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, CursorResult, Dialect


@frozen
class Question:
    """A query, its `name` in the quarantine, and from which value of which of its columns on rows are wanted."""

    name: str
    query: Callable[[Dialect], str]
    cursor: str
    after: Cell = None
    blanks: Sequence[str] = ()

    def ask(self, connection: Connection, batch_rows: int) -> CursorResult[Any]:
        """The answer, of which no more than a batch is held by either side's driver."""
        options: dict[str, Any] = {"yield_per": batch_rows, "no_parameters": True}
        query = self.query(connection.dialect)
        if self.after is None:
            return connection.exec_driver_sql(query, execution_options=options)
        condition = newer(self.cursor, self.after, self.blanks, connection.dialect)
        return connection.execute(_where(query, condition), execution_options=options)


def question_of(request: SourceRequest) -> Question:
    """What the settings ask for. Raises InputError (TP401) if the file of the query is not there."""
    options, cursor = request.settings.options, request.settings.cursor or ""
    theirs, blanks = request.settings.columns.get(cursor, cursor), request.settings.blank
    if "from" in options:
        name = str(options["from"])
        return Question(name, lambda dialect: f"SELECT * FROM {_quoted(name, dialect)}", theirs, request.after, blanks)  # noqa: S608  # quoted
    text, name = (
        (text_of_file(request), str(options["query_file"]))
        if "query_file" in options
        else (str(options["query"]), "the query")
    )
    query = text.strip().rstrip(";").rstrip()
    if not query:
        raise query_fault(request, f"{name} is empty", "write a query that begins with SELECT or WITH")
    return Question(name, lambda _dialect: query, theirs, request.after, blanks)


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


def _where(query: str, condition: ColumnElement[bool]) -> Any:
    """The rows of a query for which a condition holds."""
    from sqlalchemy import literal_column, select, text

    whole = text(f"({_without_marks(query)}\n) AS q")
    return select(literal_column("*")).select_from(whole).where(condition)


def _without_marks(query: str) -> str:
    """The query as SQLAlchemy is to read it: none of its colons begins the name of a parameter."""
    return query.replace(":", r"\:")
