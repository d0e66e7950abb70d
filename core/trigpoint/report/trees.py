"""The tree of a score as an aligned table: value, points, weight, what each gives and costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from trigpoint.model.explanation import Explanation, GroupExplained, MeasureExplained
from trigpoint.report.lines import Line
from trigpoint.report.values import percent, plain_number, points, show, show_value, words

BOLD, DIM = "bold", "dim"
LEFT = frozenset({"name", "value", "newest"})
SHRINKING = (("name", 24), ("value", 10))  # columns that may be cut, and to what width


@frozen
class _Row:
    """A line of the tree, in order of its columns."""

    name: str
    value: str = ""
    n: str = ""
    newest: str = ""
    points: str = ""
    weight: str = ""
    share: str = ""
    gives: str = ""
    costs: str = ""
    style: str = ""

    def cell(self, column: str) -> str:
        """The text in a column."""
        return str(getattr(self, column))


COLUMNS = ("name", "value", "n", "newest", "points", "weight", "share", "gives", "costs")
HEADINGS = _Row("", "value", "n", "newest", "points", "weight", "of all", "gives", "costs", DIM)


def tree_lines(explanation: Explanation, width: int | None = None) -> Iterator[Line]:
    """Groups with their members below, the sum, what guards made of it, and the score.

    Without a score by the measures there is no sum, and nothing gives to it or costs. Names and values are cut where the
    lines would be longer than `width`.
    """
    rows = [HEADINGS, *_members(explanation.members, 0), *_totals(explanation)]
    columns = COLUMNS if explanation.score_before_guards is not None else COLUMNS[: COLUMNS.index("gives")]
    widths = {column: max(len(row.cell(column)) for row in rows) for column in columns}
    if width is not None:
        _squeeze(widths, width)
    for row in rows:
        text = "  ".join(_fitted(row.cell(column), wide, column) for column, wide in widths.items())
        yield ((f"  {text}", row.style),)


def _squeeze(widths: dict[str, int], most: int) -> None:
    """Leaves out the newest fact, cuts names and values, leaves out n: until a line fits, or nothing is left to give."""

    def over() -> int:
        return max(sum(widths.values()) + 2 * len(widths) - most, 0)

    if over():
        del widths["newest"]
    for column, least in SHRINKING:
        widths[column] = max(min(least, widths[column]), widths[column] - over())
    if over():
        del widths["n"]


def _fitted(cell: str, width: int, column: str) -> str:
    if column not in LEFT:
        return cell.rjust(width)
    return f"{cell[: width - 1]}…" if len(cell) > width else cell.ljust(width)


def _members(members: Sequence[GroupExplained | MeasureExplained], depth: int) -> Iterator[_Row]:
    for member in members:
        if isinstance(member, MeasureExplained):
            yield _measure(member, depth)
            continue
        yield _group(member, depth)
        yield from _members(member.members, depth + 1)


def _group(group: GroupExplained, depth: int) -> _Row:
    how = "" if group.combine in ("mean", "sum") else f" ({group.combine} counts)"
    gate = "" if group.gate is None else {True: ", gate closed", None: ", gate not judged"}.get(group.gate.closed, "")
    return _Row(
        name=f"{'  ' * depth}{group.text.title or words(group.name)}{how}{gate}",
        points=points(group.points),
        weight="" if group.combine == "sum" else plain_number(group.weight),
        share=_share(group),
        gives=points(group.contribution),
        costs=points(group.lost),
        style=BOLD,
    )


def _measure(measure: MeasureExplained, depth: int) -> _Row:
    stands_in = measure.points is None and measure.counted is not None
    return _Row(
        name=f"{'  ' * depth}{measure.text.title or words(measure.name)}",
        value=_value(measure),
        n="" if measure.n is None else f"{measure.n:,}",
        newest=(measure.newest or "")[:10],
        points=f"({points(measure.counted)})" if stands_in else points(measure.points),
        weight=_worth(measure.worth) if measure.worth else plain_number(measure.weight),
        share=_share(measure),
        gives=points(measure.contribution),
        costs=points(measure.lost),
        style="" if measure.state == "data" else DIM,
    )


def _value(measure: MeasureExplained) -> str:
    if measure.state not in ("data", "unscalable", "too few"):
        return measure.state
    stale = ", stale" if measure.stale and measure.state == "data" else ""
    target = "" if measure.attainment is None else f", {percent(measure.attainment)} of target {_target(measure)}"
    return f"{show(measure.quantity)}{target}{stale}"


def _target(measure: MeasureExplained) -> str:
    return show_value(measure.scale.knots[1].at, "number", measure.quantity.unit)


def _worth(worth: tuple[float, float]) -> str:
    return f"{plain_number(worth[0])} to {plain_number(worth[1])}"


def _share(member: GroupExplained | MeasureExplained) -> str:
    """Its part of the whole; an arrow where missing data changed it."""
    before = percent(member.share)
    after = before if member.share_used is None else percent(member.share_used)
    return before if before == after else f"{before} → {after}"


def _totals(explanation: Explanation) -> Iterator[_Row]:
    before = explanation.score_before_guards
    if before is None:
        return
    if explanation.combine == "sum" and explanation.base:
        yield _Row("starts from", gives=points(explanation.base))
    costs = points(sum(member.lost or 0.0 for member in explanation.members))
    if before != explanation.score:
        yield _Row("before guards", gives=points(before), costs=costs, style=BOLD)
        acted = [guard for guard in explanation.guards if guard.state == "acted"]
        yield from (_Row(f"guard {guard.name}", gives=points(guard.amount)) for guard in acted)
        costs = ""
    band = f"score: {words(explanation.band)}" if explanation.band else "score"
    yield _Row(band, gives=points(explanation.score), costs=costs, style=BOLD)
