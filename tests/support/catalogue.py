"""Small worlds for the files of the catalogue: a project that names them, and facts written as lines under a header."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import oracle
from support import engine, small
from support.compare import compare
from trigpoint import load_project, load_ruleset
from trigpoint.model.ruleset import Ruleset
from trigpoint.resources import bundled

FOLDER = bundled("rulesets") / "catalogue"
TOPICS = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def project(root: Path, *topics: str, layer: str = "") -> Path:
    """A project in a folder whose rules are these files of the catalogue (or others, `trigpoint:NAME`) and a layer."""
    entries = [topic if ":" in topic else f"trigpoint:catalogue/{topic}" for topic in topics]
    if layer:
        (root / "ours.toml").write_text(layer, encoding="utf-8")
        entries.append("ours.toml")
    listed = ", ".join(f'"{entry}"' for entry in entries)
    (root / "trigpoint.toml").write_text(f'timezone = "Europe/Berlin"\nrules = [{listed}]\n', encoding="utf-8")
    return root


def ruleset(root: Path, *topics: str, layer: str = "") -> Ruleset:
    """The rules of such a project."""
    return load_ruleset(load_project(project(root, *topics, layer=layer)))


class World:
    """Rules and facts in a folder; `at` computes everything as of a date."""

    def __init__(self, root: Path, *topics: str, layer: str = "", **tables: str) -> None:
        self.root = root
        self.rules = ruleset(root, *topics, layer=layer)
        self.rows = {name: rows(self.rules, name, tables.get(name, "")) for name in self.rules.tables}
        unknown = tables.keys() - self.rows.keys()
        assert not unknown, f"no tables of these rules: {unknown}"

    def at(self, as_of: str) -> Figures:
        """The values as of a date."""
        return Figures(self._run(as_of)["values"])

    def scores(self, as_of: str) -> Mapping[str, Mapping[str, Mapping[str, object]]]:
        """The scores as of a date, by scorecard and key."""
        return self._run(as_of)["scores"]

    def _run(self, as_of: str) -> Mapping:
        """What the engine says, which is what the oracle says."""
        day = dt.date.fromisoformat(as_of)
        found = engine.run(self.root, self.rules, self.rows, day)
        _, differences = compare(oracle.evaluate(self.rules, self.rows, day, ()), found)
        assert not differences, [str(each) for each in differences]
        return found


class Figures:
    """Values by subject, key and metric."""

    def __init__(self, values: Mapping[str, Mapping[str, Mapping[str, object]]]) -> None:
        self.values = values

    def __call__(self, metric: str, subject: str = "company", key: str = "company") -> object:
        """One value, to six digits; None is no data."""
        value = self.values[subject][key][metric]
        return round(value, 6) if isinstance(value, float) else value

    def of(self, *metrics: str, subject: str = "company", key: str = "company") -> tuple[object, ...]:
        """Several values of one subject."""
        return tuple(self(metric, subject, key) for metric in metrics)

    def n(self, metric: str, subject: str = "company", key: str = "company") -> object:
        """How many rows or children a value rests on."""
        return self.values[subject][key][f"{metric}__n"]


def rows(rules: Ruleset, table: str, text: str) -> list[dict]:
    """Typed rows: a header, then lines of cells between commas. Columns that are not in the header have no data."""
    columns = rules.tables[table].columns
    header, *lines = [line.strip() for line in text.strip().splitlines() if line.strip()] or [""]
    names = [name.strip() for name in header.split(",") if name.strip()]
    typed = small.rows({name: columns[name] for name in names}, "\n".join(lines))
    return [dict.fromkeys(columns) | row for row in typed]
