"""The source `sql`: connects, asks one question, and hands on the rows as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from trigpoint import Batch, SourceRequest
from trigpoint_sql.cells import plain_rows
from trigpoint_sql.connecting import Database, open_database
from trigpoint_sql.faults import fault, query_fault
from trigpoint_sql.questions import Question, question_of, text_of_file

if TYPE_CHECKING:
    from sqlalchemy import CursorResult

BATCH_ROWS = 5_000
TIMEOUT_SECONDS = 600
_CHOICES = ("query", "query_file", "from")


class SqlSource:
    """Reads the rows of a query, or of a table, in one read-only transaction."""

    name = "sql"
    cursors = True
    schema: Mapping[str, object] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["url"],
        "oneOf": [{"required": [name]} for name in _CHOICES],
        "properties": {
            "url": {
                "type": "string",
                "pattern": "^[A-Za-z][A-Za-z0-9+]*:",
                "title": "an address such as sqlite:///crm.db, or where it is kept",
                "description": 'url = { env = "CRM_URL" }, in which stands postgresql+psycopg://user:password@host/database, say',
            },
            "query": {"type": "string", "minLength": 1, "description": "what is read, in the database's SQL"},
            "query_file": {"type": "string", "minLength": 1, "description": "a file of the project with the query"},
            "from": {
                "type": "string",
                "pattern": r"^[^.]+(\.[^.]+)?$",
                "title": 'the name of a table, or "schema.table"',
                "description": 'the name of a table, or "schema.table"; anything else is a query',
            },
            "timeout_seconds": {
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": 86_400,
                "description": f"how long the database may take to answer, and for each {BATCH_ROWS:,} rows",
            },
        },
    }

    def definition(self, request: SourceRequest) -> str:
        """The query, where it stands in a file."""
        return text_of_file(request) if "query_file" in request.settings.options else ""

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """All rows, or those from `request.after` on and those without a value there. Raises TrigpointError TP429 to TP434."""
        timeout = float(str(request.settings.options.get("timeout_seconds", TIMEOUT_SECONDS)))
        question = question_of(request)
        with open_database(request, timeout) as database:
            yield from _batches(request, database, question)


def _batches(request: SourceRequest, database: Database, question: Question) -> Iterator[Batch]:
    with database.watched():
        result = question.ask(database.connection, BATCH_ROWS)
    with closing(result):
        header = _header(request, result)
        read = 0
        while True:
            with database.watched(read):
                rows = result.fetchmany(BATCH_ROWS)
            if database.connection.dialect.name != "sqlite":
                _check_cursor(request, question.cursor, header, rows)
            if rows or not read:
                yield Batch(question.name, read + 1, header, plain_rows(rows))
            read += len(rows)
            request.progress(read, None)
            if not rows:
                return


def _check_cursor(request: SourceRequest, cursor: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Texts sort by the database's collation, and not as the times or numbers that are written in them."""
    if cursor in header:
        place = header.index(cursor)
        if any(isinstance(row[place], str) for row in rows):
            text = f'it has cursor = "{request.settings.cursor}", but that column holds texts'
            raise fault(request, "TP428", text, "make a time or a number of it in the query", "cursor")


def _header(request: SourceRequest, result: CursorResult[object]) -> tuple[str, ...]:
    """The names of the columns, each once."""
    if not result.returns_rows:
        raise query_fault(request, "the query gives no rows", "write a query that begins with SELECT or WITH")
    names = tuple(map(str, result.keys()))
    if not names:
        raise query_fault(request, "the query gives no columns", "name the columns after SELECT")
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        listed = ", ".join(f"'{name}'" for name in doubled)
        raise query_fault(
            request, f"the query gives {listed} more than once", f"rename one of them: ... AS {doubled[0]}_2"
        )
    return names
