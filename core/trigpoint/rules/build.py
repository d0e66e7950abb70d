"""From settings to a ruleset: the stages, in order."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from trigpoint.errors import Problems
from trigpoint.model.plugin import Registry
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules.advice import advise
from trigpoint.rules.asserts import read_asserts
from trigpoint.rules.benchmarks import read_benchmarks
from trigpoint.rules.declared import declared_metrics
from trigpoint.rules.derived import read_derived
from trigpoint.rules.draft import NOTHING, Draft
from trigpoint.rules.fingerprint import fingerprint
from trigpoint.rules.functions import functions_called, meaning_of
from trigpoint.rules.lookups import read_lookups
from trigpoint.rules.metrics import read_metrics
from trigpoint.rules.scopes import AtSubject
from trigpoint.rules.scorecards import read_scorecards
from trigpoint.rules.setting import Setting, plain, walk
from trigpoint.rules.strata import check_strata
from trigpoint.rules.subjects import read_subjects
from trigpoint.rules.tables import read_tables


def read_eligible(draft: Draft) -> None:
    """Adds to the subjects the condition under which they are scored; it may read metrics."""
    for name, reader in draft.readers("subjects"):
        if name in draft.subjects:
            with draft.making("subject", name):
                eligible = AtSubject.of(draft, name).read(reader, "eligible", "boolean")
                draft.subjects[name] = evolve(draft.subjects[name], eligible=eligible)


STAGES: tuple[Callable[[Draft], None], ...] = (
    read_tables,
    read_subjects,
    read_lookups,
    read_derived,
    read_metrics,
    read_eligible,
    read_scorecards,
    read_benchmarks,
    check_strata,
    read_asserts,
)


def build(settings: Setting, calendar: Calendar, problems: Problems, registry: Registry = NOTHING) -> Ruleset | None:
    """The ruleset that settings mean; None if there is an error. All errors and warnings go to `problems`.

    What is declared stands in the settings; `registry` is what plugins offer besides, for those who mistype a name.
    """
    draft = Draft(settings, calendar, problems, plugin_metrics=declared_metrics(settings), registry=registry)
    for stage in STAGES:
        stage(draft)
    if problems.errors:
        return None
    advise(draft)
    records = (draft.subjects, draft.tables, draft.metrics, draft.scorecards)
    judging = functions_called(draft.functions, *records, draft.asserts)
    functions = [{name: meaning_of(each) for name, each in judging.items()}] if judging else []
    return Ruleset(
        calendar,
        *records,
        fingerprint=fingerprint(calendar, *records, draft.asserts, draft.lookups, *functions),
        lookups=draft.lookups,
        asserts=draft.asserts,
        benchmarks=draft.benchmarks,
        functions=judging | functions_called(draft.functions, draft.benchmarks),
        settings=plain(settings),  # type: ignore[arg-type]  # a table is a mapping
        origins={path: each.place for path, each in walk(settings)},
        warnings=tuple(each for each in problems.found if each.severity == "warning"),
    )
