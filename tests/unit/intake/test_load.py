"""Loading sources into tables: layout, keys, quarantine, and what the warehouse notes."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from support.folder import NOW, USAGE, USAGE_SOURCE, Folder, RowsSource
from trigpoint.errors import GateError
from trigpoint.model.source import BadRow, Batch

HEADER = "account_id,day,events\n"
ROWS = ["B,2026-03-02,1", "A,2026-03-02,2", "A,2026-03-01,3", ",2026-03-05,4", "A,,5"]
KEYLESS = (
    USAGE.replace('key = ["account_id", "day"]', 'belongs_to = { account = "account_id" }')
    + """
[subjects.account]
table = "accounts"
key = "account_id"
[tables.accounts]
columns = { account_id = "text", csm = "text" }
"""
)


def csv(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def test_rows_lie_in_the_order_of_owner_and_time(tmp_path: Path) -> None:
    """A table lies by owner, time, and the number of the row in the order of whole rows; blanks are '' there."""
    folder = Folder(tmp_path, rules=KEYLESS)
    folder.file("usage.csv", csv(*ROWS))
    (ended,) = folder.load()
    assert (ended.status, ended.rows, ended.quarantined, ended.newest) == ("loaded", 5, 0, "2026-03-05")
    assert folder.query("SELECT account_id, day, events, _n FROM usage") == [
        ("", "2026-03-05", 4.0, 1),
        ("A", "", 5.0, 2),
        ("A", "2026-03-01", 3.0, 3),
        ("A", "2026-03-02", 2.0, 4),
        ("B", "2026-03-02", 1.0, 5),
    ]
    assert folder.query("SELECT DISTINCT _loaded_at FROM usage") == [(int(NOW.timestamp()),)]


@pytest.mark.parametrize("rules", [USAGE, KEYLESS])
def test_the_order_of_the_file_does_not_matter(tmp_path: Path, rules: str) -> None:
    """Shuffled files give the same table, to the number of each row."""
    rng = random.Random(1)
    rows = [f"A-{rng.randrange(9)},2026-03-{1 + number % 28:02d},{number}" for number in range(0, 2000, 7)]
    rows = list({row.rsplit(",", 1)[0]: row for row in rows}.values())
    tables = set()
    for at in range(3):
        (root := tmp_path / str(at)).mkdir()
        folder = Folder(root, rules=rules)
        rng.shuffle(rows)
        folder.file("usage.csv", csv(*rows))
        folder.load()
        tables.add(tuple(folder.query("SELECT * FROM usage")))
    assert len(tables) == 1


@pytest.mark.parametrize(
    ("key", "duplicates", "kept", "row"),
    [
        ('["account_id", "day"]', "first", 1.0, 2),
        ('["account_id", "day"]', "last", 2.0, 1),
        ('["events"]', "first", 1.0, 3),
        ('["day"]', "last", 2.0, 1),
    ],
)
def test_of_rows_with_one_key_one_stays(tmp_path: Path, key: str, duplicates: str, kept: float, row: int) -> None:
    """The first row of a key in file order stays, or the last where asked; the other is quarantined with its row."""
    rules = USAGE.replace('["account_id", "day"]', key) + f'duplicates = "{duplicates}"\n'
    folder = Folder(tmp_path, USAGE_SOURCE + "max_bad_rows = 1", rules)
    folder.file(
        "usage.csv", csv("A,2026-03-01,1", "A,2026-03-01,2", "B,2026-03-03,1" if "events" in key else "B,2026-03-03,9")
    )
    (ended,) = folder.load()
    assert (ended.rows, ended.quarantined) == (2, 1)
    assert folder.query("SELECT events FROM usage WHERE account_id = 'A' ORDER BY events")[0] == (kept,)
    assert folder.quarantine[0][0] == row
    assert "has the same" in str(folder.quarantine[0][1])


@pytest.mark.parametrize("duplicates", ["first", "last"])
def test_a_key_may_come_many_times_over_many_files(tmp_path: Path, duplicates: str) -> None:
    """Files count by name; of many rows with one key exactly one stays, and blank cells of a key are equal."""
    folder = Folder(
        tmp_path,
        USAGE_SOURCE.replace("usage.csv", "usage-*.csv") + 'max_bad_rows = "100%"',
        USAGE + f'duplicates = "{duplicates}"',
    )
    folder.file("usage-2.csv", csv("A,2026-03-01,3", ",,4", "A,2026-03-01,5"))
    folder.file("usage-1.csv", csv("A,2026-03-01,1", ",,2"))
    (ended,) = folder.load()
    assert (ended.rows, ended.quarantined) == (2, 3)
    assert folder.query("SELECT events FROM usage") == ([(2.0,), (1.0,)] if duplicates == "first" else [(4.0,), (5.0,)])
    places = folder.query("SELECT file, row FROM _quarantine ORDER BY file, row")
    first = [("usage-2.csv", 1), ("usage-2.csv", 2), ("usage-2.csv", 3)]
    assert places == (first if duplicates == "first" else [("usage-1.csv", 1), ("usage-1.csv", 2), ("usage-2.csv", 1)])


def test_a_subject_has_one_row_and_a_key(tmp_path: Path) -> None:
    """In a subject's own table the key is unique though none is declared, and a row with a blank one is quarantined."""
    folder = Folder(tmp_path, '\n[sources.accounts]\nplugin = "files"\npath = "a.csv"\nmax_bad_rows = 5', KEYLESS)
    folder.file("a.csv", "account_id,csm\nA,x\nA,y\n,z\nB,\n")
    (ended,) = folder.load()
    assert (ended.rows, ended.quarantined) == (2, 2)
    assert folder.query("SELECT account_id, csm FROM accounts") == [("A", "x"), ("B", None)]
    assert folder.quarantine == [
        (2, "has the same account_id as an earlier row", "account_id='A'"),
        (3, "account_id is blank, and it is the key", "account_id=''"),
    ]


def test_bad_rows_are_kept_aside_without_personal_cells(tmp_path: Path) -> None:
    """A row with a wrong cell is quarantined: row, reason, that cell and the key, and nothing else of it."""
    rules = USAGE.replace('events = "integer"', 'events = "integer", user = "text"')
    folder = Folder(tmp_path, USAGE_SOURCE + "max_bad_rows = 3", rules)
    folder.file(
        "usage.csv", "account_id,day,events,user\nA,2026-03-01,many,Ann\nB,03/02/2026,x,Bob\nC,2026-03-03,4,Cyd\n"
    )
    (ended,) = folder.load()
    assert (ended.rows, ended.quarantined) == (1, 2)
    assert folder.quarantine == [
        (1, "events is no number", "events='many', account_id='A', day='2026-03-01'"),
        (
            2,
            "day is no date written as YYYY-MM-DD; events is no number",
            "day='03/02/2026', events='x', account_id='B'",
        ),
    ]


@pytest.mark.parametrize(
    ("declared", "timezone", "cell", "taken"),
    [
        ("date", "Europe/Berlin", "2026-04-01", True),
        ("date", "Europe/Berlin", "2026-04-02", False),
        ("date", "Pacific/Auckland", "2026-04-02", False),
        ("date", "Pacific/Kiritimati", "2026-04-02", True),  # 14 hours ahead: it is tomorrow there
        ("timestamp", "Europe/Berlin", "2026-04-01 23:59:59", True),
        ("timestamp", "Europe/Berlin", "2026-04-02 00:00:00", False),
        ("timestamp", "Europe/Berlin", "2026-04-01T22:00:00Z", False),
    ],
)
def test_rows_of_the_future_are_quarantined(
    tmp_path: Path, declared: str, timezone: str, cell: str, taken: bool
) -> None:
    """A row later than today, in the project's zone, is quarantined."""
    rules = USAGE.replace('day = "date"', f'day = "{declared}"')
    folder = Folder(tmp_path, USAGE_SOURCE + "max_bad_rows = 1", rules, timezone=timezone)
    folder.file("usage.csv", csv(f"A,{cell},1"))
    (ended,) = folder.load()
    assert (ended.rows, ended.quarantined) == ((1, 0) if taken else (0, 1))
    assert taken or "lies in the future" in str(folder.quarantine)


def test_only_the_day_it_became_known_is_held_against_the_clock(tmp_path: Path) -> None:
    """With `known.row` a due date may lie ahead; the day of recording may not."""
    rules = """
[tables.renewals]
columns = { id = "text", due = "date", seen = "date" }
time = "due"
known = { row = "seen" }
"""
    folder = Folder(tmp_path, '\n[sources.renewals]\nplugin = "files"\npath = "r.csv"\nmax_bad_rows = 1', rules)
    folder.file("r.csv", "id,due,seen\n1,2027-01-01,2026-03-01\n2,2026-01-01,2026-05-01\n3,2027-01-01,\n")
    (ended,) = folder.load()
    assert (ended.rows, ended.newest) == (2, "2027-01-01")
    assert folder.quarantine == [(2, "seen lies in the future", "seen='2026-05-01'")]


def test_columns_are_renamed_and_others_ignored(tmp_path: Path) -> None:
    """`columns` maps our names to theirs; what the table does not declare is ignored."""
    source = USAGE_SOURCE + 'columns = { account_id = "Account ID", events = "n" }\n'
    folder = Folder(tmp_path, source + 'date_format = "%d/%m/%Y"\nformats = { day = "%m/%d/%Y" }')
    folder.file("usage.csv", "secret,n,Account ID,account_id,day\nx,7,A,not this,03/31/2026\n")
    folder.load()
    assert folder.query("SELECT account_id, day, events FROM usage") == [("A", "2026-03-31", 7.0)]


def test_other_declarations_rebuild_the_table(tmp_path: Path) -> None:
    """A table whose columns changed is built anew by its next load; one without a source is made empty."""
    folder = Folder(tmp_path, rules=KEYLESS)
    folder.file("usage.csv", csv(*ROWS))
    folder.load()
    assert folder.query("SELECT count(*) FROM accounts") == [(0,)]
    folder.rules(KEYLESS.replace('events = "integer"', 'events = "text"').replace('csm = "text"', 'csm = "number"'))
    folder.load()
    assert folder.query("SELECT events FROM usage WHERE account_id = 'B'") == [("1",)]
    assert folder.query("SELECT type FROM pragma_table_info('accounts') WHERE name = 'csm'") == [("REAL",)]


def test_the_rows_of_a_source_that_is_gone_go_with_it(tmp_path: Path) -> None:
    """When a source is taken out of the project, its table is emptied by the next load, and its notes are gone."""
    folder = Folder(tmp_path, rules=KEYLESS)
    folder.file("usage.csv", csv(*ROWS))
    folder.load()
    folder.settings("\n")
    assert folder.load() == ()
    assert folder.query("SELECT count(*) FROM usage") == [(0,)]
    assert folder.query("SELECT * FROM _loads") == []


def test_the_warehouse_notes_each_load(tmp_path: Path) -> None:
    """`_loads` says what the last good load brought, `_meta` the zone and the declaration of each table."""
    folder = Folder(tmp_path)
    folder.file("usage.csv", csv("A,2026-03-01,1"))
    folder.load()
    columns = "source, table_name, status, rows, quarantined, newest, loaded_at, files, error"
    assert folder.query(f"SELECT {columns} FROM _loads") == [
        ("usage", "usage", "loaded", 1, 0, "2026-03-01", "2026-04-01 10:00:00", '["usage.csv"]', None)
    ]
    names = [("format",), ("orphans:usage",), ("table:usage",), ("timezone",)]
    assert folder.query("SELECT name FROM _meta") == names
    assert folder.query("SELECT value FROM _meta WHERE name = 'timezone'") == [("Europe/Berlin",)]


def test_a_user_of_words_of_sql_is_no_worse_off(tmp_path: Path) -> None:
    """Tables and columns may be named like words of SQL."""
    folder = Folder(
        tmp_path,
        '\n[sources.order]\nplugin = "files"\npath = "o.csv"',
        '[tables.order]\ncolumns = { group = "text", select = "number" }\nkey = ["group"]\n',
    )
    folder.file("o.csv", "group,select\na,1\n")
    folder.load()
    assert folder.query('SELECT "group", "select" FROM "order"') == [("a", 1.0)]


def test_a_view_of_the_users_survives(tmp_path: Path) -> None:
    """A view that an analyst made in the warehouse neither stops a load nor is lost by it."""
    folder = Folder(tmp_path)
    folder.file("usage.csv", csv("A,2026-03-01,1"))
    folder.load()
    folder.query("CREATE VIEW daily AS SELECT day, sum(events) AS n FROM usage GROUP BY day")
    folder.file("usage.csv", csv("A,2026-03-01,5"))
    folder.load()
    assert folder.query("SELECT * FROM daily") == [("2026-03-01", 5.0)]


def test_a_source_gives_typed_cells(tmp_path: Path) -> None:
    """A plugin may give dates and numbers instead of texts, and tell rows it could not cut."""
    folder = Folder(tmp_path, '\n[sources.usage]\nplugin = "rows"\nmax_bad_rows = 1')
    rows = [("A", dt.date(2026, 3, 1), 3), ("B", None, 4.0)]
    bad = [BadRow("rows", 3, "is torn", "")]
    source = RowsSource("rows", [Batch("rows", 1, ("account_id", "day", "events"), rows, bad)])
    (ended,) = folder.load(sources={"rows": source})
    assert (ended.rows, ended.quarantined) == (2, 1)
    assert folder.query("SELECT account_id, day, events FROM usage") == [("B", "", 4.0), ("A", "2026-03-01", 3.0)]
    assert folder.quarantine == [(3, "is torn", "")]


@pytest.mark.parametrize(
    "batches",
    [
        [Batch("f", 1, ("account_id", "day", "events"), [("A", None, 1), ("B", None)])],
        [Batch("f", 1, ("account_id", "day", "events"), [("A", None)])],
        [Batch("f", 1, ("account_id", "day", "events"), [("A", None, 1), ("B", None, 1)], numbers=(1, 1))],
    ],
)
def test_a_plugin_that_breaks_its_promise_is_named(tmp_path: Path, batches: list[Batch]) -> None:
    """Rows that are not as wide as their header, or numbered twice, are the plugin's fault, and said to be."""
    folder = Folder(tmp_path, '\n[sources.usage]\nplugin = "rows"\n')
    with pytest.raises(GateError, match="TP705 source 'usage': plugin 'rows' gave"):
        folder.load(sources={"rows": RowsSource("rows", batches)})
