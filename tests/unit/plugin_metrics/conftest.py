"""A small project with a plugin of its own, scored through the whole route."""

from __future__ import annotations

import datetime as dt
import textwrap
from pathlib import Path

import pytest
from attrs import frozen

from support.command_line import CommandLine
from trigpoint import load_project, run_project
from trigpoint.model.run_report import RunReport
from trigpoint.store import open_store, run_of, scores, values

AS_OF = dt.date(2026, 3, 31)
PROJECT = """
timezone = "Europe/Berlin"
as_of = 2026-03-31
rules = ["rules.toml"]
[plugins]
local = ["plugins/ours.py"]
worker = { seconds = 10, megabytes = 512 }
[sources.accounts]
plugin = "files"
path = "accounts.csv"
[sources.visits]
plugin = "files"
path = "visits.csv"
"""
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { csm = "csm_id" }
[subjects.csm]
[tables.accounts]
columns = { account_id = "text", csm_id = "text", seats = "number" }
[tables.visits]
columns = { visit_id = "text", account_id = "text", day = "date", minutes = "number", at = "timestamp", good = "boolean", who = "text", times = "integer" }
belongs_to = { account = "account_id" }
key = ["visit_id"]
time = "day"

[metrics.visits]
from = "visits"
value = "count(*)"
empty = 0
[metrics.mean_minutes]
from = "visits"
value = "avg(minutes)"
[metrics.length]
plugin = "ours.mean"
from = "visits"
settings = { x = "minutes" }
unit = "minutes"
[scorecards.care]
subject = "account"
missing = "skip"
bands = { good = 50, bad = 0 }
[scorecards.care.measures]
length = { metric = "length", linear = [0, 60] }
[scorecards.plain]
subject = "account"
missing = "skip"
[scorecards.plain.measures]
visits = { metric = "visits", linear = [0, 4] }
"""
ACCOUNTS = "account_id,csm_id,seats\nA-1,ann,10\nA-2,ann,20\nA-3,bob,30\n"
VISITS = """visit_id,account_id,day,minutes,at,good,who,times
v1,A-1,2026-01-10,10,2026-01-10 23:30,true,x,1
v2,A-1,2026-03-01,30,2026-03-01 08:00,false,y,2
v3,A-2,2026-03-31,60,2026-03-31 12:00,,x,3
v4,A-2,2026-03-05,,,true,,
v5,A-2,2026-04-01,600,2026-04-01 12:00,true,z,9
"""
HEAD = """
import datetime as dt
from trigpoint import FunctionMetric, Input, hookimpl

NUMERIC = frozenset({"integer", "number"})

def mean(rows, request):
    for key, columns in rows.subjects():
        known = [x for x in columns["x"] if x is not None]
        if known:
            yield key, sum(known) / len(known)

def metric(compute, name="mean", inputs=(Input("x", NUMERIC),), **more):
    return FunctionMetric(name, compute, inputs, meaning="M", no_data="No visit has minutes.", **more)
"""
OFFER = """
@hookimpl
def trigpoint_metrics():
    return [metric(mean)]
"""


@frozen
class Folder:
    """A project folder and what a run of it gives."""

    root: Path

    def plugin(self, code: str, *, head: str = HEAD) -> Folder:
        """Write the plugin: `code` after what all of them share."""
        self.write("plugins/ours.py", head + textwrap.dedent(code))
        return self

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, as_of: dt.date = AS_OF) -> RunReport:
        """Load and score."""
        return run_project(load_project(self.root), as_of, now=dt.datetime(2026, 4, 2, 6, tzinfo=dt.UTC))

    def values(self, metric: str, subject: str = "account") -> dict[str, object]:
        """The values of a metric in the newest run."""
        with open_store(load_project(self.root).store_path) as store:
            return {row.key: row.columns[metric] for row in values(store, run_of(store), subject)}

    def outcomes(self, card: str) -> dict[str, tuple[str, float | None]]:
        """Outcome and score of each subject in the newest run."""
        with open_store(load_project(self.root).store_path) as store:
            return {row.key: (row.outcome, row.score) for row in scores(store, run_of(store), card)}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The project with a plugin that works."""
    made = Folder(tmp_path)
    for name, text in {
        "trigpoint.toml": PROJECT,
        "rules.toml": RULES,
        "accounts.csv": ACCOUNTS,
        "visits.csv": VISITS,
    }.items():
        made.write(name, text)
    return made.plugin(OFFER)


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line."""
    return CommandLine(capsys)
