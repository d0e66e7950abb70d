"""Small examples around one scorecard over columns of accounts, for the properties of the arithmetic."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from support.strategies import World

AS_OF = dt.date(2026, 3, 31)
COLUMNS = ("x0", "x1", "x2", "x3", "x4")
numbers = st.integers(-40, 440).map(lambda quarter: quarter / 4)
weights = st.sampled_from([1, 2, 5, 10, 33.3, 60])


@st.composite
def scales(draw, most_points: float = 100) -> dict:
    """A scale on which a higher value never has fewer points."""
    kind = draw(st.sampled_from(["linear", "steps", "upto", "curve", "target"]))
    low, step = draw(st.sampled_from([0, 10, 20])), draw(st.sampled_from([1, 25, 50]))
    if kind == "linear":
        return {"linear": [low, low + step]}
    if kind == "target":
        return {"target": low + step, "zero_at": low, "max_points": most_points}
    points = sorted(draw(st.lists(st.sampled_from([0, 10, 33.3, 50, 80, 100]), min_size=3, max_size=3)))
    inner = [low, low + step, low + 2 * step]
    edges = {"steps": [-float("inf"), *inner[:2]], "upto": [*inner[:2], float("inf")], "curve": inner}[kind]
    return {kind: [list(pair) for pair in zip(edges, points, strict=True)]}


@st.composite
def trees(draw, combine: str = "mean", most_points: float = 100, grouped: bool = True) -> dict:
    """Groups, one of them inside another, and a measure for each column."""
    groups: dict = {}
    for name in draw(st.sampled_from([(), ("g0",), ("g0", "g1"), ("g0", "g1", "g2")])) if grouped else ():
        group = {"max": draw(st.sampled_from([20, 60]))} if combine == "sum" else {"weight": draw(weights)}
        if combine != "sum":
            group["combine"] = draw(st.sampled_from(["mean", "mean", "worst", "best"]))
        if name == "g2":
            group["group"] = "g0"
        groups[name] = group
    measures = {}
    for place, column in enumerate(COLUMNS):
        measure = {"value": column, **draw(scales(most_points))}
        measure |= {"worth": draw(st.sampled_from([15, [-30, 20]]))} if combine == "sum" else {"weight": draw(weights)}
        names = list(groups)
        if place < len(names) or (names and draw(st.booleans())):  # no group is empty
            measure["group"] = names[place] if place < len(names) else draw(st.sampled_from(names))
        measures[f"m{place}"] = measure
    return {"measures": measures, **({"groups": groups} if groups else {})}


@st.composite
def card_worlds(
    draw,
    combine: str | None = None,
    missing: str | None = None,
    blanks: bool = True,
    most_points: float = 100,
    grouped: bool = True,
) -> World:
    """A scorecard `card` over accounts that hold the values of its measures in columns of their own."""
    model = combine or draw(st.sampled_from(["mean", "worst", "best"]))
    card = {
        "subject": "account",
        "combine": model,
        "missing": missing or draw(st.sampled_from(["skip", "middle", "worst", "fail"])),
        "bands": {"good": 70, "fair": 40, "bad": 0},
        **draw(trees(model, most_points, grouped)),
    }
    cell = st.one_of(st.none(), numbers) if blanks else numbers
    accounts = [
        {"account_id": f"A{place}", **{column: draw(cell) for column in COLUMNS}}
        for place in range(draw(st.integers(1, 4)))
    ]
    settings = {
        "subjects": {"account": {"table": "accounts", "key": "account_id"}},
        "tables": {"accounts": {"columns": {"account_id": "text", **dict.fromkeys(COLUMNS, "number")}}},
        "scorecards": {"card": card},
    }
    return World(settings, "UTC", 1, AS_OF, {"accounts": accounts})
