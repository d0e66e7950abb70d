"""Reading what was published. Of a store opened to read, all answers are of one moment."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from trigpoint.errors import InputError, UsageError
from trigpoint.model.publication import Publication
from trigpoint.model.run import Finding, Load
from trigpoint.store.connection import Store
from trigpoint.store.records import KeptReason, KeptRuleset, KeptScorecard, Run, ScoreRow, ValueRow
from trigpoint.store.rulesets import decode_ruleset, kept_scorecards
from trigpoint.store.sheets import APPLIES, quote, stored

Order = Literal["key", "score"]
_RUN = (
    "SELECT id, as_of, ruleset, status, started_at, published_at, first_published_at, exit_code, counts, seconds, "
    "error, version, warehouse FROM runs"
)
_FIXED = ("key", "label", "outcome", "score", "score_before_guards", "band", "coverage")
_TAIL = ("guards", "guards__unjudged", "reasons", "reason_1", "reason_2", "reason_3")


def run_of(store: Store, as_of: dt.date | None = None) -> Run:
    """The published run of a date; without one the current run, or the newest. UsageError lists the dates there are."""
    if as_of is None:
        # Someone may have deleted the run that is pointed to: then the newest one there is.
        pointed = "ORDER BY id IS (SELECT run FROM current) DESC, as_of DESC LIMIT 1"
        row = store.first(f"{_RUN} WHERE status = 'published' {pointed}")
        if row is None:
            text = f"there are no results yet: no run was published in {store.path}"
            raise InputError.of("TP610", text, hint="`trigpoint run` publishes one")
        return _run(row)
    row = store.first(f"{_RUN} WHERE as_of = ? AND status = 'published'", (as_of.isoformat(),))
    if row is None:
        raise UsageError.of("TP611", f"no run was published as of {as_of}", hint=_dates_hint(dates(store)))
    return _run(row)


def runs(store: Store) -> Iterator[Run]:
    """All runs there were, whatever became of them, in the order they were started."""
    yield from map(_run, store.rows(f"{_RUN} ORDER BY id"))


def dates(store: Store) -> tuple[dt.date, ...]:
    """The dates of the published runs, ascending."""
    rows = store.rows("SELECT as_of FROM runs WHERE status = 'published' ORDER BY as_of")
    return tuple(dt.date.fromisoformat(str(row[0])) for row in rows)


def ruleset_of(store: Store, run: Run) -> KeptRuleset:
    """The rules of a run, as they were; `rules.build_ruleset` makes them whole."""
    sql = "SELECT fingerprint, settings, calendar, origins, first_seen FROM rulesets WHERE fingerprint = ?"
    return decode_ruleset(next(store.rows(sql, (run.ruleset,))))


def scorecards_of(store: Store, run: Run) -> dict[str, KeptScorecard]:
    """The scorecards of a run, those of a family in the order in which they are tried."""
    return kept_scorecards(store.connection, run.ruleset)


def members(store: Store, run: Run, name: str) -> tuple[KeptScorecard, ...]:
    """The scorecard of that name, or the scorecards of the family. UsageError names what there is."""
    cards = scorecards_of(store, run)
    found = tuple(card for card in cards.values() if name in (card.name, card.family))
    if not found:
        families = {card.family for card in cards.values() if card.family}
        have = sorted(families.union(cards))
        raise _unknown("TP612", "scorecard or family", name, have, run, "[scorecards.NAME] in a rule file")
    return found


def publication_of(cards: Iterable[KeptScorecard], as_of: dt.date) -> Publication | None:
    """Whether the scores of a day are final, and for which period; None where the scorecards do not agree on it."""
    found = {card.publication(as_of) for card in cards}
    return found.pop() if len(found) == 1 else None


def score_columns(store: Store, run: Run, name: str) -> tuple[str, ...]:
    """The groups and measures of a scorecard, or of all scorecards of a family, groups first."""
    cards = members(store, run, name)
    groups = [group for card in cards for group in card.groups]
    return tuple(dict.fromkeys([*groups, *(measure for card in cards for measure in card.measures)]))


def scores(
    store: Store, run: Run, name: str, band: str | None = None, *, key: str | None = None, order: Order = "key"
) -> Iterator[ScoreRow]:
    """The judgements of a scorecard or family, streamed by key, or by score (none last).

    Of a scorecard: every subject. Of a family: one row per subject, that of the scorecard which applies.
    """
    cards = members(store, run, name)
    points = score_columns(store, run, name)
    parts, parameters = [], []
    for card in cards:
        parts.append(_select(card, points, is_family=name != card.name, band=band, key=key))
        parameters += [run.id, *([] if band is None else [band]), *([] if key is None else [key])]
    by = "key" if order == "key" else "score IS NULL, score, key"
    sql = " UNION ALL ".join(parts)
    if len(parts) > 1:  # one scorecard alone is read in the order it lies in
        sql = f"SELECT * FROM ({sql})"  # noqa: S608  # names are quoted, values bound
    shown = {card.name: {*card.groups, *card.measures} for card in cards}
    for row in store.rows(f"{sql} ORDER BY {by}", parameters):
        yield _score(row, points, shown)


def score(store: Store, run: Run, name: str, key: str) -> ScoreRow:
    """The judgement of one subject. UsageError if there is no such subject."""
    for row in scores(store, run, name, key=key):
        return row
    subject = members(store, run, name)[0].subject
    raise _no_key(store, run, f"scores_{members(store, run, name)[0].name}", key, f"{subject} in {name}")


def value_columns(store: Store, run: Run, subject: str) -> tuple[str, ...]:
    """The columns of a subject's values in a run; docs/reference/store.md says what their names mean."""
    row = store.first('SELECT columns FROM contents WHERE run = ? AND "table" = ?', (run.id, f"values_{subject}"))
    if row is None:
        sql = 'SELECT "table" FROM contents WHERE run = ? AND "table" GLOB \'values_*\' ORDER BY 1'
        have = [str(each[0]).removeprefix("values_") for each in store.rows(sql, (run.id,))]
        raise _unknown("TP613", "subject with values", subject, have, run, "a metric or scorecard of it")
    return tuple(json.loads(str(row[0])))


def values(store: Store, run: Run, subject: str, key: str | None = None) -> Iterator[ValueRow]:
    """The value rows of a kind of subject, or of one subject, streamed by key. UsageError if there is none."""
    columns = value_columns(store, run, subject)
    chosen = ", ".join(quote(stored(name)) for name in ("key", "label", *columns))
    where, parameters = (
        ("WHERE run = ?", [run.id, key]) if key is None else ("WHERE run = ? AND key = ?", [run.id, key])
    )
    sql = f"SELECT {chosen} FROM {quote('values_' + subject)} {where} ORDER BY key"  # noqa: S608  # names are quoted
    found = False
    for own_key, label, *cells in store.rows(sql, [each for each in parameters if each is not None]):
        found = True
        yield ValueRow(str(own_key), label, dict(zip(columns, cells, strict=True)))  # type: ignore[arg-type]  # cells of SQLite
    if key is not None and not found:
        raise _no_key(store, run, f"values_{subject}", key, subject)


def findings(store: Store, run: Run) -> tuple[Finding, ...]:
    """What a person should know about the facts of a run."""
    sql = 'SELECT kind, "where", text, count, severity FROM findings WHERE run = ? ORDER BY position'
    return tuple(Finding(*row) for row in store.rows(sql, (run.id,)))  # type: ignore[arg-type]  # as they were written


def loads(store: Store, run: Run) -> tuple[Load, ...]:
    """How the load of each source ended before a run."""
    sql = 'SELECT source, "table", status, rows, quarantined, newest, loaded_at, seconds, error FROM loads WHERE run = ? ORDER BY source'
    return tuple(Load(*row) for row in store.rows(sql, (run.id,)))  # type: ignore[arg-type]  # as they were written


def _select(card: KeptScorecard, points: tuple[str, ...], *, is_family: bool, band: str | None, key: str | None) -> str:
    """The rows of one scorecard, in the shape of its family: the same columns, no points where it has none."""
    own = {*card.groups, *card.measures}
    columns = [quote(name) for name in _FIXED]
    columns += [quote(name) if name in own else f"NULL AS {quote(name)}" for name in points]
    columns += [quote(name) for name in _TAIL]
    conditions = ["run = ?"]
    conditions += ["band = ?"] if band is not None else []
    conditions += ["key = ?"] if key is not None else []
    conditions += [f"{APPLIES} = 1"] if is_family else []
    return (
        f"SELECT '{card.name}' AS scorecard, {', '.join(columns)} FROM {quote('scores_' + card.name)} "  # noqa: S608  # names are quoted, or match [a-z0-9_]+
        f"WHERE {' AND '.join(conditions)}"
    )


def _score(row: tuple[Any, ...], points: tuple[str, ...], shown: Mapping[str, set[str]]) -> ScoreRow:
    scorecard, key, label, outcome, score, before, band, coverage = row[:8]
    cells = zip(points, row[8 : 8 + len(points)], strict=True)
    guards, unjudged, reasons, *texts = row[8 + len(points) :]
    return ScoreRow(
        scorecard=scorecard,
        key=key,
        label=label,
        outcome=outcome,
        score=score,
        score_before_guards=before,
        band=band,
        coverage=coverage,
        points={name: cell for name, cell in cells if name in shown[scorecard]},
        guards=_listed(guards),
        unjudged=_listed(unjudged),
        reasons=tuple(
            KeptReason(each["measure"], each["points"], each["lost"], text)
            for each, text in zip(_listed(reasons), texts, strict=False)
        ),
    )


def _listed(text: str | None) -> tuple[Any, ...]:
    """A list of JSON; most are empty, and need no parser."""
    return () if text is None or text == "[]" else tuple(json.loads(text))


def _run(row: tuple[Any, ...]) -> Run:
    number, as_of, ruleset, status, started, published, first, exit_code, counts, seconds, *rest = row
    return Run(
        number,
        dt.date.fromisoformat(as_of),
        ruleset,
        status,
        started,
        published,
        first,
        exit_code,
        json.loads(counts),
        json.loads(seconds),
        *rest,
    )


def _dates_hint(have: tuple[dt.date, ...]) -> str:
    if not have:
        return "no run was published yet: `trigpoint run` publishes one"
    listed = ", ".join(map(str, have[-5:]))
    return f"there are {len(have)}, the last: {listed}" if len(have) > 5 else f"there are: {listed}"


def _unknown(code: str, kind: str, name: str, have: list[str], run: Run, made_by: str) -> UsageError:
    from difflib import get_close_matches

    if close := get_close_matches(name, have, 1):
        hint = f"did you mean '{close[0]}'?"
    elif have:
        hint = f"there are: {', '.join(have)}; what was added to the rules since is there after `trigpoint run`"
    else:
        hint = f"there are none yet: write {made_by}, then `trigpoint run`"
    return UsageError.of(code, f"the run as of {run.as_of} has no {kind} '{name}'", hint=hint)


def _no_key(store: Store, run: Run, table: str, key: str, what: str) -> UsageError:
    sql = f"SELECT key, label FROM {quote(table)} WHERE run = ? AND (lower(key) = lower(?) OR label = ?) LIMIT 1"  # noqa: S608  # the name is quoted
    near = store.first(sql, (run.id, key, key))
    hint = f"did you mean '{near[0]}' ({near[1]})?" if near else "keys are written as in the source"
    return UsageError.of("TP614", f"the run as of {run.as_of} has no {what} with the key '{key}'", hint=hint)
