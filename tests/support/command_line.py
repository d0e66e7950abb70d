"""Runs the command line inside the test's own process, as a pipe would see it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from trigpoint.__main__ import main


class Answer(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout, which is one JSON object."""
        return json.loads(self.out)

    @property
    def problems(self) -> list[str]:
        """The lines of stderr that are no log events."""
        return [line for line in self.err.splitlines() if not line.startswith("{")]

    @property
    def codes(self) -> list[str]:
        """The codes of the problems, in order."""
        return [next(word for word in line.split() if word.startswith("TP")) for line in self.problems]


class CommandLine:
    """`command_line("scores", "health")` answers the exit code and what was printed."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture

    def __call__(self, *arguments: str) -> Answer:
        self.capture.readouterr()
        code = main(list(arguments))
        return Answer(code, *self.capture.readouterr())
