"""Words that bands and outcomes are compared with: a misspelt one would never be true, and nobody would see it."""

from __future__ import annotations

from collections.abc import Iterator

from trigpoint.model.expression import Binary, Expression, In, Literal, Node, ScoreValue, walk
from trigpoint.model.scorecard import OUTCOMES
from trigpoint.rules.draft import Draft
from trigpoint.rules.reader import Reader
from trigpoint.rules.setting import Setting
from trigpoint.rules.wording import did_you_mean


def check_score_words(draft: Draft, value: Expression, setting: Setting, reader: Reader) -> None:
    """Refuse texts that a band or outcome of this scorecard, or family, can never be."""
    for score, literal in _compared(value.tree):
        known = OUTCOMES if score.part == "outcome" else _bands(draft, score.scorecard)
        if literal.value not in known:
            text = f"'{score.scorecard}' has no {score.part} '{literal.value}'"
            hint = did_you_mean(str(literal.value), known) or f"it has {', '.join(known) or 'none'}"
            reader.refuse("TP104", text, setting.at(literal.span[0]), hint)


def _compared(tree: Node) -> Iterator[tuple[ScoreValue, Literal]]:
    """Each band or outcome with each text that it is held against."""
    for node in walk(tree):
        sides: tuple[Node, ...] = ()
        if isinstance(node, Binary) and node.operator in ("=", "<>"):
            sides = (node.left, node.right)
        elif isinstance(node, In):
            sides = (node.operand, *node.items)
        scores = [each for each in sides if isinstance(each, ScoreValue) and each.part in ("band", "outcome")]
        literals = [each for each in sides if isinstance(each, Literal)]
        yield from ((score, literal) for score in scores for literal in literals)


def _bands(draft: Draft, name: str) -> tuple[str, ...]:
    """The bands of a scorecard, or of all of a family, as they are written."""
    found: dict[str, None] = {}
    for card, reader in draft.readers("scorecards"):
        settings = reader.setting.table
        family = settings.get("family")
        if (card == name or (family is not None and family.value == name)) and "bands" in settings:
            found |= dict.fromkeys(settings["bands"].table)
    return tuple(found)
