"""Rows that were not taken in: how many are borne, and what is told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.folder import USAGE_SOURCE, Folder
from trigpoint.errors import GateError
from trigpoint.intake import gates
from trigpoint.intake.quarantine import KEPT_ROWS, Quarantine
from trigpoint.model.source import BadRow

GOOD = [f"A-{number:03d},2026-03-01,{number}" for number in range(200)]
LOST = "A-X,2026-03-01,many"
HEADER = "account_id,day,events\n"


def csv(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


@pytest.mark.parametrize(
    ("setting", "bad", "fails"),
    [
        ("", 2, False),
        ("", 3, True),
        ('max_bad_rows = "5%"', 10, False),
        ('max_bad_rows = "5%"', 11, True),
        ("max_bad_rows = 0", 1, True),
        ("max_bad_rows = 4", 4, False),
        ("max_bad_rows = 4", 5, True),
        ('max_bad_rows = "100%"', 199, False),
    ],
)
def test_too_many_bad_rows_fail_the_source(tmp_path: Path, setting: str, bad: int, fails: bool) -> None:
    """More bad rows than `max_bad_rows` (1 % by default) fail the source; the message counts and shows one."""
    folder = Folder(tmp_path, USAGE_SOURCE + setting)
    folder.file("usage.csv", csv(*GOOD[bad:], *[LOST] * bad))
    if not fails:
        assert folder.load()[0].quarantined == bad
        return
    with pytest.raises(GateError) as raised:
        folder.load()
    assert f"TP406 source 'usage': {bad} of 200 rows" in str(raised.value)
    assert "events='many'" in str(raised.value)
    assert str(raised.value.problems[0].place) == "trigpoint.toml:3:10"
    assert len(folder.quarantine) == bad
    assert folder.query("SELECT name FROM sqlite_master WHERE name = 'usage'") == []


def test_doubled_rows_count_as_bad_rows(tmp_path: Path) -> None:
    """A file sent twice is not taken for a file of half the size."""
    folder = Folder(tmp_path)
    folder.file("usage.csv", csv(*GOOD, *GOOD))
    with pytest.raises(GateError, match="200 of 400 rows"):
        folder.load()


def test_a_source_that_is_mostly_bad_is_given_up_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong date format is told after some thousand rows, not after the last of millions."""
    monkeypatch.setattr(gates, "EARLY_LOOK", 100)
    folder = Folder(tmp_path)
    folder.file("usage.csv", csv(*[LOST] * 5000))
    with pytest.raises(GateError, match=r"TP406 source 'usage': 500 of 500 rows \(100.0%\) are bad already"):
        folder.load()


@pytest.mark.parametrize(
    ("setting", "bad", "rows", "told"),
    [
        ("", 1, 40, "1 of 40 rows (2.5%) is bad, 1% may be (none of 40); events is no number: 1; e.g. usage.csv row 40 (events='many', account_id='A-X', day='2026-03-01') (mend the file or its settings, or bear them: max_bad_rows = 1;"),
        ("", 3, 200, "1% may be (2 of 200)"),
        ("", 100, 2000, 'are bad, 1% may be; events is no number: 100; e.g. usage.csv row 1901 (events=\'many\', account_id=\'A-X\', day=\'2026-03-01\') (mend the file or its settings, or bear them: max_bad_rows = "5%";'),
        ("max_bad_rows = 1", 2, 40, "1 may be; "),
        ("", 30, 40, "or raise max_bad_rows;"),
    ],
)  # fmt: skip
def test_a_source_with_too_many_bad_rows_says_what_to_write(
    tmp_path: Path, setting: str, bad: int, rows: int, told: str
) -> None:
    """The error of a small file says how many rows the share is, and which `max_bad_rows` would bear the bad ones."""
    folder = Folder(tmp_path, USAGE_SOURCE + setting)
    folder.file("usage.csv", csv(*[f"A-{n},2026-03-01,1" for n in range(rows - bad)], *[LOST] * bad))
    with pytest.raises(GateError) as raised:
        folder.load()
    assert told in str(raised.value)


def test_a_reason_is_told_once_for_all_its_columns(tmp_path: Path) -> None:
    """Numbers with thousands separators in two columns are one reason, and one line of settings that reads them all."""
    rules = '[tables.usage]\ncolumns = { account_id = "text", arr = "number", mrr = "number" }\nkey = ["account_id"]\n'
    folder = Folder(tmp_path, USAGE_SOURCE + 'delimiter = ";"\n', rules)
    text = "account_id;arr;mrr\nA;18.500,00;1.541,67\nB;900,50;n/a\nC;1.234.567,00;-\n"
    folder.file("usage.csv", text)
    with pytest.raises(GateError) as raised:
        folder.load()
    assert "3 of 3 rows (100.0%) are bad, 1% may be (none of 3); arr, mrr is no number: 3, 3; e.g. " in str(
        raised.value
    )
    written = 'decimal = "," and thousands = "." and blank = ["n/a", "-"]'
    assert f"(write {written}, or bear them: max_bad_rows = 3;" in str(raised.value)
    folder.settings(USAGE_SOURCE + 'delimiter = ";"\n' + written.replace(" and ", "\n"))
    assert folder.load()[0].rows == 3
    assert folder.query("SELECT arr, mrr FROM usage") == [(18500.0, 1541.67), (900.5, None), (1234567.0, None)]


def test_the_quarantine_keeps_the_first_rows_and_counts_all() -> None:
    """However many rows are bad, the quarantine stays small and knows their number and commonest reason."""
    quarantine = Quarantine()
    quarantine.add(BadRow("f", number, "is bad", "") for number in range(KEPT_ROWS + 5))
    quarantine.add(BadRow("f", number, f"reason {number}", "") for number in range(500))
    assert (quarantine.count, len(quarantine.rows)) == (KEPT_ROWS + 505, KEPT_ROWS)
    assert len(quarantine.reasons) <= 101
    assert quarantine.example == "f row 0"
    assert Quarantine().example == ""


DATES = """
[tables.usage]
columns = { account_id = "text", day = "date", seen = "timestamp", ended = "date" }
key = ["account_id"]
"""


@pytest.mark.parametrize(
    ("setting", "rows", "told"),
    [
        ("", ["31.12.2025,,", "01.02.2026,,"], 'write date_format = "%d.%m.%Y", or bear them: '),
        ("", ["31/12/2025,31/12/2025 10:30,", "01/02/2026,,"], 'write date_format = "%d/%m/%Y", or bear'),
        ("", ["01/02/2026,,", "03/04/2026,,"], 'write date_format = "%d/%m/%Y" or date_format = "%m/%d/%Y", or bear'),
        ("", ["01/02/2026,,03/04/2026", "03/04/2026,,12/31/2026"], 'write date_format = "%m/%d/%Y", or bear'),
        ("", ["31 Dec 2025,,", "31 Feb 2026,,", "1 Jan 2026,,"], 'write date_format = "%d %b %Y", or bear'),
        ("", ["week 1,,", "week 2,,"], 'write date_format = "...", such as "%d.%m.%Y" for 31.12.2026, or bear'),
        ("", ["31.12.2025,,12/31/2026"], 'write formats = { day = "%d.%m.%Y", ended = "%m/%d/%Y" }, or bear'),
        (
            'date_format = "%d.%m.%Y"\nformats = { day = "%Y%m%d" }\n',
            ["20260101,,2026-01-31"],
            'write formats = { day = "%Y%m%d", ended = "%Y-%m-%d" }, or bear',
        ),
        ("", ["2026-01-01,,", "2026-01-02,,", "31.12.2025,,", "01.01.2026,,"], "(mend the file or its settings, or"),
    ],
)
def test_dates_that_most_rows_fail_by_name_their_format(
    tmp_path: Path, setting: str, rows: list[str], told: str
) -> None:
    """Where most rows fail by a date the error says what to write: the format, as far as the cells tell it."""
    folder = Folder(tmp_path, USAGE_SOURCE + setting, DATES)
    folder.file("usage.csv", "account_id,day,seen,ended\n" + "".join(f"A-{n},{row}\n" for n, row in enumerate(rows)))
    with pytest.raises(GateError) as raised:
        folder.load()
    assert told in str(raised.value)
