"""Guards: what their conditions saw, which of them hold, and which of them decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trigpoint.explain.causes import Causes
from trigpoint.explain.levels import Levels
from trigpoint.explain.origins import origins_under
from trigpoint.explain.quantities import values_read
from trigpoint.model.explanation import Effect, GuardExplained, GuardState
from trigpoint.model.expression import Expression
from trigpoint.model.scorecard import Guard, Scorecard
from trigpoint.store import ScoreRow


def guards_of(card: Scorecard, row: ScoreRow, causes: Causes) -> tuple[GuardExplained, ...]:
    """All guards in order of declaration."""
    deciding = set(_deciding(card.guards, causes.facts.levels, row))
    return tuple(_guard(card, guard, row, causes, guard.name in deciding) for guard in card.guards)


def _guard(card: Scorecard, guard: Guard, row: ScoreRow, causes: Causes, decided: bool) -> GuardExplained:
    ruleset, levels = causes.facts.ruleset, causes.facts.levels
    effect, number = _effect(guard)
    read = values_read(ruleset, guard.when, levels)
    if number is not None and number.constant is None:
        read |= values_read(ruleset, number, levels)
    state = _state(guard.name, levels, row, decided)
    return GuardExplained(
        name=guard.name,
        when=guard.when.text,
        effect=effect,
        amount=_amount(guard.name, effect, number, levels),
        state=state,
        cause=causes.of_guard(guard, number, read) if state == "not judged" else None,
        reason=guard.reason,
        kind=guard.kind,
        values=read,
        origins=origins_under(ruleset, ("scorecards", card.name, "guards", guard.name)),
    )


def _effect(guard: Guard) -> tuple[Effect, Expression | None]:
    if guard.set is not None:
        return "set", guard.set
    if guard.floor is not None:
        return "floor", guard.floor
    return ("cap", guard.cap) if guard.cap is not None else ("flag", None)


def _amount(name: str, effect: Effect, number: Expression | None, levels: Levels) -> float | None:
    if number is None:
        return None
    constant = number.constant
    return float(constant) if isinstance(constant, int | float) else levels.number(f"{effect}__{name}")


def _state(name: str, levels: Levels, row: ScoreRow, decided: bool) -> GuardState:
    if name in row.unjudged:
        return "not judged"
    if decided:
        return "acted"
    return "true" if name in row.guards or levels.truth(f"guard__{name}") else "false"


def _deciding(guards: Sequence[Guard], levels: Levels, row: ScoreRow) -> Iterator[str]:
    """Lowest set, then highest floor, then lowest cap: those that moved the score on its way."""
    holding = [guard for guard in guards if guard.name in row.guards]
    score = row.score_before_guards
    for effect in ("set", "floor", "cap"):
        amounts = {
            guard.name: amount
            for guard in holding
            if _effect(guard)[0] == effect
            and (amount := _amount(guard.name, effect, _effect(guard)[1], levels)) is not None
        }
        if not amounts or (score is None and effect != "set"):
            continue
        name = (max if effect == "floor" else min)(amounts, key=lambda each: amounts[each])
        moves = score is None or {"set": amounts[name] != score, "floor": amounts[name] > score}.get(
            effect, amounts[name] < score
        )
        if moves:
            score = amounts[name]
            yield name
