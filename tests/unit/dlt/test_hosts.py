"""Whom a REST API may lead us to."""

from __future__ import annotations

from typing import Any

import pytest

from support.api import Answer, Api, serving
from trigpoint import TrigpointError
from trigpoint_dlt.hosts import Hosts
from trigpoint_dlt.redaction import redacted, shown_url

Contacts = list[dict[str, object]]


def test_http_must_be_allowed(project: Any, api: Api) -> None:
    """Without leave nothing is asked without https, and the error says how to give it."""
    project.write("allow = []")
    with pytest.raises(
        TrigpointError, match=rf'TP438 .*would ask {api.url}/contacts without https .*allow = \["{api.host}"\]'
    ):
        project.load()
    assert api.asked == []


@pytest.mark.parametrize("way", ["redirect", "header", "json"])
def test_another_host(project: Any, api: Api, contacts: Contacts, way: str) -> None:
    """Neither a redirect nor a link to a next page leads to a host that the project file does not name."""
    project.write(
        client={"redirect": "", "header": 'paginator = "header_link"', "json": 'paginator = "json_link"'}[way]
    )
    with serving() as other:
        other.answers["/more"] = Answer(contacts)
        api.answers["/contacts"] = {
            "redirect": Answer({}, 302, {"Location": f"{other.url}/more"}),
            "header": Answer(contacts, headers={"Link": f'<{other.url}/more>; rel="next"'}),
            "json": Answer({"items": contacts, "next": f"{other.url}/more"}),
        }[way]
        if way == "redirect":
            project.write('resource = "contacts"')
        with pytest.raises(TrigpointError, match=rf"TP438 .*{other.url}/more"):
            project.load()
        assert other.asked == []
        project.write(f'allow = ["{api.host}", "{other.host}"]')
        if way == "redirect":
            assert project.load().rows == 5


def test_a_password_stays_with_its_host(
    project: Any, api: Api, contacts: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect to another host that is allowed takes no authorization along."""
    monkeypatch.setenv("CRM_TOKEN", "t0k3n")
    with serving() as other:
        auth = 'paginator = "single_page"\nauth = { type = "bearer", token = { env = "CRM_TOKEN" } }'
        project.write(f'allow = ["{api.host}", "localhost:{other.server.server_port}"]', client=auth)
        there = f"http://localhost:{other.server.server_port}/more"
        api.answers["/contacts"] = Answer({}, 302, {"Location": there})
        other.answers["/more"] = Answer(contacts)
        assert project.load().rows == 5
        assert "Authorization" in api.asked[0].headers
        assert "Authorization" not in other.asked[0].headers


def test_a_name_that_is_a_private_address(project: Any, api: Api) -> None:
    """The address that a name turns out to have is looked at before anything is sent."""
    hosts = Hosts("crm", frozenset({"crm.example"}), frozenset())
    hosts.check("https://crm.example/contacts")
    hosts.check_address("crm.example", 443, "93.184.215.14")
    for address in (
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "224.0.0.1", "240.0.0.1",
    ):  # fmt: skip
        with pytest.raises(TrigpointError, match=r"TP438 .*no public address"):
            hosts.check_address("crm.example", 443, address)
    Hosts("crm", frozenset(), frozenset({"crm.example:443"})).check_address("crm.example", 443, "10.0.0.1")


def test_connections_look_whom_they_have_reached(project: Any, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is the API's own, and speaks as it should, is refused at a loopback address, and is sent nothing."""
    monkeypatch.setattr(Hosts, "check", lambda _self, _url: None)
    project.write("allow = []")
    with pytest.raises(
        TrigpointError, match=r"TP438 .*would ask 127\.0\.0\.1, which is 127\.0\.0\.1, no public address"
    ):
        project.load()
    assert api.asked == []


def test_a_proxy_is_used(project: Any, api: Api, contacts: Contacts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment names a proxy, it is asked, and resolves the name; the name must still be allowed."""
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("HTTP_PROXY", api.url)
    monkeypatch.setenv("http_proxy", api.url)
    api.answers["/contacts"] = Answer(contacts)
    project.write('allow = ["crm.invalid:80"]', client='paginator = "single_page"')
    path = project.folder.root / "trigpoint.toml"
    path.write_text(path.read_text().replace(f'base_url = "{api.url}"', 'base_url = "http://crm.invalid"'))
    assert project.load().rows == 5
    assert api.asked[0].headers["Host"] == "crm.invalid"


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("https://crm.example/a", False),
        ("https://CRM.example:8443/a", False),
        ("https://crm.example@evil.example/a", True),
        ("https://evil.example/crm.example", True),
        ("https://crm.example.evil.example/", True),
        ("http://crm.example/", True),
        ("ftp://crm.example/", True),
        ("http://inside.example:8080/", False),
        ("http://inside.example:8081/", True),
        ("http://[::1]:80/", False),
        ("https:///", True),
    ],
)
def test_addresses(url: str, refused: bool) -> None:
    """The API's own host by https, or one that is allowed."""
    hosts = Hosts("crm", frozenset({"crm.example"}), frozenset({"inside.example:8080", "::1"}))
    if refused:
        with pytest.raises(TrigpointError, match="TP438"):
            hosts.check(url)
    else:
        hosts.check(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://crm.example/a?page=2&limit=100", "https://crm.example/a?page=2&limit=100"),
        ("https://us:pw@crm.example:8443/a?token=abc&x=", "https://crm.example:8443/a?token=***&x=***"),
        ("https://crm.example/a?card=1234567890123456#frag", "https://crm.example/a?card=***"),
    ],
)
def test_addresses_that_are_shown(url: str, shown: str) -> None:
    """An address is shown without passwords, and without values that may be secret."""
    assert shown_url(url) == shown
    assert redacted(f"failed for url: {url}, (twice)") == f"failed for url: {shown}, (twice)"
