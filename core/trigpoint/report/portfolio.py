"""All subjects of a scorecard at a glance: how many are in each band, the money that hangs on them, the worst and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from attrs import field, frozen

from trigpoint.model.metric import Metric
from trigpoint.model.ruleset import Ruleset
from trigpoint.report.lines import Line, line
from trigpoint.report.scores import reasons_in_words
from trigpoint.report.sheet import Sheet, SheetColumn, plain_lines
from trigpoint.report.values import percent, points, show_day, show_value, words
from trigpoint.store import Run, ScoreRow, Store, scores, value_columns, values

CURRENCY = re.compile(r"[A-Z]{3}")  # a unit like USD tells that a metric is money
MOST_WORST = 10


@frozen
class Portfolio:
    """Counts, and sums of the first metric in money, by band or outcome, best band first; the worst, lowest first."""

    name: str
    title: str
    subject: str
    run: Run
    counts: Mapping[str, int]
    money: Mapping[str, float]
    metric: Metric | None
    worst_band: str | None
    worst: tuple[ScoreRow, ...]
    guards: Mapping[str, str] = field(factory=dict)  # their reasons


def portfolio_of(store: Store, run: Run, ruleset: Ruleset, name: str) -> Portfolio:
    """The portfolio of one scorecard of a run."""
    card = ruleset.scorecards[name]
    metric = _money_metric(store, run, ruleset, card.subject)
    worths = {row.key: row.columns[metric.name] for row in values(store, run, card.subject)} if metric else {}
    bands = [band.name for band in reversed(card.bands)]
    counts, money, worst = dict.fromkeys(bands, 0), dict.fromkeys(bands, 0.0), list[ScoreRow]()
    for row in scores(store, run, name, order="score"):
        place = row.band or row.outcome
        counts[place] = counts.get(place, 0) + 1
        money[place] = money.get(place, 0.0) + float(worths.get(row.key) or 0.0)
        if row.band == bands[-1] and len(worst) < MOST_WORST:
            worst.append(row)
    title = card.text.title or words(name)
    guards = {guard.name: guard.reason for guard in card.guards if guard.reason}
    lowest = bands[-1] if bands else None
    return Portfolio(name, title, card.subject, run, counts, money, metric, lowest, tuple(worst), guards)


def portfolio_lines(portfolio: Portfolio) -> Iterator[Line]:
    """The portfolio for people."""
    total = sum(portfolio.counts.values())
    yield line(
        f"{portfolio.title}: {total:,} {words(portfolio.subject)}s as of {show_day(portfolio.run.as_of)}", "bold"
    )
    yield line()
    yield from (line(f"  {text}") for text in plain_lines(_counts(portfolio, total)))
    if portfolio.worst_band and portfolio.worst:
        yield line()
        yield line(f"{words(portfolio.worst_band).capitalize()}, lowest first", "bold")
        width = max(len(f"{row.label} ({row.key})") for row in portfolio.worst)
        for row in portfolio.worst:
            who = f"{row.label} ({row.key})"
            yield (
                (f"  {points(row.score):>5}  ", "red"),
                (f"{who:<{width}}  ", ""),
                (reasons_in_words(row, portfolio.guards), ""),
            )
        more = portfolio.counts[portfolio.worst_band] - len(portfolio.worst)
        if more > 0:
            yield line(f"  and {more:,} more: trigpoint scores {portfolio.name} --band {portfolio.worst_band}", "dim")


def _counts(portfolio: Portfolio, total: int) -> Sheet:
    metric = portfolio.metric
    columns = [SheetColumn(""), SheetColumn(f"{words(portfolio.subject)}s", "right"), SheetColumn("share", "right")]
    if metric:
        columns.append(SheetColumn((metric.text.title or words(metric.name)).lower(), "right"))
    rows = []
    for name, count in portfolio.counts.items():
        cells = [words(name), f"{count:,}", percent(count / total if total else None)]
        if metric:
            cells.append(show_value(portfolio.money[name], "number", metric.text.unit))
        rows.append(tuple(cells))
    return Sheet(tuple(columns), tuple(rows))


def _money_metric(store: Store, run: Run, ruleset: Ruleset, subject: str) -> Metric | None:
    computed = value_columns(store, run, subject)
    for metric in ruleset.metrics.values():
        if metric.name in computed and metric.text.unit and CURRENCY.fullmatch(metric.text.unit):
            return metric
    return None
