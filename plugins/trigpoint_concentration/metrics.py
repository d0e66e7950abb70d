"""The two metrics, as queries: the warehouse adds up the parts, and no row is fetched."""

from __future__ import annotations

from trigpoint import Input, QueryMetric, rows

INPUTS = (
    Input("part", frozenset({"text"}), "What a row belongs to: a user, a product. A row without it is left out."),
    Input("amount", frozenset({"integer", "number"}), "What is added up for each part."),
)
NO_DATA = "No part has more than 0."

# A part with nothing, or less than nothing (more was paid back than paid), has no share of the whole.
PARTS = rows().where("part is not null").group_by("part", total="sum(amount)").where("total > 0")

# Parts of one size have one place, and of those at the last place that counts only as many as there is room for.
LARGEST = (
    PARTS.ranked("place", "total", descending=True)
    .group_by("place", each="max(total)", many="count(*)")
    .with_columns(counted="case when place <= top then least(many, top - place + 1) else 0 end")
)

TOP_SHARE = QueryMetric(
    "top_share",
    LARGEST.value("sum(each * counted) / sum(each * many)"),
    INPUTS,
    meaning="The share, from 0 to 1, that the `top` largest parts have of the whole.",
    no_data=NO_DATA,
    unit="ratio",
    better="lower",
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "top": {"type": "integer", "minimum": 1, "default": 1, "description": "how many parts, the largest ones"}
        },
    },
)

# S. A. Rhoades, "The Herfindahl-Hirschman Index", Federal Reserve Bulletin 79 (March 1993), p. 188, with shares from 0
# to 1 where he writes percent: 0.18 here is 1,800 there.
HHI = QueryMetric(
    "hhi",
    PARTS.value("sum(total * total) / (sum(total) * sum(total))"),
    INPUTS,
    meaning="The Herfindahl-Hirschman index: the sum of the squared shares of all parts. 1 for a single part, 1 / n for n equal ones.",
    no_data=NO_DATA,
    better="lower",
)
