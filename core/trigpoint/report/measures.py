"""Why a measure has no points, or not quite its own, in words."""

from __future__ import annotations

from trigpoint.model.explanation import MeasureExplained
from trigpoint.report.values import percent, plain_number, show, words

_THEN = {
    "middle": "it counts as 50 points",
    "worst": "it counts as 0 points",
    "fail": "so there is no score",
}


def state_in_words(measure: MeasureExplained) -> str:
    """'no data; its 10 % of the weight are shared out', 'stale: newest 2026-01-02, valid for 90 days; left out'."""
    match measure.state:
        case "not applicable":
            return f"does not apply (only when {measure.when})"
        case "stale":
            then = "it counts as 0 points" if measure.when_stale == "worst" else _shared(measure)
            return f"stale: {_age(measure)}; {then}"
        case "data":
            return f"stale: {_age(measure)}; used all the same" if measure.stale else "has data"
        case "too few":
            return f"{_few(measure)}; {_then(measure)}"
        case "unscalable":
            return f"{_unscalable(measure)}; {_then(measure)}"
        case "no data":
            return f"no data; {_then(measure)}"


def _then(measure: MeasureExplained) -> str:
    return _THEN.get(measure.missing) or _shared(measure)


def _shared(measure: MeasureExplained) -> str:
    return f"its {percent(measure.share)} of the weight is shared out"


def _age(measure: MeasureExplained) -> str:
    return f"the newest fact is of {measure.newest}, valid for {measure.valid_for}"


def _few(measure: MeasureExplained) -> str:
    least = "more" if measure.min_n is None else plain_number(measure.min_n)
    return f"only {measure.n} with data, {least} are needed"


def _unscalable(measure: MeasureExplained) -> str:
    if measure.scale.kind == "choices":
        return f"'{show(measure.quantity)}' is none of the listed choices"
    if measure.scale.kind == "rank":
        return f"fewer than {measure.scale.peers} with the same {words(measure.scale.parent or '')} to compare with"
    return f"{show(measure.quantity)}, but the numbers of its scale make no scale here"
