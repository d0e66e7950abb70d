"""Random expressions of the rule language, typed so that they bind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from random import Random

from attrs import field, frozen

TEXTS = ("red", "yellow", "green", "Grün", "Ärger", "çok İyi", "", " pad ", "it''s", "日本", "ß", "𝔘")
PERIODS = ("month", "quarter", "year")


@frozen
class Scope:
    """The names that may be used somewhere, by type; `whens` are conditions that are ready to use, as `in_force()`."""

    names: Mapping[str, Sequence[str]]
    around: dt.date = dt.date(2026, 3, 31)
    whens: Sequence[str] = field(default=())

    def atoms(self, kind: str) -> Sequence[str]:
        return self.names.get(kind, ())


def literal(rng: Random, kind: str, scope: Scope) -> str:
    """A constant, as it is written."""
    if kind == "number":
        return rng.choice([str(rng.randint(0, 12)), str(rng.randint(1, 400) / 4), "0", "1", "100"])
    if kind == "text":
        return f"'{rng.choice(TEXTS)}'"
    if kind == "boolean":
        return rng.choice(["true", "false"])
    if kind == "date":
        return f"date '{scope.around + dt.timedelta(days=rng.randint(-400, 30))}'"
    return rng.choice(list(scope.atoms("timestamp")))  # a moment has no literal


def expression(rng: Random, kind: str, scope: Scope, depth: int = 2) -> str:
    """A random expression of a type."""
    if kind == "timestamp" and not scope.atoms("timestamp"):
        kind = "date"
    if depth <= 0 or rng.random() < 0.25:
        atoms = scope.atoms(kind)
        return rng.choice(list(atoms)) if atoms and rng.random() < 0.8 else literal(rng, kind, scope)
    if kind == "date" and rng.random() < 0.3:
        day = expression(rng, rng.choice(["date", "timestamp"]), scope, depth - 1)
        return f"period_{rng.choice(['start', 'end'])}({day}, '{rng.choice(PERIODS)}')"
    if kind in ("date", "timestamp") or rng.random() < 0.25:
        return either(rng, kind, scope, depth - 1)
    return {"number": number, "text": text, "boolean": condition}[kind](rng, scope, depth - 1)


def either(rng: Random, kind: str, scope: Scope, depth: int) -> str:
    """What works for every type: one of several values."""
    one, other = expression(rng, kind, scope, depth), expression(rng, kind, scope, depth)
    when = expression(rng, "boolean", scope, depth)
    form = rng.randrange(5)
    if form == 0:
        return f"coalesce({one}, {other})"
    if form == 1:
        return f"nullif({one}, {other})"
    if form == 2 and kind not in ("boolean", "text"):
        return f"{rng.choice(['least', 'greatest'])}({one}, {other})"
    if form == 3:
        return f"case when {when} then {one} end"
    return f"case when {group(one)} is null then {other} when {when} then {one} else {other} end"


def number(rng: Random, scope: Scope, depth: int) -> str:
    """Arithmetic and the functions that give numbers."""

    def sub(kind: str = "number") -> str:
        return expression(rng, kind, scope, depth)

    forms = [
        lambda: f"({sub()} {rng.choice('+-*')} {sub()})",
        lambda: f"({sub()} {rng.choice('+-*')} {sub()})",
        lambda: f"{sub()} / {group(sub())}",
        lambda: f"abs({sub()})",
        lambda: f"-{group(sub())}",
        lambda: f"round({sub()}, {rng.randint(0, 4)})",
        lambda: f"round({sub()})",
        lambda: f"ln({sub()})",
        lambda: f"sqrt({sub()})",
        lambda: f"power({sub()}, {rng.choice(['2', '3', '0.5', '-1'])})",
        lambda: f"length({sub('text')})",
        lambda: f"days_between({sub('date')}, {sub(rng.choice(['date', 'timestamp']))})",
        lambda: f"days_since({sub(rng.choice(['date', 'timestamp']))})",
        lambda: f"days_until({sub('date')})",
        lambda: f"hours_between({sub('timestamp')}, {sub('date')})",
        lambda: f"months_between({sub('date')}, {sub('date')})",
        lambda: f"weekday({sub(rng.choice(['date', 'timestamp']))})",
    ]
    return rng.choice(forms)()


def text(rng: Random, scope: Scope, depth: int) -> str:
    """The functions that give text."""

    def sub(kind: str = "text") -> str:
        return expression(rng, kind, scope, depth)

    forms = [
        lambda: f"lower({sub()})",
        lambda: f"upper({sub()})",
        lambda: f"trim({sub()})",
        lambda: f"concat({sub()}, {sub()})",
        lambda: f"period({sub(rng.choice(['date', 'timestamp']))}, '{rng.choice(PERIODS)}')",
    ]
    return rng.choice(forms)()


def condition(rng: Random, scope: Scope, depth: int) -> str:
    """Comparisons and logic."""
    kind = rng.choice(["number", "number", "number", "text", "date", "timestamp"])

    def sub(of: str | None = None) -> str:
        return expression(rng, of or kind, scope, depth)

    compare = rng.choice(["=", "<>", "<", "<=", ">", ">="])
    negated = rng.choice(["", "not "])
    forms = [
        lambda: f"{group(sub())} {compare} {group(sub())}",
        lambda: f"{group(sub())} {compare} {group(sub())}",
        lambda: f"{group(sub())} {negated}between {group(sub())} and {group(sub())}",
        lambda: f"{group(sub())} {negated}in ({sub()}, {sub()})",
        lambda: f"{group(sub())} is {negated}null",
        lambda: f"({sub('boolean')} and {sub('boolean')})",
        lambda: f"({sub('boolean')} or {sub('boolean')})",
        lambda: f"not ({sub('boolean')})",
        lambda: f"{rng.choice(['contains', 'starts_with'])}({sub('text')}, {sub('text')})",
        lambda: f"{group(sub('boolean'))} = {rng.choice(['true', 'false'])}",
        *[lambda: rng.choice(list(scope.whens)) for _ in scope.whens],
    ]
    return rng.choice(forms)()


def group(part: str) -> str:
    """In parentheses, unless it is a plain name or number."""
    return part if part.replace("_", "").replace(".", "").isalnum() else f"({part})"
