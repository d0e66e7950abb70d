"""Takes out of addresses what may be secret. Secrets of the project file are hidden by the core in all errors."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

HIDDEN = "***"
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s'\"<>)\]]*[^\s'\"<>)\].,;:]")
_HARMLESS = re.compile(r"\d{1,9}")


def shown_url(url: str) -> str:
    """An address for people: no password, and of the parameters only small numbers, such as that of a page.

    An API may put tokens of its own into the link to its next page.
    """
    split = urlsplit(url)
    host = split.netloc.rpartition("@")[2]
    parameters = parse_qsl(split.query, keep_blank_values=True)
    query = "&".join(f"{name}={value if _HARMLESS.fullmatch(value) else HIDDEN}" for name, value in parameters)
    return f"{split.scheme}://{host}{split.path}{'?' if query else ''}{query}"


def redacted(text: str) -> str:
    """A text of a stranger, with no more of each address in it than `shown_url` shows."""
    return _URL.sub(lambda found: shown_url(found[0]), text)
