"""Bands: named ranges that cover every score once."""

from __future__ import annotations

from itertools import pairwise

from trigpoint.model.scorecard import Band, Scorecard
from trigpoint.rules.draft import Draft
from trigpoint.rules.limits import highest_scale, highest_score, within_reach
from trigpoint.rules.reader import Reader


def read_bands(card: Scorecard, reader: Reader) -> tuple[Band, ...]:
    """The bands of a scorecard, ascending by their lower edges."""
    entries = list(reader.entries("bands"))
    places = {name: each.place for name, each in entries}
    bands = sorted((Band(name, reader.finite(each, name)) for name, each in entries), key=lambda band: band.edge)
    if not bands:
        if reader.has("hold"):
            reader.refuse("TP148", "'hold' has no meaning without bands", reader.setting.table["hold"].key)
        return ()
    for low, high in pairwise(bands):
        if low.edge == high.edge:
            text = f"bands '{low.name}' and '{high.name}' both begin at {low.edge:g}"
            reader.refuse("TP148", text, places[high.name], "each band has an edge of its own")
    if bands[0].edge > 0:
        text = f"no band covers scores from 0 up to {bands[0].edge:g}"
        reader.refuse("TP148", text, places[bands[0].name], "the edge of the lowest band is 0")
    if len(bands) > 1 and bands[1].edge <= 0:
        text = f"band '{bands[0].name}' can never be reached: no score is below {bands[1].edge:g}"
        reader.refuse("TP148", text, places[bands[0].name], "the edge of the lowest band is 0")
    best = highest_scale(card)
    for band in bands:
        if band.edge > best:
            text = f"band '{band.name}' can never be reached: no score is above {best:g}"
            reader.problems.add("TP148", text, places[band.name], "points end at 100, or at the max_points of a target")
    return tuple(bands)


def warn_of_bands(draft: Draft, card: Scorecard) -> None:
    """Warn of bands that the measures cannot reach, and of those that look as if two edges were swapped."""
    if not card.bands:
        return
    written = draft.settings.table["scorecards"].table[card.name].table["bands"]
    best = highest_score(card)
    for band in card.bands:
        if not within_reach(band.edge, best):
            text = f"band '{band.name}' can never be reached: the measures give at most {best:g}"
            hint = "lower its edge, or let a measure give more points"
            draft.problems.add("TP184", text, written.table[band.name].place, hint, "warning")
    order = {band.name: band.edge for band in card.bands}
    edges = [order[name] for name in written.table if name in order]
    if edges not in (sorted(edges), sorted(edges, reverse=True)):
        listed = ", ".join(f"{name} = {order[name]:g}" for name in written.table if name in order)
        text = f"the bands of '{card.name}' stand in no order: {listed}"
        hint = "are two edges swapped? An edge is the lowest score of its band; write them from high to low"
        draft.problems.add("TP183", text, written.place, hint, "warning")
