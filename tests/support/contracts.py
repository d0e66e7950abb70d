"""Plugins written out for the contracts, sound ones and broken ones, and the checks that are run on them."""

from __future__ import annotations

import datetime as dt
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trigpoint.testing import MetricContract

AS_OF = dt.date(2026, 3, 31)
HEAD = """
import datetime as dt, os, time
from pathlib import Path
from trigpoint import *
SEEN = []
"""
RIGHT = """
for key, columns in rows.subjects():
    cells = [each for each in columns["x"] if each is not None]
    if cells:
        yield key, sum(cells) / len(cells)
"""
ROWS = [
    ("A-1", dt.date(2026, 3, 1), 1, "ana", None),
    ("A-1", dt.date(2026, 3, 2), 3, "ben", dt.date(2026, 3, 5)),
    ("A-2", dt.date(2026, 3, 2), 7, "cleo", None),
    ("A-3", dt.date(2026, 3, 3), None, "dora", None),
]
EXPECTED = {"A-1": 2.0, "A-2": 7.0, "A-3": None}
CHECKS = {
    name: each for name, each in inspect.getmembers(MetricContract, inspect.isfunction) if name.startswith("test_")
}
COMPLETE = "better='higher', settings={'type': 'object', 'additionalProperties': False, 'properties': {'k': {'type': 'integer'}}}"


def write(folder: Path, body: str, more: str = COMPLETE, head: str = HEAD) -> Path:
    """A local plugin with the metric `mood`, whose function has this body."""
    inputs = "(Input('x', NUMERIC, 'A number.'), Input('who', ANY, 'Who.'), Input('end', TIMES, 'When over.', optional=True))"
    text = f"{head}\n\ndef mood(rows, request):\n{textwrap.indent(body.strip(), '    ')}\n"
    text += f"\n\n@hookimpl\ndef trigpoint_metrics():\n    return [FunctionMetric('mood', mood, {inputs}, 'A mean.', 'None', {more})]\n"
    file = folder / "acme.py"
    file.write_text(text, encoding="utf-8")
    return file


def contract(plugin: Path, **more: Any) -> MetricContract:
    """What an author would write about it."""
    said = {
        "plugin": plugin,
        "metric": "mood",
        "table": {"account_id": "text", "day": "date", "x": "number", "who": "text", "over": "date"},
        "rows": ROWS,
        "settings": {"x": "x", "who": "who", "end": "over"},
        "as_of": AS_OF,
        "expect": EXPECTED,
    }
    made: MetricContract = type("TestMood", (MetricContract,), {**said, **more})()
    return made


def call(made: Any, check: str) -> None:
    """Run one check; one for each warehouse is run on the first."""
    method: Callable[..., None] = getattr(made, check)
    method(*(["sqlite"] if "warehouse" in inspect.signature(method).parameters else []))


def call_or_skip(made: MetricContract, check: str) -> None:
    """Run a check; that it is skipped counts as passed here."""
    try:
        call(made, check)
    except pytest.skip.Exception as skipped:
        assert "a query has no process" in str(skipped)  # noqa: PT017  # what is looked at is the reason
