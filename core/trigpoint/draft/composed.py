"""From answers to rules: the layers whose data exist, and scorecards with the weights of the rulesets that fit.

Nothing here is an opinion: each weight and threshold is taken from a ready-made ruleset, and where several speak, the
middle of theirs is written down with what each says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from trigpoint.draft.answers import Answers
from trigpoint.draft.names import slug, unique
from trigpoint.draft.questions import ALWAYS
from trigpoint.draft.ready_made import content, standing_on, tables_of
from trigpoint.draft.review import review_text
from trigpoint.draft.toml_text import literal
from trigpoint.draft.weights import HEALTH, KPI, Table, enough, mixed, own_card, weights_of
from trigpoint.resources import bundled_names
from trigpoint.rules.advice import MOST_OF_ONE_SURVEY
from trigpoint.rules.files import BUNDLED

CATALOGUE, PARTS = "catalogue/", ("health/", "kpi/")  # the folders of the parts that rulesets are made of
GOALS = {"retention": "retention-first", "expansion": "expansion"}
ROLES = {"onboarding": "onboarding-specialist", "pooled": "pooled-csm", "strategic": "strategic-csm"}
SURVEYS = "health/surveys"
RATES, ASSIGNMENTS = "catalogue/rates", "catalogue/assignments"  # what stands on them changes other topics
OTHERS = "CSM scorecard of all who have no role with one of its own"
BENCHMARKS = "benchmarks-2016"  # compares within a stage of revenue, and tells the stage; does without any table


@frozen
class Composed:
    """The layers of `rules`, the text of the rules to review, and what was left out for want of data."""

    layers: tuple[str, ...]
    review: str
    left_out: tuple[str, ...]


def composed(answers: Answers) -> Composed:
    """The rules for some answers."""
    rulesets, parts = rulesets_of(answers), _usable(answers)
    left_out = [
        *_roles_left_out(answers, parts),
        *_parts_left_out(answers, rulesets),
        *_tables_left_out(answers, parts),
    ]
    cards = _kpi_cards(answers, _members(parts, KPI, "groups"))
    weighed = {group for card in cards.values() for group, each in card["groups"].items() if each["weight"]}
    parts = [each for each in parts if _weighs(each, weighed)]
    if SURVEYS in parts and _surveys_decide(answers, parts):
        parts.remove(SURVEYS)
        left_out.append(f"{SURVEYS}: with so few other facts a survey would carry over a quarter of a score")
    for card in cards.values():
        card["groups"] = {name: each for name, each in card["groups"].items() if name in _members(parts, KPI, "groups")}
    for card in cards.values():
        card["measures"] = _least_rows(card, parts)
    cards |= _health_cards(answers, parts)
    layers = tuple(f"{BUNDLED}{name}" for name in _on_top(parts))
    return Composed(layers, review_text(rulesets, cards, answers.arr_stage, left_out), tuple(left_out))


def rulesets_of(answers: Answers) -> tuple[str, ...]:
    """The ready-made rulesets that fit the answers."""
    roles = (ROLES[role] for role in answers.roles)
    return tuple(dict.fromkeys((answers.maturity, GOALS[answers.goal], *roles, *_models(answers))))


def _models(answers: Answers) -> tuple[str, ...]:
    return (answers.touch,) if isinstance(answers.touch, str) else tuple(answers.touch.values())


def have(answers: Answers) -> frozenset[str]:
    """The tables that there are facts for."""
    return frozenset(ALWAYS) | set(answers.data)


def _usable(answers: Answers) -> list[str]:
    """The parts of which all tables have data; of the catalogue, what declares one of the tables answered, and the
    layers over it that convert money or follow hand-overs.
    """
    names = [name for name in bundled_names("rulesets") if tables_of([name]).keys() <= have(answers)]
    topics = [name for name in names if name.startswith(CATALOGUE)]
    facts = [name for name in topics if _declares(name, answers.data) or {RATES, ASSIGNMENTS} & {*standing_on(name)}]
    return [*facts, *(name for name in names if name.startswith(PARTS)), BENCHMARKS]


def _on_top(parts: Sequence[str]) -> list[str]:
    """The parts that no other one brings; those that say who holds an account come last."""
    below = {each for name in parts for each in standing_on(name) if each != name}
    return sorted((name for name in parts if name not in below), key=lambda name: ASSIGNMENTS in standing_on(name))


def _compared() -> Iterable[str]:
    """Tables of which the benchmarks have figures of their own."""
    return (each["from"] for each in content(BENCHMARKS)["metrics"].values() if "from" in each)


def _declares(name: str, tables: Iterable[str]) -> bool:
    """Whether the file of a ruleset declares one of the tables; it may also add a column to one."""
    own = content(name).get("tables", {})
    return any("key" in own.get(table, {}) for table in tables)


def _members(parts: Iterable[str], card: str, kind: str) -> dict[str, Any]:
    """The groups or measures that parts give a scorecard, by name."""
    found = (content(name).get("scorecards", {}).get(card, {}).get(kind, {}) for name in parts)
    return {name: each for members in found for name, each in members.items()}


def _least_rows(card: Table, parts: Iterable[str]) -> dict[str, Any]:
    """Of each measure that weighs in a scorecard of CSMs, how many rows it needs; what its role says of it comes first."""
    said: dict[str, dict[str, Any]] = {}
    for part in parts:
        for name, each in _members([part], KPI, "measures").items():
            said[name] = {**said.get(name, {}), **each}
    own, groups = card.get("measures", {}), card["groups"]
    return {
        name: {"min_n": each["min_n"], "why": each["why"]} | own.get(name, {})
        for name, each in said.items()
        if "min_n" in each and groups.get(each["group"], {}).get("weight")
    }


def _weighs(part: str, weighed: set[str]) -> bool:
    """Whether a part is of use: one of a KPI group is not, where no scorecard gives the group a weight."""
    own = _members([part], KPI, "groups")
    return not own or bool(weighed & own.keys())


def _kpi_cards(answers: Answers, groups: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The scorecard of all CSMs, and one for each role that is based on it.

    A role whose own work has no data gets none, and is not scored by the one of all either.
    """
    firm = [answers.maturity, GOALS[answers.goal]]
    others_only = {"title": OTHERS} if answers.roles else {}
    cards: dict[str, dict[str, Any]] = {KPI: others_only | {"groups": mixed(firm, None, groups)}}
    unscored = []
    for ruleset in (ROLES[role] for role in answers.roles):
        name, card = own_card(ruleset)
        judged = [group for group in groups if weights_of(card).get(group)]
        if not enough(ruleset, judged):
            unscored.append(card["when"])
            continue
        others = {group: {"weight": 0, "why": f"{ruleset} gives it none"} for group in groups if group not in judged}
        cards[name] = {**card, "groups": mixed(firm, ruleset, judged) | others}
    if unscored:
        cards[KPI]["when"] = f"coalesce(not ({' or '.join(unscored)}), true)"
    return cards


def _health_cards(answers: Answers, parts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A scorecard of accounts for each segment, with what its touch model says of the groups and measures that exist."""
    if isinstance(answers.touch, str):
        name, card = own_card(answers.touch)
        return {name: _existing(card, parts)}
    names = unique([HEALTH, *(f"{slug(segment)[:40].rstrip('_')}_health" for segment in answers.touch)])[1:]
    cards = {}
    for number, (segment, model) in enumerate(answers.touch.items()):
        own = {"title": f"Account health: {segment}", "when": f"segment = {literal(segment)}", "priority": number}
        cards[names[number]] = _existing({**own_card(model)[1], **own}, parts)
    return cards


def _existing(card: Table, parts: Sequence[str]) -> dict[str, Any]:
    """A scorecard without the groups and measures that no part brings."""
    kept = dict(card)
    for kind in ("groups", "measures"):
        there = _members(parts, HEALTH, kind)
        kept[kind] = {name: each for name, each in card.get(kind, {}).items() if name in there}
    return kept


def _surveys_decide(answers: Answers, parts: Sequence[str]) -> bool:
    """Whether a survey would carry too much of a scorecard of accounts, for want of other facts."""
    there = weights_of({"groups": _members(parts, HEALTH, "groups")})
    heard = _members([SURVEYS], HEALTH, "groups")
    for card in ({}, *(own_card(model)[1] for model in _models(answers))):
        weights = {name: weights_of(card).get(name, weight) for name, weight in there.items()}
        if sum(weights[name] for name in heard) > MOST_OF_ONE_SURVEY * sum(weights.values()):
            return True
    return False


def _roles_left_out(answers: Answers, parts: Sequence[str]) -> Iterable[str]:
    """Roles of whose own work nothing is known."""
    groups = _members(parts, KPI, "groups")
    for role in answers.roles:
        if not enough(ROLES[role], groups):
            yield f"{ROLES[role]}: too little is known of their own work, and nobody is judged by that of others"


def _parts_left_out(answers: Answers, rulesets: Iterable[str]) -> Iterable[str]:
    """What the rulesets would judge too, with the tables that it lacks; of benchmarks those without a figure."""
    rulesets = tuple(rulesets)
    needed = dict.fromkeys(part for ruleset in rulesets for part in standing_on(ruleset) if part.startswith(PARTS))
    weighed = {group for each in rulesets for group, weight in weights_of(own_card(each)[1]).items() if weight}
    for part in needed:
        lacking = [table for table in tables_of([part]) if table not in have(answers)]
        if lacking and _weighs(part, weighed):
            yield f"{part}: needs {', '.join(lacking)}"
    if lacking := [table for table in tables_of([BENCHMARKS]) if table not in have(answers)]:
        yield f"some figures of {BENCHMARKS}: need {', '.join(lacking)}"


def _tables_left_out(answers: Answers, parts: Sequence[str]) -> Iterable[str]:
    """Tables with facts that are of no use without others."""
    used = {*tables_of(each for each in parts if each != BENCHMARKS), *_compared()}
    for table in answers.data:
        if table not in used:
            wanting = [
                each for each in bundled_names("rulesets") if each.startswith(CATALOGUE) and _declares(each, [table])
            ]
            lacking = [each for each in tables_of(wanting) if each not in have(answers)]
            yield f"the table {table}: of no use without {', '.join(lacking)}"
