"""Answers of pure metrics are kept: a function is not called again for the same rows, request and code."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.plugged import AS_OF, feed, local_plugin, numbers
from trigpoint.model.offer import FunctionMetric, Input
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.workers import Computed, PluginFailedError, open_workers
from trigpoint.workers import cache as cache_file
from trigpoint.workers.cache import KEPT_DAYS, Cache

# Computes as long as there is a file beside it; so a second call can be made to fail without another code or request.
ONCE = """
import os
if not os.path.exists(os.path.join(os.path.dirname(__file__), "may_compute")):
    raise RuntimeError("called")
return [(key, sum(cells["x"])) for key, cells in rows.subjects()]
"""
SUBJECTS = (("A", [1.0, 2.0]), ("B", [4.0]))
ROWS = [("A", 3.0, 2, "2026-03-02"), ("B", 4.0, 1, "2026-03-01")]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """A plugin whose metric may compute, so far."""
    (tmp_path / "may_compute").touch()
    return local_plugin(tmp_path, {"once": ONCE})


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """The file in which answers are kept."""
    return tmp_path / "kept" / "answers.db"


def compute(registry: Registry, answers: Path, subjects=SUBJECTS, **asked) -> Computed:
    """What a run of its own computes."""
    with open_workers(registry, cache=answers) as workers:
        return workers.values(feed("once", **asked), numbers(*subjects))


def forbid(tmp_path: Path) -> None:
    """From here on the function fails."""
    (tmp_path / "may_compute").unlink()


def test_a_kept_answer_is_not_computed_again(registry: Registry, answers: Path, tmp_path: Path):
    """The same rows are answered without the function, also in a later run."""
    assert compute(registry, answers).rows == ROWS
    forbid(tmp_path)
    again = compute(registry, answers)
    assert again.rows == ROWS
    assert again.findings == ()


@pytest.mark.parametrize(
    ("subjects", "asked"),
    [
        ((("A", [1.0, 2.5]), ("B", [4.0])), {}),
        ((("A", [1.0]), ("B", [2.0, 4.0])), {}),
        ((("A", [1.0, 2.0]), ("C", [4.0])), {}),
        (SUBJECTS, {"as_of": AS_OF - dt.timedelta(1)}),
        (SUBJECTS, {"settings": {"share": 0.5}}),
        (SUBJECTS, {"pure": False}),
    ],
    ids=["a cell", "whose rows", "a key", "the date", "a setting", "not pure"],
)
def test_what_an_answer_depends_on(subjects, asked, registry: Registry, answers: Path, tmp_path: Path):
    """Other rows, another request, or a metric that is not pure: the function is asked."""
    compute(registry, answers)
    forbid(tmp_path)
    with pytest.raises(PluginFailedError, match="called"):
        compute(registry, answers, subjects, **asked)


def test_changed_code_is_asked(registry: Registry, answers: Path, tmp_path: Path):
    """A plugin whose file has changed is asked again, though its version is the same."""
    compute(registry, answers)
    forbid(tmp_path)
    os.utime(registry.plugins["acme"].file, (1, 1))
    with pytest.raises(PluginFailedError, match="called"):
        compute(registry, answers)


@pytest.mark.parametrize(
    "reads",
    [
        "import sys; sys.path.insert(0, FOLDER); import factor; found = factor.FACTOR",
        "found = float(open(FOLDER + '/factor.py').read().split('=')[1])",
        "import os; found = float(os.read(os.open(FOLDER + '/factor.py', 0), 99).split(b'=')[1])",
        "import runpy; found = runpy.run_path(FOLDER + '/factor.py')['FACTOR']",
    ],
)
@pytest.mark.parametrize("early", [True, False], ids=["on import", "when it computes"])
def test_code_and_facts_from_elsewhere_are_not_known(reads: str, early: bool, tmp_path: Path, answers: Path):
    """What depends on another file of the project, as code or as data, is computed each time."""
    lines = reads.replace("FOLDER", repr(str(tmp_path)))
    body = f"{'' if early else lines}\nreturn [(key, found) for key in rows.keys]".strip()
    registry = local_plugin(tmp_path, {"once": body}, before=lines if early else "")
    for factor in (1.0, 50.0):
        (tmp_path / "factor.py").write_text(f"FACTOR = {factor}", encoding="utf-8")
        os.utime(tmp_path / "factor.py", (factor, factor))
        assert compute(registry, answers).rows[0][1] == factor


PACKAGE = {
    "__init__.py": "",
    "metrics/__init__.py": "from trigpoint.hookspecs import hookimpl\nfrom pk.metrics.offers import trigpoint_metrics",
    "metrics/offers.py": """
from pathlib import Path
from pk.calc import FACTOR
from trigpoint import FunctionMetric, Input, hookimpl
MORE = float((Path(__file__).parents[1] / "shares/more.json").read_text())

@hookimpl
def trigpoint_metrics():
    return [FunctionMetric("once", lambda rows, _: [(key, FACTOR * MORE) for key in rows.keys], (Input("x"),), "M.", "N.")]
""",
    "calc.py": "FACTOR = 2.0",
    "shares/more.json": "10.0",
}


@pytest.mark.parametrize("reference", ["pk.metrics", "pk.metrics.offers"])
def test_every_file_of_a_package_counts(reference: str, tmp_path: Path, answers: Path, monkeypatch: pytest.MonkeyPatch):
    """An installed plugin is its whole package, whatever lies in it and whichever module of it is named."""
    for name, content in PACKAGE.items():
        (tmp_path / "pk" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pk" / name).write_text(content, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "pk/metrics" / ("offers.py" if reference.endswith("offers") else "__init__.py")
    plugin = Plugin("acme", "pk", "1.0", reference, str(file))
    offer = FunctionMetric("once", lambda *_: [], (Input("x"),), "", "")
    registry = Registry(
        metrics={"acme.once": offer}, plugins={"acme": plugin}, owners={("metric", "acme.once"): plugin}
    )
    assert compute(registry, answers).rows[0][1] == 20.0
    assert len(kept(answers)) == 1
    assert compute(registry, answers).rows[0][1] == 20.0
    assert len(kept(answers)) == 1
    (tmp_path / "pk/calc.py").write_text("FACTOR = 3.00", encoding="utf-8")
    assert compute(registry, answers).rows[0][1] == 30.0
    (tmp_path / "pk/shares/more.json").write_text("7.0", encoding="utf-8")
    assert compute(registry, answers).rows[0][1] == 21.0
    assert len(kept(answers)) == 3


def kept(answers: Path) -> list[bytes]:
    """What is kept."""
    with closing(sqlite3.connect(answers)) as connection:
        return [content for (content,) in connection.execute("SELECT content FROM answers")]


def test_code_that_changes_under_way_is_not_known(tmp_path: Path, answers: Path):
    """An answer is not kept for code that may be another than that which gave it."""
    registry = local_plugin(tmp_path, {"once": "return [(key, 1.0) for key in rows.keys]"})

    def changing():
        yield from numbers(*SUBJECTS)
        os.utime(registry.plugins["acme"].file, (1, 1))

    with open_workers(registry, cache=answers) as workers:
        workers.values(feed("once"), changing())
    assert kept(answers) == []


def test_only_fresh_batches_are_sent(registry: Registry, answers: Path, tmp_path: Path):
    """Of two batches the one that is known costs nothing, and both come back."""
    first, second = ("A", [1.0] * 60_000), ("B", [4.0])
    compute(registry, answers, (first,))
    assert [row[:2] for row in compute(registry, answers, (first, second)).rows] == [("A", 60_000.0), ("B", 4.0)]
    forbid(tmp_path)
    assert len(compute(registry, answers, (first, second)).rows) == 2


def test_there_is_no_fact_in_the_file(registry: Registry, answers: Path):
    """Neither keys nor settings are in the file, and nobody else may read it."""
    compute(registry, answers, (("Contoso", [1.0]),), settings={"token": "hunter2"})
    assert b"Contoso" not in answers.read_bytes()
    assert b"hunter2" not in answers.read_bytes()
    assert answers.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"no database at all" * 100, None], ids=["garbage", "another program's"])
def test_a_foreign_file_is_left_alone(content, registry: Registry, answers: Path):
    """A file that is none of ours is not touched; the values are there, and a finding says that nothing is kept."""
    answers.parent.mkdir()
    if content is None:
        with closing(sqlite3.connect(answers)) as connection:
            connection.execute("CREATE TABLE answers (x)")
    else:
        answers.write_bytes(content)
    before = answers.read_bytes()
    computed = compute(registry, answers)
    assert computed.rows == ROWS
    (finding,) = computed.findings
    assert finding.kind == "plugin cache"
    assert "answers.db" in finding.text
    assert answers.read_bytes() == before


def test_a_file_in_use_is_done_without(registry: Registry, answers: Path, monkeypatch: pytest.MonkeyPatch):
    """While another program writes to the file, the run goes on without it, and says so."""
    monkeypatch.setattr(cache_file, "_PATIENCE", 0.0)
    compute(registry, answers)
    with closing(sqlite3.connect(answers, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        computed = compute(registry, answers)
    assert computed.rows == ROWS
    assert "is in use" in computed.findings[0].text


def test_a_folder_that_cannot_be_made(registry: Registry, tmp_path: Path):
    """Where no file can be, the run goes on and says so."""
    (tmp_path / "kept").touch()
    computed = compute(registry, tmp_path / "kept" / "answers.db")
    assert computed.rows == ROWS
    assert computed.findings[0].kind == "plugin cache"


def test_a_damaged_answer_is_computed_again(registry: Registry, answers: Path):
    """An answer that does not fit is none."""
    compute(registry, answers)
    for content in (b"x", b'{"cells": [1.0], "unusable": 0}', b'{"cells": ["a", "b"], "unusable": 0}', b"[]"):
        with closing(sqlite3.connect(answers)) as connection, connection:
            connection.execute("UPDATE answers SET content = ?", (content,))
        assert compute(registry, answers).rows == ROWS


def test_what_nobody_uses_goes(tmp_path: Path):
    """An answer that was not asked for in 30 days is dropped; one that was stays."""
    path = tmp_path / "answers.db"
    first = Cache(path, today=100)
    first.keep([(b"used", b"1"), (b"unused", b"2")])
    first.close()
    second = Cache(path, today=100 + KEPT_DAYS)
    assert second.answer(b"used") == b"1"
    second.close()
    Cache(path, today=101 + KEPT_DAYS).close()
    last = Cache(path, today=101 + KEPT_DAYS)
    assert (last.answer(b"used"), last.answer(b"unused")) == (b"1", None)
    last.close()


def test_the_file_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """When there is too much, what was not used for longest goes, and the file shrinks."""
    monkeypatch.setattr(cache_file, "MOST_BYTES", 1_000_000)
    path = tmp_path / "answers.db"
    for today in range(10):
        cache = Cache(path, today=today)
        cache.keep([(b"%d" % today, b"x" * 300_000)])
        cache.close()
    assert path.stat().st_size < 1_000_000
    cache = Cache(path, today=10)
    assert [today for today in range(10) if cache.answer(b"%d" % today)] == [8, 9]
    cache.close()
