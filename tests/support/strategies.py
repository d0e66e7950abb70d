"""Whole examples: a ruleset as TOML-shaped tables, typed rows, a date, and the bands of the run before.

`world(rng, size)` makes one from a seeded generator, for bulk; `worlds()` makes them for Hypothesis, which shrinks them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from pprint import pformat
from random import Random

from attrs import field, frozen
from hypothesis import strategies as st

from support.random_rollups import asserts, own_rows, prorated, rollup, seen_from_below
from support.random_rows import (
    BOOKS,
    SEGMENTS,
    STRETCH,
    FactTable,
    Rows,
    Size,
    book_rows,
    rate_rows,
    stretches,
    subject_rows,
)
from support.random_rules import RulesMaker
from support.random_scorecards import scorecards
from support.random_shape import Shape
from trigpoint.model.ruleset import Calendar
from trigpoint.rules import build_ruleset

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "America/Sao_Paulo")
DATES = (
    dt.date(2026, 3, 31),
    dt.date(2024, 2, 29),
    dt.date(2025, 2, 28),
    dt.date(2025, 6, 30),
    dt.date(2026, 1, 1),
    dt.date(2025, 3, 30),
    dt.date(2025, 11, 2),
)
OWN_KEYS = (("accounts", "account_id"), ("csms", "csm_id"), ("subs", "sub_id"))
SMALL = Size(accounts=6, facts_each=4.0, csms=2)
BULK = Size(accounts=120, facts_each=5.0, csms=6)


@frozen(slots=False)
class World:
    """One example. `settings` are the merged tables of the rule files; rows are typed, in file order."""

    settings: Mapping[str, dict]
    timezone: str
    year_start: int
    as_of: dt.date
    tables: Mapping[str, list[dict]]
    bands_before: tuple[tuple[str, str, str], ...] = ()
    seed: object = field(default=None, eq=False)

    @cached_property
    def ruleset(self):
        """The ruleset that the settings mean."""
        return build_ruleset(self.settings, Calendar(self.timezone, self.year_start))

    def __repr__(self) -> str:
        return f"world of seed {self.seed}" if self.seed is not None else self.described()

    def described(self) -> str:
        """Everything that is needed to make the example again, as Python."""
        names = ("settings", "timezone", "year_start", "as_of", "tables", "bands_before")
        parts = ",\n".join(f"{name}={pformat(getattr(self, name), width=160, sort_dicts=False)}" for name in names)
        return f"World(\n{parts},\n)"


def world(rng: Random, size: Size = SMALL, seed: object = None, *, most_metrics: int = 9) -> World:
    """A random example of about the given size."""
    as_of, zone = rng.choice(DATES), rng.choice(ZONES)
    facts = fact_tables(rng)
    shape = Shape.random(rng, csm=any(fact.owner == "csm" for fact in facts))
    maker = RulesMaker(rng, as_of, facts, shape=shape)
    settings = rules(maker, most_metrics)
    rows = Rows(rng, as_of, zone)
    tables = subject_rows(rows, size)
    owners = {"account": "accounts", "sub": "subs", "csm": "csms"}
    for fact in facts:
        keys = sorted(row[fact.owner_column] for row in tables[owners[fact.owner]])
        reps = [row["csm_id"] for row in tables["csms"]]
        tables[fact.name] = rows.facts(fact, keys, reps, size.facts_each * len(tables["accounts"]) / max(len(keys), 1))
    tables |= rows_beside(rows, shape, tables)
    tables = {name: each for name, each in tables.items() if name in settings["tables"]}
    bands = bands_before(rng, settings, tables)
    return World(settings, zone, rng.choice([1, 1, 2, 4, 7, 10]), as_of, tables, bands, seed)


def fact_tables(rng: Random) -> tuple[FactTable, ...]:
    """One to three; the first hangs on accounts or, two steps away, on their subscriptions."""
    columns = {"account": "account_id", "sub": "sub_id", "csm": "csm_id"}
    owners = [rng.choice(["account", "sub"]), *rng.choices(["account", "sub", "csm"], k=rng.randint(0, 2))]
    return tuple(
        FactTable(f"f{number}", owner, columns[owner], rng.choice(["date", "timestamp"]))
        for number, owner in enumerate(owners)
    )


def rows_beside(rows: Rows, shape: Shape, tables: Mapping[str, list[dict]]) -> dict[str, list[dict]]:
    """Histories, who held whom, and what is looked up."""
    found = {}
    keys = {name[:-1]: sorted(row[key] for row in tables[name]) for name, key in OWN_KEYS}
    keys |= {"segment": list(SEGMENTS), "team": ["red", "blue"]}
    for name, key in OWN_KEYS:
        subject = name[:-1]
        if subject in shape.history:
            found[name] = stretches(rows, tables[name], key, STRETCH.get(subject, ("s_from", "s_to")))
    for child in sorted({child for child, _ in shape.dated}):
        table, key = BOOKS[child]
        holders = {f"b_{parent}": keys[parent] for parent in shape.parents(child)}
        found[table] = book_rows(rows, key, keys[child], holders)
    if shape.lookups:
        found |= rate_rows(rows, shape.rate_time)
    return found


def rules(maker: RulesMaker, most_metrics: int) -> dict[str, dict]:
    """Subjects, tables, metrics and scorecards; then metrics that look at these, and scorecards that look at those."""
    rng, shape = maker.rng, maker.shape
    settings: dict[str, dict] = {"subjects": shape.subjects(rng), "tables": maker.tables()}
    if shape.lookups:
        settings["lookups"] = shape.found()
    add_metrics(maker, settings["tables"], most_metrics)
    settings["metrics"] = maker.metrics
    if rng.random() < 0.3:
        scope = maker.subject_scope("account", shifts=False)
        settings["subjects"]["account"]["eligible"] = maker.kind_condition(scope)
    subjects = list(settings["subjects"])
    cards = ["account"] * rng.randint(1, 2) + rng.sample(["company", "sub", "csm", "segment"], 1)
    settings["scorecards"] = scorecards(
        maker, scorable(maker, [card for card in cards if card in (*subjects, "company")])
    )
    if rng.random() < 0.7:
        add_metrics_of_scores(maker, most_metrics)
        above = [each for each in ("csm", "team", "segment", "company", "account") if each in (*subjects, "company")]
        cards = scorable(maker, rng.sample(above, rng.randint(1, 2)))
        settings["scorecards"] |= scorecards(maker, cards, family=False)
    if rng.random() < 0.3:
        settings["asserts"] = asserts(maker, rng.sample(["account", "company"], rng.randint(1, 2)))
    return settings


def add_metrics(maker: RulesMaker, tables: Mapping[str, dict], most_metrics: int) -> None:
    """Metrics over facts, formulas, and rollups of these."""
    rng, shape = maker.rng, maker.shape
    for number in range(rng.randint(4, most_metrics)):
        fact = maker.facts[0] if number < 2 else rng.choice(maker.facts)
        maker.table_metric(fact, tables[fact.name])
    if rng.random() < 0.5:
        maker.own_metric(tables["subs"])
    for name in ("accounts", "books"):
        if name in tables and rng.random() < 0.25:
            own_rows(maker, name, tables[name])
    if rng.random() < 0.2:
        prorated(maker, rng.choice(maker.facts))
    for fact in maker.facts:
        # seen from below, where no way depends on the day
        below = {"account": ["sub"], "csm": ["sub", "account"]}.get(fact.owner, [])
        if below and rng.random() < 0.6 and not any(shape.moves(name) for name in (*below, fact.owner)):
            seen_from_below(maker, fact, rng.choice(below))
    for _ in range(rng.randint(1, most_metrics // 2)):
        maker.formula(rng.choice(["account", "account", "company"]))
    upper = [name for name in ("csm", "segment") if name in shape.above("account")]
    for _ in range(rng.randint(1, most_metrics // 2)):
        rollup(maker, rng.choice(["account", "account", "account", "sub", *upper]))
    if rng.random() < 0.5:
        maker.formula(rng.choice(["company", "csm" if shape.csm else "account"]))


def add_metrics_of_scores(maker: RulesMaker, most_metrics: int) -> None:
    """Rollups of children that are judged, and formulas over the scores of a subject."""
    rng = maker.rng
    judged = [subject for subject, _ in maker.cards.values() if subject not in ("company", "team")]
    for _ in range(rng.randint(1, max(2, most_metrics // 3))):
        over = rng.choice(judged) if judged and rng.random() < 0.8 else "account"
        if rng.random() < 0.8:
            rollup(maker, over)
        else:
            maker.formula(rng.choice([subject for subject, _ in maker.cards.values()]))


def scorable(maker: RulesMaker, subjects: list[str]) -> list[str]:
    """Those of which some metric is known that a scale can take."""
    kinds = ("number", "text", "boolean")
    reached = {subject for metric in maker.made for subject in metric.subjects if metric.kind in kinds}
    return [subject for subject in subjects if subject in reached]


def bands_before(rng: Random, settings: Mapping, tables: Mapping) -> tuple[tuple[str, str, str], ...]:
    """Bands of a run before, for some subjects; some are bands that there are no longer."""
    found = {}
    for name, card in settings["scorecards"].items():
        if card["subject"] == "account" and rng.random() < 0.7:
            series = card.get("family", name)
            for key in dict.fromkeys(row["account_id"] for row in tables["accounts"]):
                if rng.random() < 0.6:
                    found[series, key] = rng.choice([*card["bands"], "gone"])
    return tuple((series, key, band) for (series, key), band in found.items())


def worlds(most_accounts: int = 8, most_metrics: int = 6) -> st.SearchStrategy[World]:
    """Random examples for Hypothesis: it shrinks the number of subjects, of facts and of metrics."""
    return st.builds(
        lambda seed, accounts, facts, metrics: world(
            Random(seed), Size(accounts, facts, csms=2), (seed, accounts, facts, metrics), most_metrics=metrics
        ),
        st.integers(0, 10**6),
        st.integers(0, most_accounts),
        st.sampled_from([0.0, 1.0, 4.0]),
        st.integers(4, most_metrics),
    )
