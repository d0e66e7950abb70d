"""Whom a REST API may send us to: its own host by https, at a public address; anything else must be allowed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from trigpoint import Place, Problem, TrigpointError
from trigpoint_dlt.limits import Limits
from trigpoint_dlt.redaction import shown_url

_PORTS = {"https": 443, "http": 80}


@frozen
class Hosts:
    """`own` are the hosts that the project file names, `allow` those that it allows in spite of all."""

    source: str
    own: frozenset[str]
    allow: frozenset[str]
    place: Place | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, Any], limits: Limits) -> Hosts:
        """From the arguments of `rest_api`: the hosts of each address in them."""
        own = {urlsplit(text).hostname for text in _texts(arguments) if text.startswith(("http://", "https://"))}
        return cls(limits.source, frozenset(filter(None, own)), limits.allow, limits.place)

    def check(self, url: str) -> None:
        """TrigpointError (TP438) if this address may not be asked."""
        split = urlsplit(url)
        host, port = (split.hostname or "").lower(), split.port or _PORTS.get(split.scheme, 0)
        if self._allowed(host, port):
            return
        if host not in self.own:
            raise self._refused(f"is led to another host: {shown_url(url)}", host, port)
        if split.scheme != "https":
            raise self._refused(f"would ask {shown_url(url)} without https", host, port)

    def check_address(self, host: str, port: int, address: str) -> None:
        """TrigpointError (TP438) if a host has turned out to be a private, local or reserved address."""
        found = ipaddress.ip_address(address.partition("%")[0])
        found = getattr(found, "ipv4_mapped", None) or found
        if not self._allowed(host.lower(), port) and (not found.is_global or found.is_multicast):
            raise self._refused(f"would ask {host}, which is {found}, no public address", host, port)

    def _allowed(self, host: str, port: int) -> bool:
        return not self.allow.isdisjoint((host, f"{host}:{port}", f"[{host}]:{port}"))

    def _refused(self, text: str, host: str, port: int) -> TrigpointError:
        shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        hint = f'if you trust it with what you send: allow = ["{shown}"]'
        return TrigpointError(Problem("TP438", f"source '{self.source}' {text}", self.place, hint))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
