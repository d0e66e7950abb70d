"""Asserts of the rules: conditions that must hold before figures are believed."""

from __future__ import annotations

from typing import Literal

from trigpoint.model.assertion import Assert
from trigpoint.rules.draft import Draft
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.scopes import AtSubject


def read_asserts(draft: Draft) -> None:
    """Every assert; it may read all that is known of its subject, scorecards too."""
    for name, reader in draft.readers("asserts"):
        with draft.making("assert", name):
            draft.asserts[name] = _assert(name, reader, draft)


def _assert(name: str, reader: Reader, draft: Draft) -> Assert:
    subject = reader.known(
        reader.need("subject", 'write subject = "company", or another subject'), draft.declared("subjects"), "subject"
    )
    found = reader.need("that", "an assert is a condition")
    if subject not in draft.subjects:
        raise Unusable
    that = AtSubject.of(draft, subject).bound(reader, found, "that", "boolean")
    default: Literal["error", "warning"] = "error"
    return Assert(name, subject, that, reader.word("severity", default), reader.words())
