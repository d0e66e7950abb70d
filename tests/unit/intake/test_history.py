"""The own table of a subject with history, on its way into the warehouse."""

from __future__ import annotations

from pathlib import Path

from support.folder import Folder

SOURCE = '\n[sources.accounts]\nplugin = "files"\npath = "accounts.csv"\nmax_bad_rows = "90%"\n'
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
history = true
[tables.accounts]
columns = { account_id = "text", seats = "integer", from_day = "date", to_day = "date" }
in_force = { from = "from_day", to = "to_day", to_is = "last day" }
"""


def test_a_stretch_is_told_apart_by_its_start(tmp_path: Path) -> None:
    """One row for each subject and start, a blank start too; a second one is quarantined, and so is one without a key."""
    folder = Folder(tmp_path, SOURCE, RULES)
    lines = [
        "account_id,seats,from_day,to_day",
        "A,1,,2026-01-31",
        "A,2,2026-02-01,",
        "A,3,,",
        "A,4,2026-02-01,",
        ",5,,",
    ]
    folder.file("accounts.csv", "\n".join(lines) + "\n")
    folder.load()
    assert folder.query("SELECT account_id, seats, from_day FROM accounts ORDER BY seats") == [
        ("A", 1, ""),
        ("A", 2, "2026-02-01"),
    ]
    reasons = folder.query("SELECT reason FROM _quarantine ORDER BY row")
    assert reasons == [
        ("has the same account_id + from_day as an earlier row",),
        ("has the same account_id + from_day as an earlier row",),
        ("account_id is blank, and it is the key",),
    ]
