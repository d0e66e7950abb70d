"""Columns that a file does not have, and those that no column of the table asks for."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from support.folder import Folder
from trigpoint.errors import ConfigError, InputError

SOURCE = '\n[sources.renewals]\nplugin = "files"\npath = "{path}"\n'
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
[tables.accounts]
columns = { account_id = "text" }
[tables.renewals]
columns = { renewal_id = "text", account_id = "text", noted = "date", due = "date", notice_on = "date", plan = "text", arr = "number", auto = "boolean" }
key = ["renewal_id"]
belongs_to = { account = "account_id" }
time = "due"
known = { row = "noted" }
"""
HEADER = "renewal_id,account_id,noted,due"
ABSENT = "columns = { notice_on = false, plan = false, arr = false, auto = false }"


def folder_of(root: Path, settings: str = "", path: str = "r.csv", rules: str = RULES) -> Folder:
    return Folder(root, SOURCE.format(path=path) + settings, rules)


def hint_of(folder: Folder) -> str:
    with pytest.raises(InputError) as raised:
        folder.load()
    (problem,) = raised.value.problems
    assert problem.code == "TP402"
    return str(problem.hint)


def test_a_column_that_the_file_lacks_is_blank(tmp_path: Path) -> None:
    """With `column = false` every cell of it is no data, whatever its type, and nothing else changes."""
    folder = folder_of(tmp_path, ABSENT)
    folder.file("r.csv", f"{HEADER}\n1,A,2026-01-01,2026-03-01\n2,B,2026-01-02,2026-03-02\n")
    assert folder.load()[0].rows == 2
    assert folder.query("SELECT renewal_id, due, notice_on, plan, arr, auto FROM renewals ORDER BY 1") == [
        ("1", "2026-03-01", None, None, None, None),
        ("2", "2026-03-02", None, None, None, None),
    ]


def test_a_column_that_is_absent_is_not_read(tmp_path: Path) -> None:
    """What the file has under the name of an absent column is not used, and told as such."""
    folder = folder_of(tmp_path, ABSENT)
    folder.file("r.csv", f"{HEADER},plan\n1,A,2026-01-01,2026-03-01,gold\n")
    assert folder.load()[0].unused == ("plan",)
    assert folder.query("SELECT plan FROM renewals") == [(None,)]


def test_objects_per_line_may_lack_a_column(tmp_path: Path) -> None:
    """In JSON Lines a key that no row has is a missing column, unless the source says that it is blank."""
    row = {"renewal_id": "1", "account_id": "A", "noted": "2026-01-01", "due": "2026-03-01", "Auto": True, "more": 1}
    folder = folder_of(tmp_path, path="r.jsonl")
    folder.file("r.jsonl", json.dumps(row) + "\n")
    hint = hint_of(folder)
    assert 'columns = { notice_on = "...", plan = "...", arr = "...", auto = "Auto" }' in hint
    folder.settings(
        SOURCE.format(path="r.jsonl") + 'columns = { notice_on = false, plan = false, arr = false, auto = "Auto" }'
    )
    assert folder.load()[0].unused == ("more",)
    assert folder.query("SELECT auto, plan FROM renewals") == [(1, None)]


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("renewal_id", "it belongs to the key"),
        ("account_id", "it says to which account a row belongs"),
        ("due", "it is the time of a row"),
        ("noted", "it says from when on a row is known"),
    ],
)
def test_a_row_needs_its_key_its_owner_and_its_time(tmp_path: Path, column: str, why: str) -> None:
    """`false` for a column without which no row counts is an error at that setting."""
    folder = folder_of(tmp_path, f"columns = {{ {column} = false }}")
    with pytest.raises(ConfigError) as raised:
        folder.load()
    (problem,) = raised.value.problems
    text = f"TP412 source 'renewals' has no column '{column}', which may not be blank: {why}"
    assert str(problem).startswith(f"trigpoint.toml:6:{len(column) + 16}: {text} (name the column of the file")


def test_the_key_of_a_subject_may_not_be_blank(tmp_path: Path) -> None:
    """The key of a subject's own table is needed though the table declares no key."""
    source = '\n[sources.accounts]\nplugin = "files"\npath = "a.csv"\ncolumns = { account_id = false }'
    with pytest.raises(ConfigError, match=r"TP412 source 'accounts' has no column 'account_id'.* belongs to the key"):
        Folder(tmp_path, source, RULES).load()


def test_the_way_out_of_missing_columns_is_one_line_of_settings(tmp_path: Path) -> None:
    """What the error says to write is TOML that holds all columns, also those that the source maps already."""
    folder = folder_of(tmp_path, 'columns = { due = "Due Date", plan = false }')
    folder.file("r.csv", "renewal_id,Account ID,noted,Due Date\n1,A,2026-01-01,2026-03-01\n")
    hint = hint_of(folder)
    written = hint.removeprefix("did you mean ").partition("? ")[0]
    assert tomllib.loads(written)["columns"] == {
        "due": "Due Date",
        "account_id": "Account ID",
        "plan": False,
        "notice_on": False,
        "arr": False,
        "auto": False,
    }
    assert hint.endswith("Write it in the source; false: the file has no such column, and it is blank")
    folder.settings(SOURCE.format(path="r.csv") + written)
    assert folder.load()[0].rows == 1


def test_a_name_of_the_file_is_proposed_once(tmp_path: Path) -> None:
    """A header that another column is read from is not proposed, nor one header for two columns."""
    rules = """
[tables.renewals]
columns = { id = "text", quoted = "number", quoted_on = "date", noted_on = "date", noted_by = "text" }
key = ["id"]
"""
    folder = folder_of(tmp_path, rules=rules)
    folder.file("r.csv", "id,quoted,noted_in\n1,2,x\n")
    assert hint_of(folder).startswith(
        'did you mean columns = { quoted_on = false, noted_on = "noted_in", noted_by = false }?'
    )


def test_what_may_not_be_blank_is_not_proposed_to_be(tmp_path: Path) -> None:
    """For a key that is nowhere in the file a name is asked for."""
    folder = folder_of(tmp_path, ABSENT)
    folder.file("r.csv", "x,account_id,noted,due\n1,A,2026-01-01,2026-03-01\n")
    assert hint_of(folder).startswith('write columns = { renewal_id = "...", ')


def test_columns_that_nothing_asks_for_are_told(tmp_path: Path) -> None:
    """A load names the columns of all its files that fill none of the table; what is mapped is used."""
    folder = folder_of(tmp_path, ABSENT.replace("plan = false", 'plan = "Plan"'), path="r-*.csv")
    folder.file("r-1.csv", f"{HEADER},Plan,plan,currency,\n1,A,2026-01-01,2026-03-01,p,q,EUR,\n")
    folder.file("r-2.csv", f"owner,{HEADER},Plan,currency\nme,2,A,2026-01-01,2026-03-01,p,EUR\n")
    assert folder.load()[0].unused == ("plan", "currency", "owner")


@pytest.mark.parametrize(("value", "told"), [("true", "true or false"), ("5", "a number")])
def test_only_false_says_that_there_is_no_column(tmp_path: Path, value: str, told: str) -> None:
    """Neither `true` nor a number is the name of a column."""
    with pytest.raises(ConfigError, match=rf"TP106 'plan' must be text or false \(no such column\), not {told}"):
        folder_of(tmp_path, f"columns = {{ plan = {value} }}").load()
