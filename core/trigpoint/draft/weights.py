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
    """The middle of the weights of rulesets, the heaviest first, each with what was said.

    `firm` are the rulesets for all its CSMs; that of a role has as much say as these together. Retention has at least
    half of all weights, where the ruleset of the role, or else the first of the firm, gives it so much.
    """
    said = {name: weights_of(own_card(name)[1]) for name in (*firm, *([role] if role else ()))}
    found: dict[str, int] = {}
    whys: dict[str, str] = {}
    for group in groups:
        mean = fmean(said[name].get(group, 0) for name in firm)
        mean = fmean((mean, said[role].get(group, 0))) if role else mean
        found[group] = max(STEP, STEP * floor(mean / STEP + 0.5)) if mean else 0
        whys[group] = ", ".join(f"{name} says {weights.get(group, 0):g}" for name, weights in said.items())
    rest = sum(weight for group, weight in found.items() if group != OWNED)
    if owns_renewals(said[role or firm[0]]) and found.get(OWNED, rest) < rest:
        found[OWNED] = rest
        whys[OWNED] += ": raised to half, because they own the renewals"
    heaviest_first = sorted(found, key=lambda group: -found[group])
    return {group: {"weight": found[group], "why": whys[group]} for group in heaviest_first}


def owns_renewals(weights: Mapping[str, float]) -> bool:
    """Whether a ruleset holds its people to renewals: it gives them half of the weight or more."""
    return 2 * weights.get(OWNED, 0) >= sum(weights.values()) > 0
