"""Lookups: one value of a table for a key, as of a date where the table has a time."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

# fixed: the run's date, never moved by ago() (constant currency); as of: the date at hand; row: the fact's own day
At = Literal["fixed", "as of", "row"]


@frozen
class Lookup:
    """`value` of the row of `table` whose `key` columns equal the arguments: the newest one known at the date `at`.

    `at` is None where the table has no time.
    """

    name: str
    table: str
    key: tuple[str, ...]
    value: str
    at: At | None = None
