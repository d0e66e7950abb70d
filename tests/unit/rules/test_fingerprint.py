"""The fingerprint of a ruleset is a hash of its meaning."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli_w
from attrs import evolve

from support.rule_cases import CASES
from trigpoint.model.project import Project
from trigpoint.model.ruleset import Calendar
from trigpoint.rules import build_ruleset, load_ruleset

TEXT = (CASES / "base.toml").read_text(encoding="utf-8") + (CASES / "rich.toml").read_text(encoding="utf-8")


UTC = Calendar("UTC")


def fingerprint(text: str, calendar: Calendar = UTC) -> str:
    """The fingerprint of rules written as a text."""
    return build_ruleset(tomllib.loads(text), calendar).fingerprint


def reordered(text: str) -> str:
    """The same rules, written by a machine in the opposite order of tables."""
    settings = tomllib.loads(text)
    for section in ("subjects", "tables", "metrics", "scorecards"):
        settings[section] = dict(reversed(settings[section].items()))
    for card in settings["scorecards"].values():
        for key in ("measures", "groups", "guards", "bands"):
            card[key] = dict(reversed(card.get(key, {}).items()))
    return tomli_w.dumps(settings)


SAME: dict[str, Callable[[str], str]] = {
    "comments": lambda text: f"# hello\n{text}\n# bye\n",
    "format": lambda text: tomli_w.dumps(tomllib.loads(text)),
    "order": reordered,
    "title": lambda text: text.replace(
        "[metrics.arr]\n", '[metrics.arr]\ntitle = "ARR"\nwhy = "Money"\nunit = "EUR"\n'
    ),
    "reason": lambda text: text.replace('reason = "Few"', 'reason = "Too few"'),
    "spelling": lambda text: text.replace('"closed is null"', '"( closed  IS null )"'),
    "number": lambda text: text.replace("linear = [0.2, 0.9]", "linear = [2e-1, 0.90]"),
    "quotes": lambda text: text.replace("cap = 40", 'cap = "40"'),
}
OTHER: dict[str, tuple[str, str]] = {
    "scale": ("linear = [0.2, 0.9]", "linear = [0.2, 0.91]"),
    "weight": ("weight = 2", "weight = 3"),
    "group weight": ("adoption = 60", "adoption = 61"),
    "band": ("healthy = 70", "healthy = 71"),
    "band name": ("healthy = 70", "green = 70"),
    "missing": ('missing = "skip"', 'missing = "middle"'),
    "window": ('window = "28 days"', 'window = "30 days"'),
    "empty": ("empty = 0", 'empty = "no data"'),
    "where": ("closed is null", "closed is not null"),
    "column type": ('licensed_seats = "integer"', 'licensed_seats = "number"'),
    "guard": ("cap = 40", "cap = 41"),
    "hold": ("hold = 3", "hold = 4"),
    "minimum": ("min_n = 2", "min_n = 3"),
    "validity": ('valid_for = "90 days"', 'valid_for = "91 days"'),
    "parent": ('segment = "segment_id"', 'segment = "csm_id"'),
    "since": ('since = "signed_up"', ""),
    "gate": ("else = 60", "else = 61"),
    "target": ("zero_at = 0.5", "zero_at = 0.6"),
    "choice": ("P1 = 0", "P1 = 1"),
    "lookup": ('at = "fixed"', 'at = "as of"'),
    "steps": ("[10, 50]", "[11, 50]"),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_meaning_stays(change: Callable[[str], str]) -> None:
    """Comments, titles, reasons, order, format and spelling do not change the fingerprint."""
    changed = change(TEXT)
    assert changed != TEXT
    assert fingerprint(changed) == fingerprint(TEXT)


@pytest.mark.parametrize(("old", "new"), OTHER.values(), ids=OTHER.keys())
def test_meaning_changes(old: str, new: str) -> None:
    """Any number, weight, name or condition changes the fingerprint."""
    assert old in TEXT
    assert fingerprint(TEXT.replace(old, new, 1)) != fingerprint(TEXT)


def test_the_calendar_is_part_of_the_meaning() -> None:
    """Another zone or fiscal year is another ruleset."""
    prints = {fingerprint(TEXT, each) for each in (Calendar("UTC"), Calendar("Europe/Berlin"), Calendar("UTC", 4))}
    assert len(prints) == 3


def test_kept_settings_build_the_same_ruleset(tmp_path: Path) -> None:
    """The merged settings that a store keeps give the ruleset back, with its fingerprint and places."""
    (tmp_path / "rules.toml").write_text(TEXT, encoding="utf-8")
    ruleset = load_ruleset(Project(tmp_path, Calendar("UTC"), ("rules.toml",)))
    again = build_ruleset(ruleset.settings, ruleset.calendar, ruleset.origins)
    assert again == ruleset
    assert again.fingerprint == fingerprint(TEXT)
    assert again.origins == ruleset.origins
    assert evolve(again, fingerprint="") != ruleset
