"""When a source fails, what then happens by its `on_error`, and what is told about tables that were loaded."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from support.folder import NOW, USAGE, USAGE_SOURCE, Folder, RowsSource
from trigpoint.errors import ConfigError, GateError, InputError, UsageError
from trigpoint.intake.review import check_fresh
from trigpoint.model.source import Batch
from trigpoint.model.table import Fresh, Table
from trigpoint.model.window import Length, parse_length

HEADER = "account_id,day,events\n"
GOOD = [f"A-{number:03d},2026-03-01,{number}" for number in range(200)]
LOST = "A-X,2026-03-01,many"


def csv(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def test_a_table_that_shrinks_by_half_fails(tmp_path: Path) -> None:
    """Fewer than half the rows of the last good load fail the source, unless it is loaded by name."""
    folder = Folder(tmp_path)
    folder.file("usage.csv", csv(*GOOD))
    folder.load()
    folder.file("usage.csv", csv(*GOOD[:99]))
    with pytest.raises(GateError, match="TP407 source 'usage': 99 rows, fewer than half the 200 of the last good load"):
        folder.load()
    assert folder.query("SELECT count(*) FROM usage") == [(200,)]
    assert folder.load("usage")[0].rows == 99
    folder.file("usage.csv", csv(*GOOD[:50]))
    assert folder.load()[0].rows == 50


@pytest.mark.parametrize("on_error", ["stale", "skip"])
def test_a_failed_source_keeps_the_last_good_load(tmp_path: Path, on_error: str) -> None:
    """With `stale` or `skip` the load goes on, the table stays as it was, and the failure is noted."""
    folder = Folder(tmp_path, USAGE_SOURCE + f'on_error = "{on_error}"')
    path = folder.file("usage.csv", csv(*GOOD))
    folder.load()
    path.unlink()
    (ended,) = folder.load(now=NOW + dt.timedelta(days=1))
    assert ended.status == {"stale": "stale", "skip": "skipped"}[on_error]
    assert (ended.rows, ended.loaded_at, ended.newest) == (200, "2026-04-01 10:00:00", "2026-03-01")
    assert "TP401" in str(ended.error)
    assert folder.query("SELECT count(*) FROM usage") == [(200,)]
    noted = folder.query("SELECT status, rows, loaded_at, attempted_at, error FROM _loads")
    assert noted == [(ended.status, 200, "2026-04-01 10:00:00", "2026-04-02 10:00:00", ended.error)]


def test_stale_needs_an_earlier_load(tmp_path: Path) -> None:
    """Where there is no load to fall back on, `stale` is a failure, and says so."""
    folder = Folder(tmp_path, USAGE_SOURCE + 'on_error = "stale"')
    with pytest.raises(InputError) as raised:
        folder.load()
    assert [problem.code for problem in raised.value.problems] == ["TP401", "TP425"]


def test_an_old_load_of_another_declaration_is_nothing_to_fall_back_on(tmp_path: Path) -> None:
    """A table loaded with other columns cannot stand in for one that the rules now declare."""
    folder = Folder(tmp_path, USAGE_SOURCE + 'on_error = "stale"')
    path = folder.file("usage.csv", csv(*GOOD))
    folder.load()
    path.unlink()
    folder.rules(USAGE.replace('events = "integer"', 'events = "text"'))
    with pytest.raises(InputError):
        folder.load()


def test_a_skipped_source_leaves_an_empty_table(tmp_path: Path) -> None:
    """A source skipped before its first good load leaves a table without rows."""
    folder = Folder(tmp_path, USAGE_SOURCE + 'on_error = "skip"')
    (ended,) = folder.load()
    assert (ended.status, ended.rows, ended.loaded_at) == ("skipped", 0, None)
    assert folder.query("SELECT count(*) FROM usage") == [(0,)]


def test_the_other_sources_are_loaded_and_all_failures_told(tmp_path: Path) -> None:
    """A failed source does not keep the others from loading; a missing file outweighs a failed gate."""
    names = ("missing", "bad", "good")
    sources = "".join(f'\n[sources.{name}]\nplugin = "files"\npath = "{name}.csv"\n' for name in names)
    rules = "".join(f'[tables.{name}]\ncolumns = {{ n = "number" }}\n' for name in names)
    folder = Folder(tmp_path, sources, rules)
    folder.file("bad.csv", "n\nx\n")
    folder.file("good.csv", "n\n1\n")
    with pytest.raises(InputError) as raised:
        folder.load()
    assert [problem.code for problem in raised.value.problems] == ["TP401", "TP406"]
    assert folder.query("SELECT n FROM good") == [(1.0,)]
    assert folder.query("SELECT source, status FROM _loads") == [
        ("bad", "failed"),
        ("good", "loaded"),
        ("missing", "failed"),
    ]
    with pytest.raises(GateError):
        folder.load("bad")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ZeroDivisionError("x")])
def test_an_interrupted_load_changes_nothing(tmp_path: Path, error: BaseException) -> None:
    """A load that breaks off in the middle leaves the last good load as it was, and no trace in the tables."""
    folder = Folder(tmp_path)
    folder.file("usage.csv", csv(*GOOD))
    folder.load()
    before = folder.query("SELECT * FROM usage"), folder.query("SELECT * FROM _loads")
    folder.settings('\n[sources.usage]\nplugin = "rows"\n')
    batch = Batch("f", 1, ("account_id", "day", "events"), [("Z", "2026-03-01", 1)])
    with pytest.raises((KeyboardInterrupt, GateError)) as raised:
        folder.load(sources={"rows": RowsSource("rows", [batch], error)})
    assert folder.query("SELECT * FROM usage") == before[0]
    if isinstance(error, KeyboardInterrupt):
        assert folder.query("SELECT * FROM _loads") == before[1]
    else:
        assert "TP705 source 'usage': plugin 'rows' failed: ZeroDivisionError: x" in str(raised.value)
    tables = {name for (name,) in folder.query("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {"usage", "_loads", "_meta", "_quarantine"}


@pytest.mark.parametrize(
    ("newest", "severity"),
    [
        ("2026-03-31", None),
        ("2026-03-30", "warning"),
        ("2026-03-26", "warning"),
        ("2026-03-25", "error"),
        (None, "error"),
    ],
)
def test_facts_that_are_too_old_are_found(newest: str | None, severity: str | None) -> None:
    """A fact of two days ago does not lie within two days; a table without facts is as old as can be."""
    table = Table("usage", {"day": "date"}, time="day", fresh=Fresh(Length(2, "day"), parse_length("7 days")))
    day = dt.date.fromisoformat(newest) if newest else None
    found = check_fresh(table, day, dt.date(2026, 4, 1))
    assert [finding.severity for finding in found] == ([severity] if severity else [])


def test_freshness_is_judged_in_the_projects_zone(tmp_path: Path) -> None:
    """A timestamp just after midnight counts as that day, though in UTC it is the day before."""
    rules = USAGE.replace('day = "date"', 'day = "timestamp"') + 'fresh = { error = "1 day" }\n'
    folder = Folder(tmp_path, rules=rules)
    folder.file("usage.csv", csv("A,2026-04-01 00:30:00,1"))
    assert folder.load()[0].findings == ()
    assert folder.query("SELECT day FROM usage") == [("2026-03-31 22:30:00",)]
    (finding,) = folder.load(now=NOW + dt.timedelta(days=1))[0].findings
    assert finding.text == "the newest fact is of 2026-04-01, today is 2026-04-02: they should be no older than 1 day"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            'path = "u.csv"\ncolumns = { account_id = "X", day = "X" }',
            "7:37: TP409 source 'usage' maps 'X' twice: to 'account_id' and to 'day' "
            "(one column of a file fills one column of the table)",
        ),
        (
            'path = "u.csv"\nformats = { events = "%d-%m-%Y" }',
            "7:13: TP411 source 'usage' has a format for 'events', which is of type integer "
            "(formats are for dates and timestamps)",
        ),
        ('path = "u.csv"\ndate_format = "DD-MM-YYYY"', "7:15: TP411 source 'usage': 'DD-MM-YYYY' is no date format"),
        ("", "3:10: TP408 source 'usage' has no 'path' (a file, or a pattern like data/usage-*.csv)"),
        ('paht = "u.csv"', "6:1: TP408 unknown key 'paht' (did you mean 'path'?)"),
        ("path = 5", "6:8: TP408 'path' must be text, not a number (write it in quotes: \"5\")"),
        ('path = ""', "6:8: TP408 'path' must not be empty (a file, or a pattern like data/usage-*.csv)"),
        ('path = "u.csv"\ndelimiter = ";;"', "7:13: TP408 'delimiter' must be one character, not ';;'"),
        ('path = "u.csv"\ndelimeter = ";"', "7:1: TP408 unknown key 'delimeter' (did you mean 'delimiter'?)"),
        ('path = "u.csv"\nmax_bad_row = 5', "7:1: TP408 unknown key 'max_bad_row' (did you mean 'max_bad_rows'?)"),
        (
            'path = "u.csv"\nsheet = "one"',
            "7:1: TP408 unknown key 'sheet' (there is: path, format, delimiter, encoding, plugin, table,",
        ),
        (
            'path = "u.csv"\nformat = "json"',
            '7:10: TP408 \'format\' must be "csv", "tsv", "jsonl" or "parquet", not \'json\' (did you mean \'jsonl\'?)',
        ),
    ],
)
def test_wrong_settings_are_told_before_anything_is_read(tmp_path: Path, source: str, problem: str) -> None:
    """A wrong setting of a source stops the load whatever `on_error` says, with its own place and the way out."""
    folder = Folder(tmp_path, f'\n[sources.usage]\nplugin = "files"\non_error = "skip"\n{source}')
    with pytest.raises(ConfigError) as raised:
        folder.load()
    (told,) = raised.value.problems
    assert str(told).startswith(f"trigpoint.toml:{problem}")
    assert not (tmp_path / "data.db").exists()


def test_a_source_whose_plugin_is_not_loaded_is_told(tmp_path: Path) -> None:
    """A registry without the plugin of a source is told before anything is read."""
    folder = Folder(tmp_path, '\n[sources.usage]\nplugin = "acme"\n')
    with pytest.raises(ConfigError, match="TP701 source 'usage' asks for plugin 'acme', which no enabled plugin"):
        folder.load()


def test_freshness_needs_a_time(tmp_path: Path) -> None:
    """A table that says `fresh` and has rows is judged by its time; an empty one is not fresh."""
    folder = Folder(tmp_path, rules=USAGE + 'fresh = { warn = "3 days" }\n')
    folder.file("usage.csv", HEADER)
    (finding,) = folder.load()[0].findings
    assert finding.text == "there are no facts, today is 2026-04-01: they should be no older than 3 days"


def test_an_unknown_source_is_a_wrong_command(tmp_path: Path) -> None:
    """A source that is not there is told with the nearest name."""
    with pytest.raises(UsageError, match=r"TP410 there is no source 'usag'.*did you mean 'usage'"):
        Folder(tmp_path).load("usag")
