"""Scopes like those the rules make, for tests of the language."""

from __future__ import annotations

from trigpoint.language import KnownLookup, Scope
from trigpoint.model.expression import ValueType

ACCOUNT: dict[str, ValueType] = {
    "plan": "text",
    "name": "text",
    "live": "boolean",
    "signed_up": "date",
    "seen_at": "timestamp",
    "licensed_seats": "integer",
}
METRICS: dict[str, ValueType] = {"arr": "number", "open_p1": "integer", "seats": "number"}
CSM: dict[str, ValueType] = {"name": "text", "hired_on": "date"}
USAGE: dict[str, ValueType] = {
    "events": "integer",
    "hours": "number",
    "plan": "text",
    "paid": "boolean",
    "day": "date",
    "at": "timestamp",
}
LOOKUPS = {
    "fx": KnownLookup(("currency",), "number"),
    "fx_then": KnownLookup(("currency",), "number", row=True),
    "price": KnownLookup(("plan", "region"), "number"),
}

FORMULA = Scope(
    columns=ACCOUNT,
    metrics=METRICS,
    previous={"arr", "seats"},
    owners={"csm": CSM},
    scorecards={"health": {"adoption", "seats"}},
    lookups=LOOKUPS | {"fx_then": KnownLookup(("currency",), "number", refused="there is no row here")},
    shifts=True,
)
TABLE = Scope(
    columns=USAGE,
    owners={"csm": CSM},
    elsewhere=dict.fromkeys(METRICS, "a metric") | {"usage": "a table"},
    lookups=LOOKUPS,
    aggregates=True,
    in_force=True,
)
SCOPES = {
    "formula": FORMULA,
    "table": TABLE,
    "where": Scope(columns=USAGE, owners={"csm": CSM}, in_force=True),
    "gate": Scope(
        columns=ACCOUNT, metrics=METRICS, points={"adoption", "retention"}, lookups={"fx": LOOKUPS["fx"]}, shifts=True
    ),
    "doubled": Scope(
        columns={"seats": "number"}, metrics={"seats": "number"}, owners={"csm": CSM}, scorecards={"csm": ()}
    ),
    "no_key": Scope(columns=USAGE, aggregates=True, latest="table usage has no key to break ties"),
}
