"""Random rollups, metrics seen from below, shares of contracts, and asserts."""

from __future__ import annotations

import re

from support.random_expressions import Scope, expression
from support.random_rows import FactTable
from support.random_rules import BEFORE, TO_DATE, WINDOWS, Made, RulesMaker, takes_ago

SHARED_OUT = ["sum", "sum", "avg", "count", "share", "min", "max"]
WHOLE = [*SHARED_OUT, "median", "stddev", "percentile", "distinct"]


def rollup(rules: RulesMaker, over: str) -> None:
    """A metric over the children of one kind, in the book of whoever held them."""
    rng, name, shape = rules.rng, f"m_{len(rules.made)}", rules.shape
    scope = rules.subject_scope(over)
    if not any(scope.atoms(kind) for kind in ("number", "text", "boolean")) and len(scope.atoms("date")) == 1:
        return  # nothing is known of the children but that they are there
    metric: dict = {"over": over}
    if shape.changes_hands(over) and rng.random() < 0.6:
        once = shape.most_handovers(over) == 1  # of two handovers on one way it is not clear whose days count
        metric["holder"] = rng.choice(["end", "start", "share of days", "share of days"] if once else ["end"])
    held = metric.get("holder", "end")
    functions = SHARED_OUT if held == "share of days" else WHOLE
    text, kind = aggregate(rules, scope, functions)
    if kind == "number" and rng.random() < 0.3:
        text = f"{text} {rng.choice('+-*/')} {aggregate(rules, scope, functions, 'number')[0]}"
    metric["value"] = text
    if rng.random() < 0.4:
        metric["where"] = rules.kind_condition(scope)
    if held != "end" or rng.random() < 0.3:
        metric["window"] = rng.choice(rng.choice([WINDOWS, TO_DATE, BEFORE]))
    days = [each for each in (*scope.atoms("date"), *scope.atoms("timestamp")) if each != "as_of"]
    if "window" in metric and days and (held == "end" or rng.random() < 0.3):
        metric["at"] = rng.choice(days)
        if held == "end" and rng.random() < 0.2:
            metric["window"] = f"next {rng.choice(WINDOWS)}"
    elif held == "end":
        metric.pop("window", None)
    if over == "account" and "csm" in shape.parents(over) and rng.random() < 0.15 and "holder" not in metric:
        metric["via"] = {"csm": "csm_id"}
    reached = shape.above(over)
    if rng.random() < 0.3:
        metric["subject"] = rng.choice([rng.choice(sorted(reached)), sorted(reached)])
    rules.metrics[name] = metric
    said = " ".join(str(metric.get(key, "")) for key in ("value", "where", "at"))
    parts = [each for each in rules.made if re.search(rf"\b{each.name}\b", said)]
    plain = re.sub(r"\b(ago|previous)\([^)]*\)", "", text)
    timed = any(part.has_time for part in parts if re.search(rf"\b{part.name}\b", plain))
    still = takes_ago(said, parts)
    rules.made.append(Made(name, kind, reached, True, timed, takes_previous=False, takes_ago=still))


def aggregate(rules: RulesMaker, scope: Scope, functions: list[str], wanted: str | None = None) -> tuple[str, str]:
    """An aggregate over children, and its type."""
    rng = rules.rng
    judged = [name for name in scope.atoms("number") if name.endswith(".score")]
    if judged and rng.random() < 0.4:
        return of_scores(rules, scope, rng.choice(judged).removesuffix(".score")), "number"
    function = rng.choice(functions)
    kind = rng.choice(["number", "number", "text", "date", "boolean"])

    def row(of: str) -> str:
        return rules.named(of, scope, rng.choice([0, 0, 1, 2]))

    if function in ("min", "max"):
        kind = kind if kind in ("text", "date") and not wanted else "number"
        return f"{function}({row(kind)})", kind
    forms = {
        "count": lambda: rng.choice(["count(*)", f"count({row(kind)})"]),
        "distinct": lambda: f"count(distinct {row(kind)})",
        "share": lambda: f"share({expression(rng, 'boolean', scope, 1)})",
        "percentile": lambda: f"percentile({row('number')}, {rng.choice([0, 0.25, 0.9])})",
    }
    return forms.get(function, lambda: f"{function}({row('number')})")(), "number"


def of_scores(rules: RulesMaker, scope: Scope, card: str) -> str:
    """What books are judged by: how much of them is in which band, and how high the scores are."""
    size = rules.rng.choice(list(scope.atoms("number")))
    forms = [
        f"sum(case when {card}.band = 'low' then {size} else 0 end) / sum({size})",
        f"share({card}.band <> 'low')",
        f"avg({card}.score)",
        f"count({card}.score)",
        f"sum({card}.coverage * {size})",
        f"share({card}.outcome = 'scored')",
    ]
    return rules.rng.choice(forms)


def seen_from_below(rules: RulesMaker, fact: FactTable, subject: str) -> None:
    """A metric over facts of a parent, on the days that each subject below it looks at."""
    rng, name = rules.rng, f"m_{len(rules.made)}"
    own = {"sub": ["s_from", "s_to"], "account": ["a_start", "a_seen"]}[subject]
    day, time = f"{subject}.{rng.choice(own)}", f"{fact.name}_{rng.choice(['time', 'time', 'd'])}"
    scope = rules.row_scope(fact)
    for column, kind in rules.shape.columns(subject).items():
        scope.names.setdefault("number" if kind == "integer" else kind, []).append(f"{subject}.{column}")
    bound = rng.choice(
        [
            f"{time} >= {day}",
            f"{time} < {day}",
            f"days_between({day}, {time}) between 0 and 90",
            f"days_between({time}, {day}) <= 28",
        ]
    )
    function = rng.choice(["count(*)", "sum(%s)", "avg(%s)", "max(%s)", "count(%s)"])
    metric: dict = {"from": fact.name, "subject": subject, "empty": rng.choice([0, "no data"])}
    metric["value"] = function % rules.named("number", scope, 1) if "%" in function else function
    metric["where"] = f"{bound} and {rules.kind_condition(scope)}" if rng.random() < 0.4 else bound
    if rng.random() < 0.4:
        metric["window"] = rng.choice(rng.choice([WINDOWS, TO_DATE]))
    rules.metrics[name] = metric
    previous = "window" in metric
    rules.made.append(Made(name, "number", frozenset({subject}), True, True, takes_previous=previous))


def prorated(rules: RulesMaker, fact: FactTable) -> None:
    """What falls into a period of something that runs from a day to a day."""
    rng, name = rules.rng, f"m_{len(rules.made)}"
    unit = rng.choice(["month", "quarter", "year"])
    start, end = f"{fact.name}_start", f"{fact.name}_end"
    days = f"days_between(greatest({start}, period_start(as_of, '{unit}')), least({end}, period_end(as_of, '{unit}')))"
    value = f"sum({fact.name}_x * greatest({days} + 1, 0))"
    rules.metrics[name] = {"from": fact.name, "value": value, "empty": 0}
    rules.made.append(Made(name, "number", rules.reached(fact), True, True, takes_previous=False))


def own_rows(rules: RulesMaker, table: str, settings: dict) -> None:
    """A metric over accounts, or over who held them: they count for whoever holds the account as of the date."""
    rng, name = rules.rng, f"m_{len(rules.made)}"
    names: dict[str, list[str]] = {"date": ["as_of"]}
    columns = {key: kind for key, kind in settings["columns"].items() if key not in ("book_id", "account_id")}
    for column, kind in columns.items():
        names.setdefault("number" if kind == "integer" else kind, []).append(column)
    scope = Scope(names, rules.as_of, ["in_force()"] if "in_force" in settings else [])
    known = [column for column, kind in columns.items() if kind in ("text", "date")]
    forms = [f"count({rng.choice(known)})", f"count(distinct {rng.choice(known)})", "count(*)"]
    metric: dict = {"from": table, "value": rng.choice(forms), "empty": rng.choice([0, "no data"])}
    if rng.random() < 0.5:
        metric["where"] = rules.kind_condition(scope)
    if rng.random() < 0.4:
        metric |= {"window": rng.choice([*WINDOWS, *TO_DATE]), "at": rng.choice(scope.atoms("date")[1:])}
    rules.metrics[name] = metric
    reached = rules.shape.above("account") | {"account"}
    timed = "time" in settings
    rules.made.append(Made(name, "number", reached, True, timed, takes_previous="window" in metric))


def asserts(rules: RulesMaker, subjects: list[str]) -> dict[str, dict]:
    """Conditions that hold or do not."""
    found = {}
    for number, subject in enumerate(subjects):
        scope = rules.subject_scope(subject)
        if any(scope.atoms(kind) for kind in ("number", "text")):
            found[f"assert_{number}"] = {"subject": subject, "that": rules.kind_condition(scope), "severity": "warning"}
    return found
