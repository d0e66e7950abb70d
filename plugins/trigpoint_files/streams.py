"""Opens a file for reading: counts its bytes, unpacks .gz, sees NUL bytes pass, and words what goes wrong."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trigpoint import Problem, SourceRequest, TrigpointError

BLOCK = 1 << 16
ONLY_CP1252 = bytes(range(0x80, 0xA0))  # control characters in latin-1, which nobody writes


class _Watched(io.RawIOBase):
    """Passes bytes on; knows how many, and whether a NUL was among them. Costs a call per block, none per line."""

    def __init__(self, below: io.RawIOBase | io.BufferedIOBase) -> None:
        self.below = below
        self.passed = 0
        self.has_nul = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # the buffer is always one of ours
        block = self.below.read(len(buffer)) or b""
        if b"\0" in block:
            self.has_nul = True
        buffer[: len(block)] = block
        self.passed += len(block)
        return len(block)

    def close(self) -> None:
        self.below.close()
        super().close()


def _buffered(raw: io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(raw, BLOCK)


class Stream:
    """A text file being read. `lines` is what a reader iterates over, at the speed of C."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.size = path.stat().st_size
        self._raw = _Watched(path.open("rb", buffering=0))
        self._content = self._raw
        if path.suffix == ".gz":
            self._content = _Watched(gzip.GzipFile(fileobj=_buffered(self._raw)))
        self.lines = io.TextIOWrapper(_buffered(self._content), encoding=encoding, newline="")

    @property
    def done(self) -> int:
        """Bytes of the file read so far (of the packed file, for .gz)."""
        return self._raw.passed

    @property
    def has_nul(self) -> bool:
        """Whether a NUL byte has been read; from then on rows are looked at one by one."""
        return self._content.has_nul

    def close(self) -> None:
        """Close the file and everything stacked upon it."""
        self.lines.close()
        self._raw.close()


@contextmanager
def open_stream(path: Path, name: str, request: SourceRequest, encoding: str) -> Iterator[Stream]:
    """The file as text; a fault of the file is raised as TP403 or TP404 with the file's name."""
    try:
        stream = Stream(path, encoding)
    except OSError as error:
        raise _unreadable(name, request, error.strerror or str(error)) from error
    except LookupError as error:
        hint = "write one that Python knows, e.g. utf-8, latin-1, cp1252, utf-16"
        text = f"source '{request.settings.name}': there is no encoding '{encoding}'"
        raise TrigpointError(Problem("TP404", text, request.settings.place, hint)) from error
    try:
        yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _unreadable(name, request, f"is no whole gzip file ({error})", "send it again") from error
    except OSError as error:
        raise _unreadable(name, request, error.strerror or str(error)) from error
    finally:
        stream.close()


def wrong_encoding(
    name: str, request: SourceRequest, error: UnicodeDecodeError, lines: int, *, header_lines: int
) -> TrigpointError:
    """The file holds bytes that its encoding does not know, after so many `lines`: where, and what to write instead."""
    encoding = str(request.settings.options.get("encoding", "utf-8-sig"))
    row = lines + error.object[: error.start].count(b"\n") + 1 - header_lines
    where = f"row {row}" if row else "the header"
    text = f"{name} is not written in {encoding}: {where} holds the byte 0x{error.object[error.start]:02x}"
    hint = f'write encoding = "{_guess(error.object, request.root / name)}", if it is that'
    return TrigpointError(Problem("TP404", f"source '{request.settings.name}': {text}", request.settings.place, hint))


def _guess(begin: bytes, path: Path) -> str:
    """What a file that is no UTF-8 is probably written in: 0x80 to 0x9f are signs in cp1252 only."""
    if begin[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            blocks = iter(lambda: file.read(BLOCK), b"")
            return (
                "cp1252" if any(len(block.translate(None, ONLY_CP1252)) < len(block) for block in blocks) else "latin-1"
            )
    except (OSError, EOFError, zlib.error):
        return "latin-1"


def _unreadable(name: str, request: SourceRequest, why: str, hint: str | None = None) -> TrigpointError:
    text = f"source '{request.settings.name}': {name} cannot be read: {why}"
    return TrigpointError(Problem("TP403", text, request.settings.place, hint))
