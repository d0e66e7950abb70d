"""A project with one table of contacts, which come from a REST API on the loopback interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from support.api import Api, serving
from support.folder import Folder
from trigpoint import Batch, SourceRequest, SourceSettings, Table
from trigpoint.model.run import Load
from trigpoint_dlt.source import AnyDltSource

CONTACTS = """
[tables.contacts]
columns = { contact_id = "text", account_id = "text", seats = "integer" }
key = ["contact_id"]
"""
ONE = '{ name = "contacts", endpoint = { path = "contacts" } }'


class ApiProject:
    """A project whose only source reads contacts by dlt."""

    def __init__(self, root: Path, api: Api) -> None:
        self.api = api
        self.folder = Folder(root, rules=CONTACTS)

    def write(self, options: str = "", *, client: str = 'paginator = "single_page"', resources: str = ONE) -> None:
        """The project file. `client` are further lines of the client; without `resources` there is one, the contacts."""
        text = f"""
            [sources.contacts]
            plugin = "dlt"
            source = "rest_api"
            {"" if "wait_seconds" in options else "wait_seconds = 0.01"}
            columns = {{ contact_id = "id", account_id = "account__id" }}
            {"" if "allow" in options else f'allow = ["{self.api.host}"]'}
            {options}
            [sources.contacts.arguments]
            resources = [{resources}]
            [sources.contacts.arguments.client]
            base_url = "{self.api.url}"
            {client}
            """
        self.folder.settings(dedent(text))

    def load(self) -> Load:
        """Load the contacts."""
        (load,) = self.folder.load(sources={"dlt": AnyDltSource()})
        return load

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """What is in the table."""
        return self.folder.query("SELECT contact_id, account_id, seats FROM contacts ORDER BY contact_id")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """A REST API."""
    monkeypatch.setenv("NO_PROXY", "*")
    with serving() as api:
        yield api


@pytest.fixture
def project(tmp_path: Path, api: Api) -> ApiProject:
    """A project that reads contacts from the API."""
    project = ApiProject(tmp_path, api)
    project.write()
    return project


@pytest.fixture
def contacts() -> list[dict[str, object]]:
    """Five contacts."""
    return [contact(number) for number in range(1, 6)]


def contact(number: int) -> dict[str, object]:
    """A contact as the API gives it."""
    return {"id": f"C-{number}", "account": {"id": f"A-{number}"}, "seats": number}


def read(options: Mapping[str, object], root: Path, columns: Mapping[str, str] | None = None) -> list[Batch]:
    """The batches that the source gives for some options, without a warehouse."""
    table = Table("contacts", columns={"id": "text", "seats": "integer"}, key=("id",))
    settings = SourceSettings("contacts", "contacts", "dlt", options=options, columns=columns or {})
    return list(AnyDltSource().read(SourceRequest(settings, table, root)))
