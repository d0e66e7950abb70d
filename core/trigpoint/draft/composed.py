"""From answers to rules: the layers whose data exist, and scorecards with the weights of the rulesets that fit.

Nothing here is an opinion: each weight and threshold is taken from a ready-made ruleset, and where several speak, the
middle of theirs is written down with what each says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from trigpoint.draft.answers import Answers
from trigpoint.draft.names import slug, unique
from trigpoint.draft.ready_made import content, standing_on, tables_of
from trigpoint.draft.toml_text import comment, key, value_text
from trigpoint.resources import bundled_names
from trigpoint.rules.files import BUNDLED

ALWAYS = frozenset({"accounts", "csms", "contracts"})  # without these there is nobody to judge, and nothing to keep
CATALOGUE, PARTS = "catalogue/", ("health/", "kpi/")  # the folders of the parts that rulesets are made of
GOALS = {"retention": "retention-first", "expansion": "expansion"}
ROLES = {"onboarding": "onboarding-specialist", "pooled": "pooled-csm", "strategic": "strategic-csm"}
KPI, HEALTH = "csm_kpi", "account_health"  # the scorecards that the others are based on
OWNED = "retention"  # the group of what is owned by whoever owns renewals
STEP = 5  # weights are rounded to fives: finer ones pretend to a knowledge that nobody has

Table = Mapping[str, Any]


@frozen
class Composed:
    """The layers of `rules`, the text of the rules to review, and what was left out for want of data."""

    layers: tuple[str, ...]
    review: str
    left_out: tuple[str, ...]


def composed(answers: Answers) -> Composed:
    """The rules for some answers."""
    rulesets = rulesets_of(answers)
    parts = _usable(answers)
    groups = _members(parts, KPI, "groups")
    cards = _kpi_cards(answers, groups)
    weighed = {group for card in cards.values() for group, each in card["groups"].items() if each["weight"]}
    parts = [each for each in parts if _weighs(each, weighed)]
    for card in cards.values():
        card["groups"] = {name: each for name, each in card["groups"].items() if name in _members(parts, KPI, "groups")}
    cards |= _health_cards(answers, parts)
    below = {each for name in parts for each in standing_on(name) if each != name}
    layers = tuple(f"{BUNDLED}{name}" for name in parts if name not in below)
    left_out = tuple(_left_out(answers, rulesets))
    return Composed(layers, _review(rulesets, cards, left_out), left_out)


def rulesets_of(answers: Answers) -> tuple[str, ...]:
    """The ready-made rulesets that fit the answers."""
    touch = (answers.touch,) if isinstance(answers.touch, str) else answers.touch.values()
    roles = (ROLES[role] for role in answers.roles)
    return tuple(dict.fromkeys((answers.maturity, GOALS[answers.goal], *roles, *touch)))


def _usable(answers: Answers) -> list[str]:
    """The parts of which all tables have data; of the catalogue, what declares one of the tables answered."""
    have = ALWAYS | set(answers.data)
    names = [name for name in bundled_names("rulesets") if tables_of([name]).keys() <= have]
    facts = [name for name in names if name.startswith(CATALOGUE) and _declares(name, answers.data)]
    return [*facts, *(name for name in names if name.startswith(PARTS))]


def _declares(name: str, tables: Iterable[str]) -> bool:
    """Whether the file of a ruleset declares one of the tables; it may also add a column to one."""
    own = content(name).get("tables", {})
    return any("key" in own.get(table, {}) for table in tables)


def _members(parts: Iterable[str], card: str, kind: str) -> dict[str, None]:
    """The names of the groups or measures that parts give a scorecard."""
    found = (content(name).get("scorecards", {}).get(card, {}).get(kind, {}) for name in parts)
    return {name: None for members in found for name in members}


def _weighs(part: str, weighed: set[str]) -> bool:
    """Whether a part is of use: one of a KPI group is not, where no scorecard gives the group a weight."""
    own = _members([part], KPI, "groups")
    return not part.startswith("kpi/") or not own or bool(weighed & own.keys())


def _kpi_cards(answers: Answers, groups: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The scorecard of all CSMs, and one for each role that is based on it."""
    firm = [answers.maturity, GOALS[answers.goal]]
    cards: dict[str, dict[str, Any]] = {KPI: {"groups": _mixed(firm, answers.maturity, groups)}}
    for role in answers.roles:
        name, card = _own_card(ROLES[role])
        judged = [group for group in groups if _weights(ROLES[role]).get(group)]
        others = {group: {"weight": 0, "why": f"{ROLES[role]} gives it none"} for group in groups}
        cards[name] = {**card, "groups": others | _mixed([*firm, ROLES[role]], ROLES[role], judged)}
    return cards


def _mixed(rulesets: Sequence[str], owner: str, groups: Iterable[str]) -> dict[str, Any]:
    """The middle of the weights of rulesets; retention at least half, where the `owner` among them says so."""
    said = {name: _weights(name) for name in dict.fromkeys(rulesets)}
    mixed: dict[str, int] = {}
    whys: dict[str, str] = {}
    for group in groups:
        each = {name: weights.get(group, 0) for name, weights in said.items()}
        mean = sum(each.values()) / len(each)
        mixed[group] = max(STEP, STEP * round(mean / STEP)) if mean else 0
        whys[group] = ", ".join(f"{name} says {one:g}" for name, one in each.items())
    rest = sum(weight for group, weight in mixed.items() if group != OWNED)
    if _owns(said[owner]) and mixed.get(OWNED, rest) < rest:
        mixed[OWNED] = rest
        whys[OWNED] += ": raised to half, because they own the renewals"
    return {group: {"weight": weight, "why": whys[group]} for group, weight in mixed.items()}


def _owns(weights: Mapping[str, float]) -> bool:
    """Whether a ruleset holds its people to renewals: it gives them half of the weight or more."""
    return 2 * weights.get(OWNED, 0) >= sum(weights.values()) > 0


def _weights(ruleset: str) -> dict[str, float]:
    """The weights of the groups in the scorecard of a ruleset."""
    groups = _own_card(ruleset)[1].get("groups", {})
    return {name: each["weight"] if isinstance(each, dict) else each for name, each in groups.items()}


def _own_card(ruleset: str) -> tuple[str, Table]:
    """The scorecard that stands in the file of a ruleset."""
    cards: Mapping[str, Table] = content(ruleset)["scorecards"]
    return next(iter(cards.items()))


def _health_cards(answers: Answers, parts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A scorecard of accounts for each segment, with what its touch model says of the groups and measures that exist."""
    if isinstance(answers.touch, str):
        name, card = _own_card(answers.touch)
        return {name: _existing(card, parts)}
    names = unique([HEALTH, *(f"{slug(segment)}_health" for segment in answers.touch)])[1:]
    cards = {}
    for name, (segment, model) in zip(names, answers.touch.items(), strict=True):
        literal = segment.replace("'", "''")
        card = {**_own_card(model)[1], "title": f"Account health: {segment}", "when": f"segment = '{literal}'"}
        cards[name] = _existing(card, parts)
    return cards


def _existing(card: Table, parts: Sequence[str]) -> dict[str, Any]:
    """A scorecard without the groups and measures that no part brings."""
    kept = dict(card)
    for kind in ("groups", "measures"):
        there = _members(parts, HEALTH, kind)
        kept[kind] = {name: each for name, each in card.get(kind, {}).items() if name in there}
    return kept


def _left_out(answers: Answers, rulesets: Iterable[str]) -> Iterable[str]:
    """What the rulesets would judge too, with the tables it lacks."""
    have = ALWAYS | set(answers.data)
    needed = dict.fromkeys(part for ruleset in rulesets for part in standing_on(ruleset) if part.startswith(PARTS))
    for part in needed:
        if lacking := [table for table in tables_of([part]) if table not in have]:
            yield f"{part}: no {', '.join(lacking)}"


def _review(rulesets: Sequence[str], cards: Mapping[str, Table], left_out: Sequence[str]) -> str:
    lines = [
        "#:schema ../.trigpoint/rules.schema.json",
        "# Weights to review: made by `trigpoint init --ask` from the answers in trigpoint.toml.",
        f"# They are the middle of what these ready-made rulesets say: {', '.join(rulesets)}.",
        "# Change what you know better; the measures and their thresholds stand in the layers below.",
    ]
    if left_out:
        lines += ["#", "# Left out, because there are no facts:", *(comment(f"  {each}") for each in left_out)]
    for name, card in cards.items():
        lines += _card_lines(name, card)
    return "\n".join(lines) + "\n"


def _card_lines(name: str, card: Table) -> list[str]:
    own = {each: value for each, value in card.items() if each not in ("groups", "measures")}
    lines: list[str] = []
    if own:
        lines += ["", f"[scorecards.{name}]", *(f"{key(each)} = {value_text(value)}" for each, value in own.items())]
    for kind in ("groups", "measures"):
        if card.get(kind):
            lines += ["", f"[scorecards.{name}.{kind}]"]
            lines += [f"{key(each)} = {value_text(value)}" for each, value in card[kind].items()]
    return lines
