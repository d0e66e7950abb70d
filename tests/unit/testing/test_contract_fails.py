"""Each check of a metric fails where a function is broken in that way, and says what is wrong."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from support.contracts import AS_OF, CHECKS, COMPLETE, RIGHT, ROWS, call, contract, write
from trigpoint.testing.metric_case import MetricCase


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
    "only in this process": (
        "test_gives_the_same_in_other_processes",
        "if os.environ.get('XDG_STATE_HOME') is None and 'ACME_TEST' not in os.environ: raise ValueError('elsewhere')\nreturn []",
        "fails in another process: ValueError: elsewhere",
    ),
    "ends its process": (
        "test_gives_the_same_in_other_processes",
        "if os.environ.get('XDG_STATE_HOME') is None and 'ACME_TEST' not in os.environ: os._exit(3)\nreturn []",
        "fails in another process: it ended its process",
    ),
    "another time zone": (
        "test_gives_the_same_in_other_processes",
        "for key in rows.keys: yield key, time.mktime((2026, 3, 1, 0, 0, 0, 0, 0, 0))",
        "other hashes, time zone and environment|process of its plugin",
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


@pytest.mark.parametrize(
    ("rows", "said"), [("later", "rows after the date are there"), ("known_later", "known only after")]
)
def test_rows_of_the_future_are_compared(rows: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the rules let rows of the future through, the contract would see it: here the added rows are not of the future."""
    monkeypatch.setattr(MetricCase, rows, lambda case: [*case.rows, {**case.rows[0], "x": 100}])
    with pytest.raises(pytest.fail.Exception, match=said):
        call(contract(write(tmp_path, RIGHT)), "test_honours_as_of")


def test_secrets_are_read_as_every_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that is a secret stands in a variable; its value is given to the function, here and in its process."""
    monkeypatch.setenv("ACME_TOKEN", "four")
    more = "better='none', settings={'type': 'object', 'additionalProperties': False, 'properties': {'token': {'type': 'string', 'writeOnly': True}}}"
    settings = {"x": "x", "who": "who", "end": "over", "token": {"env": "ACME_TOKEN"}}
    body = "for key in rows.keys: yield key, len(request.settings['token'])"
    made = contract(write(tmp_path, body, more), settings=settings, expect=dict.fromkeys(("A-1", "A-2", "A-3"), 4.0))
    for check in ("values_are_as_expected", "gives_the_same_in_other_processes", "refuses_settings_that_do_not_fit"):
        call(made, f"test_{check}")


def test_what_is_known_later_is_tried(tmp_path: Path) -> None:
    """Rows that are known only after the date are left out by the rules, and the contract adds some."""
    made = contract(write(tmp_path, RIGHT), known="over", rows=[(*row[:4], row[1]) for row in ROWS])
    call(made, "test_honours_as_of")
    case = made._case()
    assert len(case.known_later()) == 2 * len(ROWS)
    assert case.known_later()[-1]["over"] > AS_OF
    assert case.later()[-1]["day"] > AS_OF


DECLARED = {
    "meaning of an input": ("meaning", "does not say the `meaning` of its input 'x'"),
    "sentence": ("sentence", "has a `meaning` that is no sentence"),
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
    file = write(tmp_path, RIGHT, more if "=" in more or not more else COMPLETE)
    text = file.read_text(encoding="utf-8")
    changed = {"meaning": ("'A number.'", "''"), "sentence": ("'A mean.'", "'A mean'")}.get(more, ("", ""))
    file.write_text(text.replace(*changed), encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match=said):
        call(contract(file), "test_is_declared_in_full")


LAX = {
    "unknown ones": ("{'type': 'object', 'properties': {}, 'additionalProperties': True}", {}),
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
