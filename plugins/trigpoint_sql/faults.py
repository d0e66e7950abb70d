"""What went wrong with a database, in our words and with the way out; never with its password."""

from __future__ import annotations

from typing import Any

from trigpoint import Problem, SourceRequest, TrigpointError

CANCELED = "57014"  # PostgreSQL's state of a statement that took too long
MORE_TIME = "make the query quicker, or write a greater timeout_seconds"


def fault(request: SourceRequest, code: str, text: str, hint: str | None = None, option: str = "url") -> TrigpointError:
    """An error of the source, at one of its options."""
    settings = request.settings
    place = settings.places.get((option,), (None, settings.place))[1]
    return TrigpointError(Problem(code, f"source '{settings.name}': {text}", place, hint))


def query_fault(request: SourceRequest, text: str, hint: str | None = None) -> TrigpointError:
    """The query is at fault (TP432)."""
    option = next(name for name in ("query", "query_file", "from") if name in request.settings.options)
    return fault(request, "TP432", text, hint, option)


def told(error: BaseException) -> str:
    """What the driver says, in one line. SQLAlchemy's own text would quote the statement and its values.

    The whole line: whoever hides secrets in it does not know the half of one, and cuts it afterwards.
    """
    return " ".join(str(getattr(error, "orig", None) or error).split())


def reading_fault(request: SourceRequest, error: Exception, rows: int, timeout: float, *, late: bool) -> TrigpointError:
    """The database did not answer, or stopped answering after some rows; `late`: its time was over."""
    if late and _canceled(error):
        text = f"the database took more than {timeout:g} seconds to answer{_after(rows)}"
        return fault(request, "TP434", text, MORE_TIME, "timeout_seconds")
    lost = bool(getattr(error, "connection_invalidated", False)) or isinstance(error, OSError)
    if rows or lost or not hasattr(error, "orig"):
        hint = "nothing of this load was kept; load it again"
        return fault(request, "TP433", f"reading broke off{_after(rows)}: {told(error)}", None if not lost else hint)
    return query_fault(request, f"the database refuses the query: {told(error)}")


def _after(rows: int) -> str:
    return f" after {rows:,} rows" if rows else ""


def _canceled(error: Exception) -> bool:
    """Whether a statement was ended from outside, which need not have been by us."""
    orig: Any = getattr(error, "orig", None)
    return getattr(orig, "sqlstate", None) == CANCELED or (
        type(orig).__module__ == "sqlite3" and str(orig) == "interrupted"
    )
