"""Drafts from CSV files: what is guessed, and what is not."""

from __future__ import annotations

import gzip
import tomllib
from pathlib import Path

import pytest

from trigpoint.draft import draft_from_csv, from_csv, write_project
from trigpoint.draft.columns import guess_type, settle
from trigpoint.draft.names import singular, slug
from trigpoint.draft.numbers import writing_of
from trigpoint.draft.sample import read_sample
from trigpoint.errors import InputError
from trigpoint.rules import check

TYPES = [
    ("seats", ["1", "20", ""], "integer", None),
    ("seats", ["1", "2.5"], "number", None),
    ("account_id", ["1", "2"], "text", None),  # an id is never added up
    ("plan", ["007", "12"], "text", None),  # leading zeros
    ("big", [str(2**53 + 1)], "text", None),
    ("share", ["1,5", "2"], "number", None),
    ("share", ["18.500,00", "7.200", ""], "number", None),
    ("seats", ["1,234,567", "2"], "integer", None),
    ("amount", ["1 500,5", "12"], "number", None),
    ("amount", ["1'500", "12"], "integer", None),
    ("amount", ["1,500", "2,000"], "text", None),  # one and a half, or fifteen hundred?
    ("live", ["TRUE", "false", ""], "boolean", None),
    ("live", ["0", "1"], "integer", None),
    ("note", ["", ""], "text", None),
    ("name", ["Acme"], "text", None),
    ("day", ["2026-03-31", ""], "date", None),
    ("day", ["2026-3-1"], "date", None),
    ("day", ["31/03/2026", "01/04/2026"], "date", "%d/%m/%Y"),
    ("day", ["03/31/2026"], "date", "%m/%d/%Y"),
    ("day", ["31.03.2026"], "date", "%d.%m.%Y"),
    ("day", ["01.02.2026"], "date", "%d.%m.%Y"),  # nobody writes the month first with dots
    ("day", ["01/02/2026"], "text", None),  # January or February?
    ("day", ["2026-13-01"], "text", None),
    ("day", ["01/02/26"], "text", None),
    ("at", ["2026-03-31T10:00:00Z"], "timestamp", None),
    ("at", ["2026-03-31 10:00"], "timestamp", None),
    ("at", ["31-03-2026 10:00"], "timestamp", "%d-%m-%Y %H:%M"),
    ("at", ["31/03/2026 10:00:59"], "timestamp", "%d/%m/%Y %H:%M:%S"),
    ("at", ["2026-03-31", "2026-03-31 10:00"], "text", None),
    ("at", ["2026-03-31", "31/03/2026"], "text", None),
]


@pytest.mark.parametrize(("name", "cells", "kind", "form"), TYPES)
def test_types_are_guessed_only_where_one_reading_fits(
    name: str, cells: list[str], kind: str, form: str | None
) -> None:
    """A column gets the narrowest type that all its cells fit; two readings make it text."""
    guess = guess_type(name, cells, writing_of([set(cells) - {""}]))
    assert (guess.type, guess.format) == (kind, form)


@pytest.mark.parametrize(
    "cells", [["01/02/2026"], ["1,500"], ["1.500"], ["007"], ["2026-13-01"], ["2026-03-31", "31/03/2026"]]
)
def test_what_was_not_guessed_is_said(cells: list[str]) -> None:
    """A column that was kept as text for doubt has a remark."""
    assert guess_type("x", cells).note


def test_other_dates_of_a_file_settle_an_ambiguous_one() -> None:
    """01/02/2026 is read like 31/12/2026 in the next column, and that is said; never against two opinions."""
    ambiguous = guess_type("day", ["01/02/2026"])
    sure = guess_type("end", ["31/12/2026"])
    settled = settle(ambiguous, [ambiguous, sure])
    assert (settled.type, settled.format) == ("date", "%d/%m/%Y")
    assert settled.note
    assert settle(ambiguous, [sure, guess_type("x", ["12/31/2026"])]).type == "text"
    assert settle(ambiguous, [guess_type("x", ["31-12-2026"])]).type == "text"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("AccountID", "account_id"),
        ("Account Name", "account_name"),
        ("ARR (USD)", "arr_usd"),
        ("2024", "c_2024"),
        ("a__b", "a_b"),
        ("Größe", "groesse"),
        ("Vertragsende (spätestens)", "vertragsende_spaetestens"),
        ("Prénom", "prenom"),
        ("Übersicht", "uebersicht"),
        ("Ko\u0308ln", "koeln"),
        ("Møller & Łódź", "moller_lodz"),
    ],
)
def test_names_become_names_of_the_rules(theirs: str, ours: str) -> None:
    """Names of files are made small, single-underscored, and never begin with a digit."""
    assert slug(theirs) == ours


@pytest.mark.parametrize(
    ("many", "one"),
    [("accounts", "account"), ("companies", "company"), ("usage", "usage"), ("boxes", "box"), ("access", "access")],
)
def test_tables_name_their_subjects(many: str, one: str) -> None:
    """The subject of a table is its singular."""
    assert singular(many) == one


def _folder(root: Path, **files: str) -> Path:
    for name, text in files.items():
        (root / f"{name}.csv").write_text(text)
    return root


def test_links_are_found_by_name_and_by_values(tmp_path: Path) -> None:
    """A column points to a subject if it is called like its key and most of its values are known there."""
    _folder(
        tmp_path,
        accounts="id,name\n1,Acme\n2,Beta\n",
        subscriptions="subscription_id,account_id\nS-1,1\nS-2,2\n",
        usage="subscription_id,day,account_id\nS-1,2026-03-31,x\nS-2,2026-03-30,y\n",
    )
    draft = draft_from_csv(tmp_path, tmp_path)
    assert {each.name: dict(each.parents) for each in draft.subjects} == {
        "account": {},
        "subscription": {"account": "account_id"},
    }
    usage = next(each for each in draft.tables if each.name == "usage")
    assert dict(usage.belongs_to) == {"subscription": "subscription_id"}
    assert usage.time == "day"


def test_a_shared_beginning_of_file_names_is_left_out(tmp_path: Path) -> None:
    """acme_accounts.csv and acme_usage.csv are the tables accounts and usage."""
    _folder(tmp_path, acme_accounts="id\n1\n", acme_usage="account_id,day\n1,2026-03-31\n")
    assert [table.name for table in draft_from_csv(tmp_path, tmp_path).tables] == ["accounts", "usage"]


def test_doubled_keys_are_said(tmp_path: Path) -> None:
    """A key with a few doubled rows is a key, and the rows that will be quarantined are told."""
    rows = "".join(f"A-{number},x\n" for number in range(200))
    _folder(tmp_path, accounts=f"account_id,name\n{rows}A-7,x\n")
    draft = draft_from_csv(tmp_path, tmp_path)
    assert draft.tables[0].key == "account_id"
    told = "account_id would be the key but for A-7, which is there twice: the second row will be quarantined"
    assert f"accounts: {told}" in draft.remarks
    assert f"# {told}\n" in draft.rules
    assert "max_bad_rows" not in draft.sources  # one of 201 is borne


def test_two_dates_leave_the_time_to_a_person(tmp_path: Path) -> None:
    """Which of two dates is the time of a row cannot be known; nor whether a contract holds on its last day."""
    _folder(
        tmp_path,
        accounts="account_id\nA-1\n",
        contracts="account_id,start_date,end_date\nA-1,2026-01-01,2026-12-31\n",
    )
    draft = draft_from_csv(tmp_path, tmp_path)
    assert next(each for each in draft.tables if each.name == "contracts").time is None
    assert "# in_force = " in draft.rules
    assert sum("contracts" in remark for remark in draft.remarks) == 2


def test_files_are_found_from_the_project(tmp_path: Path) -> None:
    """Paths of sources beside or below the project are relative, others absolute."""
    _folder(tmp_path, accounts="account_id\nA-1\n")
    assert 'path = "../accounts.csv"' in draft_from_csv(tmp_path, tmp_path / "project").sources
    assert f'path = "{tmp_path}/accounts.csv"' in draft_from_csv(tmp_path, tmp_path / "a" / "b").sources


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"name\nJos\x81\n", "UTF-8"),
        ("name\nJo\n".encode("utf-16-le"), "UTF-8"),
        (b"a,a\n1,2\n", "two columns are called 'a'"),
        (b'a,b\n"1,2\n', "cannot be read"),
        (b"Customers of March\n\nid,name\nA,x\n", "no header but a title: 'Customers of March'"),
        (b"Customers,,\nid,name,\nA,x,\n", "no header but a title: 'Customers'"),
    ],
)
def test_files_that_cannot_be_understood_are_named(tmp_path: Path, content: bytes, words: str) -> None:
    """A file that is no clean CSV is an error with its name."""
    (tmp_path / "accounts.csv").write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        draft_from_csv(tmp_path, tmp_path)
    assert caught.value.problems[0].place is not None
    assert caught.value.problems[0].place.file.endswith("accounts.csv")


def test_separators_and_packed_files_are_understood(tmp_path: Path) -> None:
    """Semicolons, tabs, gzip and decimal commas are told to the source."""
    (tmp_path / "accounts.csv").write_text("account_id;arr\nA-1;1,5\nA-2;2\n")
    (tmp_path / "usage.tsv").write_text("account_id\tday\nA-1\t2026-03-31\n")
    with gzip.open(tmp_path / "tickets.csv.gz", "wt") as file:
        file.write("ticket_id,account_id\nT-1,A-1\n")
    draft = draft_from_csv(tmp_path, tmp_path)
    assert {table.name: table.delimiter for table in draft.tables} == {"accounts": ";", "tickets": ",", "usage": "\t"}
    accounts = tomllib.loads(draft.sources)["sources"]["accounts"]
    assert (accounts["delimiter"], accounts["decimal"]) == (";", ",")


def test_formats_of_single_columns_stand_beside_the_common_one(tmp_path: Path) -> None:
    """One format of dates is for the whole source; what differs from it is named by column."""
    (tmp_path / "tickets.csv").write_text(
        "ticket_id,opened,closed\nT-1,31-12-2026,31-12-2026 10:00\nT-2,30-12-2026,30-12-2026 10:00\n"
    )
    source = tomllib.loads(draft_from_csv(tmp_path, tmp_path).sources)["sources"]["tickets"]
    assert (source["date_format"], source["formats"]) == ("%d-%m-%Y", {"closed": "%d-%m-%Y %H:%M"})


def test_only_the_first_rows_of_a_large_file_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file is not read to its end, and the draft says so."""
    monkeypatch.setattr(from_csv, "MOST_ROWS", 10)
    monkeypatch.setattr(from_csv, "read_sample", lambda path: read_sample(path, most=10))
    _folder(tmp_path, accounts="account_id\n" + "".join(f"A-{number}\n" for number in range(50)))
    draft = draft_from_csv(tmp_path, tmp_path)
    assert (draft.tables[0].rows, draft.tables[0].complete) == (10, False)
    assert "10 rows and more: the first 10 were looked at" in draft.rules


def test_tables_that_point_at_each_other_are_no_parents(tmp_path: Path) -> None:
    """Where two tables hold each other's keys, nobody is the parent: the rules allow no circle."""
    _folder(
        tmp_path,
        accounts="account_id,contact_id\nA-1,C-1\n",
        contacts="contact_id,account_id\nC-1,A-1\n",
        usage="account_id,contact_id,day\nA-1,C-1,2026-03-31\n",
    )
    draft = draft_from_csv(tmp_path, tmp_path)
    assert all(not each.parents for each in draft.subjects)


def test_files_without_a_key_make_no_subject(tmp_path: Path) -> None:
    """Without any key there is nothing to score yet, and that is said."""
    _folder(tmp_path, numbers="a,b\n1,2\n1,2\n")
    draft = draft_from_csv(tmp_path, tmp_path)
    assert draft.subjects == ()
    assert any("nothing can be scored yet" in remark for remark in draft.remarks)


HOSTILE = {
    "company": "id,name\nX,Y\n",
    "select": 'id,"quo""te",company,as_of,case,AccountID,account_id,Größe,名前,1st\nS,a,b,c,d,e,f,g,h,i\n',
    "accounts": "id,key,label,points,back\\slash\nX,1,2,3,4\nY,1,2,3,4\n",
    "123": "account_id,x\nX,1\n",
}


def test_hostile_names_still_make_rules_that_check(tmp_path: Path) -> None:
    """Whatever the columns and files are called, the draft is valid TOML and `check` finds no error."""
    exports = tmp_path / "exports"
    exports.mkdir()
    _folder(exports, **HOSTILE)
    (exports / "nul\x01 \x7f.csv").write_text("account_id,day\nX,2026-03-31\n")
    root = tmp_path / "project"
    draft = draft_from_csv(exports, root)
    write_project(root, "UTC", sources=draft.sources, rules=draft.rules)
    assert [str(problem) for problem in check(root) if problem.severity == "error"] == []
