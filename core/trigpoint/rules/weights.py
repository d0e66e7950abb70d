"""Weights: each set of members needs some, and each measure has its share of the whole."""

from __future__ import annotations

from trigpoint.model.scorecard import Measure, Scorecard
from trigpoint.rules.reader import Reader


def check_weights(card: Scorecard, reader: Reader) -> None:
    """Refuse empty groups, and members whose weights are all 0."""
    groups = reader.setting.table.get("groups")
    for group in card.groups:
        if groups is not None and not card.members(group.name):
            text = f"group '{group.name}' has no members"
            reader.problems.add("TP147", text, groups.table[group.name].key, f'give measures group = "{group.name}"')
    if card.combine == "sum":
        if all(worth == 0 for worth in (largest_worth(each) for each in card.measures)):
            reader.problems.add("TP145", f"nothing in {reader.what} is worth anything", reader.setting.key)
        return
    for name in (None, *(group.name for group in card.groups)):
        members = card.members(name)
        if members and sum(member.weight for member in members) == 0:
            where = reader.what if name is None else f"group '{name}'"
            place = reader.setting.key if name is None or groups is None else groups.table[name].key
            reader.problems.add("TP145", f"the weights in {where} are all 0", place, "give one of them a weight")


def largest_worth(measure: Measure) -> float:
    """The most a measure of a sum scorecard can move the score."""
    return max(abs(each) for each in measure.worth or (0.0, 0.0))


def shares(card: Scorecard) -> dict[str, float]:
    """The share of each measure in the whole scorecard; by the largest worth in a sum scorecard."""
    if card.combine == "sum":
        total = sum(largest_worth(each) for each in card.measures)
        return {each.name: largest_worth(each) / total for each in card.measures}
    found: dict[str, float] = {}
    waiting: list[tuple[str | None, float]] = [(None, 1.0)]
    while waiting:
        group, share = waiting.pop()
        members = card.members(group)
        total = sum(member.weight for member in members)
        for member in members:
            part = share * member.weight / total
            if isinstance(member, Measure):
                found[member.name] = part
            else:
                waiting.append((member.name, part))
    return found
