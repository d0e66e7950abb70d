"""Random queries of plugins, over random facts of random worlds; made so that they bind."""

from __future__ import annotations

import copy
from random import Random

from attrs import evolve, field, frozen

from support.queried import declared
from support.random_expressions import Scope, condition, expression
from support.random_rules import AGO, BEFORE, TO_DATE, WINDOWS
from support.strategies import SMALL, Size, World, world
from trigpoint.model.offer import Input, QueryMetric
from trigpoint.model.query import Query, rows

KINDS = {"number": frozenset({"number", "integer"})}
LEFT_OUT = "nothing"  # an optional input that no rule gives


@frozen
class QueryMaker:
    """Adds steps to a query; `columns` are those of its rows by now, with their types."""

    rng: Random
    world: World
    columns: dict[str, str] = field(factory=dict)
    query: Query = field(factory=rows)

    def scope(self) -> Scope:
        """The names between two steps."""
        names: dict[str, list[str]] = {"date": ["as_of"], "number": ["factor"], "text": ["word"]}
        for name, kind in self.columns.items():
            names.setdefault(kind, []).append(name)
        return Scope(names, self.world.as_of)

    def some(self, kind: str, depth: int = 1) -> str:
        """An expression over a row."""
        return expression(self.rng, kind, self.scope(), depth)

    def kind(self) -> str:
        """Some type that a literal, or a column, has."""
        return self.rng.choice(["number", "number", "text", "date", "boolean"])

    def fresh(self) -> str:
        """A name that no column has."""
        return next(name for name in (f"c{k}" for k in range(1000)) if name not in self.columns)

    def step(self) -> QueryMaker:
        """One more step."""
        return self.rng.choice([self.where, self.widened, self.grouped, self.grouped, self.ranked])()

    def where(self) -> QueryMaker:
        """A condition that is often true."""
        text = f"coalesce({condition(self.rng, self.scope(), 1)}, true)"
        return evolve(self, query=self.query.where(text))

    def widened(self) -> QueryMaker:
        """One or two more columns."""
        made, kinds = {}, {}
        for name in (self.fresh(), "more")[: self.rng.randint(1, 2)]:
            if name not in self.columns:
                kinds[name] = self.kind()
                made[name] = self.some(kinds[name])
        return evolve(self, query=self.query.with_columns(**made), columns=self.columns | kinds)

    def grouped(self) -> QueryMaker:
        """Fewer rows, with aggregates."""
        by = self.rng.sample(sorted(self.columns), min(len(self.columns), self.rng.randint(0, 2)))
        made, kinds = {}, {name: self.columns[name] for name in by}
        for name in [each for each in ("total", "top", "many") if each not in by][: self.rng.randint(1, 3)]:
            made[name], kinds[name] = self.aggregate()
        return evolve(self, query=self.query.group_by(*by, **made), columns=kinds)

    def ranked(self) -> QueryMaker:
        """A place by something."""
        name, by = self.fresh(), self.some(self.rng.choice(["number", "number", "text", "date"]))
        made = self.query.ranked(name, by, descending=self.rng.random() < 0.5)
        return evolve(self, query=made, columns=self.columns | {name: "number"})

    def aggregate(self) -> tuple[str, str]:
        """An aggregate with its type."""
        rng, kind = self.rng, self.kind()
        ordered = rng.choice(["number", "text", "date"])
        forms = [
            lambda: ("count(*)", "number"),
            lambda: (f"count({self.some(kind)})", "number"),
            lambda: (f"count(distinct {self.some(kind)})", "number"),
            lambda: (f"sum({self.some('number')})", "number"),
            lambda: (f"{rng.choice(['avg', 'median', 'stddev'])}({self.some('number')})", "number"),
            lambda: (f"percentile({self.some('number')}, quantile)", "number"),
            lambda: (f"share({condition(rng, self.scope(), 1)})", "number"),
            lambda: (f"{rng.choice(['min', 'max'])}({self.some(ordered)})", ordered),
            lambda: (f"sum({self.some('number', 0)}) {rng.choice('+-*/')} sum({self.some('number', 0)})", "number"),
            lambda: (f"coalesce(max({self.some('number')}), factor)", "number"),
        ]
        return rng.choice(forms)()


def queried(rng: Random, size: Size = SMALL, seed: object = None, most_steps: int = 5) -> World:
    """A random world with a few metrics of a plugin beside its own, and formulas that look at them in the past."""
    made = world(rng, size, seed, most_metrics=4)
    settings = copy.deepcopy(dict(made.settings))
    for section in ("scorecards", "asserts"):
        settings.pop(section, None)
    metrics = settings["metrics"]
    for name in [name for name, each in metrics.items() if "value" in each and ("over" in each or "from" not in each)]:
        del metrics[name]  # formulas and rollups may look at scores, and are compared elsewhere
    settings["subjects"]["account"].pop("eligible", None)
    offers = []
    facts = [name for name in settings["tables"] if name.startswith("f")]
    for number in range(4):
        name, table = f"q{number}", rng.choice(facts)
        offer, metric = _metric(rng, made, name, table)
        offers.append(offer)
        metrics[name] = metric
        if "window" in metric and rng.random() < 0.7:
            metrics[f"{name}_before"] = {"value": f"previous({name})", "subject": _subject(rng, settings, table)}
        if rng.random() < 0.5:
            text = f"ago({name}, '{rng.choice(AGO)}')"
            metrics[f"{name}_ago"] = {"value": text, "subject": _subject(rng, settings, table)}
    return evolve(made, settings=declared(settings, offers), bands_before=())


def _metric(rng: Random, made: World, name: str, table: str) -> tuple[QueryMetric, dict]:
    """What the plugin offers, and what the rules say."""
    columns = made.settings["tables"][table]["columns"]
    taken = {"x": f"{table}_x", "k": f"{table}_k", "t": f"{table}_t", "b": f"{table}_b", "day": f"{table}_d"}
    kinds = {"x": "number", "k": "number", "t": "text", "b": "boolean", "day": "date"}
    assert set(taken.values()) <= columns.keys()
    maker = QueryMaker(rng, made, {**kinds, LEFT_OUT: "number"})
    for _ in range(rng.randint(0, 5)):
        maker = maker.step()
    text, kind = maker.aggregate()
    inputs = [Input(each, KINDS.get(of, frozenset({of}))) for each, of in kinds.items()]
    inputs.append(Input(LEFT_OUT, KINDS["number"], optional=True))
    properties = {each: {} for each in ("factor", "word", "quantile")}
    offer = QueryMetric(
        name,
        maker.query.value(text),
        tuple(inputs),
        "",
        "",
        type=kind,
        settings={"type": "object", "properties": properties},
    )
    plain = {
        "factor": rng.choice([2, 0.5, -3]),
        "word": rng.choice(["red", "it's", "ß"]),
        "quantile": rng.choice([0, 0.5, 0.9]),
    }
    metric: dict = {"plugin": f"acme.{name}", "from": table, "settings": {**taken, **plain}}
    metric["subject"] = _subject(rng, made.settings, table)
    if rng.random() < 0.7:
        metric["window"] = rng.choice(rng.choice([WINDOWS, WINDOWS, TO_DATE, BEFORE]))
    if rng.random() < 0.5:
        names = {"number": [taken["x"], taken["k"]], "date": ["as_of", taken["day"]], "text": [taken["t"]]}
        metric["where"] = f"coalesce({condition(rng, Scope(names, made.as_of), 1)}, true)"
    return offer, metric


def _subject(rng: Random, settings, table: str) -> str:
    """The owner of the facts, or the company above all."""
    (owner,) = settings["tables"][table]["belongs_to"]
    above = [*settings["subjects"].get(owner, {}).get("parents", {}), "company"]
    return rng.choice([owner, owner, *above])
