"""A project that was made from answers: they are kept, and asked again it is brought up to the new ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from trigpoint.draft import QUESTIONS, Answers, answers_of, composed, kept_answers, write_answered
from trigpoint.draft.asked import REVIEW
from trigpoint.errors import UsageError
from trigpoint.rules import check

QUESTION = {question.name: question for question in QUESTIONS}
SEGMENTS = {"enterprise": "enterprise", "mid_market": "mid-market", "smb": "transactional"}
DATA, ROLES = (QUESTION[name].choices for name in ("data", "roles"))
ALL = Answers("growth", "retention", ROLES, SEGMENTS, "$6-20M", DATA)
NONE = Answers("mature", "retention", (), "enterprise", "$50M+", ())


def test_answers_are_kept_and_read_back(tmp_path: Path) -> None:
    """The project file keeps the answers; asked again they are the same."""
    answers = evolve(ALL, touch={"A, B": "enterprise", 'say "c"': "transactional"}, roles=())
    write_answered(tmp_path, "UTC", answers, None)
    assert answers_of(kept_answers(tmp_path)) == answers
    assert kept_answers(tmp_path / "other") == {}


def test_asked_again(tmp_path: Path) -> None:
    """New answers take the place of the old ones, in the layers and the weights; the rest of the project stays."""
    write_answered(tmp_path, "Europe/Paris", NONE, None)
    project = tmp_path / "trigpoint.toml"
    project.write_text(project.read_text() + '\n[store]\npath = "mine.db"\n')
    answers = evolve(ALL, data=("usage", "renewals"))
    written = write_answered(tmp_path, "UTC", answers, NONE)
    assert {path.name for path in written.paths} == {"trigpoint.toml", "review.toml"}
    text = project.read_text()
    assert 'timezone = "Europe/Paris"' in text
    assert 'path = "mine.db"' in text
    assert "# [sources.usage]" in text
    assert text.count("# [sources.accounts]") == 1
    assert (tmp_path / REVIEW).read_text() == composed(answers).review
    assert answers_of(kept_answers(tmp_path)) == answers
    assert check(tmp_path) == ()
    assert not list(tmp_path.rglob("*.part"))


def test_weights_that_were_reviewed_stay(tmp_path: Path) -> None:
    """Rules that somebody changed are not overwritten: the new ones lie beside them."""
    write_answered(tmp_path, "UTC", NONE, None)
    review = tmp_path / REVIEW
    mine = review.read_text().replace("weight = 100", "weight = 75")
    review.write_text(mine)
    written = write_answered(tmp_path, "UTC", evolve(NONE, goal="expansion"), NONE)
    assert review.read_text() == mine
    assert (tmp_path / "rules" / "review.toml.new").is_file()
    assert any("review.toml.new" in remark for remark in written.remarks)


def test_weights_in_another_encoding_were_changed_by_hand(tmp_path: Path) -> None:
    """A file that is no UTF-8 was not written by `init`: it stays, and the new one lies beside it."""
    write_answered(tmp_path, "UTC", NONE, None)
    review = tmp_path / REVIEW
    mine = review.read_bytes() + "# Grüße\n".encode("latin-1")
    review.write_bytes(mine)
    write_answered(tmp_path, "UTC", evolve(NONE, goal="expansion"), NONE)
    assert review.read_bytes() == mine
    assert (tmp_path / "rules" / "review.toml.new").is_file()


def test_layers_that_were_changed_stay(tmp_path: Path) -> None:
    """Where somebody changed the layers by hand nothing is written."""
    write_answered(tmp_path, "UTC", NONE, None)
    project = tmp_path / "trigpoint.toml"
    project.write_text(project.read_text().replace("rules = [", 'rules = [ "trigpoint:b2b-saas", '))
    before = project.read_text()
    with pytest.raises(UsageError) as refused:
        write_answered(tmp_path, "UTC", ALL, NONE)
    assert refused.value.problems[0].code == "TP384"
    assert project.read_text() == before
