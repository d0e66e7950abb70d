"""Messages over a pipe: eight bytes that say how long one is, then the message."""

from __future__ import annotations

import struct
from typing import IO

_LENGTH = struct.Struct("!Q")


def send(pipe: IO[bytes], message: bytes) -> None:
    """Send one message; the pipe is unbuffered or is flushed here. Raises OSError if nobody reads any more."""
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes], longest: int | None = None) -> bytes:
    """The next message. Raises EOFError if there is none any more, or one that is cut short or over the limit."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    if longest is not None and length > longest:
        raise EOFError
    message = pipe.read(length)
    if len(message) < length:
        raise EOFError
    return message
