"""The oracle agrees with every line of the conformance table of the language."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

import oracle
from support.compare import same, stored
from trigpoint.language import Scope, bind
from trigpoint.model.metric import FormulaMetric, TableMetric
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.model.subject import Subject
from trigpoint.model.table import InForce, Table

FOLDER = Path(__file__).parents[1] / "cases" / "language"
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"]
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


def computed(head: dict, case: dict):
    """The value of one case: a formula over a subject's row, or a table metric over some rows."""
    columns = head["columns"]
    calendar = Calendar(head["timezone"], MONTHS.index(head["year_starts"]) + 1)
    owners = [
        {"account_id": "A", **{name: typed(kind, case.get("given", {}).get(name)) for name, kind in columns.items()}}
    ]
    own = Table("accounts", {"account_id": "text", **columns})
    rules = {"calendar": calendar, "scorecards": {}, "fingerprint": ""}
    rules["subjects"] = {"account": Subject("account", "accounts", "account_id"), "company": COMPANY}
    if "rows" not in case:
        metric = FormulaMetric("m", bind(case["expression"], Scope(columns=columns)), subjects=("account",))
        found = oracle.evaluate(
            Ruleset(tables={"accounts": own}, metrics={"m": metric}, **rules), {"accounts": owners}, as_of(head)
        )
        return found["values"]["account"]["A"]["m"]
    in_force = head.get("in_force")
    table = Table(
        "facts",
        {"account_id": "text", **columns},
        key=tuple(head["key"]),
        belongs_to={"account": "account_id"},
        time=head["time"],
        in_force=InForce(in_force["from"], in_force["to"], in_force["to_is"]) if in_force else None,
    )
    scope = Scope(columns=columns, aggregates=True, in_force=in_force is not None)
    metric = TableMetric("m", "facts", bind(case["expression"], scope))
    facts = [row(head, position, given) for position, given in enumerate(case["rows"], 1)]
    tables = {"accounts": own, "facts": table}
    rules = Ruleset(tables=tables, metrics={"m": metric}, **rules)
    found = oracle.evaluate(rules, {"accounts": owners, "facts": facts}, as_of(head))
    return found["values"]["account"]["A"]["m"]


def as_of(head: dict) -> dt.date:
    return dt.date.fromisoformat(head["as_of"])


def row(head: dict, position: int, given: dict) -> dict:
    """A fact: without a key it has its position, without a time the as-of date."""
    given = {head["key"][0]: f"{position:04d}", head["time"]: head["as_of"], **given}
    return {"account_id": "A", **{name: typed(kind, given.get(name)) for name, kind in head["columns"].items()}}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_every_case_holds(file):
    """Each expression of the conformance table gives what the table says."""
    head = tomllib.loads(file.read_text(encoding="utf-8"))
    wrong = []
    for case in head["cases"]:
        expected = None if case["expect"] == "no data" else typed(case["type"], case["expect"])
        found = computed(head, case)
        if not same(expected, stored(found)):
            wrong.append(f"{case['expression']} of {case.get('given', case.get('rows'))}: {found!r}, not {expected!r}")
    assert head["cases"]
    assert not wrong, "\n".join(wrong)
