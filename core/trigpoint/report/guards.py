"""Guards in words: what each did, or why it did nothing, and what its condition saw."""

from __future__ import annotations

from collections.abc import Iterator

from trigpoint.model.explanation import Explanation, GuardExplained, GuardState
from trigpoint.report.lines import Line, line
from trigpoint.report.values import plain_number, show, with_article, words

DIM = "dim"
STYLES: dict[GuardState, str] = {"acted": "red", "true": "yellow", "not judged": "yellow", "false": DIM}


def guard_lines(explanation: Explanation) -> Iterator[Line]:
    """Two lines for each guard, those that acted first: what became of it, and its condition with the values it saw."""
    width = max((len(guard.name) for guard in explanation.guards), default=0)
    for guard in sorted(explanation.guards, key=lambda each: list(STYLES).index(each.state)):
        quiet = DIM if guard.state == "false" else ""
        said = f": {guard.reason}" if guard.reason else ""
        sign, effect = _sign(explanation, guard), _acts(guard)
        yield (f"  {guard.name:<{width}}  ", quiet), (sign, STYLES[guard.state]), (f", {effect}{said}", quiet)
        seen = ", ".join(f"{name} = {show(value)}" for name, value in guard.values.items())
        yield line(f"  {'':<{width}}  if {' '.join(guard.when.split())}{f' ({seen})' if seen else ''}", DIM)


def effect_in_words(guard: GuardExplained) -> str:
    """'caps the score at 50', 'flags an opportunity'."""
    verb, rest = _effect(guard)
    return f"{verb}s {rest}"


def _acts(guard: GuardExplained) -> str:
    """What it does, or would."""
    does = guard.state == "acted" or (guard.state == "true" and guard.effect == "flag")
    return effect_in_words(guard) if does else f"would {' '.join(_effect(guard))}"


def _effect(guard: GuardExplained) -> tuple[str, str]:
    amount = "its number" if guard.amount is None else plain_number(guard.amount)
    return {
        "set": ("set", f"the score to {amount}"),
        "floor": ("lift", f"the score to at least {amount}"),
        "cap": ("cap", f"the score at {amount}"),
        "flag": ("flag", "it" if guard.kind is None else with_article(words(guard.kind))),
    }[guard.effect]


def why_unjudged(guard: GuardExplained) -> str:
    """'not judged (renewal is blank)'."""
    return f"not judged ({guard.cause or 'its condition has no data'})"


def _sign(explanation: Explanation, guard: GuardExplained) -> str:
    """What became of the guard."""
    if guard.state == "not judged":
        return why_unjudged(guard)
    if guard.state == "true" and guard.effect != "flag":
        return f"true, changes nothing ({_idle(explanation, guard)})"
    return {"acted": "acted", "true": "true", "false": "not true"}[guard.state]


def _idle(explanation: Explanation, guard: GuardExplained) -> str:
    """Why a guard whose condition is true did not move the score."""
    score, amount = explanation.score, guard.amount
    if score is None or amount is None:
        return "there is no score" if score is None else "its number has no data"
    if score == amount:
        return f"the score is {plain_number(amount)} already"
    if guard.effect == "cap" and score < amount:
        return "the score is lower already"
    if guard.effect == "floor" and score > amount:
        return "the score is higher already"
    return "another guard decides"
