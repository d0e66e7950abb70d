"""Names of files and their columns into names that the rules accept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from trigpoint.language import RESERVED_NAMES

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"})
_OTHERS = str.maketrans({"æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L"})


def slug(text: str) -> str:
    """A name that the rules accept: small letters without accents, digits, single underscores."""
    written = unicodedata.normalize("NFC", text).translate(_GERMAN).translate(_OTHERS)
    plain = "".join(each for each in unicodedata.normalize("NFKD", written) if not unicodedata.combining(each))
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    name = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")[:60].rstrip("_")
    return name if name[:1].isalpha() else f"c_{name}".rstrip("_")


def singular(name: str) -> str:
    """accounts -> account, companies -> company, statuses -> status."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("uses", "us"), ("xes", "x"), ("s", "")):
        if name.endswith(ending) and len(name) > len(ending) + 1 and not name.endswith("ss"):
            return name[: -len(ending)] + instead
    return name


def table_names(stems: Sequence[str]) -> list[str]:
    """A name for each file, without the words that all of them begin with: "acme_accounts", "acme_usage"."""
    words = [re.findall(r"[^-_ ]*[-_ ]?", stem) for stem in stems]
    shared = 0
    while len(stems) > 1 and len({tuple(each[: shared + 1]) for each in words}) == 1:
        shared += 1
    names = [slug("".join(each[shared:])) for each in words]
    return unique([f"{name}_table" if name in RESERVED_NAMES else name for name in names])


def unique(names: Sequence[str]) -> list[str]:
    """The names, with a number behind those that came before."""
    seen: list[str] = []
    for name in names:
        count = 2
        fresh = name
        while fresh in seen:
            fresh, count = f"{name}_{count}", count + 1
        seen.append(fresh)
    return seen
