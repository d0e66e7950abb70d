"""The first line of a file, where it is no header."""

from __future__ import annotations

from pathlib import Path

import pytest

from trigpoint import Batch, InputError, Place, SourceRequest, SourceSettings, Table
from trigpoint_files.source import FilesSource

TABLE = Table("usage", {"account_id": "text", "events": "integer"}, key=("account_id",))


def read(root: Path, **options: object) -> list[Batch]:
    settings = SourceSettings("usage", "usage", "files", options, place=Place("trigpoint.toml", 3, 10))
    return list(FilesSource().read(SourceRequest(settings, TABLE, root)))


@pytest.mark.parametrize(
    ("content", "options", "told"),
    [
        ("account_id;events\nA;1\n", {}, "the header is a single cell with semicolons (write delimiter = \";\")"),
        ("Kunde;Datum\nA;1,5\n", {}, "the header is a single cell with semicolons (write delimiter = \";\")"),
        ('"account_id";"events"\n"A";"1"\n', {}, "the header is a single cell with semicolons (write delimiter = \";\")"),
        ("account_id\tevents\nA\t1\n", {}, "the header is a single cell with tabs (write delimiter = \"\\t\")"),
        ("account_id,events\nA,1\n", {"delimiter": ";"}, "the header is a single cell with commas (write delimiter = \",\")"),
        ("account_id;events,all\nA;1\n", {}, "the header is parted by semicolons (write delimiter = \";\")"),
        ("Customers, March\naccount_id,events\nA,1\n", {}, "its first line is no header ('Customers, March'); line 2 looks like the header: account_id, events (take the line above"),
        ("Customers\n\nKunde,Datum\nA,1\n", {}, "line 3 looks like the header: Kunde, Datum (take the 2 lines above the header out of the file)"),
        ("Customers;\naccount_id;events\nA;1\n", {}, "(take the line above the header out of the file, and write delimiter = \";\")"),
        (",\naccount_id,events\nA,1\n", {}, "its first line is blank; line 2 looks like the header"),
    ],
)  # fmt: skip
def test_a_first_line_that_is_no_header_is_one_error(
    tmp_path: Path, content: str, options: dict[str, str], told: str
) -> None:
    """Another delimiter, or lines above the header, are told once with what to write, not as columns that are missing."""
    (tmp_path / "u.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read(tmp_path, path="u.csv", **options)
    (problem,) = raised.value.problems
    assert problem.code == "TP405"
    assert told in str(problem)


@pytest.mark.parametrize("content", ["Kunde,Datum\nA,1\n", "Kunde\nA\n", "name\n", "Kunde, Datum\nA;B,1\n"])
def test_a_header_with_other_names_is_a_header(tmp_path: Path, content: str) -> None:
    """Where nothing but the names is strange the header is given as it is, so that missing columns can be told."""
    (tmp_path / "u.csv").write_text(content, encoding="utf-8")
    assert ["account_id" in batch.header for batch in read(tmp_path, path="u.csv")] == [False]
