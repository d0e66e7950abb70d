"""Cells as drivers give them into what the intake knows: texts, numbers, truth values, dates and moments.

What is none of these, such as bytes, JSON and arrays, is left as it is: the intake keeps the row aside and says why.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import uuid
from collections.abc import Sequence
from itertools import chain
from typing import Any

_WRITTEN_OUT: tuple[type, ...] = (
    uuid.UUID,
    dt.time,
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Interface,
    ipaddress.IPv6Interface,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
)
_CHANGED = frozenset({*_WRITTEN_OUT, memoryview, bytearray})


def plain_rows(rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """The rows; looked through once for kinds of cells that have a better form, which costs no step for each cell."""
    if _CHANGED.isdisjoint(map(type, chain.from_iterable(rows))):
        return rows
    return [tuple(map(_plain, row)) for row in rows]


def _plain(cell: Any) -> Any:
    if type(cell) in _WRITTEN_OUT:
        return str(cell)
    return bytes(cell) if isinstance(cell, memoryview | bytearray) else cell
