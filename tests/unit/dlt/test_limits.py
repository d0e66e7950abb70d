"""A read that does not end is ended, and is an error: a night never hangs on an API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.api import Answer, Api, Asked
from trigpoint import TrigpointError
from trigpoint_dlt import session

Contacts = list[dict[str, object]]


@pytest.fixture
def endless(project: Any, api: Api) -> Api:
    """An API whose every page has a link to another one."""

    def page(asked: Asked) -> Answer:
        number = int(asked.query.get("page", "1"))
        items = [{"id": f"C-{number}-{each}", "account": {"id": "A"}, "seats": 1} for each in range(10)]
        return Answer(items, headers={"Link": f'<{api.url}/contacts?page={number + 1}>; rel="next"'})

    api.answers["/contacts"] = page
    return api


def test_too_many_items(project: Any, endless: Api) -> None:
    """Pages without end reach the number of rows that may come; the load fails, it is not cut short."""
    project.write("max_items = 1200", client='paginator = "header_link"')
    with pytest.raises(TrigpointError, match=r"TP439 source 'contacts' gave more than 1200 rows .*max_items"):
        project.load()
    assert len(endless.asked) <= 151
    assert project.folder.query("SELECT count(*) FROM sqlite_master WHERE name = 'contacts'") == [(0,)]


def test_as_many_items_as_may_come(project: Any, api: Api, contacts: Contacts) -> None:
    """The limit itself is allowed."""
    project.write("max_items = 5")
    api.answers["/contacts"] = Answer(contacts)
    assert project.load().rows == 5


def test_too_long(project: Any, endless: Api) -> None:
    """Pages without end reach the time that all of it may take."""
    project.write("max_seconds = 0.3", client='paginator = "header_link"')
    with pytest.raises(TrigpointError, match=r"TP439 source 'contacts' was not read within 0\.3 seconds .*max_seconds"):
        project.load()


def test_pages_without_items_are_too_long_too(project: Any, api: Api) -> None:
    """Empty pages that lead to empty pages give no row to count; the time ends them."""
    project.write("max_seconds = 0.3", client='paginator = "header_link"')
    api.answers["/contacts"] = Answer([], headers={"Link": f'<{api.url}/contacts>; rel="next"'})
    with pytest.raises(TrigpointError, match=r"TP439"):
        project.load()


def test_a_byte_now_and_then(project: Any, api: Api, contacts: Contacts) -> None:
    """A server that is never silent for long, but never ends, is left when the time is over."""
    project.write("max_seconds = 0.4\ntimeout_seconds = 0.3")
    api.answers["/contacts"] = Answer(contacts, pause=0.02)
    assert len(json.dumps(contacts)) * 0.02 > 4
    with pytest.raises(TrigpointError, match=r"TP439"):
        project.load()


def test_a_wait_beyond_the_time(project: Any, api: Api) -> None:
    """A server that asks to wait longer than there is time is not waited for."""
    project.write("max_seconds = 5\nwait_seconds = 600")
    api.answers["/contacts"] = Answer({}, 429, {"Retry-After": "300"})
    with pytest.raises(TrigpointError, match=r"TP439"):
        project.load()
    assert len(api.asked) == 1


def test_an_answer_that_is_too_large(
    project: Any, api: Api, contacts: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer of more bytes than a page can have is not read to its end."""
    monkeypatch.setattr(session, "LARGEST_ANSWER", 100)
    api.answers["/contacts"] = Answer(contacts)
    with pytest.raises(TrigpointError, match=r"TP439 .*got an answer of more than 0 MB .*smaller pages"):
        project.load()
