"""What an API does wrong is tried again where that may help, and told where it does not; nothing is half loaded."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from typing import Any

import pytest

from support.api import Answer, Api
from trigpoint import InputError, TrigpointError
from trigpoint.errors import ConfigError

Contacts = list[dict[str, object]]
ONE = '{ name = "contacts", endpoint = { path = "contacts" } }'
HTML = Answer(b"<html>Please log in</html>", headers={"Content-Type": "text/html; charset=utf-8"})


def a_date_in(seconds: float) -> str:
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


@pytest.mark.parametrize(
    "fault",
    [
        lambda _: Answer({}, 500),
        lambda _: Answer({}, 503),
        lambda _: Answer({}, 429),
        lambda _: Answer({}, 429, {"Retry-After": "0"}),
        lambda _: Answer({}, 429, {"Retry-After": a_date_in(1)}),
        lambda _: Answer({}, 429, {"Retry-After": "soon"}),
        lambda contacts: Answer(contacts, broken_after=20),
        lambda contacts: Answer(contacts, broken_after=0),
    ],
    ids=["500", "503", "429", "429 seconds", "429 date", "429 nonsense", "broken off", "nothing sent"],
)
def test_a_fault_that_passes(project: Any, api: Api, contacts: Contacts, fault: Callable[[Contacts], Answer]) -> None:
    """A server that fails, is asked too often, or cuts its answer off, is asked again, and all rows are there once."""
    api.in_turn("/contacts", fault(contacts), Answer(contacts))
    assert project.load().rows == 5
    assert len(api.asked) == 2


def test_silence_that_passes(project: Any, api: Api, contacts: Contacts) -> None:
    """A server that says nothing for too long is asked again."""
    project.write("timeout_seconds = 0.2")
    api.in_turn("/contacts", Answer(contacts, silent=0.6), Answer(contacts))
    assert project.load().rows == 5


@pytest.mark.parametrize(
    ("answer", "tries", "said"),
    [
        (Answer({}, 401), 1, r"/contacts answered 401 Unauthorized \(the API wants other credentials.*client\.auth"),
        (Answer({}, 403), 1, r"answered 403 Forbidden \(the credentials are known"),
        (Answer({}, 404), 1, r"answered 404 Not Found \(look at client\.base_url and the endpoint's path"),
        (Answer({}, 400), 1, r"answered 400 Bad Request \(the API does not take these parameters"),
        (Answer({}, 410), 1, r"answered 410 Gone \(see the API's documentation"),
        (Answer({}, 429), 3, r"answered 429 Too Many Requests, 3 times \(the API is asked too often"),
        (Answer({}, 500), 3, r"answered 500 Internal Server Error, 3 times \(the API fails"),
        (HTML, 1, r"answered what is no JSON, but text/html \(a page for people"),
        (Answer(b'{"a": [1, '), 1, r"answered what is no JSON \(.*\) \(the API is broken"),
        (Answer(b""), 1, r"answered what is no JSON"),
        (Answer([1, 2], broken_after=3), 3, r"broke off in the middle of its answer, 3 times \(try later"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else None,
)
def test_a_fault_that_stays(project: Any, api: Api, answer: Answer, tries: int, said: str) -> None:
    """What stays wrong fails the load; the error names source, address and status, and the way out."""
    project.write("attempts = 3")
    api.answers["/contacts"] = answer
    with pytest.raises(TrigpointError, match=rf"TP437 source 'contacts'.*{said}") as caught:
        project.load()
    assert len(api.asked) == tries
    assert f"{api.url}/contacts" in str(caught.value) or "JSON" in str(caught.value)


def test_a_server_that_is_not_there(project: Any, api: Api) -> None:
    """Nobody listens: tried as often as may be, then told."""
    project.write("attempts = 2")
    api.server.server_close()
    with pytest.raises(TrigpointError, match=r"TP437 .*/contacts cannot be reached, 2 times"):
        project.load()


def test_no_certificate(project: Any, api: Api) -> None:
    """A server whose certificate does not hold, or that has none, is not asked again, and never without."""
    path = project.folder.root / "trigpoint.toml"
    path.write_text(path.read_text().replace("http://", "https://"))
    with pytest.raises(TrigpointError, match=r"TP437 .*/contacts has no valid certificate, or speaks no TLS \("):
        project.load()
    assert api.asked == []


def test_silence_that_stays(project: Any, api: Api) -> None:
    """A server that goes on saying nothing is told, with how long it was waited for."""
    project.write("attempts = 2\ntimeout_seconds = 0.1")
    api.answers["/contacts"] = Answer([], silent=0.3)
    with pytest.raises(TrigpointError, match=r"TP437 .*was silent for 0\.1 seconds, 2 times .*timeout_seconds"):
        project.load()


def test_redirects_without_end(project: Any, api: Api) -> None:
    """An address that leads back to itself is followed five times."""
    api.answers["/contacts"] = Answer({}, 302, {"Location": "/contacts"})
    with pytest.raises(TrigpointError, match=r"TP437 .*is sent on more than 5 times"):
        project.load()
    assert len(api.asked) == 6


def test_a_fault_behind_a_redirect(project: Any, api: Api) -> None:
    """Each step of a redirect has its own tries: they do not multiply."""
    project.write("attempts = 3")
    api.answers["/contacts"] = Answer({}, 302, {"Location": "/moved"})
    api.answers["/moved"] = Answer({}, 500)
    with pytest.raises(TrigpointError, match=r"TP437 .*/moved answered 500"):
        project.load()
    assert [asked.path for asked in api.asked] == ["/contacts", "/moved", "/moved", "/moved"]


@pytest.mark.parametrize("on_error", ["fail", "stale", "skip"])
def test_nothing_is_half_loaded(project: Any, api: Api, contacts: Contacts, on_error: str) -> None:
    """A page that fails after good ones leaves the table as the last good load left it."""
    project.write(f'on_error = "{on_error}"\nattempts = 2', client='paginator = "header_link"')
    api.answers["/contacts"] = Answer(contacts)
    project.load()
    before = project.rows
    api.answers["/contacts"] = Answer(contacts[:2], headers={"Link": f'<{api.url}/more>; rel="next"'})
    api.answers["/more"] = Answer({}, 500)
    if on_error == "fail":
        with pytest.raises(TrigpointError, match="TP437"):
            project.load()
    else:
        assert project.load().status == {"stale": "stale", "skip": "skipped"}[on_error]
    assert project.rows == before
    assert len(before) == 5


def test_secrets_are_not_told(project: Any, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a token in the address, nor one in a header, nor one that the API made itself, stands in an error."""
    monkeypatch.setenv("CRM_TOKEN", "t0k3n-of-ours")
    auth = 'auth = { type = "api_key", name = "hapikey", location = "query", api_key = { env = "CRM_TOKEN" } }'
    project.write(client=f'{auth}\nheaders = {{ X-Trace = {{ env = "CRM_TOKEN" }} }}\npaginator = "header_link"')
    link = f'<{api.url}/more?page=2&cursor=theirs0wn>; rel="next"'
    api.answers["/contacts"] = Answer([{"id": 1}], headers={"Link": link})
    api.answers["/more"] = Answer({}, 401)
    with pytest.raises(TrigpointError, match="TP437") as caught:
        project.load()
    assert api.asked[0].query["hapikey"] == api.asked[0].headers["X-Trace"] == "t0k3n-of-ours"
    assert f"{api.url}/more?page=2&cursor=***" in str(caught.value)
    (noted,) = project.folder.query("SELECT error FROM _loads")
    for text in (str(caught.value), repr(caught.value), str(noted)):
        assert "t0k3n" not in text
        assert "theirs0wn" not in text


@pytest.mark.parametrize(
    ("client", "resources"),
    [
        ('auth = { type = "bearer", token = "t0k3n" }', ONE),
        ('headers = { Authorization = "Bearer t0k3n" }', ONE),
        ('headers = { X-Api-Key = "t0k3n" }', ONE),
        ("", '{ name = "a", endpoint = { path = "a", auth = { type = "bearer", token = "t0k3n" } } }'),
    ],
)
def test_secrets_in_plain_text(project: Any, client: str, resources: str) -> None:
    """A secret that stands in the project file is refused, however deep, also within a list."""
    project.write(client=client, resources=resources)
    with pytest.raises(ConfigError, match="TP306"):
        project.load()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            'client = { base_url = "URL", paginater = "header_link" }\nresources = ["a"]',
            "client: received unexpected fields .*paginater",
        ),
        (
            'client = { base_url = "URL", paginator = "header" }\nresources = ["a"]',
            r"client: field 'paginator=header' is not one of: .*header_link",
        ),
        ('client = { base_url = "URL", paginator = { type = "offset" } }\nresources = ["a"]', "limit"),
        (
            'client = { base_url = "URL" }\nresources = [{ name = "a", endpoint = { pth = "a" } }]',
            r"resources\[0\]\.endpoint: received unexpected fields .*pth",
        ),
        (
            'client = { base_url = "URL", auth = { type = "beare", token = { env = "HOME" } } }\nresources = ["a"]',
            "client.auth: field 'type=beare' is not one of: .*bearer",
        ),
        ('client = { base_url = "URL" }\nresources = []', "has 0 resources"),
        ('client = { base_url = "URL" }\nresources = 5', ""),
        ('client = "URL"\nresources = ["a"]', ""),
        ('client = { base_url = "URL" }', "resources"),
        ('resources = ["a"]', "base_url|client"),
        ('client = { base_url = "URL" }\nresources = ["a"]\nresource = "b"', "resource"),
    ],
)
def test_arguments_that_do_not_fit(project: Any, api: Api, arguments: str, said: str) -> None:
    """Arguments that the REST API source does not take are told before anything is asked."""
    project.folder.settings(
        f'\n[sources.contacts]\nplugin = "dlt"\nsource = "rest_api"\nallow = ["{api.host}"]\n'
        "[sources.contacts.arguments]\n" + arguments.replace("URL", api.url)
    )
    with pytest.raises(InputError, match=rf"TP436 (?s:.*)({said})"):
        project.load()
    assert api.asked == []


@pytest.mark.parametrize("home", ["client", "resource", "defaults"])
def test_a_token_is_asked_for_within_the_limits(project: Any, api: Api, contacts: Contacts, home: str) -> None:
    """The request for a token of OAuth goes through the same session: it is tried again, and its refusal is told."""
    auth = (
        'auth = { type = "oauth2_client_credentials", client_id = "us", client_secret = { file = "secret" }, '
        f'access_token_url = "{api.url}/token" }}'
    )
    endpoint = (
        f'endpoint = {{ path = "contacts", {auth} }}' if home == "resource" else 'endpoint = { path = "contacts" }'
    )
    lines = ['paginator = "single_page"', auth if home == "client" else ""]
    if home == "defaults":
        lines += ["[sources.contacts.arguments.resource_defaults.endpoint]", auth]
    project.write("attempts = 2", client="\n".join(lines), resources=f'{{ name = "contacts", {endpoint} }}')
    project.folder.file("secret", "s3cr3t-of-ours\n")
    api.in_turn("/token", Answer({}, 500), Answer({"access_token": "abc", "expires_in": 60}))
    api.answers["/contacts"] = Answer(contacts)
    assert project.load().rows == 5
    assert b"s3cr3t-of-ours" in api.asked[0].body
    assert api.asked[-1].headers["Authorization"] == "Bearer abc"
    api.asked.clear()
    api.answers["/token"] = Answer({}, 500)
    with pytest.raises(TrigpointError, match=r"TP437 .*/token answered 500 .*, 2 times"):
        project.load()
    assert len(api.asked) == 2
