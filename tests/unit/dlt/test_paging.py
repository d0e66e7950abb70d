"""REST APIs are read page by page, and their objects become rows."""

from __future__ import annotations

from typing import Any

import pytest

from support.api import Answer, Api, Asked
from trigpoint import InputError

Contacts = list[dict[str, object]]


def test_one_page(project: Any, api: Api, contacts: Contacts) -> None:
    """Nested objects are columns with `__` between the names; the resource is the file that rows are counted in."""
    api.answers["/contacts"] = Answer(contacts)
    load = project.load()
    assert load.rows == 5
    assert project.rows[0] == ("C-1", "A-1", 1)
    assert project.folder.query("SELECT files FROM _loads") == [('["contacts"]',)]


def test_pages_by_a_link_in_the_answer(project: Any, api: Api, contacts: Contacts) -> None:
    """The link to the next page is followed until there is none."""
    project.write(client='paginator = { type = "json_link", next_url_path = "links.next" }')
    pages = {"1": contacts[:2], "2": contacts[2:4], "3": contacts[4:]}

    def page(asked: Asked) -> Answer:
        number = asked.query.get("page", "1")
        following = f"{api.url}/contacts?page={int(number) + 1}" if number != "3" else None
        return Answer({"items": pages[number], "links": {"next": following}})

    api.answers["/contacts"] = page
    assert project.load().rows == 5
    assert [asked.query.get("page") for asked in api.asked] == [None, "2", "3"]


def test_pages_by_a_header(project: Any, api: Api, contacts: Contacts) -> None:
    """The header `Link` names the next page."""
    project.write(client='paginator = "header_link"')
    api.answers["/contacts"] = Answer(contacts[:3], headers={"Link": f'<{api.url}/more>; rel="next"'})
    api.answers["/more"] = Answer(contacts[3:])
    assert project.load().rows == 5


def test_pages_by_an_offset(project: Any, api: Api, contacts: Contacts) -> None:
    """Pages are asked for by offset and limit."""
    project.write(client='paginator = { type = "offset", limit = 2, total_path = "total" }')

    def page(asked: Asked) -> Answer:
        start = int(asked.query["offset"])
        return Answer({"items": contacts[start : start + int(asked.query["limit"])], "total": 5})

    api.answers["/contacts"] = page
    assert project.load().rows == 5
    assert [asked.query["offset"] for asked in api.asked] == ["0", "2", "4"]


def test_a_resource_of_a_resource(project: Any, api: Api, contacts: Contacts) -> None:
    """A resource that asks once for each row of another one is read alone; the other's rows are not among its."""
    project.write(
        'resource = "contacts"',
        resources='{ name = "accounts", endpoint = { path = "accounts" } }, '
        '{ name = "contacts", endpoint = { path = "accounts/{resources.accounts.id}/contacts" } }',
        client='paginator = "single_page"',
    )
    api.answers["/accounts"] = Answer([{"id": "A-1"}, {"id": "A-2"}])
    api.answers["/accounts/A-1/contacts"] = Answer(contacts[:1])
    api.answers["/accounts/A-2/contacts"] = Answer(contacts[1:3])
    assert project.load().rows == 3
    assert [row[0] for row in project.rows] == ["C-1", "C-2", "C-3"]


def test_a_secret_is_sent_as_a_header(
    project: Any, api: Api, contacts: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that is kept in the environment is sent with each request."""
    monkeypatch.setenv("CRM_TOKEN", "t0k3n")
    project.write(client='paginator = "single_page"\nauth = { type = "bearer", token = { env = "CRM_TOKEN" } }')
    api.answers["/contacts"] = Answer(contacts)
    assert project.load().rows == 5
    assert api.asked[0].headers["Authorization"] == "Bearer t0k3n"


def test_keys_that_are_missing_in_some_rows(project: Any, api: Api, contacts: Contacts) -> None:
    """A key that only some items have is blank in the others, even where a whole page lacks it."""
    project.write(client='paginator = "header_link"')
    lacking = [{"id": f"D-{number}"} for number in range(600)]
    api.answers["/contacts"] = Answer(lacking, headers={"Link": f'<{api.url}/more>; rel="next"'})
    api.answers["/more"] = Answer(contacts)
    assert project.load().rows == 605
    assert project.rows[0] == ("C-1", "A-1", 1)
    assert project.rows[-1] == ("D-99", None, None)


def test_a_key_that_no_row_has(project: Any, api: Api, contacts: Contacts) -> None:
    """A column that no item has is missing; the names that there are are told, with the one that may be meant."""
    api.answers["/contacts"] = Answer([{"id": 1, "accountId": 2, "account": {"ID": 3}, "seats": 1}])
    with pytest.raises(InputError, match=r"TP402 .*contacts has no column 'account__id' .*did you mean .*account__ID"):
        project.load()


def test_names_that_nothing_asks_for(project: Any, api: Api) -> None:
    """Keys that fill no column are told."""
    api.answers["/contacts"] = Answer([{"id": "C-1", "account": {"id": "A-1", "plan": "pro"}, "seats": 2, "zip": 1}])
    assert project.load().unused == ("account__plan", "zip")


def test_items_that_are_no_objects(project: Any, api: Api, contacts: Contacts) -> None:
    """An item that is no object is a bad row with its number; the others are used."""
    project.write("max_bad_rows = 3")
    api.answers["/contacts"] = Answer([contacts[0], "C-2", contacts[2], None, 7])
    load = project.load()
    assert (load.rows, load.quarantined) == (2, 3)
    assert [(row, reason) for row, reason, _ in project.folder.quarantine] == [
        (2, "is no object but a text"),
        (4, "is no object but null"),
        (5, "is no object but a number"),
    ]


def test_no_items(project: Any, api: Api) -> None:
    """An API that has nothing gives an empty table."""
    api.answers["/contacts"] = Answer([])
    assert project.load().rows == 0
