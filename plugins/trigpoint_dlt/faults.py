"""What goes wrong within dlt, in our words: the address, the status, the way out; no secret, and nobody's stack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from dlt.common.configuration.exceptions import ConfigFieldMissingException
from dlt.common.exceptions import DictValidationException

from trigpoint import InputError, Problem, SourceRequest, TrigpointError
from trigpoint_dlt.redaction import redacted, shown_url
from trigpoint_dlt.session import MOST_REDIRECTS, BoundedAdapter

SETTING_UP = "cannot be set up"
SEE = "look into the documentation of the connector"
WAYS_OUT = {
    400: "the API does not take these parameters: look into its documentation",
    401: "the API wants other credentials: look at client.auth, and whether the token is still good",
    403: "the credentials are known, but may not read this: ask for the right to",
    404: "look at client.base_url and the endpoint's path",
    429: "the API is asked too often: raise wait_seconds or attempts, or load at another time",
}


class Faults:
    """Tells the faults of one source; `adapter` knows the last answer of its API, where it has one."""

    def __init__(self, request: SourceRequest) -> None:
        self.request = request
        self.adapter: BoundedAdapter | None = None

    @contextmanager
    def told(self, what: str) -> Iterator[None]:
        """Whatever is raised within is raised as an error of ours."""
        try:
            yield
        except TrigpointError:
            raise
        except Exception as error:  # noqa: BLE001  # connectors are strangers' code
            raise self._told(what, error) from None  # the texts of dlt's errors may hold secrets

    def _told(self, what: str, error: Exception) -> TrigpointError:
        chain = list(_chain(error))
        for each in chain:
            if isinstance(each, TrigpointError):
                return each
        for each in chain:
            if problem := self._of_settings(each) or self._of_http(each):
                return problem
        inner = chain[-1]
        text = f"{type(inner).__name__}: {_first_line(inner)}"
        if what == SETTING_UP and isinstance(inner, TypeError | ValueError | KeyError):
            return self._error("TP436", f"its arguments do not fit: {text}", SEE)
        return self._error("TP437", f"{what}: {text}", SEE)

    def _of_settings(self, error: BaseException) -> TrigpointError | None:
        if isinstance(error, ConfigFieldMissingException):
            fields = ", ".join(error.fields)
            return self._error(
                "TP436", f"lacks an argument: {fields}", f"write arguments = {{ {error.fields[0]} = ... }}"
            )
        if isinstance(error, DictValidationException):
            inner = max(_all_of(error), key=_telling)
            where = inner.path.lstrip("./").replace("/", ".") or "arguments"
            return self._error("TP436", f"its arguments do not fit: {where}: {_first_line(inner.msg)}", SEE)
        return None

    def _of_http(self, error: BaseException) -> TrigpointError | None:
        if isinstance(error, requests.exceptions.TooManyRedirects):
            return self._error(
                "TP437",
                f"is sent on more than {MOST_REDIRECTS} times",
                "look at client.base_url: the API may have moved",
            )
        if isinstance(error, requests.exceptions.JSONDecodeError | json.JSONDecodeError):
            return self._no_json(error)
        if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
            return self._status(error.response)
        if isinstance(error, requests.exceptions.RequestException):
            return self._no_answer(error)
        return None

    def _status(self, response: requests.Response) -> TrigpointError:
        code = response.status_code
        tried = self._tries() if code == 429 or code >= 500 else ""
        way = WAYS_OUT.get(code) or (
            "the API fails: try later, or ask its owner" if code >= 500 else "see the API's documentation"
        )
        return self._error("TP437", f"{shown_url(response.url)} answered {code} {response.reason}{tried}", way)

    def _no_json(self, error: Exception) -> TrigpointError:
        last = self.adapter.last if self.adapter else None
        if last is None:
            return self._error("TP437", f"got an answer that is no JSON ({_first_line(error)})", None)
        kind = last.headers.get("Content-Type", "").partition(";")[0]
        but = f", but {kind}" if kind and "json" not in kind else f" ({_first_line(error)})"
        hint = (
            "a page for people: look at client.base_url"
            if "html" in kind
            else "the API is broken, or cut its answer off"
        )
        return self._error("TP437", f"{shown_url(last.url)} answered what is no JSON{but}", hint)

    def _no_answer(self, error: requests.exceptions.RequestException) -> TrigpointError:
        where = "the API" if error.request is None else shown_url(str(error.request.url))
        if isinstance(error, requests.exceptions.SSLError):
            return self._error(
                "TP437",
                f"{where} has no valid certificate, or speaks no TLS",
                "ask its owner to renew it; it is never passed over",
            )
        if isinstance(error, requests.exceptions.Timeout):
            return self._error(
                "TP437",
                f"{where} was silent for {self._seconds():g} seconds{self._tries()}",
                "if it is that slow: timeout_seconds = ...",
            )
        if isinstance(error, requests.exceptions.ChunkedEncodingError):
            return self._error(
                "TP437",
                f"{where} broke off in the middle of its answer{self._tries()}",
                "try later, or ask for smaller pages",
            )
        if isinstance(error, requests.exceptions.ConnectionError):
            return self._error(
                "TP437", f"{where} cannot be reached{self._tries()}", "look at client.base_url, and at the network"
            )
        return self._error("TP437", f"{where} cannot be asked: {type(error).__name__}: {_first_line(error)}", None)

    def _tries(self) -> str:
        return f", {self.adapter.limits.attempts} times" if self.adapter and self.adapter.limits.attempts > 1 else ""

    def _seconds(self) -> float:
        return self.adapter.limits.timeout_seconds if self.adapter else 0.0

    def _error(self, code: str, text: str, hint: str | None) -> TrigpointError:
        settings = self.request.settings
        resource = settings.options.get("resource")
        who = f"source '{settings.name}'" + (f", resource '{resource}'" if resource else "")
        kind = InputError if code == "TP436" else TrigpointError
        return kind(Problem(code, f"{who}: {redacted(text)}", settings.place, hint))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, the outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _all_of(error: DictValidationException) -> Iterator[DictValidationException]:
    yield error
    for each in error.nested_exceptions or ():
        yield from _all_of(each)


def _telling(error: DictValidationException) -> tuple[int, bool]:
    """dlt tells of each kind of thing that a value is not; what was meant was most likely the one that fits furthest."""
    plain = re.match("field [^:]* is not one of|received unexpected|missing", error.msg)
    return error.path.count("/"), plain is not None


def _first_line(error: object) -> str:
    """The whole line: the core hides secrets in it, and then cuts it."""
    return " ".join(str(error).strip().splitlines()[:1]).replace("`", "'")
