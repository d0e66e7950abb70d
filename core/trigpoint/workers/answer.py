"""What a plugin's function gives for a batch, checked while it is given: in the process of the plugin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from trigpoint.model.expression import ValueType
from trigpoint.model.offer import MetricRows
from trigpoint.workers.values import QUOTED, Cell, NoNumberError, UnfitError, kept


@frozen
class Answer:
    """A cell for each key of the batch, in their order; `unusable` is how many were nan or infinite, and are no data."""

    cells: list[Cell]
    unusable: int = 0


def taken(pairs: Any, rows: MetricRows, kind: ValueType) -> Answer:
    """The answer that the pairs make. Raises UnfitError at the first that does not fit; what the iterable raises goes through."""
    if isinstance(pairs, str | bytes | dict) or not isinstance(pairs, Iterable):
        raise UnfitError(f"gave a {type(pairs).__name__}, and pairs of key and value are wanted")
    places = {key: place for place, key in enumerate(rows.keys)}
    cells: list[Cell] = [None] * len(places)
    seen = bytearray(len(places))
    unusable = 0
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise UnfitError(f"gave a {type(pair).__name__} that is no pair of key and value")
        key, value = pair
        place = _place(places, key)
        if seen[place]:
            raise UnfitError(f"gave '{key}' twice")
        seen[place] = True
        try:
            cells[place] = kept(value, kind)
        except NoNumberError:
            unusable += 1
        except UnfitError as error:
            raise UnfitError(f"gave {error.text} (for '{key}')", error.quoted) from None
    return Answer(cells, unusable)


def _place(places: dict[str, int], key: object) -> int:
    if not isinstance(key, str):
        raise UnfitError(f"gave a key of type {type(key).__name__}, and keys are texts")
    if key not in places:
        raise UnfitError(f"gave the key '{QUOTED}', which is none of those it was asked for", key)
    return places[key]
