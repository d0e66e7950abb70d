"""A source is somebody else's code: whatever it raises, gives or says, its `on_error` decides, and the run goes on."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.folder import USAGE, Folder
from trigpoint.errors import InputError, Place, Problem, TrigpointError
from trigpoint.model.source import BadRow, Batch, SourceRequest
from trigpoint.signals import Stopped, listen_to_signals
from trigpoint_files.source import FilesSource

SECRET = "S3cr3t-T0ken"
HEADER = ("account_id", "day", "events")
ROW = ("A", "2026-03-01", 1)
RULES = USAGE + '[tables.calls]\ncolumns = { account_id = "text" }\n'
STALE = """
[sources.usage]
plugin = "stranger"
token = { env = "STRANGERS_TOKEN" }
on_error = "stale"
[sources.calls]
plugin = "files"
path = "calls.csv"
"""


class Stranger:
    """A source that does what it was made to do."""

    name = "stranger"
    schema: Mapping[str, object] = {"type": "object"}

    def __init__(self, code: Callable[[str], Any] = lambda _token: [Batch("f", 1, HEADER, [ROW])]) -> None:
        self.code = code

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """Whatever the code gives."""
        yield from self.code(str(request.settings.options["token"]))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A project whose usage comes from a stranger, loaded once."""
    monkeypatch.setenv("STRANGERS_TOKEN", SECRET)
    folder = Folder(tmp_path, STALE, RULES)
    folder.file("calls.csv", "account_id\nA\n")
    folder.load(sources={"stranger": Stranger()})
    return folder


def told(folder: Folder, code: Callable[[str], Any]) -> str:
    """How the stale load of the stranger's source ended; the other source was loaded all the same."""
    with listen_to_signals():
        usage, calls = folder.load(sources={"stranger": Stranger(code)})
    assert (usage.status, usage.rows, calls.status) == ("stale", 1, "loaded")
    assert SECRET.encode() not in (folder.root / "data.db").read_bytes()
    return str(usage.error)


class OddError(TrigpointError):
    """An error of ours with a constructor of its own."""

    def __init__(self, text: str) -> None:
        super().__init__(Problem("TP405", text, Place("sheet", 3)))


class OddInputError(InputError):
    """Another one, that ends the run where it is taken for the warehouse's."""

    exit_code = 74

    def __init__(self, text: str) -> None:
        super().__init__(Problem("TP405", text))


class EmptyError(TrigpointError):
    """One that never called ours."""

    def __init__(self) -> None:
        pass


class Base(BaseException):
    """No Exception."""


class Mute(Exception):  # noqa: N818  # its name is shown
    """An error that cannot be shown, and says why."""

    def __str__(self) -> str:
        raise RuntimeError(SECRET)


def raising(error: BaseException) -> Callable[[str], Any]:
    """The code that raises an error."""

    def code(_token: str) -> Any:
        raise error

    return code


RAISED = [
    (asyncio.CancelledError(), "TP705 source 'usage': plugin 'stranger' failed: CancelledError: "),
    (GeneratorExit("x"), "failed: GeneratorExit: x"),
    (KeyboardInterrupt("x"), "failed: KeyboardInterrupt: x"),
    (SystemExit(0), "failed: SystemExit: 0"),
    (Base(f"with {SECRET}"), "failed: Base: with ***"),
    (Mute(), "failed: Mute: (what it says cannot be shown)"),
    (StopIteration("x"), "failed: RuntimeError: generator raised StopIteration"),
    (OddError("sheet gone"), "sheet:3: TP405 sheet gone"),
    (OddInputError(f"no {SECRET}"), "TP405 no ***"),
    (EmptyError(), "failed: EmptyError: "),
    (TrigpointError(), "failed: TrigpointError: "),
    (TrigpointError("no problem"), "failed: TrigpointError: no problem"),  # type: ignore[arg-type]
    (InputError(Problem(1, None, "here", 2)), "trigpoint.toml:3:10: 1 None (2)"),  # type: ignore[arg-type]
    (ValueError("half \udc80"), "failed: ValueError: half \\udc80"),
    (ValueError("x" * 990 + SECRET), "x..."),
]


@pytest.mark.parametrize(("error", "text"), RAISED, ids=lambda each: type(each).__name__)
def test_whatever_is_raised_fails_the_source(folder: Folder, error: BaseException, text: str) -> None:
    """Errors of any class, ours and those beyond Exception too, are told, and the last good load is used."""
    said = told(folder, raising(error))
    assert text in said
    assert SECRET[:6] not in said


class Hostile:
    """A cell that raises wherever it is asked, and says the secret."""

    def __repr__(self) -> str:
        raise Base(SECRET)

    def __eq__(self, other: object) -> bool:
        raise RuntimeError(SECRET)

    __hash__ = object.__hash__


def batch(**changes: Any) -> Batch:
    """One row, but for the changes."""
    whole: dict[str, Any] = {"file": "f", "first_row": 1, "header": HEADER, "rows": [ROW], **changes}
    return Batch(**whole)


ODD: list[tuple[Any, str]] = [
    (["x"], "gave no Batch but a list"),
    (None, "gave no Batch but a NoneType"),
    (batch(file=None), "gave a Batch whose file is no text: NoneType"),
    (batch(header=(1, 2, 3)), "gave a header whose names are no texts: int"),
    (batch(header="abc"), "gave header that are no list but a str"),
    (batch(rows=None), "gave rows that are no list but a NoneType"),
    (batch(rows=iter([ROW])), "gave rows that are no list but a list_iterator"),
    (batch(rows=[object()]), "gave a row that is no sequence of cells but a object"),
    (batch(rows=["abc"]), "gave a row that is no sequence of cells but a str"),
    (batch(rows=[{"account_id": "A"}]), "gave a row that is no sequence of cells but a dict"),
    (batch(rows=[("A", "2026-03-01", Hostile())]), "gave cells that cannot be read: Hostile"),
    (batch(rows=[(Hostile(), "2026-03-01", 1)]), "gave cells that cannot be read: Hostile"),
    (batch(first_row="x"), "gave a Batch whose first_row is no whole number: str"),
    (batch(first_row=2**70), "gave numbers of rows that are below 1 or beyond 2^53"),
    (batch(first_row=0), "gave numbers of rows that are below 1 or beyond 2^53"),
    (batch(numbers=["x"]), "gave numbers of rows that are no whole numbers: str"),
    (batch(numbers=[1, 2]), "gave 2 numbers for 1 rows"),
    (batch(rows=[ROW, ROW], numbers=[2, 1]), "gave numbers of rows that do not ascend"),
    (batch(bad=[1]), "gave a bad row that is no BadRow but a int"),
    (batch(bad=[BadRow("f", "x", "bad", "")]), "gave a BadRow whose number is no whole number: str"),  # type: ignore[arg-type]
    (batch(bad=[BadRow("f", 1, None, "")]), "gave a BadRow whose file, reason or excerpt is no text: NoneType"),  # type: ignore[arg-type]
    (batch(bad=[BadRow("f", -1, "bad", "")]), "gave a BadRow whose number is below 0 or beyond 2^53"),
]


@pytest.mark.parametrize(("given", "text"), ODD, ids=[text for _, text in ODD])
def test_what_is_no_batch_fails_the_source(folder: Folder, given: object, text: str) -> None:
    """What a source gives is looked at before anything else of the intake sees it."""
    said = told(folder, lambda _token: [batch(), given] if given is None else [given])
    assert said.startswith("trigpoint.toml:3:10: TP705 source 'usage': plugin 'stranger' ")
    assert text in said


def test_a_read_that_gives_nothing_to_iterate_fails_the_source(folder: Folder) -> None:
    """`read` may return anything, too."""

    class Returns(Stranger):
        def read(self, request: SourceRequest) -> Iterator[Batch]:
            return request  # type: ignore[return-value]

    usage, _ = folder.load(sources={"stranger": Returns()})
    assert "failed: TypeError: 'SourceRequest' object is not iterable" in str(usage.error)


def test_what_happens_while_a_source_is_closed_hides_nothing(folder: Folder) -> None:
    """A source that fails once more when it is closed is told by what it did first."""

    def code(_token: str) -> Iterator[Batch]:
        try:
            yield batch(rows=[("A", "2026-03-01")])
        finally:
            raise ValueError("closed")

    assert "gave rows that are not as wide as their header" in told(folder, code)


def test_halves_of_characters_are_written_out(folder: Folder) -> None:
    """Names of files and columns, and bad rows, can be stored and printed whatever they hold."""
    bad = BadRow("f\udc80", 2, "is \udc80", "x\udc80")
    given = batch(file="f\udc80", header=(*HEADER, "more\udc80"), rows=[(*ROW, 1)], bad=[bad])
    folder.settings(STALE.replace('"stale"', '"stale"\nmax_bad_rows = 9'))
    usage, _ = folder.load(sources={"stranger": Stranger(lambda _token: [given])})
    assert (usage.status, usage.unused) == ("loaded", ("more\\udc80",))
    assert folder.query("SELECT file, reason, excerpt FROM _quarantine") == [("f\\udc80", "is \\udc80", "x\\udc80")]


def test_an_excerpt_is_cut_when_its_secret_is_hidden(folder: Folder) -> None:
    """No half of a secret is left at the end of a long cell."""
    long = "x" * 70 + SECRET
    folder.settings(STALE.replace('"stale"', '"stale"\nmax_bad_rows = 9'))
    folder.load(sources={"stranger": Stranger(lambda _token: [batch(rows=[ROW, ("B", "2026-03-01", long)])])})
    assert SECRET[:4].encode() not in (folder.root / "data.db").read_bytes()


def test_what_a_source_says_goes_to_stderr_without_secrets(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    """What it prints, warns of and logs, by a handler of its own too, is no part of stdout, and has no secret in it."""
    logger = logging.getLogger("strangers")
    logger.propagate = False
    logger.addHandler(logging.StreamHandler(sys.stderr))

    def code(token: str) -> Iterator[Batch]:
        print("printed", token)
        sys.stdout.writelines([f"written {token}\n"])
        sys.stdout.buffer.write(f"bytes {token}\n".encode())
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda message, *_: print(message, file=sys.stderr)  # pytest keeps them for itself
            warnings.warn(f"warned {token}", stacklevel=1)
        try:
            int(token)
        except ValueError:
            logger.exception("logged %s", token)
        logger.warning("odd %d", "x")
        yield batch()

    folder.load(sources={"stranger": Stranger(code)})
    logger.handlers.clear()
    said = capsys.readouterr()
    assert said.out == ""
    assert SECRET not in said.err
    for each in (
        "printed ***",
        "written ***",
        "bytes ***",
        "warned ***",
        "logged ***",
        "ValueError: invalid literal for int() with base 10: '***'",
        "cannot be shown",
    ):
        assert each in said.err


def test_a_request_to_end_passes(folder: Folder) -> None:
    """A signal ends the load, also where the source catches all there is; the next source is not asked."""
    asked: list[str] = []

    class Next(FilesSource):
        def read(self, request: SourceRequest) -> Iterator[Batch]:
            asked.append(request.settings.name)
            yield from super().read(request)

    def swallowing(_token: str) -> Iterator[Batch]:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except BaseException:  # noqa: BLE001  # that is what is tried
            yield batch()

    def another(_token: str) -> Iterator[Batch]:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except BaseException as error:
            raise ValueError("interrupted") from error
        yield batch()

    for code in (swallowing, another):
        with pytest.raises(Stopped), listen_to_signals():
            folder.load(sources={"stranger": Stranger(code), "files": Next()})
    assert asked == []
