"""The weights of ready-made rulesets, and the middle of what several of them say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import floor
from statistics import fmean
from typing import Any

from trigpoint.draft.ready_made import content

KPI, HEALTH = "csm_kpi", "account_health"  # the scorecards that all others are based on
CORE = "kpi/core"
OWNED = "retention"  # the group of what is owned by whoever owns renewals
ALL = 100  # what weights add up to
STEP = 5  # weights are rounded to fives: finer ones pretend to a knowledge that nobody has

Table = Mapping[str, Any]


def own_card(ruleset: str) -> tuple[str, Table]:
    """The scorecard that stands in the file of a ruleset, with its name."""
    cards: Mapping[str, Table] = content(ruleset)["scorecards"]
    return next(iter(cards.items()))


def weights_of(card: Table) -> dict[str, float]:
    """The weights of the groups of a scorecard."""
    groups = card.get("groups", {})
    return {name: each["weight"] if isinstance(each, dict) else each for name, each in groups.items()}


def enough(ruleset: str, groups: Iterable[str]) -> bool:
    """Whether the groups carry as much of the weight as a scorecard of CSMs asks for."""
    weights = weights_of(own_card(ruleset)[1])
    share: float = content(CORE)["scorecards"][KPI]["min_coverage"]
    return sum(weights.get(group, 0) for group in groups) >= share * sum(weights.values())


def mixed(firm: Sequence[str], role: str | None, groups: Iterable[str]) -> dict[str, Any]:
    """The middle of the weights of rulesets, the heaviest first, each with what was said; together they are 100.

    `firm` are the rulesets for all its CSMs; that of a role has as much say as these together. Retention has at least
    half of all weights, where the ruleset of the role, or else one of the firm, gives it so much.
    """
    said = {name: weights_of(own_card(name)[1]) for name in (*firm, *([role] if role else ()))}
    means: dict[str, float] = {}
    for group in groups:
        mean = fmean(said[name].get(group, 0) for name in firm)
        means[group] = fmean((mean, said[role].get(group, 0))) if role else mean
    whys = {group: ", ".join(f"{name} says {each.get(group, 0):g}" for name, each in said.items()) for group in means}
    total = sum(means.values())
    least = ALL / 2 if OWNED in means and any(owns_renewals(said[name]) for name in ([role] if role else firm)) else 0
    if total and means.get(OWNED, 0) / total < least / ALL and total > means[OWNED]:
        means[OWNED] = total - means[OWNED]
        whys[OWNED] += ": raised to half, because they own the renewals"
    found = in_fives(means, {OWNED: round(least)})
    heaviest_first = sorted(found, key=lambda group: -found[group])
    return {group: {"weight": found[group], "why": whys[group]} for group in heaviest_first}


def in_fives(weights: Mapping[str, float], least: Mapping[str, int]) -> dict[str, int]:
    """Weights in fives that are 100 together, as near to these as may be: what weighs anything keeps a five."""
    total = sum(weights.values())
    exact = {name: ALL * weight / total for name, weight in weights.items() if weight}
    found = {name: max(STEP, least.get(name, 0), STEP * floor(each / STEP)) for name, each in exact.items()}
    while exact and sum(found.values()) < ALL:
        found[max(exact, key=lambda name: exact[name] - found[name])] += STEP
    while sum(found.values()) > ALL:
        lowered = [name for name in exact if found[name] > max(STEP, least.get(name, 0))]
        found[max(lowered, key=lambda name: found[name] - exact[name])] -= STEP
    return {name: found.get(name, 0) for name in weights}


def owns_renewals(weights: Mapping[str, float]) -> bool:
    """Whether a ruleset holds its people to renewals: it gives them half of the weight or more."""
    return 2 * weights.get(OWNED, 0) >= sum(weights.values()) > 0
