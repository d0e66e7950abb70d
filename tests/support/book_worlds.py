"""Small examples of books: accounts with contracts, and the people who held them, for the properties of rollups."""

from __future__ import annotations

import datetime as dt

from attrs import evolve
from hypothesis import strategies as st

from support.strategies import World

AS_OF = dt.date(2026, 3, 31)
CSMS = ("ann", "bob", "cid")
MOVEMENTS = ("new", "reactivated", "expansion", "contraction", "churn")
TABLES = {
    "accounts": {"columns": {"account_id": "text", "csm_id": "text"}},
    "csms": {"columns": {"csm_id": "text"}},
    "books": {
        "columns": {"book_id": "text", "account_id": "text", "csm_id": "text", "from_day": "date", "to_day": "date"},
        "key": ["book_id"],
        "belongs_to": {"account": "account_id"},
        "in_force": {"from": "from_day", "to": "to_day", "to_is": "last day"},
    },
    "contracts": {
        "columns": {"account_id": "text", "starts": "date", "ends": "date", "price": "number"},
        "belongs_to": {"account": "account_id"},
        "in_force": {"from": "starts", "to": "ends", "to_is": "last day"},
    },
}
METRICS = {
    "arr": {"from": "contracts", "value": "sum(price)", "where": "in_force()", "empty": 0},
    "signed": {"from": "contracts", "value": "count(*)", "where": "starts is null or starts <= as_of", "empty": 0},
    "start": {"value": "ago(arr, '12 months')"},
    "known_then": {"value": "ago(signed, '12 months')"},
    "gross": {"value": "sum(least(arr, start)) / sum(start)"},
    "net": {"value": "sum(case when start > 0 then arr else 0 end) / sum(start)"},
    "accounts": {"value": "count(*)"},
    "closing": {"value": "sum(arr)"},
    "opening": {"value": "sum(start)"},
    "new": {"value": "sum(case when start = 0 and known_then = 0 then arr else 0 end)"},
    "reactivated": {"value": "sum(case when start = 0 and known_then > 0 then arr else 0 end)"},
    "expansion": {"value": "sum(case when start > 0 then greatest(arr - start, 0) else 0 end)"},
    "contraction": {"value": "sum(case when arr > 0 then greatest(start - arr, 0) else 0 end)"},
    "churn": {"value": "sum(case when arr = 0 then start else 0 end)"},
}
CARD = {
    "subject": "csm",
    "missing": "skip",
    "bands": {"good": 70, "bad": 0},
    "groups": {"kept": {"weight": 60}, "grown": {"weight": 20}},
    "measures": {
        "gross": {"group": "kept", "metric": "gross", "weight": 50, "linear": [0.5, 1]},
        "net": {"group": "grown", "metric": "net", "weight": 10, "linear": [0.5, 1.5]},
        "size": {"metric": "accounts", "weight": 20, "linear": [0, 4]},
    },
}


@st.composite
def book_worlds(draw, holder: str | None = None) -> World:
    """Accounts whose csm is dated (then `holder` may be another one), and a scorecard `card` of csms."""
    dated = holder is not None or draw(st.booleans())
    accounts = [f"A{number}" for number in range(draw(st.integers(1, 4)))]
    day = st.integers(-500, 40).map(lambda days: AS_OF + dt.timedelta(days=days))
    somebody = st.sampled_from([*CSMS, None, "gone"])
    edges = st.tuples(st.one_of(st.none(), day), st.one_of(st.none(), day))
    price = st.integers(1, 40).map(lambda quarters: quarters / 4)
    contracts = draw(st.lists(st.tuples(st.sampled_from(accounts), edges, price), max_size=8))
    books = draw(st.lists(st.tuples(st.sampled_from(accounts), edges, somebody), max_size=8)) if dated else []
    tables = {
        "accounts": [{"account_id": key, "csm_id": draw(somebody)} for key in accounts],
        "csms": [{"csm_id": key} for key in CSMS],
        "books": [
            {"book_id": str(number), "account_id": key, "csm_id": csm, "from_day": first, "to_day": last}
            for number, (key, (first, last), csm) in enumerate(books)
        ],
        "contracts": [
            {"account_id": key, "starts": first, "ends": last, "price": each} for key, (first, last), each in contracts
        ],
    }
    parent = {"table": "books", "column": "csm_id"} if dated else "csm_id"
    settings = {
        "subjects": {
            "account": {"table": "accounts", "key": "account_id", "parents": {"csm": parent}},
            "csm": {"table": "csms", "key": "csm_id"},
        },
        "tables": TABLES,
        "metrics": {name: rolled(metric, holder) for name, metric in METRICS.items()},
        "scorecards": {"card": CARD},
    }
    return World(settings, "Europe/Berlin", 1, AS_OF, tables)


def rolled(metric: dict, holder: str | None) -> dict:
    """The metric over accounts, if it aggregates them."""
    if "from" in metric or metric["value"].startswith("ago"):
        return metric
    held = {"holder": holder, "window": "quarter to date"} if holder and holder != "end" else {}
    return {**metric, "over": "account", **held}


def all_held(made: World) -> World:
    """The example with a csm `rest`, who holds what nobody held: before the first stretch, between two, and for others.

    Of two stretches of one start one is left: else nobody would hold the account.
    """

    def known(key: str | None) -> str:
        return key if key in CSMS else "rest"

    accounts = [{**row, "csm_id": known(row["csm_id"])} for row in made.tables["accounts"]]
    always = {"csm_id": "rest", "from_day": None, "to_day": None}
    books = [{**always, "book_id": f"rest-{row['account_id']}", "account_id": row["account_id"]} for row in accounts]
    one_of_each = {(row["account_id"], row["from_day"]): row for row in made.tables["books"] if row["from_day"]}
    books += [{**row, "csm_id": known(row["csm_id"])} for row in one_of_each.values()]
    csms = [*made.tables["csms"], {"csm_id": "rest"}]
    return evolve(made, tables={**made.tables, "accounts": accounts, "csms": csms, "books": books})
