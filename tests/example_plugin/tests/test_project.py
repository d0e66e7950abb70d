"""A project that uses all of it."""

from __future__ import annotations

import datetime as dt

import pytest
from trigpoint import TrigpointError
from trigpoint.testing import OnlyPlugins, ProjectFolder

AS_OF = dt.date(2026, 3, 31)
SETTINGS = """
timezone = "UTC"
rules = ["example:notes"]
[plugins]
enabled = ["example"]
[sources.accounts]
plugin = "files"
path = "accounts.csv"
[sources.notes]
plugin = "example"
path = "notes.txt"
max_bad_rows = 1
"""
ACCOUNTS = "account_id,name,seats\nA-1,Albatross,4\nA-2,Beacon,2\nA-3,Cobalt,9\n"
NOTES = "2026-03-11 A-1 ***** They love it\n2026-03-31 A-1 ** Down again\nno note\n2026-03-30 A-2 * Angry\n"


@pytest.fixture
def project(trigpoint_project: ProjectFolder, trigpoint_plugins: type[OnlyPlugins]) -> ProjectFolder:
    """Three accounts and three notes, under the rules that come along."""
    trigpoint_project.plugins = trigpoint_plugins("example")
    trigpoint_project.write("trigpoint.toml", SETTINGS)
    trigpoint_project.write("accounts.csv", ACCOUNTS)
    trigpoint_project.write("notes.txt", NOTES)
    return trigpoint_project


def test_notes_become_scores(project: ProjectFolder) -> None:
    """The mood of A-1 is 3: its newer note counts twice; it has 2 notes for 4 seats."""
    assert project.check() == ()
    report = project.run(AS_OF)
    assert (report.exit_code, report.loads[1].rows, report.loads[1].quarantined) == (0, 3, 1)
    values = project.values("account")
    assert values["A-1"]["mood"] == pytest.approx(3.0)
    assert values["A-3"]["mood"] is None
    assert project.scores("care")["A-1"] == pytest.approx(0.75 * 50 + 0.25 * 100)


def test_missing_notes_are_told(project: ProjectFolder) -> None:
    """The source says which file it misses."""
    (project.root / "notes.txt").unlink()
    with pytest.raises(TrigpointError, match=r"there are no notes: notes\.txt is missing"):
        project.run(AS_OF)
