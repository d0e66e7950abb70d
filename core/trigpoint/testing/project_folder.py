"""A project in a folder, run as the command line runs it."""

from __future__ import annotations

import datetime as dt
import textwrap
from pathlib import Path

from trigpoint.model.plugin import Plugins
from trigpoint.model.run_report import RunReport

SETTINGS = """\
timezone = "UTC"
rules = ["rules/*.toml"]
"""
SOURCES = """
[sources.accounts]
plugin = "files"
path = "accounts.csv"
[sources.usage]
plugin = "files"
path = "usage.csv"
"""
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
[tables.accounts]
columns = { account_id = "text", seats = "integer" }
key = ["account_id"]
[tables.usage]
columns = { account_id = "text", day = "date", person = "text", events = "integer" }
belongs_to = { account = "account_id" }
time = "day"
[metrics.events]
from = "usage"
value = "sum(events)"
empty = 0
[scorecards.health]
subject = "account"
missing = "skip"
bands = { healthy = 50, at_risk = 0 }
[scorecards.health.measures]
events = { metric = "events", linear = [0, 20] }
"""
FILES = {
    "rules/rules.toml": RULES,
    "accounts.csv": "account_id,seats\nA-1,10\nA-2,5\nA-3,2\n",
    "usage.csv": "account_id,day,person,events\nA-1,2026-03-02,ana,8\nA-1,2026-03-20,ben,7\nA-2,2026-03-09,cleo,5\n",
}


class ProjectFolder:
    """A project: write files into it, run it, look at what came of it.

    `plugins` stand in for those that `trigpoint.toml` enables, as `OnlyPlugins` does; None: it is as the file says.
    """

    def __init__(self, root: Path, plugins: Plugins | None = None) -> None:
        self.root = root
        self.plugins = plugins

    @classmethod
    def small(cls, root: Path) -> ProjectFolder:
        """Three accounts A-1 to A-3 with their usage of March 2026, the metric `events`, the scorecard `health`."""
        made = cls(root)
        made.write("trigpoint.toml", SETTINGS + SOURCES)
        for name, text in FILES.items():
            made.write(name, text)
        return made

    def write(self, name: str, text: str) -> Path:
        """Write a file, or write over it; the text may be indented as a whole."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def add(self, name: str, text: str) -> Path:
        """Write on at the end of a file."""
        path = self.root / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        return self.write(name, before + textwrap.dedent(text))

    def check(self) -> tuple[str, ...]:
        """All problems and warnings, as `trigpoint check` prints them."""
        from trigpoint.plugins import open_plugins
        from trigpoint.rules import check

        return tuple(map(str, check(self.root, lambda project: self.plugins or open_plugins(project))))

    def run(self, as_of: dt.date, *, now: dt.datetime | None = None) -> RunReport:
        """Load, score and publish as of a date, on the day after it unless `now` says otherwise. Raises TrigpointError."""
        from trigpoint.rules import load_project
        from trigpoint.run import run_project

        moment = now or dt.datetime.combine(as_of + dt.timedelta(1), dt.time(12), dt.UTC)
        return run_project(load_project(self.root), as_of, now=moment, plugins=self.plugins)

    def scores(self, scorecard: str) -> dict[str, float | None]:
        """The score of each subject in the current run; None where there is none."""
        from trigpoint.store import open_store, run_of, scores

        with open_store(self._store) as store:
            return {row.key: row.score for row in scores(store, run_of(store), scorecard)}

    def values(self, subject: str) -> dict[str, dict[str, float | int | str | None]]:
        """The metric values of each subject in the current run, by name."""
        from trigpoint.store import open_store, run_of, values

        with open_store(self._store) as store:
            rows = values(store, run_of(store), subject)
            return {row.key: {name: cell for name, cell in row.columns.items() if "__" not in name} for row in rows}

    @property
    def _store(self) -> Path:
        from trigpoint.rules import load_project

        return load_project(self.root).store_path
