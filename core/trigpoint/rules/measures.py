"""Measures of a scorecard: a metric or a small formula, a scale, and what it weighs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from attrs import evolve, frozen

from trigpoint.model.expression import Expression, MetricValue, number
from trigpoint.model.scorecard import Combine, Linear, Measure, Missing, Stale
from trigpoint.model.window import Length
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.reaching import refuse_unreached
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.scales import read_scale
from trigpoint.rules.scopes import AtSubject, parts

_WORTH = "worth = 15, or worth = [-30, 20]"
_NO_SCALE = Linear(number(0), number(100))  # stands in until the scale is read


@frozen
class Setup:
    """What the measures of a scorecard have in common."""

    at: AtSubject
    combine: Combine
    groups: Collection[str]


def read_measure(name: str, reader: Reader, setup: Setup) -> Measure:
    """One measure. Raises Unusable when all that is wrong with it was told."""
    faults = len(reader.problems.found)
    measure: Measure | None = None
    with going_on():
        measure = _scored(name, reader, setup)
    settings: dict[str, Any] = {}
    for read in (_membership, _weight, _application, _words):
        with going_on():
            settings |= read(reader, setup)
    if measure is None or len(reader.problems.found) > faults:
        raise Unusable
    return evolve(measure, **settings)


def _scored(name: str, reader: Reader, setup: Setup) -> Measure:
    """The measure's value with its scale, and what the value must be to count."""
    value = _value(reader, setup)
    scale, measure = None, Measure(name, value, _NO_SCALE, metric=reader.text("metric"))
    with going_on():
        parents = setup.at.draft.subjects[setup.at.subject].parents
        scale = read_scale(reader, setup.at, value.type, _better(reader, value, setup), parents)
    with going_on():
        measure = evolve(measure, min_n=_min_n(reader, value, setup))
    with going_on():
        valid_for, stale = _validity(reader, value, setup)
        measure = evolve(measure, valid_for=valid_for, stale=stale)
    if scale is None:
        raise Unusable
    return evolve(measure, scale=scale)


def _membership(reader: Reader, setup: Setup) -> dict[str, Any]:
    return {"group": reader.name("group", setup.groups, "group")}


def _application(reader: Reader, setup: Setup) -> dict[str, Any]:
    return {"when": setup.at.read(reader, "when", "boolean")}


def _words(reader: Reader, _setup: Setup) -> dict[str, Any]:
    missing: Missing | None = None
    return {"missing": reader.word("missing", missing), "reason": reader.text("reason"), "text": reader.words()}


def _value(reader: Reader, setup: Setup) -> Expression:
    given = [key for key in ("metric", "value") if reader.has(key)]
    if len(given) != 1:
        text = f"{reader.what} needs a metric or a value, " + ("not both" if given else "it has neither")
        place = reader.setting.table["value"].key if given else reader.setting.key
        reader.refuse("TP155", text, place, 'write metric = "name", or value = "formula"')
    if given == ["value"]:
        return cast(Expression, setup.at.read(reader, "value", "any"))
    draft = setup.at.draft
    name = cast(str, reader.name("metric", draft.declared("metrics"), "metric"))
    if ("metric", name) in draft.broken:
        raise Unusable
    metric = draft.metrics[name]
    if name not in setup.at.scope.metrics:
        refuse_unreached(draft, reader, metric, setup.at.subject, reader.place("metric"))
    return Expression(name, MetricValue(name, type=metric.type), metric.type)


def _weight(reader: Reader, setup: Setup) -> dict[str, Any]:
    """The weight, or in a sum scorecard the worth."""
    wrong, right, example = ("weight", "worth", _WORTH) if setup.combine == "sum" else ("worth", "weight", "weight = 2")
    if reader.has(wrong):
        text = f"'{wrong}' has no meaning in a scorecard with combine = \"{setup.combine}\""
        reader.refuse("TP146", text, reader.setting.table[wrong].key, f"write {example}")
    if right == "weight":
        return {"weight": weight_of(reader)}
    found = reader.need("worth", f"write {_WORTH}")
    low, high = [reader.finite(each, "worth") for each in found.items] or [0.0, reader.finite(found, "worth")]
    if low > high:
        text = "'worth' runs upwards: what 0 points are worth, then what 100 points are worth"
        reader.refuse("TP145", text, found.place, f"write worth = [{high:g}, {low:g}]")
    return {"worth": (low, high)}


def weight_of(reader: Reader) -> float:
    """The weight of a measure or group; 1 by default."""
    weight = reader.number("weight", 1.0)
    if weight < 0:
        hint = "turn the scale around where less is better"
        reader.refuse("TP145", f"the weight of {reader.what} is negative", reader.place("weight"), hint)
    return weight


def _better(reader: Reader, value: Expression, setup: Setup) -> str | None:
    default: str | None = None
    own = reader.word("better", default)
    if own is None and isinstance(value.tree, MetricValue):
        return setup.at.draft.metrics[value.tree.metric].better
    return own


def _min_n(reader: Reader, value: Expression, setup: Setup) -> Expression | None:
    least = setup.at.read(reader, "min_n", "number")
    if least is not None and not counted(value, setup.at.draft):
        text = f"the value of {reader.what} has no n: it comes from columns of the subject alone"
        reader.refuse("TP151", text, reader.setting.table["min_n"].key, "leave min_n out")
    if least is not None and isinstance(least.constant, float) and (least.constant < 1 or least.constant % 1):
        text = f"'min_n' is how many there must be at least: {least.constant:g} is no number of rows"
        reader.refuse("TP151", text, reader.place("min_n"), "write a whole number from 1 on")
    return least


def counted(value: Expression, draft: Draft) -> bool:
    """Whether a value has an n: facts are counted behind it, not columns of the subject alone."""
    return any(draft.traits[node.metric].counted for node in parts(value))


def _validity(reader: Reader, value: Expression | None, setup: Setup) -> tuple[Length | None, Stale | None]:
    length = reader.length("valid_for")
    default: Stale | None = None
    stale = reader.word("stale", default)
    if length is None:
        if stale is not None:
            reader.refuse("TP130", "'stale' has no meaning without 'valid_for'", reader.setting.table["stale"].key)
        return None, None
    if stale is None:
        hint = 'write stale = "keep" (and flag it), "skip" or "worst"'
        reader.refuse("TP107", "'valid_for' needs 'stale': what happens to old facts", reader.place("valid_for"), hint)
    if value is not None and not _dated(value, setup.at.draft):
        text = f"the value of {reader.what} has no age: none of its facts has a time"
        reader.refuse(
            "TP152", text, reader.setting.table["valid_for"].key, "leave valid_for out, or name the table's time"
        )
    return length, stale


def _dated(value: Expression, draft: Draft) -> bool:
    """Whether facts with a time stand behind a value, looked at as of the as-of date itself."""
    return any(draft.traits[node.metric].dated for node in parts(value) if not node.shift)
