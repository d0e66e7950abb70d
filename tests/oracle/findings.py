"""What a person should know about the way up: children without a parent, stretches that contradict each other."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter

from oracle.facts import Facts
from oracle.placing import computed
from oracle.roads import COMPANY
from trigpoint.model.metric import FormulaMetric, PluginMetric, TableMetric


def findings(facts: Facts, as_of: dt.date) -> Counter:
    """How many subjects each concerns, by (kind, table or subject)."""
    return orphans(facts, as_of) + contradictions(facts, as_of)


def orphans(facts: Facts, as_of: dt.date) -> Counter:
    """Children of which no parent is known, for every step up by which something is counted."""
    found: Counter = Counter()
    for child, parent, column, dated in steps_up(facts):
        for key, row in facts.own_rows(child, as_of).items():
            above = facts.books.holder(child, parent, key, as_of, None) if dated else row[column]
            found["no parent", child] += above not in facts.keys_set(parent, as_of)
    return found


def steps_up(facts: Facts) -> set[tuple[str, str, str, bool]]:
    """(child, parent, column, whether the parent is dated) of every step from a subject to another above it."""
    found = set()
    for subject, names in computed(facts, shifts=True).items():
        for metric in (facts.ruleset.metrics[name] for name in names):
            if subject == COMPANY or isinstance(metric, FormulaMetric):
                continue
            below = None if isinstance(metric, TableMetric | PluginMetric) else metric.over
            table = (
                metric.table if isinstance(metric, TableMetric | PluginMetric) else facts.ruleset.subjects[below].table
            )
            for road in facts.roads.roads(table, subject, metric.via)[:1]:
                for place, (above, column) in enumerate(road):
                    if below not in (None, above):
                        dated = place > 0 and above in facts.ruleset.subjects[below].dated
                        found.add((below, above, column, dated))
                    below = above
    return found


def contradictions(facts: Facts, as_of: dt.date) -> Counter:
    """Children whom two hold from one day on, and those of whom one takes over before another has ended."""
    found: Counter = Counter()
    for child, record in facts.ruleset.subjects.items():
        for parent, holding in record.dated.items():
            for key in facts.keys(child, as_of):
                each = [one for one in facts.books.stretches(child, parent, key, as_of) if one.first <= one.last]
                pairs = list(itertools.product(each, each))
                together = any(a.first == b.first and a.holder != b.holder for a, b in pairs)
                found["two parents", holding.table] += together
                found["overlap", holding.table] += any(a.first < b.first <= a.last for a, b in pairs)
    return found
