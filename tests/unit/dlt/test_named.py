"""What a project file names is found, and said when it is not; other sources of dlt than REST APIs are read too."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from support.api import Answer, Api
from trigpoint import Batch, InputError, SourceRequest, SourceSettings, Table, TrigpointError
from trigpoint_dlt.source import AnyDltSource

CONNECTOR = '''
import dlt
from dlt.sources import DltResource
from concurrent.futures import ThreadPoolExecutor
from os import getcwd


@dlt.source
def crm(token: str = dlt.secrets.value, start: int = 1):
    """Two resources."""

    @dlt.resource(name="contacts", write_disposition="merge", primary_key="id")
    def contacts():
        state = dlt.current.resource_state()
        state["runs"] = state.get("runs", 0) + 1
        yield [{"id": f"{token}-{start}", "seats": state["runs"]}]

    @dlt.resource(parallelized=True)
    def tickets(since=dlt.sources.incremental("id", initial_value="T-1")):
        for number in range(5):
            yield {"id": f"T-{number}", "seats": number}

    return contacts, tickets


@dlt.resource
def people():
    yield {"id": "P-1", "seats": 1}
    yield [{"id": "P-2", "seats": 2}]


def made(count: int):
    return dlt.resource([{"id": "M-1", "seats": count}], name="made")


def no_source():
    return 7


def broken():
    @dlt.resource
    def items():
        yield {"id": "1", "seats": 1}
        raise RuntimeError("see https://crm.example/x?sig=abc for more")
    return items


def endless():
    @dlt.resource(parallelized=True)
    def forever():
        try:
            while True:
                yield [{"id": "1", "seats": 1}] * 500
        finally:
            ENDED.append(True)
    return forever


ENDED = []
'''


@pytest.fixture
def connector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """An installed package with a connector."""
    folder = tmp_path / "site" / "acme_crm"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "sources.py").write_text(CONNECTOR)
    (folder / "broken.py").write_text("import acme_lacking")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    import acme_crm.sources

    yield acme_crm.sources
    for name in [name for name in sys.modules if name.startswith("acme_crm")]:
        del sys.modules[name]


def reading(root: Path, options: Mapping[str, object]) -> Iterator[Batch]:
    """What the source gives for some options, without a warehouse."""
    table = Table("contacts", columns={"id": "text", "seats": "integer"}, key=("id",))
    return AnyDltSource().read(SourceRequest(SourceSettings("crm", "contacts", "dlt", options=options), table, root))


def rows(root: Path, **options: object) -> list[tuple[object, ...]]:
    """All rows."""
    return [tuple(row) for batch in reading(root, options) for row in batch.rows]


@pytest.mark.parametrize("separator", [":", "."])
def test_a_source_of_a_package(connector: ModuleType, tmp_path: Path, separator: str) -> None:
    """A function of an installed package is called with the arguments; one of its resources is read."""
    named = {"source": f"acme_crm.sources{separator}crm", "arguments": {"token": "t", "start": 3}}
    assert rows(tmp_path, **named, resource="contacts") == [("t-3", 1)]
    assert rows(tmp_path, **named, resource="tickets") == [(f"T-{each}", each) for each in range(1, 5)]


def test_no_state_is_kept(connector: ModuleType, tmp_path: Path) -> None:
    """What a resource remembers of one load is gone in the next: each is a full one."""
    options = {"source": "acme_crm.sources:crm", "resource": "contacts", "arguments": {"token": "t"}}
    assert rows(tmp_path, **options) == rows(tmp_path, **options) == [("t-1", 1)]


def test_a_resource_by_itself(connector: ModuleType, tmp_path: Path) -> None:
    """A resource that needs no source is one, and so is what a plain function makes of dlt."""
    assert rows(tmp_path, source="acme_crm.sources:people") == [("P-1", 1), ("P-2", 2)]
    assert rows(tmp_path, source="acme_crm.sources:made", arguments={"count": 4}) == [("M-1", 4)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"source": "rest_appi"}, r"TP435 .*there is no source 'rest_appi' \(did you mean 'rest_api'\?\)"),
        ({"source": "hubspot"}, r"TP435 .*there is no source 'hubspot' \(write one of rest_api"),
        (
            {"source": "acme_none:crm"},
            r"TP435 .*'acme_none' cannot be imported.*install the package that has 'acme_none'",
        ),
        ({"source": "acme_crm.broken:crm"}, r"TP435 .*No module named 'acme_lacking'.*has 'acme_lacking'"),
        ({"source": "acme_crm.sources:crn"}, r"TP435 .*has no source 'crn' \(did you mean 'crm'\?\)"),
        ({"source": "acme_crm.sources:ENDED"}, r"TP435 .*has no source 'ENDED' \(sources and resources in it: broken"),
        ({"source": "acme_crm.sources:getcwd"}, r"TP435 .*is no source of dlt"),
        ({"source": "acme_crm.sources:ThreadPoolExecutor"}, r"TP435 .*is no source of dlt"),
        ({"source": "dlt.sources.rest_api:rest_api_source"}, r"TP435 .*\(write source = \"rest_api\"\)"),
        ({"source": "os:system", "arguments": {"command": "true"}}, r"TP435 .*'os:system' is no source of dlt"),
        ({"source": "subprocess:run", "arguments": {"args": "true"}}, r"TP435 .*is no source of dlt"),
        ({"source": "acme_crm.sources:crm"}, r"TP436 .*lacks an argument: token"),
        (
            {"source": "acme_crm.sources:crm", "arguments": {"tokn": "t"}},
            r"TP436 .*no argument 'tokn' \(did you mean 'token'",
        ),
        ({"source": "acme_crm.sources:made"}, r"TP436 .*lacks an argument: count"),
        ({"source": "acme_crm.sources:no_source"}, r"TP436 .*neither a source nor resources"),
        (
            {"source": "acme_crm.sources:crm", "arguments": {"token": "t"}},
            r"TP436 .*has 2 resources \(write resource = .*its resources are: contacts, tickets",
        ),
        (
            {"source": "acme_crm.sources:crm", "arguments": {"token": "t"}, "resource": "contact"},
            r"TP436 .*no resource 'contact' \(did you mean 'contacts'",
        ),
        (
            {"source": "acme_crm.sources:crm", "arguments": {"token": "t"}, "resource": "deals"},
            r"TP436 .*no resource 'deals' \(its resources are: contacts, tickets",
        ),
        (
            {"source": "acme_crm.sources:broken"},
            r"TP437 source 'crm': failed: RuntimeError: see https://crm\.example/x\?sig=\*\*\* for more",
        ),
    ],
)
def test_what_is_not_there(connector: ModuleType, tmp_path: Path, options: Mapping[str, object], said: str) -> None:
    """A name that is wrong is told with what could be meant; nothing that is not dlt's is called."""
    with pytest.raises(TrigpointError, match=said):
        rows(tmp_path, **options)


def test_dlt_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without dlt the error says how to get it."""
    monkeypatch.setattr("trigpoint_dlt.source.find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"TP435 source 'crm' needs dlt.*pip install 'trigpoint\[dlt\]'"):
        rows(tmp_path, source="rest_api")


def test_threads_end_in_the_middle(connector: ModuleType, tmp_path: Path) -> None:
    """A read that is given up in the middle ends the connector's generator and dlt's threads."""
    import threading

    before = set(threading.enumerate())
    batches = reading(tmp_path, {"source": "acme_crm.sources:endless"})
    assert len(next(batches).rows) == 500
    assert set(threading.enumerate()) > before
    batches.close()  # type: ignore[attr-defined]  # it is a generator
    assert connector.ENDED == [True]
    assert set(threading.enumerate()) == before


def test_files(tmp_path: Path) -> None:
    """dlt's own source of files reads JSON Lines."""
    (tmp_path / "a.jsonl").write_text('{"id": "F-1", "seats": 1}\n{"id": "F-2", "seats": 2}\n')
    arguments = {"bucket_url": tmp_path.as_uri(), "file_glob": "*.jsonl"}
    assert rows(tmp_path, source="filesystem", resource="read_jsonl", arguments=arguments) == [("F-1", 1), ("F-2", 2)]


@pytest.mark.filterwarnings("ignore:`detect_precision_hints`:DeprecationWarning")  # dlt warns of an argument of its own
def test_databases(tmp_path: Path) -> None:
    """dlt's own source of databases reads a table."""
    pytest.importorskip("sqlalchemy")
    with closing(sqlite3.connect(tmp_path / "crm.db")) as database, database:
        database.execute("CREATE TABLE people (id TEXT PRIMARY KEY, seats INTEGER)")
        database.execute("INSERT INTO people VALUES ('D-1', 1), ('D-2', NULL)")
    arguments: dict[str, Any] = {"credentials": f"sqlite:///{tmp_path}/crm.db", "table_names": ["people"]}
    assert rows(tmp_path, source="sql_database", arguments=arguments) == [("D-1", 1), ("D-2", None)]


HELPED = """
import dlt
from dlt.sources.helpers import requests
from dlt.sources.helpers.rest_client import RESTClient


@dlt.resource
def by_function(url: str):
    yield requests.get(url + "/contacts").json()


@dlt.resource
def by_client(url: str):
    yield from RESTClient(url).paginate("contacts")
"""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the connector closes no session
@pytest.mark.parametrize("name", ["by_function", "by_client"])
def test_tries_of_connectors(connector: ModuleType, tmp_path: Path, api: Api, name: str) -> None:
    """Tries and waits hold for connectors too that ask through dlt's own client, and for one load alone."""
    (tmp_path / "site" / "acme_crm" / "helped.py").write_text(HELPED)
    api.answers["/contacts"] = Answer({}, 500)
    options = {"source": f"acme_crm.helped:{name}", "arguments": {"url": api.url}, "wait_seconds": 0.01, "attempts": 3}
    with pytest.raises(TrigpointError, match=rf"TP437 .*{api.url}/contacts.* answered 500"):
        rows(tmp_path, **options)
    assert len(api.asked) == 3
    api.in_turn("/contacts", Answer({}, 429), Answer([{"id": "1", "seats": 2}]))
    assert rows(tmp_path, **options) == [("1", 2)]
    from dlt.sources.helpers import requests

    assert requests.client._retry_kwargs["max_attempts"] == 5
