"""Each check of the contracts fails where a plugin is broken in that way, and says what is wrong."""

from __future__ import annotations

import datetime as dt
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trigpoint.testing import FunctionContract, MetricContract, SourceContract, metric_contract
from trigpoint.testing.warehouses import WAREHOUSES

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


@pytest.mark.parametrize("check", CHECKS)
def test_a_sound_metric_passes(check: str, tmp_path: Path) -> None:
    """A plain mean passes each check."""
    call(contract(write(tmp_path, RIGHT)), check)


BROKEN = {
    "wrong values": ("test_values_are_as_expected", "yield 'A-1', 5.0", "gives {A-1: 5.0}, and expected is"),
    "raises": ("test_values_are_as_expected", "raise ValueError('no luck')", "ValueError: no luck"),
    "wrong type": (
        "test_gives_its_declared_type",
        "if rows.keys: yield 'A-1', 'sunny'",
        "gave 'sunny' of type str, and the metric is of type number \\(for 'A-1'\\)",
    ),
    "nan": (
        "test_gives_its_declared_type",
        "for key in rows.keys: yield key, float('nan') if SEEN or SEEN.append(1) else 1.0",
        "gave nan for 'A-2'",
    ),
    "no pair": ("test_gives_its_declared_type", "return [3.0]", "gave|no pair of key and value"),
    "counts its calls": (
        "test_gives_the_same_twice",
        "SEEN.append(1)\nfor key in rows.keys: yield key, len(SEEN)",
        "gives other values when it is computed again \\(A-1: 1.0, then 2.0\\)",
    ),
    "keeps what it saw": (
        "test_gives_the_same_twice",
        "import sys\nkeep = sys.__dict__.setdefault('trigpoint_kept', [])\nkeep += rows.keys\nfor key in rows.keys: yield key, len(keep)",
        "gives other values when the same rows are loaded again",
    ),
    "order of a set": (
        "test_gives_the_same_in_other_processes",
        "names = set(rows.columns['who'])\nfor key in rows.keys: yield key, sum(ord(each[0]) * 10**n for n, each in enumerate(names))",
        "other hashes, time zone and environment|process of its plugin",
    ),
    "environment": (
        "test_gives_the_same_in_other_processes",
        "for key in rows.keys: yield key, len(os.environ.get('ACME_TEST', ''))",
        "process of its plugin",
    ),
    "clock": (
        "test_does_not_read_the_clock",
        "for key in rows.keys: yield key, (dt.date.today() - request.as_of).days",
        "reads the clock: .*acme.py:9: date.today\\(\\); the day is `request.as_of`",
    ),
    "time": ("test_does_not_read_the_clock", "time.time()\nreturn []", "time.time\\(\\)"),
    "what ends later": (
        "test_honours_as_of",
        "for key, columns in rows.subjects(): yield key, sum(each is not None for each in columns['end'])",
        "a blank date turns out to be one after the date",
    ),
    "something for nothing": (
        "test_gives_nothing_for_nothing",
        "yield 'nobody', 1.0",
        "cannot be computed|gives 1 pairs for a batch without subjects",
    ),
    "blank cells": (
        "test_takes_blank_cells",
        "for key, columns in rows.subjects(): yield key, sum(columns['x'])",
        "fails where the cells of its rows are blank: TypeError",
    ),
    "rank among all": (
        "test_does_not_depend_on_other_subjects",
        "for n, key in enumerate(rows.keys): yield key, n",
        "gives another value where a subject is alone in its batch \\(A-2: 1.0, then 0.0\\)",
    ),
    "writes a file": (
        "test_writes_nothing",
        "try:\n    Path('/var/tmp/trigpoint-mood.txt').write_text('x')\nexcept OSError:\n    pass\nreturn []",
        "does what no metric may: .*acme.py:10: a metric may not write files: /var/tmp/trigpoint-mood.txt",
    ),
    "opens a database": (
        "test_writes_nothing",
        "import sqlite3\ntry:\n    sqlite3.connect('/var/tmp/data.db')\nexcept OSError:\n    pass\nreturn []",
        "a metric may not open databases: /var/tmp/data.db",
    ),
    "changes the environment": (
        "test_writes_nothing",
        "os.environ['ACME'] = '1'\nreturn []",
        "changes the environment: ACME",
    ),
    "each with each": (
        "test_cost_is_linear",
        "for key, columns in rows.subjects(): yield key, sum(a is b for a in columns['x'] for b in columns['x'])",
        "times the steps for twice the rows \\([\\d,]+, then [\\d,]+; at most 2.5\\)",
    ),
    "every subject with every other": (
        "test_cost_is_linear",
        "for key in rows.keys: yield key, sum(other < key for other in rows.keys)",
        "times the steps for twice the subjects",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_metric_is_caught(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check that is there for it fails, and its message says what is wrong."""
    monkeypatch.setenv("ACME_TEST", "here")
    check, body, said = BROKEN[how]
    with pytest.raises(pytest.fail.Exception, match=said):
        call(contract(write(tmp_path, body)), check)


def test_rows_after_the_date_are_seen_where_there_is_no_time(tmp_path: Path) -> None:
    """A metric over a table without a time column takes rows of any day: the contract adds none to it."""
    call(contract(write(tmp_path, RIGHT), time=None), "test_honours_as_of")


def test_a_date_that_is_foreseen_may_lie_ahead(tmp_path: Path) -> None:
    """The end of a contract is known before it comes."""
    body = "for key, columns in rows.subjects(): yield key, sum(each is not None for each in columns['end'])"
    call(contract(write(tmp_path, body), foreseen=("over",)), "test_honours_as_of")


DECLARED = {
    "better": ("", "does not say what is `better`"),
    "type of a setting": (
        "better='none', settings={'type': 'object', 'additionalProperties': False, 'properties': {'k': {}}}",
        "takes anything as its setting 'k'",
    ),
}


@pytest.mark.parametrize("gap", DECLARED)
def test_a_gap_in_the_declaration_is_caught(gap: str, tmp_path: Path) -> None:
    """What the declaration leaves out is told."""
    more, said = DECLARED[gap]
    with pytest.raises(pytest.fail.Exception, match=said):
        call(contract(write(tmp_path, RIGHT, more)), "test_is_declared_in_full")


LAX = {
    "unknown ones": ("{'type': 'object', 'properties': {}}", {}),
    "other types": (
        "{'type': 'object', 'additionalProperties': False, 'properties': {'k': {'type': ['integer', 'string']}}}",
        {"refused": [{"k": "x"}]},
    ),
}


@pytest.mark.parametrize("how", LAX)
def test_a_schema_that_takes_too_much_is_caught(how: str, tmp_path: Path) -> None:
    """Settings that should be refused and are not, are told."""
    schema, more = LAX[how]
    made = contract(write(tmp_path, RIGHT, f"better='none', settings={schema}"), **more)
    with pytest.raises(pytest.fail.Exception, match=r"takes the settings .*: its JSON Schema must refuse them"):
        call(made, "test_refuses_settings_that_do_not_fit")


def test_every_check_is_shown_to_fail() -> None:
    """A check that is added needs a broken metric above that it catches."""
    shown = {check for check, _, _ in BROKEN.values()}
    assert shown | {"test_is_declared_in_full", "test_refuses_settings_that_do_not_fit"} == set(CHECKS)


def test_a_metric_that_is_not_there(tmp_path: Path) -> None:
    """A wrong name is answered with those that there are."""
    with pytest.raises(pytest.fail.Exception, match=r"is not there: plugin 'acme' offers: acme\.mood"):
        call(contract(write(tmp_path, RIGHT), metric="mod"), "test_is_declared_in_full")


def test_no_rows_on_the_date(tmp_path: Path) -> None:
    """A contract whose rows all lie after its date would prove nothing."""
    with pytest.raises(pytest.fail.Exception, match="is given nothing: none of the 4 rows exists on 2025-01-01"):
        call(contract(write(tmp_path, RIGHT), as_of=dt.date(2025, 1, 1)), "test_does_not_read_the_clock")


QUERY = "\n\n@hookimpl\ndef trigpoint_metrics():\n    return [QueryMetric('mood', rows().{steps}, (Input('x', NUMERIC, 'A number.'), Input('who', ANY, 'Who.'), Input('end', TIMES, 'When over.')), 'A mean.', 'None', better='none')]\n"


@pytest.mark.parametrize("check", CHECKS)
def test_a_query_passes(check: str, tmp_path: Path) -> None:
    """The suite works for a query; what only a function can do is skipped."""
    file = tmp_path / "acme.py"
    file.write_text(HEAD + QUERY.format(steps="value('avg(x)')"), encoding="utf-8")
    call_or_skip(contract(file), check)


def call_or_skip(made: MetricContract, check: str) -> None:
    """Run a check; that it is skipped counts as passed here."""
    try:
        call(made, check)
    except pytest.skip.Exception as skipped:
        assert "a query has no process" in str(skipped)  # noqa: PT017  # what is looked at is the reason


def test_the_steps_of_a_query_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bar that nothing can pass the numbers are told: the rows of the query are looked at one by one."""
    file = tmp_path / "acme.py"
    file.write_text(HEAD + QUERY.format(steps="value('avg(x)')"), encoding="utf-8")
    monkeypatch.setattr(metric_contract, "MOST", 1.1)
    with pytest.raises(pytest.fail.Exception, match=r"takes (1\.[2-9]|2\.\d) times the steps for twice the rows"):
        call(contract(file), "test_cost_is_linear")


def test_a_query_with_wrong_values(tmp_path: Path) -> None:
    """The values of a query are compared too."""
    file = tmp_path / "acme.py"
    file.write_text(HEAD + QUERY.format(steps="value('max(x)')"), encoding="utf-8")
    with pytest.raises(
        pytest.fail.Exception, match=r"gives \{A-1: 3\.0, A-2: 7\.0\}, and expected is \{A-1: 2\.0, A-2: 7\.0\}"
    ):
        call(contract(file), "test_values_are_as_expected")


def test_another_warehouse_is_picked_up() -> None:
    """The check of the values is parametrised with the warehouses there are: a further one is tried without a further test."""
    for check in (MetricContract.test_values_are_as_expected, FunctionContract.test_template_agrees_with_oracle):
        (mark,) = check.pytestmark  # type: ignore[attr-defined]  # pytest's
        assert mark.args == ("warehouse", WAREHOUSES)


FUNCTIONS = {
    "wrong template": (
        "{'*': 'x * 3'}",
        "lambda x: x and x * 2",
        "test_template_agrees_with_oracle",
        "is not the same in sqlite as in its oracle",
    ),
    "wrong oracle": (
        "{'*': 'x * 2'}",
        "lambda x: 9.0",
        "test_gives_what_is_expected",
        "gives 9.0 for \\(2.0,\\), and expected is 4.0",
    ),
    "no sentence": ("{'*': 'x * 2'}", "lambda x: x and x * 2", "test_is_declared_in_full", "no sentence"),
}


@pytest.mark.parametrize("how", FUNCTIONS)
def test_a_broken_function_is_caught(how: str, tmp_path: Path) -> None:
    """A template that says something else than the oracle, an oracle that is wrong, words that are missing."""
    template, oracle, check, said = FUNCTIONS[how]
    meaning = "'Twice x'" if how == "no sentence" else "'Twice x.'"
    file = tmp_path / "acme.py"
    offer = (
        f"Function('double', (Parameter('x', NUMERIC),), 'number', {meaning}, templates={template}, oracle={oracle})"
    )
    file.write_text(f"{HEAD}\n\n@hookimpl\ndef trigpoint_functions():\n    return [{offer}]\n", encoding="utf-8")
    members = {"plugin": file, "function": "double", "expect": {(2.0,): 4.0, (None,): None}}
    made: FunctionContract = type("TestDouble", (FunctionContract,), members)()
    with pytest.raises(pytest.fail.Exception, match=said):
        call(made, check)


SOURCE = """

class Sheet:
    name = "sheet"
    schema = {schema}

    def read(self, request):
        {body}


@hookimpl
def trigpoint_sources():
    return [Sheet()]
"""
STRICT = "{'type': 'object', 'additionalProperties': False}"
SOURCES = {
    "wrong rows": (
        STRICT,
        "yield Batch('f', 1, ['a', 'b'], [('x', 'z')])",
        "test_reads_what_is_expected",
        "and expected is",
    ),
    "ragged": (
        STRICT,
        "yield Batch('f', 1, ['a', 'b'], [('x',)])",
        "test_rows_fit_their_header",
        "a row of 1 cells under a header of 2",
    ),
    "other each time": (
        STRICT,
        "SEEN.append(1); yield Batch('f', 1, ['a', 'b'], [('x', str(len(SEEN)))])",
        "test_reads_the_same_twice",
        "other batches",
    ),
    "takes anything": (
        "{'type': 'object'}",
        "yield Batch('f', 1, ['a', 'b'], [('x', 'y')])",
        "test_refuses_options_that_do_not_fit",
        "takes the options",
    ),
}


@pytest.mark.parametrize("how", SOURCES)
def test_a_broken_source_is_caught(how: str, tmp_path: Path) -> None:
    """Other rows, rows of another width, a second read that differs, options that mean nothing."""
    schema, body, check, said = SOURCES[how]
    file = tmp_path / "acme.py"
    file.write_text(HEAD + SOURCE.format(schema=schema, body=body), encoding="utf-8")
    members = {"plugin": file, "source": "sheet", "table": {"a": "text", "b": "text"}, "expect": [("x", "y")]}
    made: SourceContract = type("TestSheet", (SourceContract,), members)()
    with pytest.raises(pytest.fail.Exception, match=said):
        getattr(made, check)(*([] if check == "test_refuses_options_that_do_not_fit" else [tmp_path]))
