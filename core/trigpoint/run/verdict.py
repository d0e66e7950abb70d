"""What came of a run: findings that degrade it, its exit code, and what keeps it from being published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trigpoint.errors import GateError, Problem, UsageError
from trigpoint.model.plugin import Plugin
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run import Evaluation, Finding, Load
from trigpoint.model.run_report import Counts

DEGRADED = 3
MATCHED = 5


def check_bands(ruleset: Ruleset, names: Sequence[str]) -> None:
    """Raises UsageError (TP344) for a band that no scorecard has."""
    known = list(dict.fromkeys(band.name for card in ruleset.scorecards.values() for band in card.bands))
    for name in names:
        if name not in known:
            raise UsageError.of("TP344", f"unknown band '{name}'", hint=f"there are: {', '.join(known) or 'none'}")


def check_asserts(ruleset: Ruleset, evaluation: Evaluation) -> None:
    """Nothing is published while an assert of severity error fails; all that do are told."""
    failed = [each for each in evaluation.findings if each.kind == "assert" and each.severity == "error"]
    problems = []
    for each in failed:
        title = ruleset.asserts[each.where].text.title
        text = f"assert '{each.where}'{f' ({title})' if title else ''} fails: {each.text}"
        hint = 'mend the facts or the rules; with severity = "warning" the run is published, and told'
        problems.append(Problem("TP640", text, ruleset.origins.get(("asserts", each.where, "that")), hint))
    if problems:
        raise GateError(*problems)


def findings_of(loads: Sequence[Load]) -> tuple[Finding, ...]:
    """What the loads found; a source that is stale or was skipped degrades the run."""
    found: list[Finding] = []
    for load in loads:
        if load.status == "stale":
            used = f"the rows of {load.loaded_at} UTC were used" if load.loaded_at else "there are no earlier rows"
            text = f"the load failed, {used}: {load.error}"
            found.append(Finding("stale source", load.source, text, severity="error"))
        elif load.status == "skipped":
            text = f"the load failed and was skipped: {load.error}"
            found.append(Finding("skipped source", load.source, text, severity="error"))
        found += load.findings
    return tuple(found)


def idle(failed: Mapping[str, Plugin], evaluation: Evaluation) -> Iterator[Finding]:
    """Plugins that could not be loaded, where no metric has told it yet."""
    told = " ".join(each.text for each in evaluation.findings if each.kind == "plugin failed")
    for name, plugin in failed.items():
        if plugin.failure is not None and plugin.failure.text not in told:
            yield Finding("plugin failed", f"plugin {name}", str(plugin.failure), severity="error")


def nothing_to_score(ruleset: Ruleset, counts: Counts) -> Iterator[Finding]:
    """A scorecard without a single subject is no result: something is missing."""
    for name, each in counts.items():
        if not sum(each["outcomes"].values()):
            subject = ruleset.subjects[ruleset.scorecards[name].subject]
            text = f"there is no {subject.name}: {'its table is empty' if subject.table else 'no child names one'}"
            yield Finding("nothing to score", name, text, 0, severity="error")


def exit_code(counts: Counts, findings: Sequence[Finding]) -> int:
    """0, or 3 where a score is an error or a finding degrades the run."""
    failed = any(each["outcomes"].get("error", 0) for each in counts.values())
    return DEGRADED if failed or any(finding.severity == "error" for finding in findings) else 0


def matched(counts: Counts, fail_on: Sequence[str]) -> Mapping[str, int]:
    """How many subjects are in the bands that were named, over all scorecards."""
    found = {band: sum(each["bands"].get(band, 0) for each in counts.values()) for band in fail_on}
    return {band: count for band, count in found.items() if count}
