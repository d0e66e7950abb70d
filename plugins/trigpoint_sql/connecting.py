"""Connects to a database for reading: one connection, one transaction, one snapshot where the database can."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from attrs import field, frozen

from trigpoint import InputError, Problem, SourceRequest, TrigpointError
from trigpoint_sql.faults import fault, reading_fault, told

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

CONNECT_SECONDS = 30
EARLY_SECONDS = 0.01  # by which a database's clock may end a statement before ours
STEPS = 10_000  # of SQLite's machine, between two looks at the clock
_CONNECT_TIMEOUTS = {"psycopg": "connect_timeout", "psycopg2": "connect_timeout", "pymysql": "connect_timeout"}
_FORM = (
    "it looks like postgresql+psycopg://user:password@host:5432/database; "
    "in a password write %40 for @, %3A for :, %2F for /, %23 for #, %3F for ?, %25 for %"
)
_PACKAGES = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient"}


@frozen
class Database:
    """An open connection, and how long it may take to answer."""

    connection: Connection
    request: SourceRequest
    timeout_seconds: float
    _deadline: list[float] = field(factory=lambda: [float("inf")])
    _stopped: list[BaseException] = field(factory=list)  # what SQLite would have swallowed

    @contextmanager
    def watched(self, rows: int = 0) -> Iterator[None]:
        """Until the database has answered; `rows` have come before. Raises TrigpointError (TP432 to TP434)."""
        from sqlalchemy.exc import SQLAlchemyError

        self._deadline[0] = time.monotonic() + self.timeout_seconds
        try:
            yield
        except (SQLAlchemyError, OSError, ValueError, OverflowError) as error:
            if self._stopped:
                raise self._stopped[0] from None
            late = time.monotonic() > self._deadline[0] - EARLY_SECONDS
            raise reading_fault(self.request, error, rows, self.timeout_seconds, late=late) from error

    def begin(self) -> None:
        """Read only, in the project's time zone, for no longer than is allowed: as far as the database knows of it."""
        if self.connection.dialect.name == "postgresql":
            from sqlalchemy import text

            self.connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            settings = {
                "TimeZone": self.request.timezone,
                "statement_timeout": f"{max(1, int(self.timeout_seconds * 1000))}ms",
            }
            for name, value in settings.items():
                self.connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql("PRAGMA query_only = ON")
            driver: Any = self.connection.connection.driver_connection
            driver.set_progress_handler(self._looks().__next__, STEPS)

    def _looks(self) -> Iterator[bool]:
        """Each look at the clock: whether the time is over.

        A signal that came while SQLite worked is heeded at the first step of Python, which is here, and SQLite swallows what
        its handler raises. In a generator that step lies inside of `try` already.
        """
        try:
            while True:
                yield time.monotonic() > self._deadline[0]
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001  # `watched` raises it again
            self._stopped.append(error)
        while True:
            yield True


@contextmanager
def open_database(request: SourceRequest, timeout_seconds: float) -> Iterator[Database]:
    """A connection that is closed afterwards. Raises TrigpointError TP429 to TP431, InputError (TP401) without the file."""
    url = _url(request)
    from sqlalchemy.exc import SQLAlchemyError

    engine = _engine(request, url)
    try:
        try:
            connection = engine.connect()
        except (SQLAlchemyError, OSError) as error:
            text = f"{_shown(url)} cannot be reached: {told(error)}"
            raise fault(
                request, "TP431", text, "is the address right, and may this machine and user connect?"
            ) from error
        with connection:
            database = Database(connection, request, timeout_seconds)
            with database.watched():
                database.begin()
            yield database
    finally:
        engine.dispose()


def _url(request: SourceRequest) -> URL:
    try:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError as error:
        text = "reading databases needs SQLAlchemy, which is not installed"
        raise fault(request, "TP429", text, 'pip install "trigpoint[sql]"', "plugin") from error
    try:
        url = make_url(str(request.settings.options["url"]))
    except (ArgumentError, ValueError):
        # The error is not passed on: it may quote a part of the password that it took for a port.
        broken = fault(request, "TP430", "its url is no address of a database", _FORM)
    else:
        return _file_of_project(request, url) if url.get_backend_name() == "sqlite" else url
    raise broken


def _file_of_project(request: SourceRequest, url: URL) -> URL:
    """A file of SQLite, which counts from the project's folder, is opened for reading and never made."""
    name = url.database or ""
    if name in ("", ":memory:") or name.startswith("file:"):
        raise fault(request, "TP430", "its url names no file", "write sqlite:///crm.db, or sqlite:////var/lib/crm.db")
    path = request.root / name
    if not path.is_file():
        place = request.settings.places.get(("url",), (None, request.settings.place))[1]
        text = f"source '{request.settings.name}': there is no database '{name}'"
        raise InputError(Problem("TP401", text, place, f"looked at {path}"))
    return url.set(database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"})


def _engine(request: SourceRequest, url: URL) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        argument = _CONNECT_TIMEOUTS.get(url.get_driver_name())
        patience = {argument: CONNECT_SECONDS} if argument and argument not in url.query else {}
        engine = create_engine(url, poolclass=NullPool, connect_args=patience, hide_parameters=True)
    except NoSuchModuleError:
        raise _unknown(request, url) from None
    except ImportError as error:
        raise _no_driver(request, url, error.name or url.get_driver_name()) from error
    except (SQLAlchemyError, TypeError, ValueError):
        broken = fault(request, "TP430", f"{_shown(url)} is no address that its driver takes", _FORM)
    else:
        if not engine.dialect.is_async:
            return engine
        text = f"its url names the driver {url.get_driver_name()}, which is an asynchronous one"
        broken = fault(request, "TP430", text, "name one that is not, e.g. postgresql+psycopg://")
    raise broken


def _unknown(request: SourceRequest, url: URL) -> TrigpointError:
    hint = "write postgresql://" if url.drivername == "postgres" else "install the package that brings it, or mend it"
    return fault(request, "TP430", f"SQLAlchemy knows no database '{url.drivername}'", f"{hint}; {_FORM}")


def _no_driver(request: SourceRequest, url: URL, module: str) -> TrigpointError:
    text = f"{url.get_backend_name()} is read through the driver '{module}', which is not installed"
    named = f"pip install '{_PACKAGES.get(module, module)}'"
    other = ", or name another one in the url: postgresql+psycopg://" if url.get_backend_name() == "postgresql" else ""
    return fault(request, "TP429", text, f"{named}{other}")


def _shown(url: URL) -> str:
    """Where the database is, without password and settings."""
    return url.set(query={}).render_as_string(hide_password=True)
