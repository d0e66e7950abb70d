"""Texts that come from a plugin's code."""

from __future__ import annotations


def encodable(text: str) -> str:
    r"""The text with `\udc80` written out for each half of a character in it: no file and no terminal takes that."""
    return text.encode("utf-8", "backslashreplace").decode()
