"""What a source prints, warns of and logs: without secrets, and never on stdout, which is data that other programs read."""

from __future__ import annotations

import io
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

from trigpoint.plugins.printed import stdout_kept

Hide = Callable[[str], str]


@contextmanager
def output_hidden(hide: Hide, *, foreign: bool) -> Iterator[None]:
    """What is said inside goes to stderr, through `hide`; of `foreign` code also what is written to descriptor 1 itself."""
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(lambda *args, **named: _hidden(before(*args, **named), hide))
    stream: Any = HidingStream(sys.stderr or io.StringIO(), hide)  # of a daemon there may be none
    try:
        with redirect_stderr(stream), stdout_kept(foreign=foreign):
            yield
    finally:
        logging.setLogRecordFactory(before)


def _hidden(record: logging.LogRecord, hide: Hide) -> logging.LogRecord:
    """A handler made elsewhere may write to wherever it likes, so that the record itself must not hold a secret."""
    try:
        record.msg, record.args = hide(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = hide("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
    except Exception:  # noqa: BLE001  # a message that cannot be made: logging says so in its own way
        record.msg, record.args, record.exc_info = "(a message that cannot be shown)", (), None
    return record


class HidingStream:
    """A stream that passes all on, texts without secrets."""

    def __init__(self, stream: Any, hide: Hide) -> None:
        self._stream = stream
        self._hide = hide

    def write(self, text: str) -> int:
        """Pass a text on; answers its length, as streams do."""
        self._stream.write(self._hide(text))
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        """Pass some texts on."""
        for each in lines:
            self.write(each)

    @property
    def buffer(self) -> HidingBytes:
        """The stream as one of bytes."""
        return HidingBytes(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class HidingBytes:
    """The same for bytes, which are text all the same."""

    def __init__(self, stream: HidingStream) -> None:
        self._texts = stream

    def write(self, data: bytes) -> int:
        """Pass some bytes on; answers how many."""
        self._texts.write(bytes(data).decode("utf-8", "backslashreplace"))
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._texts, name)
