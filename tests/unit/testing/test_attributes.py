"""What an author writes into a contract and cannot be meant: told in one sentence, before anything is computed."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from support.contracts import AS_OF, HEAD, RIGHT, ROWS, call, contract, write
from trigpoint.testing import FunctionContract, MetricContract, SmallWarehouse, SourceContract

TABLE = {"account_id": "text", "day": "date", "x": "number", "who": "text", "over": "date"}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "row too short": ({"rows": [ROWS[0][:4]]}, r"row 1 of `rows` 4 cells, and `table` has 5 columns"),
    "row too wide": ({"rows": [(*ROWS[0], 1)]}, "row 1 of `rows` 6 cells, and `table` has 5 columns"),
    "unknown column": ({"rows": [{"acount_id": "A-1"}]}, "row 1 of `rows` the column 'acount_id', and `table` has"),
    "a text for a row": ({"rows": ["A-1,1"]}, "'A-1,1', which is no row"),
    "a text for a day": ({"rows": [("A-1", "2026-03-01", 1, "a", None)]}, r"the text '2026-03-01' in column 'day': give a date, such as dt\.date"),
    "as_of as text": ({"as_of": "2026-03-31"}, r"has as_of = '2026-03-31': give a date, such as dt\.date"),
    "as_of with time": ({"as_of": dt.datetime(2026, 3, 31, tzinfo=dt.UTC)}, "give a date"),
    "misspelt": ({"expects": {}}, "an attribute `expects`, which means nothing: did you mean `expect`"),
    "no day": ({"time": "date"}, 'has time = "date", and `table` has: account_id, day, x, who, over; .*or time = None'),
    "no owner": ({"owner": "account"}, 'has owner = "account", and `table` has: .*which column has the key of the account'),
    "foreseen": ({"foreseen": ["end"]}, "names the column 'end' in `known` or `foreseen`"),
    "plugin and name": ({"metric": "acme.mood"}, 'write it without the plugin.s name, metric = "mood"'),
    "a set of rows": ({"rows": set(ROWS)}, "has rows = .*: give a list"),
    "expect": ({"expect": [("A-1", 2.0)]}, "has expect = .*: give a dict"),
    "window": ({"window": 90}, "has window = 90: give a text"),
    "path as text": ({"plugin": "plugins/gap.py"}, r'write plugin = Path\("plugins/gap\.py"\)'),
    "no plugin": ({"plugin": 7}, "has plugin = 7: give the name"),
}  # fmt: skip


def said(made: Any, check: str) -> str:
    """What a check that fails says: words alone, without a line of ours."""
    with pytest.raises(pytest.fail.Exception) as failed:
        call(made, check)
    assert not failed.value.pytrace
    return str(failed.value)


@pytest.mark.parametrize("how", WRONG)
@pytest.mark.parametrize("check", ["test_values_are_as_expected", "test_does_not_read_the_clock"])
def test_a_wrong_attribute_is_told(how: str, check: str, tmp_path: Path) -> None:
    """Each check says it in the same words: what is wrong, and what is to be written."""
    more, told = WRONG[how]
    text = said(contract(**{"plugin": write(tmp_path, RIGHT), **more}), check)
    assert text.startswith("TestMood ")
    assert re.search(told, text), text


def test_a_missing_attribute_is_told(tmp_path: Path) -> None:
    """All that are missing are named at once; a class in between may leave some to those below it."""
    made = type("TestMood", (MetricContract,), {"plugin": write(tmp_path, RIGHT), "metric": "mood"})()
    assert said(made, "test_takes_blank_cells") == ("TestMood does not say `table` and `rows` and `as_of` and `expect`")


def test_a_shared_class_may_say_a_part(tmp_path: Path) -> None:
    """What a class between the contract and the test says counts, as do constants of the author's own."""
    whole = contract(write(tmp_path, RIGHT))
    between = type("Shared", (type(whole),), {"threshold": 3, "rows": ROWS})
    call(type("TestBelow", (between,), {"as_of": AS_OF})(), "test_is_declared_in_full")


def test_a_relative_path_is_that_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of the plugin's own has another working folder, and finds the file all the same."""
    write(tmp_path, RIGHT)
    monkeypatch.chdir(tmp_path)
    for check in ("test_values_are_as_expected", "test_gives_the_same_in_other_processes"):
        call(contract(Path("acme.py")), check)


@pytest.mark.parametrize("name", ["order", "group", "select"])
def test_a_metric_may_be_called_like_a_word_of_sql(name: str, tmp_path: Path) -> None:
    """As in a project."""
    file = write(tmp_path, RIGHT)
    file.write_text(file.read_text(encoding="utf-8").replace("FunctionMetric('mood'", f"FunctionMetric('{name}'"))
    call(contract(file, metric=name), "test_values_are_as_expected")


FAULTY = """
@hookimpl
def trigpoint_functions():
    return [1, 2]

@hookimpl
def trigpoint_metrics():
    return ["no metric"]
"""


def test_a_plugin_that_cannot_be_loaded(tmp_path: Path) -> None:
    """All that is wrong in it is told, with a hint for authors and not for those who run it."""
    text = said(contract(write(tmp_path, RIGHT, head=HEAD + "import no_such_module")), "test_takes_blank_cells")
    assert "TP707 plugin 'acme'" in text
    assert "No module named 'no_such_module'" in text
    assert "[plugins]" not in text
    file = tmp_path / "acme.py"
    file.write_text(HEAD + FAULTY, encoding="utf-8")
    text = said(contract(file), "test_takes_blank_cells")
    assert len(text.splitlines()) == 4
    assert "str is no" in text
    assert text.count("int is no Function") == 2


def test_a_plugin_that_is_not_installed() -> None:
    """Told without a traceback."""
    assert "TP701 plugin 'acmee' is not installed" in said(contract("acmee"), "test_takes_blank_cells")  # type: ignore[arg-type]


DOUBLE = "\n@hookimpl\ndef trigpoint_functions():\n    return [Function('double', (Parameter('x', NUMERIC),), 'number', 'Twice.', templates={'*': 'x * 2'}, oracle=lambda x: x and x * 2)]\n"


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({2.0: 4.0}, r"has 2.0 as a key of `expect`: a key is a tuple of the arguments, (2.0,)"),
        ({(2.0, 3.0): 4.0}, "is double(x), and a key of `expect` has 2 arguments: (2.0, 3.0)"),
        ([(2.0, 4.0)], "has expect = [(2.0, 4.0)]: give a dict"),
    ],
)
def test_arguments_of_a_wrong_shape(expect: Any, told: str, tmp_path: Path) -> None:
    """The keys of what a function gives are tuples of as many arguments as it takes."""
    file = tmp_path / "acme.py"
    file.write_text(HEAD + DOUBLE, encoding="utf-8")
    made = type("TestDouble", (FunctionContract,), {"plugin": file, "function": "double", "expect": expect})()
    assert told in said(made, "test_gives_what_is_expected")


SHEET = """
class Sheet:
    name = "sheet"
    schema = {{"type": "object", "additionalProperties": False, "properties": {{"section": {{"type": "string", "default": "all"}}}}}}

    def read(self, request):
        {body}

@hookimpl
def trigpoint_sources():
    return [Sheet()]
"""


def sheet(folder: Path, body: str, **more: Any) -> SourceContract:
    """A contract of a source whose `read` has this body."""
    file = folder / "acme.py"
    file.write_text(HEAD + SHEET.format(body=body), encoding="utf-8")
    members = {"plugin": file, "source": "sheet", "table": {"a": "text"}, "expect": [("all",)]}
    made: SourceContract = type("TestSheet", (SourceContract,), {**members, **more})()
    return made


@pytest.mark.parametrize(
    ("body", "more", "told"),
    [
        ("return None", {}, "source 'sheet' gives None and no batches: its `read` must `yield Batch(...)`"),
        ("yield ('a', 'b')", {}, "source 'sheet' gives a tuple and no Batch"),
        ("yield None", {}, "source 'sheet' gives None and no Batch"),
        ("return []", {"source": "shet"}, "is not offered by plugin 'acme', which offers: sheet"),
        ("return []", {"expect": ["all"]}, "has 'all' as row 1 of `expect`: a row is a tuple of cells, ('all',)"),
    ],
)
def test_what_a_source_gives_instead(body: str, more: dict[str, Any], told: str, tmp_path: Path) -> None:
    """No batch, nothing at all, or another name."""
    with pytest.raises(pytest.fail.Exception) as failed:
        sheet(tmp_path, body, **more).test_rows_fit_their_header(tmp_path)
    assert told in str(failed.value)


def test_options_have_their_defaults(tmp_path: Path) -> None:
    """What the schema says is there where the options are silent, as when a project is loaded."""
    body = 'yield Batch("f", 1, ["a"], [(request.settings.options["section"],)])'
    sheet(tmp_path, body).test_reads_what_is_expected(tmp_path)
    other = sheet(tmp_path, body, options={"section": "mine"}, expect=[("mine",)])
    other.test_reads_what_is_expected(tmp_path)


def test_a_small_warehouse_says_what_it_misses(trigpoint_warehouse: SmallWarehouse) -> None:
    """A rule without a metric, and a text where a date belongs."""
    with pytest.raises(ValueError, match="the rule does not say which metric it is"):
        trigpoint_warehouse.values({"from": "moods"}, AS_OF)
    with pytest.raises(ValueError, match=r"a row of table 'moods' has the text '2026-03-01' in column 'day'"):
        trigpoint_warehouse.table("moods", {"account_id": "text", "day": "date"}, [("A-1", "2026-03-01")])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"settings": {"y": "x"}}, "unknown key 'y'"),
        ({"where": "y > 1"}, "unknown name 'y'"),
        ({"table": {**TABLE, "x": "nomber"}}, "did you mean 'number'"),
    ],
)
@pytest.mark.parametrize("check", ["test_takes_blank_cells", "test_does_not_read_the_clock"])
def test_rules_that_do_not_fit(more: dict[str, Any], told: str, check: str, tmp_path: Path) -> None:
    """What the rules of a contract cannot say is told like that in each check, and with no traceback of ours."""
    text = said(contract(write(tmp_path, RIGHT), **more), check)
    assert text.startswith("metric 'acme.mood' cannot be asked for by these rules: rules.toml:")
    assert told in text


def test_no_error_of_ours_is_shown_beside_the_words(tmp_path: Path) -> None:
    """What was raised inside is not printed before what is said."""
    for made in (contract(tmp_path / "none.py"), contract(write(tmp_path, RIGHT), metric="mod")):
        with pytest.raises(pytest.fail.Exception) as failed:
            call(made, "test_takes_blank_cells")
        assert failed.value.__suppress_context__
