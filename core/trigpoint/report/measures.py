"""Why a measure has no points, or not quite its own, in words."""

from __future__ import annotations

from trigpoint.model.explanation import MeasureExplained
from trigpoint.report.values import percent, show, show_value, words

_THEN = {"middle": "it counts as 50 points", "worst": "it counts as 0 points"}


def state_in_words(measure: MeasureExplained, is_scored: bool = True) -> str:
    """'no data: seats is blank; its 10 % of the weight is shared out', 'stale: the newest fact is of ...; ...'.

    `is_scored` is whether there is a score by the measures: without one no weight is shared out.
    """
    then = _then(measure, is_scored)
    match measure.state:
        case "not applicable":
            return f"does not apply (only when {measure.when})"
        case "stale":
            return f"stale: {_age(measure)}; {then}"
        case "data":
            return f"stale: {_age(measure)}; used all the same" if measure.stale else "has data"
        case "too few":
            return f"too few: {measure.cause or 'not enough rows with data'}; {then}"
        case "unscalable":
            return f"{_unscalable(measure)}; {then}"
        case "no data":
            return f"no data{f': {measure.cause}' if measure.cause else ''}; {then}"


def _then(measure: MeasureExplained, is_scored: bool) -> str:
    weight = percent(measure.share)
    rule = measure.when_stale if measure.state == "stale" else measure.missing
    if rule == "fail":
        return "so there is no score"
    if not is_scored:
        return f"{weight} of the weight is missing"
    return _THEN.get(rule or "") or f"its {weight} of the weight is shared out"


def _age(measure: MeasureExplained) -> str:
    return f"the newest fact is of {measure.newest}, valid for {measure.valid_for}"


def _unscalable(measure: MeasureExplained) -> str:
    if measure.cause:
        return measure.cause if measure.scale.kind == "choices" else f"no points: {measure.cause}"
    if measure.scale.kind == "rank":
        return f"fewer than {measure.scale.peers} with the same {words(measure.scale.parent or '')} to compare with"
    knots = [knot.at for knot in measure.scale.knots]
    if len(knots) == 2 and knots[0] == knots[1]:
        return f"{show(measure.quantity)}, but its scale begins and ends at {show_value(knots[0])}"
    return f"{show(measure.quantity)}, but the numbers of its scale make no scale here"
