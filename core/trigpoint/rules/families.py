"""Names of scorecards and families, and what the scorecards of a family have in common."""

from __future__ import annotations

from trigpoint.errors import Place
from trigpoint.model.scorecard import Scorecard
from trigpoint.rules.draft import Draft


def check_names(draft: Draft) -> None:
    """A name before a dot must be one thing: a subject, a scorecard or a family."""
    cards = draft.declared("scorecards")
    subjects, metrics = draft.declared("subjects"), draft.declared("metrics")
    for name, reader in draft.readers("scorecards"):
        if name in subjects:
            draft.problems.add("TP115", f"'{name}' is a scorecard and a subject", reader.setting.key, "rename one")
        if name in metrics:
            # The value row has columns `<metric>__n` and `<scorecard>__<measure>`.
            draft.problems.add("TP115", f"'{name}' is a scorecard and a metric", reader.setting.key, "rename one")
        if name in ("points", "parent", "band_before"):
            draft.problems.add("TP116", f"a scorecard cannot be called '{name}'", reader.setting.key, "rename it")
        family = reader.setting.table.get("family")
        if family is None:
            continue
        if family.value in cards:
            text = f"family '{family.value}' has the name of a scorecard"
            draft.problems.add("TP149", text, family.place, "give the family a name of its own")
        elif family.value in subjects or family.value == "points":
            text = f"a family cannot be called '{family.value}'"
            draft.problems.add("TP149", text, family.place, "it is the name of a subject, or a word of the language")


def check_families(draft: Draft) -> None:
    """The scorecards of one family score the same subject, in bands of the same names, one after the other."""
    first: dict[str, Scorecard] = {}
    for card in draft.scorecards.values():
        if card.family is None:
            continue
        other = first.setdefault(card.family, card)
        if card.subject != other.subject:
            text = f"'{card.name}' scores {card.subject}, '{other.name}' of the same family scores {other.subject}"
            draft.problems.add("TP149", text, _place(draft, card, "subject"), "a family has one subject")
        elif {band.name for band in card.bands} != {band.name for band in other.bands}:
            text = f"'{card.name}' and '{other.name}' of the same family have different band names"
            draft.problems.add("TP149", text, _place(draft, card, "bands"), "a family has one set of band names")
    _check_ties(draft)


def _check_ties(draft: Draft) -> None:
    always: dict[tuple[str, float], Scorecard] = {}
    for card in draft.scorecards.values():
        if card.family is not None and card.when is None:
            other = always.setdefault((card.family, card.priority), card)
            if other is not card:
                text = f"'{card.name}' and '{other.name}' apply to every subject with the same priority"
                draft.problems.add("TP149", text, _place(draft, card, "family"), "give them a when, or priorities")


def _place(draft: Draft, card: Scorecard, key: str) -> Place:
    setting = draft.settings.table["scorecards"].table[card.name]
    found = setting.table.get(key)
    return setting.key if found is None else found.place
