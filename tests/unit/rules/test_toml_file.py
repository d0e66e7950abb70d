"""TOML with positions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from trigpoint.errors import Place, Problems
from trigpoint.rules.setting import Setting, plain, walk
from trigpoint.rules.toml_file import MAX_BYTES, read_file, read_text


def read(text: str) -> Setting:
    """The settings of a text that has no problems."""
    problems = Problems()
    setting = read_text(text.encode(), "rules.toml", problems)
    assert not problems.found
    assert setting is not None
    return setting


def found(setting: Setting, *path: str) -> Setting:
    """What lies below a path of keys."""
    for key in path:
        setting = setting.table[key]
    return setting


def problems_of(content: bytes) -> list[str]:
    """What is told of the bytes of a file."""
    problems = Problems()
    assert read_text(content, "rules.toml", problems) is None
    return [str(problem) for problem in problems.found]


SOURCE = """# ü comment
a.b."c d" = { x = 1, y = "ü", z.w = [1, 2,
 [3, "x"]] }
[t."u.v"]
day = 2020-01-01
[[list]]
low = -inf
[[list]]
low = 2
"""


def test_values_are_those_of_tomllib() -> None:
    """Inline tables, dotted and quoted keys, nested lists and lists of tables keep their values."""
    assert plain(read(SOURCE)) == {
        "a": {"b": {"c d": {"x": 1, "y": "ü", "z": {"w": [1, 2, [3, "x"]]}}}},
        "t": {"u.v": {"day": "2020-01-01"}},
        "list": [{"low": float("-inf")}, {"low": 2}],
    }
    assert found(read(SOURCE), "t", "u.v", "day").value == dt.date(2020, 1, 1)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("a",), (2, 1), (2, 1)),
        (("a", "b", "c d"), (2, 5), (2, 13)),
        (("a", "b", "c d", "y"), (2, 22), (2, 26)),
        (("a", "b", "c d", "z", "w"), (2, 33), (2, 37)),
        (("t", "u.v"), (4, 4), (4, 4)),
        (("t", "u.v", "day"), (5, 1), (5, 7)),
    ],
)
def test_places_are_in_characters(path: tuple[str, ...], key: tuple[int, int], value: tuple[int, int]) -> None:
    """Each key and value has its line and column, counted in characters and not in bytes."""
    setting = found(read(SOURCE), *path)
    assert (setting.key, setting.place) == (Place("rules.toml", *key), Place("rules.toml", *value))


def test_items_of_lists_have_places() -> None:
    """The entries of a list within a list are found too."""
    items = found(read(SOURCE), "a", "b", "c d", "z", "w").items
    assert items[2].items[1].place == Place("rules.toml", 3, 6)


@pytest.mark.parametrize(
    ("written", "offset", "place"),
    [
        ('"abc"', 2, (1, 8)),
        ('"\\u00e9b"', 1, (1, 12)),
        ('"\\"b"', 1, (1, 8)),
        ("'a\\b'", 2, (1, 8)),
        ('"üb"', 1, (1, 7)),
        ('"""\nab\ncd"""', 4, (3, 2)),
        ('"""ab\ncd"""', 3, (2, 1)),
        ("'''\nab'''", 1, (2, 2)),
        ('"""a\\\n   b"""', 1, (2, 4)),
        ('"abc"', 3, (1, 9)),
    ],
)
def test_place_inside_a_text(written: str, offset: int, place: tuple[int, int]) -> None:
    """The place of a character inside a text takes quotes, escapes and line breaks into account."""
    assert read(f"v = {written}").table["v"].at(offset) == Place("rules.toml", *place)


def test_windows_files_read_like_others() -> None:
    """A byte-order mark and carriage returns change neither values nor places."""
    problems = Problems()
    setting = read_text(b'\xef\xbb\xbfa = 1\r\nb = "x"\r\n', "rules.toml", problems)
    assert setting is not None
    assert plain(setting) == {"a": 1, "b": "x"}
    assert setting.table["b"].place == Place("rules.toml", 2, 5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = 1\nb = \n", "rules.toml:2:5: TP101 this is no TOML: invalid value"),
        (b"a = 1\nb = \xff\n", "rules.toml:2: TP102 the file is not UTF-8 text (save it as UTF-8)"),
        (b"a = " + b"[" * 5000, "rules.toml: TP102 the file nests lists or tables too deep"),
        (b"a" + b".a" * 20_000 + b" = 1", "rules.toml:1:1: TP102 a key has 20000 dots, more than 16"),
        (b"a = 1\n" * 400_000, "rules.toml: TP102 the file has 2,400,000 bytes, more than 1,000,000 (split it)"),
        (b"a = 1\na.b = 2\n", "rules.toml:2:1: TP103 'a' is set twice, first in line 1 (keep one of them)"),
        (b"a = {x = 1}\n[a]\n", "rules.toml:2:2: TP103 'a' is set twice, first in line 1 (keep one of them)"),
    ],
)
def test_unreadable_files(content: bytes, message: str) -> None:
    """A file that is no TOML, too large, too deep or not UTF-8 is refused with one clear line."""
    assert problems_of(content) == [message]
    assert MAX_BYTES == 1_000_000


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    """A file that cannot be opened is told, not raised."""
    problems = Problems()
    assert read_file(tmp_path / "none.toml", "none.toml", problems) is None
    assert [problem.code for problem in problems.found] == ["TP102"]


def test_walk_names_every_setting() -> None:
    """Walking through settings gives each path once, tables before what they hold."""
    paths = [path for path, _ in walk(read("a.b = 1\n[c]\nd = {e = 2}\n"))]
    assert paths == [("a",), ("a", "b"), ("c",), ("c", "d"), ("c", "d", "e")]
