"""A function that fails in any way: its metric has no values, is told by name, and the next metric is computed."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from support.plugged import feed, local_plugin, numbers
from trigpoint.model.plugin import Registry
from trigpoint.workers import PluginFailedError, Workers, open_workers

BODIES = {
    "sound": "return [(key, float(len(cells['x']))) for key, cells in rows.subjects()]",
    "raises": "return [(key, 1 / 0) for key in rows.keys]",
    "midway": "yield rows.keys[0], 1.0\nraise RuntimeError('two\\nlines')",
    "leaves": "raise SystemExit(3)",
    "interrupts": "raise KeyboardInterrupt",
    "unprintable": "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\nraise Odd",
    "half_a_character": "raise ValueError('half \\udc80')",
    "recurses": "def down(n):\n    return down(n + 1)\nreturn down(0)",
    "wrong_type": "return [(key, 'much') for key in rows.keys]",
    "twice": "return [(rows.keys[0], 1.0), (rows.keys[0], 1.0)]",
    "unknown": "return [('nobody', 1.0)]",
    "ten_times": "return [(key, 1.0) for _ in range(10) for key in rows.keys]",
    "endless": "while True:\n    yield rows.keys[0], 1.0",
    "nothing": "pass",
    "loops": "print('still at it')\nwhile True:\n    pass",
    "holds": "return max(iter(int, 1))",
    "exits": "import os\nprint('so long')\nos._exit(7)",
    "exits_well": "import os\nos._exit(0)",
    "crashes": "import ctypes\nctypes.string_at(0)",
    "closes": "import os\nos.closerange(3, 64)\nreturn []",
    "grows": "return [(key, float(len(bytearray(4 << 30)))) for key in rows.keys]",
    "writes": "open('/tmp/trigpoint-test-of-writing', 'w').close()\nreturn []",
}
FAILS = [
    ("raises", "TP710", "failed: ZeroDivisionError: division by zero"),
    ("midway", "TP710", "failed: RuntimeError: two lines"),
    ("leaves", "TP710", "failed: SystemExit: 3"),
    ("interrupts", "TP710", "failed: KeyboardInterrupt: no message"),
    ("unprintable", "TP710", "failed: Odd: no message"),
    ("half_a_character", "TP710", "failed: ValueError: half \\udc80"),
    ("recurses", "TP710", "failed: RecursionError: maximum recursion depth exceeded"),
    ("wrong_type", "TP711", "gave 'much' of type str, and the metric is of type number (for 'A')"),
    ("twice", "TP711", "gave 'A' twice"),
    ("unknown", "TP711", "gave the key 'nobody', which is none of those it was asked for"),
    ("ten_times", "TP711", "gave 'A' twice"),
    ("endless", "TP711", "gave 'A' twice"),
    ("nothing", "TP711", "gave a NoneType, and pairs of key and value are wanted"),
    ("exits", "TP713", "ended its process, with exit code 7; it printed last: so long"),
    ("exits_well", "TP713", "ended its process, with exit code 0"),
    ("crashes", "TP713", "crashed: its process was ended by SIGSEGV"),
    ("closes", "TP713", "ended its process"),
    ("grows", "TP716", "needs more memory than it may have: MemoryError"),
    ("writes", "TP715", "was stopped: a metric may not write files: /tmp/trigpoint-test-of-writing"),
]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A plugin that can do everything wrong."""
    return local_plugin(tmp_path_factory.mktemp("plugin"), BODIES)


@pytest.fixture(scope="module")
def workers(registry: Registry):
    """Workers that all tests share: what one leaves behind, the next must bear."""
    with open_workers(registry) as opened:
        yield opened


@pytest.mark.parametrize(("name", "code", "says"), FAILS, ids=[name for name, *_ in FAILS])
def test_failure(name: str, code: str, says: str, registry: Registry, workers: Workers):
    """Each way to fail is told with plugin, file, metric and what happened, and the plugin's next metric is computed."""
    with pytest.raises(PluginFailedError) as raised:
        workers.values(feed(name), numbers(("A", [1.0, 2.0]), ("B", [3.0])))
    (problem,) = raised.value.problems
    assert problem.code == code
    assert problem.text.startswith(f"metric '{name}' of {registry.plugins['acme']} {says}")
    assert problem.place
    assert problem.place.file == registry.plugins["acme"].file
    assert problem.hint
    assert workers.values(feed("sound"), numbers(("A", [1.0, 2.0]))).rows == [("A", 2.0, 2, "2026-03-02")]


@pytest.mark.parametrize("name", ["raises", "crashes"])
def test_the_line_is_told(name: str, workers: Workers):
    """The line of the plugin's own code is told, of an exception and of a crash."""
    with pytest.raises(PluginFailedError) as raised:
        workers.values(feed(name), numbers(("A", [1.0])))
    assert line_of(raised.value) in {each.strip() for each in BODIES[name].splitlines()}


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        ("loops", ("while True:", "pass"), "; it printed last: still at it"),
        ("holds", (BODIES["holds"],), ""),
    ],
)
def test_an_endless_loop(name: str, lines: tuple[str, ...], said: str, registry: Registry):
    """A loop that never ends is stopped when its time is up, even one that no signal of Python comes through; where it was is told."""
    with open_workers(registry, 1.0) as workers:
        start(workers)
        with pytest.raises(PluginFailedError) as raised:
            workers.values(feed(name), numbers(("A", [1.0])))
    (problem,) = raised.value.problems
    assert problem.code == "TP712"
    assert (
        problem.text == f"metric '{name}' of {registry.plugins['acme']} was not done after 1 s, and was stopped{said}"
    )
    assert line_of(raised.value) in lines


def start(workers: Workers) -> None:
    """Have the process started, however busy the machine is: that counts against a metric's time."""
    for _ in range(20):
        with contextlib.suppress(PluginFailedError):
            workers.values(feed("sound"), numbers(("A", [1.0])))
            return
    raise AssertionError("no process starts within a second")


def line_of(error: PluginFailedError) -> str:
    """The line of code that an error names."""
    place = error.problems[0].place
    assert place
    assert place.line
    return Path(place.file).read_text(encoding="utf-8").splitlines()[place.line - 1].strip()


def test_nothing_of_a_failed_metric_counts(tmp_path: Path):
    """A metric that fails in a later batch has no values at all."""
    body = "if 'B' in rows.keys:\n    raise ValueError('no B')\nreturn [(key, 1.0) for key in rows.keys]"
    cache = tmp_path / "answers.db"
    registry = local_plugin(tmp_path, {"late": body})
    subjects = [("A", [1.0] * 60_000), ("B", [1.0]), ("C", [1.0])]
    for _ in range(2):
        with open_workers(registry, cache=cache) as workers, pytest.raises(PluginFailedError, match="no B"):
            workers.values(feed("late"), numbers(*subjects))


def test_rows_that_cannot_be_read(registry: Registry):
    """If the rows fail, that error is told, and the process does not keep half a question."""

    def broken():
        yield from numbers(("A", [1.0] * 60_000))
        raise OSError("the disk")

    with open_workers(registry) as workers:
        with pytest.raises(OSError, match="the disk"):
            workers.values(feed("sound"), broken())
        assert workers.values(feed("sound"), numbers(("B", [1.0]))).rows == [("B", 1.0, 1, "2026-03-01")]


def test_what_is_not_a_number_is_told(tmp_path: Path):
    """nan and inf are no data, and a finding counts them."""
    body = "return [('A', float('nan')), ('B', float('inf')), ('C', 1.0)]"
    with open_workers(local_plugin(tmp_path, {"odd": body})) as workers:
        computed = workers.values(feed("odd"), numbers(("A", [1.0]), ("B", [1.0]), ("C", [1.0]), ("D", [1.0])))
    assert [row[:2] for row in computed.rows] == [("A", None), ("B", None), ("C", 1.0), ("D", None)]
    (finding,) = computed.findings
    assert (finding.kind, finding.where, finding.count, finding.severity) == ("plugin values", "odd", 2, "warning")
    assert finding.text.startswith("2 values were no number (nan or infinite), and count as no data")


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ("raise SystemExit(2)", "SystemExit: 2"),
        (
            "import os\nif os.environ.get('TRIGPOINT_WORKER_SECRET', '') == '': raise ImportError('only there')",
            "only there",
        ),
        ("import os\nos._exit(9)", "exit code 9"),
    ],
)
def test_a_plugin_that_loads_in_the_parent_alone(before: str, says: str, tmp_path: Path):
    """A plugin that cannot be loaded in its process is a failure of its metric."""
    with open_workers(local_plugin(tmp_path, {"mean": "return []"}, before=before)) as workers:
        for _ in range(2):
            with pytest.raises(PluginFailedError) as raised:
                workers.values(feed("mean"), numbers(("A", [1.0])))
            assert says in raised.value.problems[0].text


def test_a_metric_that_nobody_offers(registry: Registry, workers: Workers):
    """A metric that is not in the registry is a failure, not a crash."""
    with pytest.raises(PluginFailedError, match="TP714"):
        workers.values(feed("other"), numbers(("A", [1.0])))
