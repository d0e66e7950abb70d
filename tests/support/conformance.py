"""The conformance table as one ruleset for each file: each case is a metric, and a subject whose facts are the case's."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path

from trigpoint.language import FUNCTIONS, Scope, bind
from trigpoint.model.function import Function
from trigpoint.model.metric import FormulaMetric, TableMetric
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.model.subject import Subject
from trigpoint.model.table import InForce, Table

FILES = sorted((Path(__file__).parents[1] / "cases" / "language").glob("*.toml"))
MONTHS = "january february march april may june july august september october november december".split()
NONE: Mapping[str, Function] = {}
COMPANY = Subject("company", table=None, key="key")


def typed(kind: str, value):
    """A cell as it is after intake."""
    if value is None or (value == "" and kind != "text"):
        return None
    if kind == "date":
        return dt.date.fromisoformat(value)
    if kind == "timestamp":
        return dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC)
    return float(value) if kind in ("integer", "number") else value


def read(file: Path) -> dict:
    """The head and the cases of a file."""
    head = tomllib.loads(file.read_text(encoding="utf-8"))
    head["as_of"] = dt.date.fromisoformat(head["as_of"])
    return head


def key(position: int) -> str:
    """The subject of a case."""
    return f"case {position:04d}"


def ruleset(head: dict, plugged: Mapping[str, Function] = NONE) -> Ruleset:
    """One metric for each case: a formula over the subject's row, or an aggregate over its facts.

    The expressions may call the functions of a plugin, `plugged`.
    """
    columns, functions = head["columns"], {**plugged, **FUNCTIONS}
    tables = {"accounts": Table("accounts", {"account_id": "text", **columns}, key=("account_id",))}
    metrics = {}
    for position, case in enumerate(head["cases"]):
        name = f"m{position}"
        if "rows" in case:
            tables["facts"] = _facts(head)
            scope = Scope(columns=columns, aggregates=True, in_force="in_force" in head, functions=functions)
            metrics[name] = TableMetric(name, "facts", bind(case["expression"], scope), subjects=("account",))
        else:
            value = bind(case["expression"], Scope(columns=columns, functions=functions))
            metrics[name] = FormulaMetric(name, value, subjects=("account",))
    calendar = Calendar(head["timezone"], MONTHS.index(head["year_starts"]) + 1)
    subjects = {"account": Subject("account", "accounts", "account_id"), "company": COMPANY}
    return Ruleset(calendar, subjects, tables, metrics, {}, fingerprint="conformance", functions=plugged)


def _facts(head: dict) -> Table:
    edges = head.get("in_force")
    return Table(
        "facts",
        {"account_id": "text", **head["columns"]},
        key=tuple(head["key"]),
        belongs_to={"account": "account_id"},
        time=head["time"],
        in_force=InForce(edges["from"], edges["to"], edges["to_is"]) if edges else None,
    )


def rows(head: dict) -> dict[str, list[dict]]:
    """The typed rows of all cases, by table."""
    columns = head["columns"]
    accounts, facts = [], []
    for position, case in enumerate(head["cases"]):
        given = case.get("given", {})
        accounts.append({"account_id": key(position), **_cells(columns, given)})
        for number, fact in enumerate(case.get("rows", ()), 1):
            full = {head["key"][0]: f"{number:04d}", head["time"]: head["as_of"].isoformat(), **fact}
            facts.append({"account_id": key(position), **_cells(columns, full)})
    return (
        {"accounts": accounts, "facts": facts}
        if any("rows" in case for case in head["cases"])
        else {"accounts": accounts}
    )


def _cells(columns: dict, given: dict) -> dict:
    return {name: typed(kind, given.get(name)) for name, kind in columns.items()}


def wrong(head: dict, values: dict, same) -> list[str]:
    """The cases in which the value of the case's own subject is not the expected one."""
    found = []
    for position, case in enumerate(head["cases"]):
        expected = None if case["expect"] == "no data" else typed(case["type"], case["expect"])
        value = values[key(position)][f"m{position}"]
        if not same(expected, value):
            found.append(f"{case['expression']} of {case.get('given', case.get('rows'))}: {value!r}, not {expected!r}")
    return found
