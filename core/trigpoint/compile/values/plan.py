"""Which scans are made: one for each table, or kind of children, and subject, one feed for each metric of a plugin; none where the parts of a finer subject can be merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.occurrences import Occurrence
from trigpoint.compile.values.feeds import Fed, fed
from trigpoint.compile.values.rollups import Book, book, rollup_scan
from trigpoint.compile.values.scans import Grain, Scan, grain, merged, scan
from trigpoint.model.metric import PluginMetric, RollupMetric, TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.rules.roads import upwards


def plan_scans(
    ruleset: Ruleset, engine: Engine, dates: Dates, found: Mapping[str, Sequence[Occurrence]]
) -> Mapping[str, tuple[Scan | Fed, ...]]:
    """The scans of each subject. Goes up from the finest, so that the parts of finer subjects are known."""
    scans: dict[str, tuple[Scan | Fed, ...]] = {}
    made: dict[Grain, list[Scan]] = {}
    for subject in upwards(ruleset.subjects):
        groups: dict[Grain, list[Occurrence]] = {}
        books: dict[Book, list[Occurrence]] = {}
        for occurrence in found.get(subject, ()):
            if isinstance(occurrence.metric, TableMetric):
                groups.setdefault(grain(ruleset, dates, occurrence), []).append(occurrence)
            elif isinstance(occurrence.metric, RollupMetric):
                books.setdefault(book(ruleset, dates, occurrence), []).append(occurrence)
        here: list[Scan | Fed] = [rollup_scan(ruleset, engine, dates, subject, group) for group in books.values()]
        plugged = [each for each in found.get(subject, ()) if isinstance(each.metric, PluginMetric)]
        here += [fed(ruleset, engine, dates, occurrence) for occurrence in plugged]
        for key, group in groups.items():
            finer = (merged(ruleset, dates, fine, subject, group) for fine in made.get(key, ()))
            each = next((found for found in finer if found), None) or scan(ruleset, engine, dates, subject, group)
            made.setdefault(key, []).append(each)
            here.append(each)
        scans[subject] = tuple(here)
    return scans
