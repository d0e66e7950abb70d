"""An explanation for people: what it is, what cost most, how it comes about, what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import asdict

from trigpoint.model.explanation import (
    ConditionExplained,
    Explanation,
    MeasureExplained,
    ReasonExplained,
)
from trigpoint.report.books import (
    behind_lines,
    gate_in_words,
    gated,
    one_more_lines,
    title_of,
    unjudged_gate_in_words,
)
from trigpoint.report.guards import effect_in_words, guard_lines, why_unjudged
from trigpoint.report.lines import Line, line
from trigpoint.report.measures import state_in_words
from trigpoint.report.scales import scale_in_words
from trigpoint.report.trees import tree_lines
from trigpoint.report.values import percent, plain_number, points, show, show_day, trace, with_article, words

FORMAT = 1
MOST_REASONS = 5
BAD, GOOD, DIM, BOLD = "red", "green", "dim", "bold"


def explanation_as_json(explanation: Explanation, origin: bool = False) -> dict[str, object]:
    """All records as they are; places of settings only where asked for."""
    fields = asdict(explanation, filter=lambda attribute, _: origin or attribute.name != "origins")
    return {"format": FORMAT, **fields, "as_of": explanation.as_of.isoformat()}


def explanation_lines(explanation: Explanation, origin: bool = False, width: int | None = None) -> Iterator[Line]:
    """The whole page; the tree is made to fit `width`, if one is given."""
    yield from _head(explanation)
    yield from _why(explanation)
    if explanation.members:
        yield line()
        yield line("How the score comes about", BOLD)
        yield from tree_lines(explanation, width)
    yield from _one_more(explanation)
    yield from _guards(explanation)
    yield from _unknown(explanation)
    if origin:
        yield from _origins(explanation)


def _head(explanation: Explanation) -> Iterator[Line]:
    who = explanation.label if explanation.label == explanation.key else f"{explanation.label} ({explanation.key})"
    if explanation.outcome == "scored":
        band = f"{words(explanation.band)}, " if explanation.band else ""
        yield (f"{who}: ", BOLD), (f"{band}{points(explanation.score)} of 100", f"{BOLD} {_colour(explanation)}")
    else:
        yield (f"{who}: ", BOLD), (f"{words(explanation.outcome)}, no score", f"{BOLD} yellow")
    title = explanation.text.title or words(explanation.scorecard)
    known = f" · {percent(explanation.coverage)} of the weight has data" if explanation.coverage is not None else ""
    published = f" · {explanation.published}" if explanation.published else ""
    yield line(f"{title} as of {show_day(explanation.as_of)}{published}{known}", DIM)
    if explanation.bands:
        edges = sorted(explanation.bands.items(), key=lambda each: -each[1])
        yield line(" · ".join(f"{words(name)} from {plain_number(edge)}" for name, edge in edges), DIM)


def _colour(explanation: Explanation) -> str:
    """The lowest band is bad, the highest good, whatever they are called."""
    names = sorted(explanation.bands, key=lambda name: explanation.bands[name])
    if explanation.band not in names or len(names) < 2:
        return ""
    place = names.index(explanation.band)
    return BAD if place == 0 else GOOD if place == len(names) - 1 else "yellow"


def _why(explanation: Explanation) -> Iterator[Line]:
    if sentences := list(_sentences(explanation)):
        yield line()
        yield from map(line, sentences)
    if not explanation.reasons:
        return
    yield line()
    yield line("What costs most", BOLD)
    measures = {measure.name: measure for measure in explanation.measures}
    for reason in explanation.reasons[:MOST_REASONS]:
        yield from _reason(reason, measures.get(reason.name))
    if rest := explanation.reasons[MOST_REASONS:]:
        lost = sum(reason.lost for reason in rest)
        yield line(f"  {f'-{points(lost)}':>6}  {len(rest)} more", DIM)


def _reason(reason: ReasonExplained, measure: MeasureExplained | None) -> Iterator[Line]:
    yield (f"  {f'-{points(reason.lost)}':>6}  ", BAD), (reason.text, BOLD)
    if measure is None:
        return
    if measure.points is None:
        yield line(f"          {state_in_words(measure)}")
    else:
        scale = scale_in_words(measure.scale, measure.quantity)
        yield line(f"          {trace(measure.quantity)} gives {points(measure.points)} points ({scale})")
        yield from (line(f"          {text}") for text in behind_lines(measure))
    if measure.text.why:
        yield line(f"          {measure.text.why}", DIM)
    if reason.advice:
        yield line(f"          → {reason.advice}")


def _sentences(explanation: Explanation) -> Iterator[str]:
    """What a person says first."""
    before = explanation.score_before_guards
    for guard in explanation.guards:
        if guard.state == "acted":
            was = "there was no score before" if before is None else f"it is {points(before)} by the measures"
            yield f"{guard.reason or words(guard.name)}: {effect_in_words(guard)}; {was}."
    yield from (gate_in_words(group) for group in gated(explanation.members) if group.gate and group.gate.closed)
    if explanation.held:
        yield (
            f"By its points it would be {words(_plain_band(explanation))}; but the run before said "
            f"{words(explanation.band_before or '')}, and an edge must be passed by {plain_number(explanation.hold)} points."
        )
    yield from _OUTCOMES.get(explanation.outcome, lambda _: ())(explanation)


def _plain_band(explanation: Explanation) -> str:
    """The band by the edges alone, without `hold`."""
    rising = sorted(explanation.bands, key=lambda name: explanation.bands[name])
    reached = [name for name in rising if (explanation.score or 0.0) >= explanation.bands[name]]
    return reached[-1] if reached else rising[0]


def _not_eligible(explanation: Explanation) -> Iterator[str]:
    if not explanation.in_force:
        subject = words(explanation.subject)
        yield f"No row of this {subject} is in force on {show_day(explanation.as_of)}."
    elif condition := explanation.eligible:
        subject = with_article(words(explanation.subject))
        yield f"Only {subject} with {condition.text} is scored; here {_values(condition)}."


def _not_applicable(explanation: Explanation) -> Iterator[str]:
    if condition := explanation.when:
        yield f"This scorecard is for {condition.text}; here {_values(condition)}."
    if explanation.applies_instead:
        yield f"Of its family the scorecard {explanation.applies_instead} is used here."


def _insufficient(explanation: Explanation) -> Iterator[str]:
    needed = [measure for measure in explanation.measures if measure.missing == "fail" and measure.points is None]
    for measure in needed:
        yield f"Without {title_of(measure)} there is no score: {measure.cause or state_in_words(measure, is_scored=False)}."
    if explanation.min_coverage and (explanation.coverage or 0) < explanation.min_coverage:
        least = percent(explanation.min_coverage)
        yield f"Only {percent(explanation.coverage)} of the weight has data; {least} are needed for a score."
    elif not needed:
        yield "No measure has data."


def _failed(explanation: Explanation) -> Iterator[str]:
    if explanation.failures:
        yield "Metrics that it needs failed, so nobody is scored by it:"
        yield from explanation.failures
        return
    yield "Two scorecards of its family with the same priority apply, so none is used: give one a lower priority."


_OUTCOMES = {
    "not_eligible": _not_eligible,
    "not_applicable": _not_applicable,
    "insufficient_data": _insufficient,
    "error": _failed,
}


def _values(condition: ConditionExplained) -> str:
    return ", ".join(f"{name} is {show(value)}" for name, value in condition.values.items()) or "it is not so"


def _guards(explanation: Explanation) -> Iterator[Line]:
    if explanation.guards:
        yield line()
        yield line("Guards", BOLD)
        yield from guard_lines(explanation)


def _one_more(explanation: Explanation) -> Iterator[Line]:
    if found := list(one_more_lines(explanation)):
        yield line()
        yield line("What one more would do, of average size", BOLD)
        yield from (line(f"  {text}") for text in found)


def _unknown(explanation: Explanation) -> Iterator[Line]:
    """What a reader should not take for granted."""
    is_scored = explanation.score_before_guards is not None
    found = [
        f"{title_of(each)}: {state_in_words(each, is_scored)}"
        for each in explanation.measures
        if each.state != "data" or each.stale
    ]
    found += [f"guard {each.name}: {why_unjudged(each)}" for each in explanation.guards if each.state == "not judged"]
    open_gates = (group for group in gated(explanation.members) if group.gate and group.gate.closed is None)
    found += [unjudged_gate_in_words(group) for group in open_gates]
    found += explanation.findings
    if found:
        yield line()
        yield line("What is not known", BOLD)
        yield from (line(f"  {text}", "yellow") for text in found)


def _origins(explanation: Explanation) -> Iterator[Line]:
    yield line()
    yield line("Where the settings come from", BOLD)
    places = [(explanation.scorecard, explanation.origins)]
    places += [(measure.name, measure.origins) for measure in explanation.measures]
    places += [(guard.name, guard.origins) for guard in explanation.guards]
    for name, origins in places:
        yield from (line(f"  {name}{setting}: {place}") for setting, place in _places(origins))


def _places(origins: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The place of the whole, and of those settings that come from elsewhere: another layer, or the metric."""
    whole = origins.get("")
    if whole:
        yield "", whole
    for setting, place in origins.items():
        if setting and place != whole:
            yield f".{setting}", place
