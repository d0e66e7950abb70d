"""The project file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from trigpoint.errors import ConfigError, Place
from trigpoint.rules import check, load_project


def write(root: Path, text: str) -> Path:
    """A folder with a project file."""
    (root / "trigpoint.toml").write_text(text, encoding="utf-8")
    return root


def test_two_lines_are_enough(tmp_path: Path) -> None:
    """The smallest project file names the zone and the rules; everything else has a default."""
    project = load_project(write(tmp_path, 'timezone = "Europe/Berlin"\nrules = ["rules/*.toml"]\n'))
    assert project.root == tmp_path
    assert project.calendar.timezone == "Europe/Berlin"
    assert project.calendar.year_start == 1
    assert project.as_of == "yesterday"
    assert project.warehouse_kind == "sqlite"
    assert project.warehouse_path == tmp_path / "data.db"
    assert project.store_path == tmp_path / "trigpoint.db"
    assert project.sources == {}


FULL = """
format = 1
timezone = "America/New_York"
as_of = 2026-03-31
year_starts = "april"
rules = ["a.toml", "rules/*.toml"]
[warehouse]
kind = "sqlite"
path = "facts/data.db"
[store]
path = "results.db"
keep = { daily = "400 days", weekly = "3 years" }
[plugins]
enabled = ["acme"]
local = ["plugins/own.py"]
worker = { seconds = 2.5, megabytes = 512 }
[sources.accounts]
plugin = "files"
path = "data/accounts.csv"
columns = { account_id = "AccountID" }
date_format = "%d-%m-%Y"
formats = { closed = "%Y%m%d" }
decimal = ","
thousands = "."
blank = ["n/a", " - "]
on_error = "stale"
max_bad_rows = "2.5%"
[sources.crm]
plugin = "sql"
url = { env = "CRM_URL" }
query_file = "crm.sql"
table = "contracts"
max_bad_rows = 10
"""


def test_every_setting_arrives(tmp_path: Path) -> None:
    """What the file says is in the record; a plugin's own keys are its options."""
    project = load_project(write(tmp_path, FULL))
    assert project.as_of == dt.date(2026, 3, 31)
    assert project.calendar.year_start == 4
    assert project.rules == ("a.toml", "rules/*.toml")
    assert project.warehouse_path == tmp_path / "facts/data.db"
    assert project.store_path == tmp_path / "results.db"
    assert project.keep == {"daily": "400 days", "weekly": "3 years"}
    assert project.plugins == ("acme",)
    assert project.local_plugins == ("plugins/own.py",)
    assert (project.worker_seconds, project.worker_megabytes) == (2.5, 512)
    accounts, crm = project.sources["accounts"], project.sources["crm"]
    assert (accounts.table, accounts.plugin, accounts.on_error, accounts.decimal) == ("accounts", "files", "stale", ",")
    assert accounts.options == {"path": "data/accounts.csv"}
    assert accounts.columns == {"account_id": "AccountID"}
    assert accounts.formats == {"closed": "%Y%m%d"}
    assert (accounts.thousands, accounts.blank) == (".", ("n/a", "-"))
    assert (crm.thousands, crm.blank) == (None, ())
    assert accounts.max_bad_rows == pytest.approx(0.025)
    assert accounts.place == Place("trigpoint.toml", 17, 10)
    assert (crm.table, crm.max_bad_rows) == ("contracts", 10)
    assert crm.options == {"url": {"env": "CRM_URL"}, "query_file": "crm.sql"}


def test_a_folder_without_a_project(tmp_path: Path) -> None:
    """A missing project file is told with the way out, and ends the process with 78."""
    with pytest.raises(ConfigError, match=r"TP301 there is no trigpoint.toml .*trigpoint init"):
        load_project(tmp_path)
    assert ConfigError.exit_code == 78
    assert [problem.code for problem in check(tmp_path)] == ["TP301"]


def test_all_problems_at_once(tmp_path: Path) -> None:
    """A bad project file raises one error with all that is wrong."""
    with pytest.raises(ConfigError) as caught:
        load_project(
            write(tmp_path, 'format = 3\ntimezone = "Mars/Olympus"\nrules = ["x.toml"]\nyear_starts = "May"\n')
        )
    assert [problem.code for problem in caught.value.problems] == ["TP302", "TP303", "TP108"]


@pytest.mark.parametrize("written", ['decimal = ","\nthousands = ","', 'thousands = "."'])
def test_the_decimal_sign_parts_no_thousands(tmp_path: Path, written: str) -> None:
    """One sign cannot be both: it is refused, also where `decimal` is not set and is a point."""
    text = f'timezone = "UTC"\nrules = ["x.toml"]\n[sources.a]\nplugin = "files"\n{written}\n'
    with pytest.raises(ConfigError, match=r"TP108 'thousands' is .* and so is.* 'decimal'") as caught:
        load_project(write(tmp_path, text))
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.line == 4 + len(written.splitlines())
