"""The text of the rules to review: the scorecards that answers lead to, a line for each weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trigpoint.draft.toml_text import comment, key, value_text
from trigpoint.draft.weights import Table

HEAD = """#:schema ../.trigpoint/rules.schema.json
# Weights to review: made by `trigpoint init --ask` from the answers in trigpoint.toml.
# Change what you know better; measures and thresholds stand in the layers below. `min_n` is how many customers, or rows,
# a figure of a person must rest on: fewer are no data. Lower it where books are small, or nobody will have a score.
"""


def review_text(rulesets: Sequence[str], cards: Mapping[str, Table], stage: str, left_out: Sequence[str]) -> str:
    """The file: what each scorecard adds to the layers; an assert on the `stage` of revenue."""
    lines = [
        comment(f"They are the middle of what these rulesets say, made to be 100 together: {', '.join(rulesets)}.")
    ]
    if left_out:
        lines += ["#", "# Left out for want of facts:", *(f"#   {comment(each)[2:]}" for each in left_out)]
    for name, card in cards.items():
        lines += _card(name, card)
    return HEAD + "\n".join([*lines, *_assert(stage)]) + "\n"


def _card(name: str, card: Table) -> Iterable[str]:
    own = {each: value for each, value in card.items() if each not in ("groups", "measures")}
    tables = {"": own, ".groups": card.get("groups", {}), ".measures": card.get("measures", {})}
    for below, settings in tables.items():
        if settings:
            yield from ("", f"[scorecards.{name}{below}]")
            yield from (f"{key(each)} = {value_text(value)}" for each, value in settings.items())


def _assert(stage: str) -> Iterable[str]:
    """What says so once the revenue has left the stage that was answered."""
    return (
        "",
        "[asserts.arr_stage_as_answered]",
        'title = "The stage of revenue is the one that was answered"',
        'subject = "company"',
        f"that = \"arr_stage = '{stage}'\"",
        'severity = "warning"',
    )
