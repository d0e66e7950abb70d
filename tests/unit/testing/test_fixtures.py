"""The fixtures that pytest knows wherever trigpoint is installed."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import textwrap
import types
from pathlib import Path

import pytest

from trigpoint.errors import ConfigError, RulesError, TrigpointError
from trigpoint.plugins import PluginLoadError
from trigpoint.testing import OnlyPlugins, ProjectFolder, SmallWarehouse

AS_OF = dt.date(2026, 3, 31)
LOCAL = """
from trigpoint import ANY, FunctionMetric, Input, hookimpl

def count(rows, request):
    return zip(rows.keys, rows.counts)

@hookimpl
def trigpoint_metrics():
    return [FunctionMetric("count", count, (Input("x", ANY, "Anything."),), "How many rows.", "No row.", "integer")]
"""
RULE = """
[metrics.rows]
plugin = "acme.count"
from = "usage"
settings = { x = "person" }
subject = "account"
"""


@pytest.fixture
def local(tmp_path: Path) -> Path:
    """A plugin in a file."""
    file = tmp_path / "acme.py"
    file.write_text(LOCAL, encoding="utf-8")
    return file


def test_a_fresh_project_is_scored(trigpoint_project: ProjectFolder) -> None:
    """The small project is sound, and its scores are what its rules say."""
    assert trigpoint_project.check() == ()
    report = trigpoint_project.run(AS_OF)
    assert report.exit_code == 0
    assert trigpoint_project.scores("health") == {"A-1": 75.0, "A-2": 25.0, "A-3": 0.0}
    assert trigpoint_project.values("account")["A-1"]["events"] == 15


def test_a_project_with_a_plugin_under_test(
    trigpoint_project: ProjectFolder, trigpoint_plugins: type[OnlyPlugins], local: Path
) -> None:
    """The plugins of the host stand in for those of the file, and run as every night."""
    trigpoint_project.plugins = trigpoint_plugins(acme=local)
    trigpoint_project.add("rules/rules.toml", RULE)
    assert trigpoint_project.check() == ()
    assert trigpoint_project.run(AS_OF).exit_code == 0
    rows = {key: each["rows"] for key, each in trigpoint_project.values("account").items()}
    assert rows == {"A-1": 2, "A-2": 1, "A-3": None}


def test_a_project_with_local_plugins(trigpoint_project: ProjectFolder) -> None:
    """Without a host the plugins are those that the project's file names."""
    trigpoint_project.write("acme.py", LOCAL)
    trigpoint_project.add("trigpoint.toml", '[plugins]\nlocal = ["acme.py"]\n')
    trigpoint_project.add("rules/rules.toml", RULE)
    assert trigpoint_project.run(AS_OF).exit_code == 0
    assert trigpoint_project.values("account")["A-2"]["rows"] == 1


def test_problems_of_a_project(trigpoint_project: ProjectFolder) -> None:
    """`check` gives the lines that the command prints."""
    trigpoint_project.add("rules/rules.toml", "\n[metrics.other]\nform = 'usage'\nvalue = 'count(*)'\n")
    (first, *_) = trigpoint_project.check()
    assert "TP105 unknown key 'form'" in first


def test_a_small_warehouse(
    trigpoint_warehouse: SmallWarehouse, trigpoint_plugins: type[OnlyPlugins], local: Path
) -> None:
    """Tables are filled from rows, and a metric is computed over them."""
    trigpoint_warehouse.plugins = trigpoint_plugins(acme=local)
    trigpoint_warehouse.table("accounts", {"account_id": "text"}, [("A-1",), ("A-2",)], subject="account")
    columns = {"account_id": "text", "day": "date", "stars": "number"}
    rows = [{"account_id": "A-1", "day": AS_OF, "stars": 4.5}, ("A-1", dt.date(2026, 4, 2), 1)]
    trigpoint_warehouse.table("moods", columns, rows, time="day", belongs_to={"account": "account_id"})
    rule = {"plugin": "acme.count", "from": "moods", "settings": {"x": "stars"}}
    assert trigpoint_warehouse.values(rule, AS_OF) == {"A-1": 1.0}
    assert trigpoint_warehouse.query("SELECT count(*) FROM moods") == [(2,)]
    with pytest.raises(RulesError, match="did you mean 'stars'"):
        trigpoint_warehouse.values({**rule, "settings": {"x": "strs"}}, AS_OF)
    with pytest.raises(ValueError, match="a row has the column 'star', and the table has: account_id, day, stars"):
        trigpoint_warehouse.table("moods", columns, [{"star": 1}])
    with pytest.raises(ValueError, match="a row has 1 cells, and the table has 3 columns"):
        trigpoint_warehouse.table("moods", columns, [("A-1",)])


def test_a_metric_that_fails_in_a_warehouse(trigpoint_warehouse: SmallWarehouse, local: Path) -> None:
    """What happens in the plugin's process is raised."""
    local.write_text(
        LOCAL.replace("return zip(rows.keys, rows.counts)", "raise ValueError('no luck')"), encoding="utf-8"
    )
    trigpoint_warehouse.plugins = OnlyPlugins(acme=local)
    trigpoint_warehouse.table("accounts", {"account_id": "text"}, [("A-1",)], subject="account")
    trigpoint_warehouse.table("moods", {"account_id": "text"}, [("A-1",)], belongs_to={"account": "account_id"})
    with pytest.raises(TrigpointError, match="no luck"):
        trigpoint_warehouse.values({"plugin": "acme.count", "from": "moods", "settings": {"x": "account_id"}}, AS_OF)


def test_a_clean_host(trigpoint_plugins: type[OnlyPlugins], local: Path) -> None:
    """Only what is given is there, and what every project may name: a bundled plugin that is asked for."""
    registry = trigpoint_plugins(acme=local).registry()
    assert set(registry.plugins) == {"acme", "files"}
    assert set(registry.metrics) == {"acme.count"}
    assert "survival.duration" in trigpoint_plugins("survival").registry().metrics
    assert "math" in trigpoint_plugins().registry(["math", "nobody"]).plugins


def test_a_host_with_a_module(monkeypatch: pytest.MonkeyPatch, local: Path) -> None:
    """A module is taken by its name where another process finds it too, else by its file."""
    module = types.ModuleType("acme")
    module.__file__ = str(local)
    assert OnlyPlugins(acme=module).registry().plugins["acme"].reference == str(local)
    monkeypatch.syspath_prepend(local.parent)
    assert OnlyPlugins(acme=module).registry().plugins["acme"].reference == "acme"
    monkeypatch.delitem(sys.modules, "acme")
    import trigpoint_math

    assert OnlyPlugins(math=trigpoint_math).registry().plugins["math"].bundled


def test_a_host_with_what_is_not_there(tmp_path: Path) -> None:
    """A missing plugin is told, with the way to have it."""
    for given, said in (
        ("acme", "plugin 'acme' is not installed .*pip install -e"),
        (tmp_path / "acme.py", "local plugin 'acme' is missing"),
        (types.ModuleType("acme"), "has no file"),
    ):
        with pytest.raises(ConfigError, match=said):
            OnlyPlugins(acme=given).registry()


def test_a_host_with_a_broken_plugin(local: Path) -> None:
    """In a test a broken plugin raises: nobody runs the rest of the suite without it."""
    local.write_text("import nowhere_to_be_found", encoding="utf-8")
    with pytest.raises(PluginLoadError, match="nowhere_to_be_found"):
        OnlyPlugins(acme=local).registry()


def test_two_owners_of_a_name(local: Path) -> None:
    """What two plugins offer is refused, as in a run."""
    text = "from trigpoint import *\n@hookimpl\ndef trigpoint_functions():\n    return [Function('twice', (Parameter('x', NUMERIC),), 'number', 'Twice x.', templates={'*': 'x * 2'}, oracle=lambda x: x)]\n"
    local.write_text(text, encoding="utf-8")
    other = local.with_name("other.py")
    other.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="function 'twice' is offered twice"):
        OnlyPlugins(acme=local, other=other).registry()


def test_nothing_is_imported_in_every_pytest_run() -> None:
    """The module that pytest imports wherever trigpoint is installed brings along nothing but its two packages."""
    code = """
        import pytest, sys
        before = set(sys.modules)
        import trigpoint.testing.fixtures
        print(*sorted(set(sys.modules) - before))
    """
    told = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["trigpoint", "trigpoint.testing", "trigpoint.testing.fixtures"]


DEFAULTS = """
from trigpoint import Batch, hookimpl

class Sheet:
    name = "sheet"
    schema = {"type": "object", "properties": {"section": {"type": "string", "default": "all"}}}

    def read(self, request):
        yield Batch("sheet", 1, ["account_id", "seats"], [(request.settings.options["section"], 1)])

@hookimpl
def trigpoint_sources():
    return [Sheet()]
"""


@pytest.mark.parametrize(("option", "told"), [("", "all"), ('section = "mine"\n', "mine")])
def test_a_source_is_given_the_defaults_of_its_schema(
    option: str,
    told: str,
    trigpoint_project: ProjectFolder,
    trigpoint_plugins: type[OnlyPlugins],
    tmp_path: Path,
) -> None:
    """Where the project file is silent, the option has the value that the schema says, as a metric's setting has."""
    (tmp_path / "acme.py").write_text(DEFAULTS, encoding="utf-8")
    trigpoint_project.plugins = trigpoint_plugins(acme=tmp_path / "acme.py")
    file = trigpoint_project.root / "trigpoint.toml"
    text = file.read_text(encoding="utf-8")
    changed = text.replace('plugin = "files"\npath = "accounts.csv"\n', f'plugin = "sheet"\n{option}')
    file.write_text(changed, encoding="utf-8")
    trigpoint_project.run(AS_OF)
    assert list(trigpoint_project.scores("health")) == [told]
