"""Random rulesets, as the tables that TOML files are read into; made so that `check` accepts them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from random import Random

from attrs import field, frozen

from support.random_expressions import Scope, expression
from support.random_rows import ACCOUNT_COLUMNS, CSM_COLUMNS, SEGMENT_COLUMNS, SUB_COLUMNS, FactTable

WINDOWS = ["1 day", "7 days", "28 days", "2 weeks", "1 month", "3 months", "1 quarter", "6 months", "1 year", "2 years"]
TO_DATE = ["month to date", "quarter to date", "year to date"]
BEFORE = ["previous month", "previous quarter", "previous year"]
AGO = ["1 day", "30 days", "1 month", "12 months", "1 year", "month to date", "quarter to date", "previous quarter"]
REAL_NAME = re.compile(r"\b(m_\d+|f\d+_\w+|[ascg]_\w+|account_id|csm_id|sub_id|segment|points)\b")
TEXT = re.compile(r"'(?:[^']|'')*'")


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


@frozen
class RulesMaker:
    """Makes subjects, tables, metrics and scorecards; `made` are the metrics so far."""

    rng: Random
    as_of: dt.date
    facts: tuple[FactTable, ...]
    metrics: dict[str, dict] = field(factory=dict)
    made: list[Made] = field(factory=list)
    with_csm: bool = True
    with_segment: bool = True

    # -- subjects and tables

    def subjects(self) -> dict[str, dict]:
        rng = self.rng
        parents = {"csm": "csm_id"} if self.with_csm else {}
        if self.with_segment:
            parents["segment"] = "segment"
        account: dict = {"table": "accounts", "key": "account_id", "label": "a_name", "parents": parents}
        if rng.random() < 0.3:
            account["since"] = rng.choice(["a_start", "a_seen"])
        if rng.random() < 0.2:
            account["young"] = rng.choice(["count", "no data"])
        found = {"account": account, "sub": {"table": "subs", "key": "sub_id", "parents": {"account": "account_id"}}}
        if self.with_csm:
            found["csm"] = {"table": "csms", "key": "csm_id", "label": "c_name"}
            if rng.random() < 0.3:
                found["csm"]["since"] = "c_start"
        if self.with_segment:
            found["segment"] = {"table": "segments", "key": "segment"}
        return found

    def tables(self) -> dict[str, dict]:
        rng = self.rng
        found = {
            "accounts": {"columns": dict(ACCOUNT_COLUMNS), "key": ["account_id"]},
            "subs": {"columns": dict(SUB_COLUMNS), "key": ["sub_id"]},
        }
        if self.with_csm:
            found["csms"] = {"columns": dict(CSM_COLUMNS), "key": ["csm_id"]}
        if self.with_segment:
            found["segments"] = {"columns": dict(SEGMENT_COLUMNS)}
        if rng.random() < 0.5:
            found["subs"]["time"] = "s_from"
        if rng.random() < 0.5:
            found["subs"]["in_force"] = {"from": "s_from", "to": "s_to", "to_is": self.to_is()}
        found["accounts"]["derived"] = {"a_cohort": f"period(a_start, '{rng.choice(['month', 'quarter', 'year'])}')"}
        for fact in self.facts:
            found[fact.name] = self.fact_table(fact)
        return found

    def to_is(self) -> str:
        return self.rng.choice(["last day", "first day without"])

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
            table["in_force"] = {"from": f"{name}_start", "to": f"{name}_end", "to_is": self.to_is()}
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
        return Scope(names, self.as_of, whens)

    def owners(self, fact: FactTable) -> list[tuple[str, dict[str, str]]]:
        if fact.owner == "csm":
            return [("csm", CSM_COLUMNS)]
        up = [("account", ACCOUNT_COLUMNS)] + ([("csm", CSM_COLUMNS)] if self.with_csm else [])
        return [("sub", SUB_COLUMNS), *up] if fact.owner == "sub" else up

    def own_columns(self, subject: str) -> dict[str, str]:
        known = {"account": ACCOUNT_COLUMNS, "sub": SUB_COLUMNS, "csm": CSM_COLUMNS, "segment": SEGMENT_COLUMNS}
        return known.get(subject, {})

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
        for column, kind in self.own_columns(subject).items() if columns else ():
            names.setdefault("number" if kind == "integer" else kind, []).append(column)
        return Scope(names, self.as_of)

    # -- metrics

    def reached(self, fact: FactTable) -> frozenset[str]:
        up = {"company"}
        if fact.owner in ("account", "sub"):
            up |= {"account"} | ({"csm"} if self.with_csm else set()) | ({"segment"} if self.with_segment else set())
        return frozenset(up | {fact.owner})

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
        if self.with_csm and fact.owner != "csm" and rng.random() < 0.15:
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
        for prefix, columns in (("", SUB_COLUMNS), ("account.", ACCOUNT_COLUMNS)):
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
        reached = frozenset({"sub", "account", "company"} | ({"csm"} if self.with_csm else set()))
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
        own = any(re.search(rf"\b{column}\b", text) for column in self.own_columns(subject))
        reached = frozenset({subject}) if own or not parts else frozenset.intersection(*(p.subjects for p in parts))
        shared = re.search(r"\b(account_id|csm_id|segment)\b", text)  # columns of two subjects
        if subject in reached and parts and not shared and rng.random() < 0.3:
            del self.metrics[name]["subject"]  # it is computed at the lowest subject it reaches
        plain = re.sub(r"\b(ago|previous)\([^)]*\)", "", text)
        timed = any(part.has_time for part in parts if re.search(rf"\b{part.name}\b", plain))
        with_n = any(part.has_n for part in parts)
        still = "ago(" not in text and all(part.takes_ago for part in parts)  # ago() does not nest
        self.made.append(Made(name, kind, reached, with_n, timed, takes_previous=False, takes_ago=still))
