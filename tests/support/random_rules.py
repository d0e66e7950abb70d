"""Random rulesets, as the tables that TOML files are read into; made so that `check` accepts them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from random import Random

from attrs import field, frozen

from support.random_expressions import Scope, expression
from support.random_rows import SUB_COLUMNS, FactTable
from support.random_shape import Shape, in_force

WINDOWS = ["1 day", "7 days", "28 days", "2 weeks", "1 month", "3 months", "1 quarter", "6 months", "1 year", "2 years"]
TO_DATE = ["month to date", "quarter to date", "year to date"]
BEFORE = ["previous month", "previous quarter", "previous year"]
AGO = ["1 day", "30 days", "1 month", "12 months", "1 year", "month to date", "quarter to date", "previous quarter"]
REAL_NAME = re.compile(r"\b(m_\d+|f\d+_\w+|[ascgb]_\w+|account_id|csm_id|sub_id|segment|points|card_\d+|kin)\b")
TEXT = re.compile(r"'(?:[^']|'')*'")

SCORED = re.compile(r"\b(card_\d+|kin)\.")


@frozen
class Made:
    """A metric that was made: what scopes need to know of it."""

    name: str
    kind: str
    subjects: frozenset[str]
    has_n: bool
    has_time: bool
    takes_previous: bool
    takes_ago: bool = True


def takes_ago(text: str, parts: list[Made]) -> bool:
    """ago() does not nest, and there is no score of another day."""
    return "ago(" not in text and not SCORED.search(text) and all(part.takes_ago for part in parts)


@frozen
class RulesMaker:
    """Makes subjects, tables, metrics and scorecards; `made` are the metrics so far."""

    rng: Random
    as_of: dt.date
    facts: tuple[FactTable, ...]
    metrics: dict[str, dict] = field(factory=dict)
    made: list[Made] = field(factory=list)
    shape: Shape = Shape()
    cards: dict[str, tuple[str, tuple[str, ...]]] = field(factory=dict)  # with their subject, and what has points

    # -- subjects and tables

    def tables(self) -> dict[str, dict]:
        found = self.shape.tables(self.rng)
        for fact in self.facts:
            found[fact.name] = self.fact_table(fact)
        return found

    def fact_table(self, fact: FactTable) -> dict:
        rng, name = self.rng, fact.name
        owner = {"account_id": "account", "sub_id": "sub", "csm_id": "csm"}[fact.owner_column]
        table: dict = {"columns": fact.columns(), "key": [f"{name}_id"], "belongs_to": {owner: fact.owner_column}}
        table["time"] = f"{name}_time"
        if rng.random() < 0.3:
            table["known"] = {"row": f"{name}_known"}
        if rng.random() < 0.3:
            table.setdefault("known", {})[f"{name}_x"] = f"{name}_{rng.choice(['d', 's'])}"
        if rng.random() < 0.2:
            table["since"] = str(self.as_of - dt.timedelta(days=rng.choice([90, 365, 800])))
        if rng.random() < 0.4:
            table["in_force"] = in_force(rng, f"{name}_start", f"{name}_end")
        if rng.random() < 0.5:
            scope = self.row_scope(fact, derived=False)
            table["derived"] = {f"{name}_der": self.named("number", scope, 2)}
        return table

    # -- scopes

    def row_scope(self, fact: FactTable, *, derived: bool = True, table: dict | None = None) -> Scope:
        """The names in a row of facts: its columns, and those of its owners after a dot."""
        names: dict[str, list[str]] = {"date": ["as_of"]}
        for column, kind in fact.columns().items():
            if not column.endswith("_huge"):
                names.setdefault("number" if kind == "integer" else kind, []).append(column)
        whens = []
        if derived:
            for owner, columns in self.owners(fact):
                for column, kind in columns.items():
                    known = "number" if kind == "integer" else kind
                    names.setdefault(known, []).append(f"{owner}.{column}")
            if table and "derived" in table:
                names["number"] += list(table["derived"])
            whens = ["in_force()"] * 2 if table and "in_force" in table else []
        self.add_lookups(names, row=True)
        return Scope(names, self.as_of, whens)

    def add_lookups(self, names: dict[str, list[str]], *, row: bool) -> None:
        """Values that are looked up for a text that has a name already."""
        for kind, found in self.shape.lookup_names(list(names.get("text", [])), self.rng, row=row).items():
            names.setdefault(kind, []).extend(found)

    def owners(self, fact: FactTable) -> list[tuple[str, dict[str, str]]]:
        above = [fact.owner, *(name for name in ("account", "csm") if name in self.shape.above(fact.owner))]
        return [(name, self.shape.columns(name)) for name in above]

    def subject_scope(self, subject: str, *, columns: bool = True, shifts: bool = True) -> Scope:
        """The names at a subject: metrics computed there, shifted ones too, and its own columns."""
        names: dict[str, list[str]] = {"date": ["as_of"]}
        for metric in self.made:
            if subject in metric.subjects:
                forms = [metric.name] * 4
                if shifts and metric.takes_ago:
                    forms.append(f"ago({metric.name}, '{self.rng.choice(AGO)}')")
                if shifts and metric.takes_previous:
                    forms += [f"previous({metric.name})"] * 2
                names.setdefault(metric.kind, []).extend(forms)
        for column, kind in self.shape.columns(subject).items() if columns else ():
            names.setdefault("number" if kind == "integer" else kind, []).append(column)
        for card, (of, parts) in self.cards.items():
            if of == subject:
                numbers = [f"{card}.score", f"{card}.coverage", *(f"{card}.{part}" for part in parts)]
                names.setdefault("number", []).extend(numbers)
                # Held against any text they would be refused: that band or outcome is none of theirs.
                names.setdefault("text", []).extend([f"lower({card}.band)", f"lower({card}.outcome)"])
                names.setdefault("boolean", []).extend([f"({card}.band = 'low')", f"({card}.outcome <> 'scored')"])
        self.add_lookups(names, row=False)
        return Scope(names, self.as_of)

    # -- metrics

    def reached(self, fact: FactTable) -> frozenset[str]:
        return self.shape.above(fact.owner) | {fact.owner}

    def named(self, kind: str, scope: Scope, depth: int) -> str:
        """An expression of a type that holds the name of some column or metric: constants are no formula."""
        for _ in range(20):
            text = expression(self.rng, kind, scope, depth)
            if len(text) < 900 and REAL_NAME.search(TEXT.sub("", text)):
                return text
        known = [name for names in scope.names.values() for name in names if name != "as_of"]
        question = f"{self.rng.choice(known)} is not null"
        one, other = {"number": ("1", "20"), "text": ("'red'", "'ß'")}.get(kind, (scope.names["date"][0],) * 2)
        return question if kind == "boolean" else f"case when {question} then {one} else {other} end"

    def kind_condition(self, scope: Scope) -> str:
        """A condition; every other one is true where data is missing, so that not everything ends as no data."""
        text = self.named("boolean", scope, 2)
        return f"coalesce({text}, true)" if self.rng.random() < 0.5 else text

    def table_metric(self, fact: FactTable, table: dict) -> None:
        rng, name = self.rng, f"m_{len(self.made)}"
        scope = self.row_scope(fact, table=table)
        text, kind, plain = self.aggregate(fact, scope)
        metric: dict = {"from": fact.name, "value": text}
        if rng.random() < 0.15 and kind == "number":
            other, other_kind, _ = self.aggregate(fact, scope)
            if other_kind == "number":
                metric["value"], plain = f"{text} {rng.choice('+-*/')} {other}", False
        if rng.random() < 0.4:
            metric["where"] = self.kind_condition(scope)
        if rng.random() < 0.65:
            forms = [WINDOWS, WINDOWS, WINDOWS, TO_DATE, BEFORE]
            metric["window"] = rng.choice(rng.choice(forms))
            if "row" in table.get("known", {}) and rng.random() < 0.3:
                metric["window"] = f"next {rng.choice(WINDOWS)}"
            if rng.random() < 0.2:
                metric["at"] = f"{fact.name}_{rng.choice(['d', 's', 'start'])}"
        if plain or (kind == "number" and rng.random() < 0.2):
            metric["empty"] = rng.choice([0, 0, "no data", 2.5])
        reached = self.reached(fact)
        if self.shape.csm and fact.owner != "csm" and rng.random() < 0.15:
            metric["via"] = {"csm": f"{fact.name}_rep"}
        if kind == "number" and rng.random() < 0.3:
            metric["better"] = rng.choice(["higher", "lower"])
        if rng.random() < 0.3:
            metric["subject"] = rng.choice([rng.choice(sorted(reached)), sorted(reached)])
        self.metrics[name] = metric
        backwards = "window" in metric and not metric["window"].startswith("next")
        self.made.append(Made(name, kind, reached, has_n=True, has_time=True, takes_previous=backwards))

    def own_metric(self, table: dict) -> None:
        """A metric over the own table of subscriptions: they belong to themselves, and are always visible."""
        rng, name = self.rng, f"m_{len(self.made)}"
        names: dict[str, list[str]] = {"date": ["as_of"]}
        for prefix, columns in (("", SUB_COLUMNS), ("account.", self.shape.columns("account"))):
            for column, kind in columns.items():
                names.setdefault("number" if kind == "integer" else kind, []).append(prefix + column)
        names["text"].append("account.a_cohort")
        scope = Scope(names, self.as_of, ["in_force()"] if "in_force" in table else [])
        forms = ["count(*)", "sum(s_seats)", "avg(s_seats)", "count(distinct s_plan)", "stddev(account.a_units)"]
        metric: dict = {"from": "subs", "value": rng.choice(forms), "empty": rng.choice([0, "no data"])}
        if rng.random() < 0.6:
            metric["where"] = self.kind_condition(scope)
        if rng.random() < 0.4:
            metric |= {"window": rng.choice([*WINDOWS, *TO_DATE]), "at": rng.choice(["s_from", "s_to"])}
        if rng.random() < 0.3:
            metric["subject"] = rng.choice(["sub", "account", "company"])
        self.metrics[name] = metric
        reached = self.shape.above("sub") | {"sub"}
        timed = "time" in table
        self.made.append(Made(name, "number", reached, True, timed, takes_previous="window" in metric))

    def aggregate(self, fact: FactTable, scope: Scope) -> tuple[str, str, bool]:
        """An aggregate, its type, and whether it is a plain sum or count (which needs `empty`)."""
        rng = self.rng

        def row(kind: str) -> str:
            return self.named(kind, scope, rng.choice([0, 0, 1, 2]))

        any_kind = rng.choice(["number", "text", "date", "boolean", "timestamp"])
        ordered = rng.choice(["number", "number", "text", "date", "timestamp"])
        forms: list[Callable[[], tuple[str, str, bool]]] = [
            lambda: ("count(*)", "number", True),
            lambda: (f"count({row(any_kind)})", "number", True),
            lambda: (f"count(distinct {row(any_kind)})", "number", True),
            lambda: (f"sum({fact.name}_{rng.choice('xk')})", "number", True),
            lambda: (f"sum({row('number')})", "number", True),
            lambda: (f"{rng.choice(['sum', 'avg', 'max', 'stddev', 'median'])}({fact.name}_huge)", "number", True),
            lambda: (f"{rng.choice(['avg', 'median', 'stddev'])}({row('number')})", "number", False),
            lambda: (f"percentile({row('number')}, {rng.choice([0, 0.1, 0.25, 0.9, 1])})", "number", False),
            lambda: (f"share({expression(rng, 'boolean', scope, 1)})", "number", False),
            lambda: self.ends(rng.choice(["min", "max"]), row, ordered),
            lambda: self.ends(rng.choice(["latest", "earliest"]), row, any_kind),
        ]
        text, kind, plain = rng.choice(forms)()
        return text, kind, plain and text.startswith(("count", "sum"))

    def ends(self, function: str, row: Callable[[str], str], kind: str) -> tuple[str, str, bool]:
        column = row(kind)
        return f"{function}({column})", self.type_of(column, kind), False

    def type_of(self, text: str, kind: str) -> str:
        """`timestamp` expressions may have fallen back to dates."""
        return kind if kind != "timestamp" or re.search(r"_s\b|a_seen|_time\b|_known\b", text) else "date"

    def formula(self, subject: str) -> None:
        rng, name = self.rng, f"m_{len(self.made)}"
        columns = rng.random() < 0.5
        scope = self.subject_scope(subject, columns=columns)
        kind = rng.choice(["number", "number", "number", "boolean", "text"])
        if list(scope.names) == ["date"]:
            return  # nothing is known of this subject
        text = self.named(kind, scope, rng.choice([1, 2, 3]))
        self.metrics[name] = {"value": text, "subject": subject}
        parts = [each for each in self.made if re.search(rf"\b{each.name}\b", text)]
        own = any(re.search(rf"\b{column}\b", text) for column in self.shape.columns(subject))
        reached = frozenset({subject}) if own or not parts else frozenset.intersection(*(p.subjects for p in parts))
        shared = re.search(r"\b(account_id|csm_id|segment)\b", text)  # columns of two subjects
        scored = SCORED.search(text)
        reached = frozenset({subject}) if scored else reached
        if subject in reached and parts and not shared and rng.random() < 0.3:
            del self.metrics[name]["subject"]  # it is computed at the lowest subject it reaches
        plain = re.sub(r"\b(ago|previous)\([^)]*\)", "", text)
        timed = any(part.has_time for part in parts if re.search(rf"\b{part.name}\b", plain))
        with_n = any(part.has_n for part in parts)
        still = takes_ago(text, parts)
        self.made.append(Made(name, kind, reached, with_n, timed, takes_previous=False, takes_ago=still))
