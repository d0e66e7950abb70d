"""One metric's batches and answers: at most two batches are under way, and all answers together have a time limit."""

from __future__ import annotations

import json
import pickle
import time
from collections import deque
from typing import Any, get_args

from attrs import frozen

from trigpoint.plugins.texts import encodable
from trigpoint.workers.batches import Batch
from trigpoint.workers.process import EndedError, Process, SilentError
from trigpoint.workers.values import Cell, sound
from trigpoint.workers.wire import Asked, Fault, FaultKind

UNDER_WAY = 2  # one that is computed, and one that is there when it is done
Row = tuple[str, Cell, int, str | int | None]  # key, value as it is stored, rows, newest


class FaultError(Exception):
    """The plugin failed, with a `fault`."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


@frozen
class Answered:
    """The rows that the answer to a batch makes; `content` is how it came, `unusable` how many values were no numbers.

    It is `lasting` if it depends on nothing but what a fingerprint says.
    """

    rows: tuple[Row, ...]
    unusable: int
    content: bytes
    lasting: bool


class Conversation:
    """What is said to a process for one metric. Only waiting for it counts against its time, not what we do meanwhile."""

    def __init__(self, process: Process, asked: Asked) -> None:
        self._process = process
        self._asked = asked
        self._left = asked.seconds
        self._under_way: deque[Batch] = deque()
        process.send(pickle.dumps(asked))

    def ask(self, batch: Batch) -> Answered | None:
        """Send a batch; gives the answer to an earlier one if it is time for it. Raises FaultError."""
        self._process.send(pickle.dumps(batch.packed, pickle.HIGHEST_PROTOCOL))
        self._under_way.append(batch)
        return self.answer() if len(self._under_way) >= UNDER_WAY else None

    def answer(self) -> Answered | None:
        """The answer to the oldest batch that has none yet; None if there is no such batch. Raises FaultError."""
        if not self._under_way:
            return None
        began = time.monotonic()
        try:
            content = self._process.receive(self._left)
        except SilentError:
            self._process.trace()
            raise FaultError(Fault("late", f"was not done after {self._asked.seconds:g} s, and was stopped")) from None
        except EndedError as error:
            raise FaultError(Fault("ended", str(error))) from None
        self._left -= time.monotonic() - began
        return read(content, self._under_way.popleft(), self._asked)


def read(content: bytes, batch: Batch, asked: Asked) -> Answered:
    """An answer, looked over once more. Raises FaultError."""
    try:
        answer: dict[str, Any] = json.loads(content)
        if fault := answer.get("fault"):
            raise FaultError(_fault(**fault))
        cells, unusable = answer["cells"], int(answer["unusable"])
        lasting = answer["lasting"] is True
        fits = len(cells) == len(batch.keys) and all(sound(cell, asked.type) for cell in cells)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise FaultError(Fault("ended", "sent something that is no answer")) from error
    if not fits:
        raise FaultError(Fault("unfit", "sent values that are not those of its keys, or not of its type"))
    rows = tuple(zip(batch.keys, cells, batch.counts, batch.newest, strict=True))
    return Answered(rows, unusable, content, lasting)


def _fault(kind: str, text: str, file: str | None, line: int | None, quoted: str) -> Fault:
    """A fault that was sent. Raises TypeError or KeyError if it is none."""
    if kind not in get_args(FaultKind):
        raise KeyError(kind)
    return Fault(kind, encodable(text), None if file is None else encodable(file), line, encodable(quoted))  # type: ignore[arg-type]  # one of them
