"""Where a metric can be computed: which subjects it reaches, and what is said where it is wanted elsewhere."""

from __future__ import annotations

from typing import NoReturn

from trigpoint.errors import Place
from trigpoint.model.metric import FormulaMetric, Metric, PluginMetric, RollupMetric, TableMetric
from trigpoint.model.subject import COMPANY
from trigpoint.rules.downwards import shared_parents
from trigpoint.rules.draft import Draft
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.roads import ancestors, handovers, reach, roads, told, upwards


def reached(draft: Draft, metric: Metric) -> tuple[str, ...]:
    """The subjects at which a metric can be computed."""
    found = draft.reached.get(metric.name)
    if found is None:
        if isinstance(metric, TableMetric):
            found = reach(draft.subjects, draft.tables[metric.table], metric.via)
        elif isinstance(metric, PluginMetric):
            everywhere = tuple(upwards(draft.subjects))  # of one that failed nobody knows better
            found = reach(draft.subjects, draft.tables[metric.table], metric.via) if metric.table else everywhere
            meant = meant_for(draft, metric)
            found = tuple(name for name in found if name in meant) if meant else found
        elif isinstance(metric, RollupMetric):
            found = _above(draft, metric)
        else:
            found = metric.subjects
        draft.reached[metric.name] = found
    return found


def meant_for(draft: Draft, metric: PluginMetric) -> tuple[str, ...]:
    """The kinds of subjects that a plugin's metric is meant for; none: any."""
    return draft.plugin_metrics[metric.plugin].subjects


def _above(draft: Draft, metric: RollupMetric) -> tuple[str, ...]:
    """The subjects above the child to which exactly one road leads, by which it is clear who held it; the company last."""
    table = draft.own_table(metric.over)
    if table is None:
        return (COMPANY,)
    above = ancestors(draft.subjects, metric.over) | metric.via.keys()
    return tuple(
        name
        for name in upwards(draft.subjects)
        if name in above
        and len(found := roads(draft.subjects, table, name, metric.via)) == 1
        and (metric.holder == "end" or len(handovers(found[0])) < 2)
    )


def refuse_unreached(draft: Draft, reader: Reader, metric: Metric, subject: str, place: Place) -> NoReturn:
    """Tell that a metric is wanted where it cannot be computed; not if that may come from what was told already."""
    if not draft.gaps:
        code, text, hint = _unreached(draft, metric, subject)
        reader.problems.add(code, text, place, hint)
    raise Unusable


def _unreached(draft: Draft, metric: Metric, subject: str) -> tuple[str, str, str | None]:
    """Code, text and hint for a metric that is wanted where it cannot be computed."""
    over_rows = isinstance(metric, TableMetric | PluginMetric) and metric.table
    if isinstance(metric, PluginMetric) and subject not in (meant := meant_for(draft, metric) or (subject,)):
        text = f"metric '{metric.name}': {metric.plugin} is meant for {' and '.join(meant)}, not for {subject}"
        return "TP173", text, None
    downwards = over_rows and subject in reach(draft.subjects, draft.tables[over_rows])
    if isinstance(metric, FormulaMetric) or downwards:
        at = ", ".join(reached(draft, metric))
        return "TP125", f"metric '{metric.name}' can be computed at {at}, not at {subject}", None
    over = metric.over if isinstance(metric, RollupMetric) else None
    table = draft.tables[over_rows] if over_rows else draft.own_table(over or "")
    found = () if table is None else roads(draft.subjects, table, subject, metric.via)
    if over and (table is None or len(found) < 2):
        text = f"metric '{metric.name}' goes over {over}, and {subject} is not above it"
        return "TP125", text, f"it can be computed at {', '.join(reached(draft, metric))}"
    if table is None or not found:
        hint = "see `belongs_to` of the table and `parents` of the subjects"
        if table is not None and shared_parents(draft.subjects, table, subject, metric.via):
            hint = f'a metric with subject = "{subject}" alone sees the table from each {subject}'
        name = "" if table is None else table.name
        return "TP125", f"metric '{metric.name}': no road leads from table '{name}' to {subject}", hint
    ways = " and ".join(told(each) for each in found)
    direct = next((road[0].column for road in found if len(road) == 1), "column")
    hint = f'choose in the metric: via = {{ {subject} = "{direct}" }}'
    return "TP124", f"metric '{metric.name}': several roads lead from table '{table.name}' to {subject}: {ways}", hint
