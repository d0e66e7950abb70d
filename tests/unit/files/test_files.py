"""The source `files`: forms, patterns, batches."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.pages import CHECKOUT
from trigpoint import Batch, InputError, Place, SourceRequest, SourceSettings, Table, TrigpointError
from trigpoint_files.delimited import BATCH_ROWS
from trigpoint_files.source import FilesSource

PLACE = Place("trigpoint.toml", 3, 10)
TABLE = Table("usage", {"account_id": "text", "events": "integer"}, key=("account_id",))


def request(root: Path, columns: Mapping[str, str] | None = None, **options: object) -> SourceRequest:
    settings = SourceSettings("usage", "usage", "files", options, columns=columns or {}, place=PLACE)
    return SourceRequest(settings, TABLE, root)


def read(root: Path, **options: object) -> list[Batch]:
    return list(FilesSource().read(request(root, **options)))


def rows(batches: list[Batch]) -> list[list[object]]:
    return [list(row) for batch in batches for row in batch.rows]


CSV = "account_id,events\nA,1\nB,2\n"
ROWS = [["A", "1"], ["B", "2"]]


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("u.csv", CSV.encode(), {}),
        ("u.CSV", CSV.encode(), {}),
        ("u.tsv", CSV.replace(",", "\t").encode(), {}),
        ("u.csv", CSV.replace(",", ";").encode(), {"delimiter": ";"}),
        ("u.csv.gz", gzip.compress(CSV.encode(), mtime=0), {}),
        ("u.tsv.gz", gzip.compress(CSV.replace(",", "\t").encode(), mtime=0), {}),
        ("u.csv", CSV.encode("utf-8-sig"), {}),
        ("u.csv", CSV.encode("utf-8-sig"), {"encoding": "utf-8"}),
        ("u.csv", CSV.encode("utf-16"), {"encoding": "utf-16"}),
        ("u.csv", CSV.replace("\n", "\r\n").encode(), {}),
        ("u.csv", CSV.rstrip("\n").encode(), {}),
        ("u.csv", CSV.replace("A", '"A"').replace("events", '" events "').encode(), {}),
        ("u.csv", (CSV + "\n\n").encode(), {}),
        ("u.csv", (CSV + ",\n , \n,,,\n").encode(), {}),
        ("u.csv", ("account_id,events\n" + ",\n" * 700 + CSV.partition("\n")[2]).encode(), {}),
        ("u.export", CSV.encode(), {"format": "csv"}),
    ],
)
def test_each_form_gives_the_same_rows(tmp_path: Path, name: str, content: bytes, options: dict[str, str]) -> None:
    """CSV and TSV, packed or not, with and without a byte-order mark, give the same header and rows."""
    (tmp_path / name).write_bytes(content)
    batches = read(tmp_path, path=name, **options)
    assert rows(batches) == ROWS
    assert {tuple(batch.header) for batch in batches} == {("account_id", "events")}
    assert [bad for batch in batches for bad in batch.bad] == []


def test_json_lines_give_the_columns_that_are_wanted(tmp_path: Path) -> None:
    """Of objects per line the declared columns are taken; a key that a row lacks is no data."""
    lines = [{"account_id": "A", "events": 1, "more": [1]}, {"events": 2.5}, {"account_id": None, "events": True}]
    text = "\n".join(json.dumps(line) for line in lines) + "\n\n"
    (tmp_path / "u.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    batch, rest = read(tmp_path, path="u.jsonl.gz")
    assert list(batch.header) == ["account_id", "events"]
    assert (list(rest.header), list(rest.rows)) == (["account_id", "events", "more"], [])
    assert rows([batch]) == [["A", 1], [None, 2.5], [None, True]]
    assert list(batch.numbers) == [1, 2, 3]


def test_parquet_gives_typed_cells(tmp_path: Path) -> None:
    """Parquet gives numbers, dates and timestamps as they are; only declared columns are read."""
    pyarrow = pytest.importorskip("pyarrow", reason="reading Parquet needs pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet", reason="as above")
    moments = pyarrow.array([dt.datetime(2026, 3, 1, 9, 30), None], pyarrow.timestamp("ns"))
    table = pyarrow.table({"more": [1, 2], "events": moments, "account_id": ["A", None]})
    parquet.write_table(table, tmp_path / "u.parquet")
    whole, batch = read(tmp_path, path="u.parquet")
    assert (list(whole.header), list(whole.rows)) == (["more", "events", "account_id"], [])
    assert list(batch.header) == ["events", "account_id"]
    assert rows([batch]) == [[dt.datetime(2026, 3, 1, 9, 30), "A"], [None, None]]
    parquet.write_table(pyarrow.table({"account": ["A"]}), tmp_path / "other.parquet")
    (lacking,) = read(tmp_path, path="other.parquet")
    assert (lacking.header, list(lacking.rows)) == (["account"], [])
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(TrigpointError, match=r"TP403 source 'usage': broken\.parquet cannot be read as Parquet"):
        read(tmp_path, path="broken.parquet")


def test_parquet_without_pyarrow_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pyarrow is not installed, the error names it and the other way."""
    (tmp_path / "u.parquet").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TrigpointError, match=r"TP415 .* needs pyarrow, which is not installed \(pip install"):
        read(tmp_path, path="u.parquet")


def test_a_pattern_takes_files_by_name(tmp_path: Path) -> None:
    """Files of a pattern come one after the other by name, each with its own header and numbers."""
    (tmp_path / "data" / "deep").mkdir(parents=True)
    for name in ("data/u-10.csv", "data/u-02.csv", "data/deep/u-01.csv"):
        (tmp_path / name).write_text(f"events,account_id\n1,{name}\n", encoding="utf-8")
    assert [row[1] for row in rows(read(tmp_path, path="data/u-*.csv"))] == ["data/u-02.csv", "data/u-10.csv"]
    batches = read(tmp_path, path="data/**/u-*.csv")
    assert [batch.file for batch in batches] == ["data/deep/u-01.csv", "data/u-02.csv", "data/u-10.csv"]
    assert {batch.first_row for batch in batches} == {1}


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(tmp_path: Path) -> None:
    """A file whose name looks like a pattern can be named."""
    (tmp_path / "u [1].csv").write_text(CSV, encoding="utf-8")
    assert rows(read(tmp_path, path="u [1].csv")) == ROWS


def test_batches_are_of_constant_size_and_counted(tmp_path: Path) -> None:
    """A long file comes in batches of one size, numbered on, and tells its progress in bytes."""
    count = BATCH_ROWS * 3 + 7
    path = tmp_path / "u.csv"
    path.write_text("account_id,events\n" + "".join(f"A-{n},{n}\n" for n in range(count)), encoding="utf-8")
    seen: list[tuple[int, int | None]] = []
    base = request(tmp_path, path="u.csv")
    told = SourceRequest(base.settings, TABLE, tmp_path, progress=lambda done, total: seen.append((done, total)))
    batches = list(FilesSource().read(told))
    assert [(batch.first_row, len(batch.rows)) for batch in batches] == [
        (1, BATCH_ROWS),
        (BATCH_ROWS + 1, BATCH_ROWS),
        (2 * BATCH_ROWS + 1, BATCH_ROWS),
        (3 * BATCH_ROWS + 1, 7),
    ]
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)
    assert [done for done, _total in seen] == sorted(done for done, _total in seen)


def test_the_limit_of_the_csv_module_is_given_back(tmp_path: Path) -> None:
    """The limit of cells belongs to the process and is as before when a file has been read, or given up."""
    before = csv.field_size_limit()
    (tmp_path / "u.csv").write_text(CSV * 2000, encoding="utf-8")
    read(tmp_path, path="u.csv")
    assert csv.field_size_limit() == before
    reading = FilesSource().read(request(tmp_path, path="u.csv"))
    next(reading)
    reading.close()  # type: ignore[attr-defined]  # it is a generator
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("usge.csv", "there is no file 'usge.csv' (did you mean 'usage.csv'?)"),
        ("data/usage.csv", "there is no folder"),
        ("usage-*.csv", "no file matches 'usage-*.csv' (did you mean 'usage.csv'?)"),
        ("nothing.jsonl", "holds usage.csv, zz.txt"),
        ("users.csv", "holds usage.csv, zz.txt"),
        (".", 'is a folder (write a pattern, e.g. path = "./*.csv")'),
        ("x/*/y.csv", "looked in"),
    ],
)
def test_a_missing_file_is_told_with_what_lies_nearby(tmp_path: Path, path: str, told: str) -> None:
    """A path without a file is an input error at the source's place, with near names."""
    for name in ("usage.csv", "zz.txt"):
        (tmp_path / name).write_text(CSV, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read(tmp_path, path=path)
    assert str(raised.value).startswith("trigpoint.toml:3:10: TP401 source 'usage': ")
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("content", "number", "reason", "excerpt"),
    [
        ("account_id,events\nA,1\nB\nC,3\n", 2, "has 1 cell where the header has 2", "account_id='B'"),
        ("account_id,events\nA,1\nB,2,x,y\nC,3\n", 2, "has 4 cells where the header has 2", "account_id='B'"),
        ("account_id,events\nA,1\nB\0,2\nC,3\n", 2, "holds a NUL byte", "account_id='B\\x00'"),
        (f"account_id,events\nA,1\n{'x' * 70_000},2\nC,3\n", 2, "has a cell of more than 64 kB", ""),
        ('account_id,events\nA,1\n"B"x,2\nC,3\n', 2, "has text after a closing quote", ""),
        ('account_id,events\nA,1\nC,3\nB,"2\n', 3, "ends inside a quoted cell", ""),
        ("account_id,events\nA,1\n\nB\nC,3\n", 3, "has 1 cell where the header has 2", "account_id='B'"),
    ],
)
def test_a_row_that_is_no_row_is_told_apart(
    tmp_path: Path, content: str, number: int, reason: str, excerpt: str
) -> None:
    """A ragged row, a NUL, a huge cell or a torn quote makes a bad row with its number; the others are kept."""
    (tmp_path / "u.csv").write_text(content, encoding="utf-8")
    batches = read(tmp_path, path="u.csv")
    assert [row[0] for row in rows(batches)] == ["A", "C"]
    (bad,) = [bad for batch in batches for bad in batch.bad]
    assert (bad.file, bad.row, bad.reason, bad.excerpt) == ("u.csv", number, reason, excerpt)
    numbers = [
        number
        for batch in batches
        for number in (batch.numbers or range(batch.first_row, batch.first_row + len(batch.rows)))
    ]
    assert len(numbers) == 2
    assert number not in numbers


def test_line_breaks_inside_quotes_are_no_fault(tmp_path: Path) -> None:
    """A quoted cell may hold line breaks of any kind; rows after a bad one are counted right."""
    text = 'account_id,events\n"A\nx",1\n"B\r\ny",2\nC\n"D\rz",4\n'
    (tmp_path / "u.csv").write_bytes(text.encode())
    (batch,) = read(tmp_path, path="u.csv")
    assert rows([batch]) == [["A\nx", "1"], ["B\r\ny", "2"], ["D\rz", "4"]]
    assert (list(batch.numbers), [bad.row for bad in batch.bad]) == ([1, 2, 4], [3])


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"", "TP405", "u.csv is empty"),
        (b"\n\n", "TP405", "u.csv is empty"),
        (b"account_id,events,account_id\nA,1,B\n", "TP405", "the header names 'account_id' more than once"),
        (b'account_id,"events\nA,1\n', "TP405", "the header cannot be read"),
        (
            b"account_id,events\nA,1\nM\xfcller,2\n",
            "TP404",
            "u.csv is not written in utf-8-sig: row 2 holds the byte 0xfc",
        ),
        (b"account_id,ev\xe9nements\nA,1\n", "TP404", "the header holds the byte 0xe9"),
        (CSV.encode("utf-16"), "TP404", 'write encoding = "utf-16"'),
        (CSV.encode("utf-16-le"), "TP404", "the header holds NUL bytes"),
        (b'account_id,events\nA,"1\nB,2\nC,3\n' + b"D,4\n" * 30_000, "TP403", "row 1 has a cell of more than 64 kB"),
        (b'account_id,events\nA,"1\nB,2\nC,3\n', "TP403", "row 1 ends inside a quoted cell, 3 lines on"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str, told: str) -> None:
    """An empty file, doubled headers, another encoding or a quote that never closes are told with file and row."""
    (tmp_path / "u.csv").write_bytes(content)
    with pytest.raises(TrigpointError) as raised:
        read(tmp_path, path="u.csv")
    assert str(raised.value).startswith(f"trigpoint.toml:3:10: {code} source 'usage': ")
    assert told in str(raised.value)


def test_far_down_a_wrong_byte_is_found_in_its_row(tmp_path: Path) -> None:
    """The row that is named holds the byte, wherever the blocks of reading fall."""
    lines = [b"A-%d,%d" % (number, number) for number in range(1, 20_001)]
    lines[15_432] = b"M\xfcller,1"
    (tmp_path / "u.csv").write_bytes(b"account_id,events\n" + b"\n".join(lines) + b"\n")
    with pytest.raises(TrigpointError, match="row 15433 holds the byte 0xfc"):
        read(tmp_path, path="u.csv")


@pytest.mark.parametrize(
    ("name", "content", "code", "told"),
    [
        ("u.csv.gz", gzip.compress(CSV.encode() * 9000, mtime=0)[:-40], "TP403", "is no whole gzip file"),
        ("u.csv.gz", b"account_id,events\nA,1\n", "TP403", "is no whole gzip file"),
        ("u.jsonl", b'{"account_id": "M\xfcller"}\n', "TP404", "row 1 holds the byte 0xfc"),
        (
            "u.jsonl",
            b'{"account_id": "A", "evnts": 1}\n',
            "TP402",
            'write columns = { events = "evnts" } in the source',
        ),
        ("u.xlsx", b"PK", "TP403", "does not say what the file is"),
        (
            "u.jsonl",
            b'{"account": "A", "events": 1}\n',
            "TP402",
            "no row of u.jsonl has 'account_id'; there is: account, events (write columns = { account_id = \"account\" }",
        ),
    ],
)
def test_other_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, code: str, told: str) -> None:
    """A torn archive, a wrong byte, an unknown form or a missing key are told with the file's name."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TrigpointError) as raised:
        read(tmp_path, path=name)
    assert f"{code} source 'usage': " in str(raised.value)
    assert told in str(raised.value)


def test_an_empty_file_of_json_lines_is_a_table_without_rows(tmp_path: Path) -> None:
    """JSON Lines have no header: no lines are no rows, and no column is missed."""
    (tmp_path / "u.jsonl").write_text("", encoding="utf-8")
    assert rows(read(tmp_path, path="u.jsonl")) == []


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    """An encoding that Python does not know is told."""
    (tmp_path / "u.csv").write_text(CSV, encoding="utf-8")
    with pytest.raises(TrigpointError, match="TP404 source 'usage': there is no encoding 'utf-9'"):
        read(tmp_path, path="u.csv", encoding="utf-9")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"account_id": "B", ', "is no JSON"),
        ("[1, 2]", "is no JSON object"),
        ('{"events": NaN}', "NaN is no number"),
        ('{"account_id": "a\\u0000b"}', "holds a NUL character"),
        ("[" * 100_000, "is no JSON"),
        ('{"account_id": "' + "x" * 1_100_000 + '"}', "is longer than 1 MB"),
    ],
)
def test_a_line_that_is_no_object_is_a_bad_row(tmp_path: Path, line: str, reason: str) -> None:
    """A broken line of JSON is told apart with its number; the others are kept."""
    (tmp_path / "u.jsonl").write_text(
        f'{{"account_id": "A", "events": 1}}\n{line}\n{{"account_id": "C"}}\n', encoding="utf-8"
    )
    (batch,) = read(tmp_path, path="u.jsonl")
    assert [row[0] for row in rows([batch])] == ["A", "C"]
    assert (batch.bad[0].row, list(batch.numbers)) == (2, [1, 3])
    assert reason in batch.bad[0].reason


def test_the_package_is_typed() -> None:
    """The plugin ships its types."""
    spec = importlib.util.find_spec("trigpoint_files")
    assert spec is not None
    assert (Path(str(spec.origin)).parent / "py.typed").exists()


def test_the_reference_names_every_key(tmp_path: Path) -> None:
    """The page of the reference lists each key of the source, and no other."""
    page = (CHECKOUT / "docs" / "reference" / "sources.md").read_text(encoding="utf-8")
    chapter = page.split("## The source `files`")[1].split("\n## ")[0]
    keys = [line.split("`")[1] for line in chapter.splitlines() if line.startswith("| `")]
    assert keys == list(FilesSource.schema["properties"])  # type: ignore[call-overload]  # a schema's own shape
