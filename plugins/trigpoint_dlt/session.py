"""The HTTP session of `rest_api`: whom it asks, how often, and how long it listens.

It is mounted below dlt's REST client, so that redirects, links to a next page and requests for a token pass it too. Each
try is bounded: a server that sends a byte now and then is left when the time is over, however short its pauses are (but
for the status line and the headers, in which only silence is measured).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from dlt.sources.helpers.requests.retry import DEFAULT_RETRY_EXCEPTIONS, DEFAULT_RETRY_STATUS
from dlt.sources.helpers.requests.session import Session
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError

from trigpoint_dlt.hosts import Hosts
from trigpoint_dlt.limits import Limits

MOST_REDIRECTS = 5
LARGEST_ANSWER = 100 << 20  # bytes, unpacked
CHUNK = 1 << 16


class BoundedAdapter(HTTPAdapter):
    """Sends a request, again where that may help, and reads its answer, both within the limits."""

    def __init__(self, limits: Limits, hosts: Hosts) -> None:
        self.limits = limits
        self.hosts = hosts
        self.last: requests.Response | None = None
        super().__init__()

    def __deepcopy__(self, memo: object) -> BoundedAdapter:
        return self  # dlt looks through a deep copy of its settings, in which this is

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Connections that look whom they have reached before they send anything."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _looking(HTTPConnectionPool, self.hosts),
            "https": _looking(HTTPSConnectionPool, self.hosts),
        }

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        """The answer, whole. Raises TrigpointError (TP438, TP439), or what requests raises after the last try."""
        self.last = None
        self.hosts.check(str(request.url))
        attempt = 1
        while True:
            asked = None
            try:
                self.last = self._once(request, *arguments, **options)
                if self.last.status_code not in DEFAULT_RETRY_STATUS or attempt >= self.limits.attempts:
                    return self.last
                asked = self.last.headers.get("Retry-After")
            except DEFAULT_RETRY_EXCEPTIONS as error:
                self.limits.check_time()
                if attempt >= self.limits.attempts or isinstance(error, requests.exceptions.SSLError):
                    raise
            self._wait(attempt, asked)
            attempt += 1

    def _once(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        self.limits.check_time()
        options |= {"stream": True, "timeout": min(self.limits.timeout_seconds, self.limits.seconds_left)}
        return self._whole(super().send(request, *arguments, **options))

    def _whole(self, response: requests.Response) -> requests.Response:
        """The response with its content. What breaks off midway is raised as requests raises it."""
        parts: list[bytes] = []
        size = 0
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                parts.append(chunk)
                size += len(chunk)
                self.limits.check_time()
                if size > LARGEST_ANSWER:
                    text = f"got an answer of more than {LARGEST_ANSWER >> 20} MB"
                    raise self.limits.too_much(text, "ask for smaller pages: most APIs have a parameter for it")
        except ProtocolError as error:
            raise requests.exceptions.ChunkedEncodingError(error, request=response.request) from error
        except ReadTimeoutError as error:
            raise requests.exceptions.ReadTimeout(error, request=response.request) from error
        except DecodeError as error:
            raise requests.exceptions.ContentDecodingError(error, request=response.request) from error
        finally:
            response.close()
        response._content, response._content_consumed = b"".join(parts), True  # as `Response.content` does it
        return response

    def _wait(self, attempt: int, asked: str | None) -> None:
        """Until the next try: as long as the server asked for, else 1, 2, 4, ... seconds; never beyond the limit."""
        seconds = _seconds(asked)
        if seconds is None:
            seconds = 2.0 ** (attempt - 1)
        seconds = min(seconds, self.limits.wait_seconds)
        self.limits.check_time(soon=seconds)
        time.sleep(seconds)


class _BoundedSession(Session):
    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """A redirect to another host takes no password along; and no file in the home folder is asked for one."""
        if self.should_strip_auth(str(response.request.url), str(prepared_request.url)):
            prepared_request.headers.pop("Authorization", None)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """In the place of a password: without it, requests looks for one in ~/.netrc."""
    return request


@contextmanager
def bounded_session(arguments: Mapping[str, Any], limits: Limits) -> Iterator[tuple[Session, BoundedAdapter]]:
    """A session for the API that the arguments of `rest_api` name, and what watches over it."""
    adapter = BoundedAdapter(limits, Hosts.of(arguments, limits))
    session = _BoundedSession(timeout=limits.timeout_seconds, raise_for_status=False)
    session.auth = _as_it_is
    session.max_redirects = MOST_REDIRECTS
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    try:
        yield session, adapter
    finally:
        session.close()


def _looking(pool: type[Any], hosts: Hosts) -> type[Any]:
    """A pool whose connections check the address at their other end."""

    plain = pool.ConnectionCls

    def connect(self: Any) -> None:
        plain.connect(self)
        hosts.check_address(self.host, self.port, self.sock.getpeername()[0])

    looking = type("LookingConnection", (plain,), {"connect": connect})
    return type("LookingPool", (pool,), {"ConnectionCls": looking})


def _seconds(asked: str | None) -> float | None:
    """What a header `Retry-After` says: seconds, or a date."""
    if not asked:
        return None
    if asked.strip().isdigit():
        return float(asked)
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except ValueError:
        return None
