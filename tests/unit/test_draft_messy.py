"""Drafts from files as spreadsheets export them: numbers, encodings, doubled keys."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from support.folder import Folder
from trigpoint.draft import draft_from_csv, write_project
from trigpoint.draft.numbers import Writing, writing_of
from trigpoint.rules import check


@pytest.mark.parametrize(
    ("columns", "writing"),
    [
        ([{"18.500,00"}, {"1.500"}], Writing(",", ".")),
        ([{"1,5"}, {"1.500", "2"}], Writing(",", ".")),
        ([{"1.5"}, {"1,500"}], Writing(".", ",")),
        ([{"1,5"}, {"1,500"}], Writing(",")),
        ([{"1.5"}, {"2.5"}, {"1,5"}], Writing(".")),
        ([{"1,500"}, {"2"}, {"Acme"}], Writing()),
        ([], Writing()),
    ],
)
def test_the_numbers_of_a_file_are_written_in_one_way(columns: list[set[str]], writing: Writing) -> None:
    """What one column says plainly settles what another leaves open; the majority decides between two opinions."""
    assert writing_of(columns) == writing


CUSTOMERS = [
    f"K-{1000 + number};Müller {number} €;18.{number:03d},00;{number},5;n/a;01.03.2025;" for number in range(24)
]
GERMAN = {
    "Kunden": ["Kundennr;Firma;ARR (EUR);Größe;Mitarbeiter;Kunde seit;", *CUSTOMERS, CUSTOMERS[2], ";;;;;;"],
    "Verträge": ["Vertragsnr;Kundennr;Beginn", *(f"{number:04d};K-{1000 + number};01.04.2025" for number in range(24))],
    "Nutzung": ["Kundennr;Datum;Ereignisse", *(f"K-{1000 + number};31.03.2025;1.{number:03d}" for number in range(20))],
}


def test_what_a_german_spreadsheet_exports_is_drafted_and_loads(tmp_path: Path) -> None:
    """Windows text, semicolons, 18.500,00, n/a, a doubled key, blank rows and umlauts: the draft loads as it is."""
    exports = tmp_path / "exports"
    exports.mkdir()
    for name, lines in GERMAN.items():
        (exports / f"{name}.csv").write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    draft = draft_from_csv(exports, tmp_path)
    customers = tomllib.loads(draft.sources)["sources"]["kunden"]
    assert customers == {
        "plugin": "files",
        "path": "exports/Kunden.csv",
        "delimiter": ";",
        "encoding": "cp1252",
        "decimal": ",",
        "thousands": ".",
        "max_bad_rows": 1,
        "columns": {
            "kundennr": "Kundennr",
            "firma": "Firma",
            "arr_eur": "ARR (EUR)",
            "groesse": "Größe",
            "mitarbeiter": "Mitarbeiter",
            "kunde_seit": "Kunde seit",
        },
        "date_format": "%d.%m.%Y",
    }
    assert {table.name: table.writing.thousands for table in draft.tables}["nutzung"] == "."  # as in the other file
    assert "kundennr would be the key but for K-1002, which is there twice: the second row" in draft.rules
    assert {table.name: table.key for table in draft.tables} == {
        "kunden": "kundennr",
        "nutzung": None,
        "vertraege": "vertragsnr",
    }
    assert {table.name: dict(table.belongs_to) for table in draft.tables}["nutzung"] == {"kunden": "kundennr"}
    write_project(tmp_path, "Europe/Berlin", sources=draft.sources, rules=draft.rules)
    assert [str(problem) for problem in check(tmp_path)] == []
    folder = Folder.__new__(Folder)
    folder.root = tmp_path
    assert {load.source: (load.rows, load.quarantined) for load in folder.load()} == {
        "kunden": (24, 1),
        "nutzung": (20, 0),
        "vertraege": (24, 0),
    }
    assert folder.query("SELECT firma, arr_eur, groesse FROM kunden")[2] == ("Müller 2 €", 18002.0, 2.5)


def test_texts_that_mean_no_data_do_not_make_a_number_a_text(tmp_path: Path) -> None:
    """A column of numbers with n/a and - stays one of numbers; the source says that these texts are blank."""
    (tmp_path / "accounts.csv").write_text("account_id,seats,name\nA-1,12,x\nA-2,n/a,?\nA-3,-,y\n")
    draft = draft_from_csv(tmp_path, tmp_path)
    assert tomllib.loads(draft.sources)["sources"]["accounts"]["blank"] == ["-", "n/a"]
    assert draft.tables[0].column("seats").guess.type == "integer"


def test_many_doubled_keys_are_told_in_short(tmp_path: Path) -> None:
    """Of several doubled keys three are named, and the source bears their rows if they are more than usual."""
    keys = [f"A-{number}" for number in range(30)]
    (tmp_path / "accounts.csv").write_text("account_id\n" + "\n".join([*keys, "A-7", "A-7", "A-9"]) + "\n")
    draft = draft_from_csv(tmp_path, tmp_path)
    assert "but for A-7, A-9, which are there more than once: the 3 later rows will be quarantined" in draft.rules
    assert tomllib.loads(draft.sources)["sources"]["accounts"]["max_bad_rows"] == 3
