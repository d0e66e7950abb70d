"""Writes a project from answers, or brings one that was written from answers up to new ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from trigpoint.draft.answers import Answers
from trigpoint.draft.composed import Composed, composed, have, rulesets_of
from trigpoint.draft.ready_made import tables_of
from trigpoint.draft.skeleton import rules_line, write_project
from trigpoint.draft.sources import sources_of
from trigpoint.errors import Place, UsageError, WriteError
from trigpoint.rules.files import BUNDLED

REVIEW = "rules/review.toml"


@frozen
class Written:
    """The files that were written, and what a person should know."""

    paths: tuple[Path, ...]
    remarks: tuple[str, ...]


def write_answered(root: Path, timezone: str, answers: Answers, before: Answers | None) -> Written:
    """The project for some answers; `before` are those of the project that is there already.

    Raises UsageError if files exist that were not written from answers, or were changed since; WriteError.
    """
    made = composed(answers)
    remarks = tuple(f"left out: {each}" for each in made.left_out)
    if before is not None:
        return _again(root, (answers, made), (before, composed(before)), remarks)
    sources = sources_of(_names(made), words_from=rulesets_of(answers), only=have(answers))
    more = {REVIEW: made.review}
    paths = write_project(root, timezone, made.layers, sources, None, more, answers.text)
    return Written(paths, remarks)


def _again(
    root: Path, new: tuple[Answers, Composed], old: tuple[Answers, Composed], remarks: tuple[str, ...]
) -> Written:
    """Exchange what was written from the old answers; weights that somebody has reviewed stay as they are."""
    (answers, made), (before, was) = new, old
    project, review = root / "trigpoint.toml", root / REVIEW
    text = project.read_text("utf-8")
    for now, then in ((rules_line(made.layers), rules_line(was.layers)), (answers.text, before.text)):
        if text.count(then) != 1:
            what = then.split("\n", 1)[0]
            hint = "nothing was written: make a new project from these answers beside it, and compare"
            raise UsageError.of("TP384", f"the lines of '{what}' were changed by hand", Place(str(project)), hint)
        text = text.replace(then, now)
    text += _more_sources((answers, made), (before, was))
    texts = {project: text}
    if not review.exists() or review.read_text("utf-8", "replace") == was.review:
        texts[review] = made.review
    else:
        beside = review.with_name("review.toml.new")
        texts[beside] = made.review
        remarks = (*remarks, f"{review} was changed since and stays: compare it with {beside.name}")
    _exchange(texts)
    return Written(tuple(texts), remarks)


def _more_sources(new: tuple[Answers, Composed], old: tuple[Answers, Composed]) -> str:
    """Sources for the tables that were not asked for before."""
    (answers, made), (before, was) = new, old
    only = have(answers) - (tables_of(_names(was)).keys() & have(before))
    sources = sources_of(_names(made), words_from=rulesets_of(answers), only=only)
    return f"\n{sources}" if sources else ""


def _names(made: Composed) -> list[str]:
    return [layer.removeprefix(BUNDLED) for layer in made.layers]


def _exchange(texts: Mapping[Path, str]) -> None:
    """Put texts in the place of files: whoever reads one meanwhile sees the old or the new one, whole."""
    waiting = {path: path.with_name(f".{path.name}.part") for path in texts}
    try:
        for path, part in waiting.items():
            part.write_text(texts[path], "utf-8")
        for path, part in waiting.items():
            os.replace(part, path)
    except OSError as error:
        raise WriteError.of("TP360", f"{error.strerror}", Place(str(error.filename or ""))) from None
    finally:
        for part in waiting.values():
            part.unlink(missing_ok=True)
