"""Random scorecards over metrics that were made: all scales, models, groups, gates, guards, families."""

from __future__ import annotations

import re

from support.random_expressions import Scope
from support.random_rows import WORDS
from support.random_rules import Made, RulesMaker

INFINITY = float("inf")
SMALL = [0, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 10]
LARGE = [0, 10, 25, 50, 60, 80, 100, 200, 1000]


def scorecards(rules: RulesMaker, subjects: list[str], *, family: bool = True) -> dict[str, dict]:
    """Single scorecards, and sometimes a family on accounts."""
    rng = rules.rng
    found = {}
    for number, subject in enumerate(subjects, sum(name.startswith("card") for name in rules.cards)):
        found[f"card_{number}"] = Card(rules, subject).make()
    if family and rng.random() < 0.5:
        bands = _bands(rules)
        for number in range(rng.randint(2, 3)):
            card = Card(rules, "account").make() | {
                "family": "kin",
                "priority": rng.choice([number, number, 0]),
                "bands": bands,
            }
            scope = rules.subject_scope("account", shifts=False)
            card["when"] = rules.kind_condition(scope)
            found[f"kin_{number}"] = card
        if rng.random() < 0.7:
            del found[f"kin_{number}"]["when"]
    for name, card in found.items():
        series = card.get("family", name)
        parts = (*rules.cards.get(series, ("", ()))[1], *card.get("groups", ()), *card["measures"])
        rules.cards[series] = (card["subject"], tuple(dict.fromkeys(parts)))
    return found


def _bands(rules: RulesMaker) -> dict[str, float]:
    rng = rules.rng
    edges = sorted(rng.sample([20, 30, 45, 50, 66.5, 70, 85, 100], rng.randint(1, 3)), reverse=True)
    return {**{f"band_{place}": edge for place, edge in enumerate(edges)}, "low": 0}


class Card:
    """One scorecard in the making."""

    def __init__(self, rules: RulesMaker, subject: str) -> None:
        self.rules, self.rng, self.subject = rules, rules.rng, subject
        self.metrics = [each for each in rules.made if subject in each.subjects]
        self.scope = rules.subject_scope(subject)
        self.combine = self.rng.choice(["mean", "mean", "mean", "sum", "worst", "best"])

    def make(self) -> dict:
        rng = self.rng
        card: dict = {"subject": self.subject, "combine": self.combine}
        card["missing"] = rng.choice(["skip", "skip", "skip", "middle", "worst", "worst", "fail"])
        card["min_coverage"] = rng.choice([0, 0, 0, 0.3, 0.5, 0.8])
        card["bands"] = _bands(self.rules)
        if rng.random() < 0.5:
            card["hold"] = rng.choice([0, 3, 7.5])
        if self.combine == "sum" and rng.random() < 0.7:
            card["base"] = rng.choice([0, 50, 100])
        groups = self.groups()
        card["measures"] = self.measures(groups)
        used = {each.get("group") for each in card["measures"].values()}
        groups = self.closed_upwards(groups, used)
        if groups:
            card["groups"] = groups
            self.add_gates(groups, card["measures"])
        card["guards"] = {f"guard_{n}": self.guard(groups, card["measures"]) for n in range(rng.randint(0, 4))}
        return card

    # -- groups

    def groups(self) -> dict[str, dict]:
        rng, found = self.rng, {}
        for number in range(rng.choice([0, 2, 3, 5])):
            group: dict = {}
            if self.combine != "sum":
                group["weight"] = rng.choice([1, 5, 20, 35.5])
                if rng.random() < 0.5:
                    group["combine"] = rng.choice(["mean", "worst", "best"])
            elif rng.random() < 0.5:
                group["max"] = rng.choice([10, 25, 60])
            if found and rng.random() < 0.5:
                group["group"] = rng.choice(list(found))
            found[f"group_{number}"] = group
        return found

    def closed_upwards(self, groups: dict[str, dict], used: set) -> dict[str, dict]:
        """Only groups in which there is a measure."""
        kept = set()
        for name in used - {None}:
            kept |= self.way_up(name, groups)
        return {name: group for name, group in groups.items() if name in kept}

    def add_gates(self, groups: dict[str, dict], measures: dict[str, dict]) -> None:
        """A gate looks at measures of other branches, never at what it holds down."""
        rng = self.rng
        for name, group in groups.items():
            strangers = [m for m, each in measures.items() if name not in self.way_up(each.get("group"), groups)]
            if strangers and rng.random() < 0.5:
                when = f"points.{rng.choice(strangers)} {rng.choice(['>', '>=', '<'])} {rng.choice([20, 50, 99.5])}"
                group["gate"] = {"when": when, "else": rng.choice([0, 30, 60, self.number(LARGE)])}

    def way_up(self, group: str | None, groups: dict[str, dict]) -> set[str]:
        found = set()
        while group is not None:
            found.add(group)
            group = groups[group].get("group")
        return found

    # -- measures

    def measures(self, groups: dict[str, dict]) -> dict[str, dict]:
        rng, found = self.rng, {}
        for number in range(rng.randint(3, 8)):
            found[f"measure_{number}"] = self.measure(groups)
        return found

    def measure(self, groups: dict[str, dict]) -> dict:
        rng = self.rng
        metric = rng.choice([each for each in self.metrics if each.kind in ("number", "text", "boolean")])
        measure: dict = {"metric": metric.name}
        kind, with_n, timed = metric.kind, metric.has_n, metric.has_time
        if rng.random() < 0.25:
            kind = rng.choice(["number", "number", "text", "boolean"])
            make = self.in_place(kind)
            del measure["metric"]
            measure["value"], with_n, timed = make
        if groups and rng.random() < 0.8:
            measure["group"] = rng.choice(list(groups))
        self.weigh(measure)
        measure |= self.scale(kind)
        if rng.random() < 0.2:
            measure["when"] = self.rules.kind_condition(self.scope)
        if rng.random() < 0.3:
            measure["missing"] = rng.choice(["skip", "middle", "worst", "worst", "fail"])
        if with_n and rng.random() < 0.3:
            measure["min_n"] = rng.choice([1, 1, 2, 5, self.number(SMALL)])
        if timed and rng.random() < 0.4:
            measure["valid_for"] = rng.choice(["7 days", "28 days", "1 month", "90 days", "1 year"])
            measure["stale"] = rng.choice(["keep", "skip", "worst"])
        return measure

    def in_place(self, kind: str) -> tuple[str, bool, bool]:
        """A small formula, whether it has an n, and whether it has a newest fact."""
        text = self.rules.named(kind, self.scope, 2)
        parts = [each for each in self.metrics if re.search(rf"\b{each.name}\b", text)]
        plain = re.sub(r"\b(ago|previous)\([^)]*\)", "", text)
        timed = [each for each in parts if re.search(rf"\b{each.name}\b", plain) and each.has_time]
        return text, any(each.has_n for each in parts), bool(timed)

    def weigh(self, measure: dict) -> None:
        if self.combine == "sum":
            measure["worth"] = self.rng.choice([15, 40, [-30, 20], [-10, 0], [0, 25.5]])
        elif self.rng.random() < 0.7:
            measure["weight"] = self.rng.choice([1, 2, 10, 60, 33.3])

    def number(self, numbers: list) -> str:
        """A number of a scale as an expression."""
        scope = Scope({**self.scope.names, "text": [], "date": ["as_of"]}, self.scope.around)
        near = [name for name in scope.atoms("number") if not name.startswith(("ago", "prev"))]
        if not near:
            return str(self.rng.choice(numbers))
        return self.rng.choice(
            [
                self.rng.choice(near),
                f"coalesce({self.rng.choice(near)}, {self.rng.choice(numbers)})",
                f"{self.rng.choice(numbers)} + 1",
            ]
        )

    def scale(self, kind: str) -> dict:
        if kind == "text":
            return {"choices": self.choices([word for word in WORDS if word != "else"])}
        if kind == "boolean":
            return {"choices": self.choices(["true", "false"])}
        forms = ["linear", "linear", "steps", "upto", "curve", "target"]
        if self.subject != "company":
            forms.append("rank")
        return getattr(self, self.rng.choice(forms))()

    def edges(self, count: int) -> list[float]:
        return sorted(self.rng.sample(self.rng.choice([SMALL, LARGE]), count))

    def perhaps(self, number: float) -> float | str:
        """Now and then an expression instead of the number."""
        return self.number(LARGE) if self.rng.random() < 0.12 else number

    def points(self) -> float | str:
        return self.perhaps(self.rng.choice([0, 10, 33.3, 50, 75, 100]))

    def choices(self, words: list[str]) -> dict:
        rng = self.rng
        found = {word: self.points() for word in rng.sample(words, rng.randint(1, min(6, len(words))))}
        if rng.random() < 0.7:
            found["else"] = self.points()
        return found

    def linear(self) -> dict:
        ends = self.edges(2)
        self.rng.shuffle(ends)
        return {"linear": [self.perhaps(ends[0]), ends[1]]}

    def steps(self) -> dict:
        edges = [-INFINITY, *(self.perhaps(edge) for edge in self.edges(self.rng.randint(1, 4)))]
        return {"steps": [[edge, self.points()] for edge in edges]}

    def upto(self) -> dict:
        edges = [*(self.perhaps(edge) for edge in self.edges(self.rng.randint(1, 4))), INFINITY]
        return {"upto": [[edge, self.points()] for edge in edges]}

    def curve(self) -> dict:
        return {"curve": [[self.perhaps(x), self.points()] for x in self.edges(self.rng.randint(2, 5))]}

    def target(self) -> dict:
        zero, aim = self.rng.sample(self.edges(4), 2)
        found = {"target": self.perhaps(aim)}
        if aim == 0 or self.rng.random() < 0.6:
            found["zero_at"] = zero
        if self.rng.random() < 0.4:
            found["max_points"] = self.rng.choice([100, 110, 150])
        return found

    def rank(self) -> dict:
        found = {"rank": self.rng.choice(["company", *self.rules.shape.parents(self.subject)])}
        if self.rng.random() < 0.7:
            found["peers"] = self.rng.choice([2, 3, 5])
        return found

    # -- guards

    def guard(self, groups: dict[str, dict], measures: dict[str, dict]) -> dict:
        rng = self.rng
        names = dict(self.scope.names)
        names["number"] = [*names.get("number", []), *(f"points.{name}" for name in [*groups, *measures])]
        scope = Scope(names, self.scope.around)
        guard: dict = {"when": self.rules.named("boolean", scope, 2)}
        act = rng.choice(["set", "floor", "cap", "cap", "kind"])
        if act == "kind":
            return guard | {"kind": "opportunity"}
        limit = rng.choice([0, 20, 40, 55.5, 90, self.number(LARGE)])
        return guard | {act: "100" if limit in ("200", "1000") else limit}  # scores end at 100


__all__ = ["Card", "Made", "scorecards"]
