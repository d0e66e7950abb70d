"""SQL that a plugin's expression was printed as: looked over token by token, and put around the rows that it is given."""

from __future__ import annotations

import re

from trigpoint.compile.sql import identifier
from trigpoint.compile.statement import GIVEN, Feed
from trigpoint.compile.values.queries import COUNTED, KEY, NEWEST

# What such SQL may call: what always gives the same for the same rows, and nothing that fills the memory.
PRINTED = frozenset(
    "abs avg coalesce count cume_dist date dense_rank first_value ifnull iif instr julianday lag last_value lead length "
    "lower ltrim max min nth_value ntile nullif percent_rank rank round row_number rtrim sign strftime substr sum total "
    "trim upper".split()
)
_CLOCK = frozenset({"current_date", "current_time", "current_timestamp"})
_NO_FUNCTION = frozenset(
    "all and as between by case cast distinct else except exists filter from having in intersect is join like limit not "
    "on or over partition select then union using values when where with".split()
)
_STATEMENTS = frozenset(
    "alter analyze attach begin commit create delete detach drop explain insert into pragma reindex release replace "
    "rollback savepoint update vacuum recursive".split()
)
_TOKEN = re.compile(
    r"""(?P<text>'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")*")|(?P<word>[A-Za-z_]\w*)|(?P<other>--|/\*|\S)"""
)
_FORBIDDEN = frozenset({"--", "/*", ";", "?", ":", "@", "$", "`", "[", "#", "'", '"', "\\"})


_DAYS = frozenset({"date", "julianday", "strftime"})  # without an argument they are those of today
_ENDS_TABLES = frozenset(
    {"except", "group", "having", "intersect", "limit", "order", "select", "union", "where", "window"}
)


class UnfitTextError(Exception):
    """The SQL does more than to reckon with the rows that it is given; the text says what."""


def printed_select(feed: Feed, text: str) -> str:
    """A question for (key, value, n, newest), by SQL over `given__rows`. Raises UnfitTextError."""
    check_printed(text)
    inputs = "".join(f", {identifier(name)}" for name in feed.metric.inputs)
    return f"""WITH
base__rows AS (
{feed.select}
),
{GIVEN} AS (SELECT {KEY} AS "key"{inputs} FROM base__rows),
printed__rows AS (
{text}
),
{COUNTED} AS (SELECT {KEY}, count(*) AS n, max({NEWEST}) AS newest FROM base__rows GROUP BY {KEY})
SELECT {COUNTED}.{KEY}, printed__rows.value, {COUNTED}.n, {COUNTED}.newest
FROM {COUNTED}
LEFT JOIN printed__rows ON printed__rows."key" = {COUNTED}.{KEY}"""


def check_printed(text: str) -> None:
    """One SELECT over the rows, without the clock, chance, comments or other tables. Raises UnfitTextError."""
    tokens = [(str(each.lastgroup), each[0]) for each in _TOKEN.finditer(text)]
    words = [shown.lower() if kind == "word" else shown for kind, shown in tokens]
    if not words or words[0] not in ("select", "with"):
        raise UnfitTextError("is no SELECT")
    for place, (kind, shown) in enumerate(tokens):
        after = words[place + 1] if place + 1 < len(words) else ""
        _check_token(kind, shown, words[place], after)
        if words[place] in _DAYS and words[place + 1 : place + 3] == ["(", ")"]:
            raise UnfitTextError("asks for the clock")
    _check_tables(words)


def _check_token(kind: str, shown: str, word: str, after: str) -> None:
    if (kind == "other" and word in _FORBIDDEN) or "\0" in shown:
        raise UnfitTextError(f"has {shown!r}, which has no place there")
    if kind == "word" and (word in _CLOCK or word in _STATEMENTS):
        raise UnfitTextError(f"says {shown}")
    if kind in ("text", "name") and word.strip("'\" ").lower() == "now":
        raise UnfitTextError("asks for the clock")
    if kind == "name" and after == "(":
        raise UnfitTextError(f"calls {shown}")
    if kind == "word" and after == "(" and word not in _NO_FUNCTION and word not in PRINTED:
        raise UnfitTextError(f"calls {shown}, which no metric may call")


def _check_tables(words: list[str]) -> None:
    """Behind FROM and JOIN stand the given rows, levels of the text itself, or a SELECT; no comma brings a further table."""
    own = {f'"{GIVEN}"'}
    own |= {word for word, *after in zip(words, words[1:], words[2:], strict=False) if after == ["as", "("]}
    listing = [False]  # for each parenthesis that is open, whether a list of tables is
    for word, after, then in zip(words, [*words[1:], ""], [*words[2:], "", ""], strict=False):
        if word == "(":
            listing.append(False)
        elif word == ")":
            listing.pop()
        elif word in ("from", "join"):
            listing[-1] = True
            if after not in own and (after, then) not in (("(", "select"), ("(", "with")):
                raise UnfitTextError(f"reads {after or 'nothing'}, and may read the rows that it is given alone")
        elif word in _ENDS_TABLES:
            listing[-1] = False
        elif word == "," and listing[-1]:
            raise UnfitTextError("reads several tables side by side")
        if not listing:
            break
    if len(listing) != 1:
        raise UnfitTextError("has parentheses that do not close")
