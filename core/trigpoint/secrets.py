"""Secrets: settings that say where a value is kept, `{ env = "NAME" }` or `{ file = "path" }`, read when they are needed.

A value that was read is remembered, so that it can be hidden in whatever is said later: errors of a driver like to quote
the address with which it could not connect.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from attrs import evolve

from trigpoint.errors import InputError, Place, Problem, TrigpointError, same_kind

Keys = tuple[str, ...]  # the way to a setting within settings
HIDDEN = "***"
LARGEST_FILE = 64 * 1024
_SHORT = 4  # characters; below, a value is hidden only where it stands as a word of its own
_LINE = 8  # characters; from there on each line of a value is hidden by itself: keys of many lines are quoted in parts
_TOKEN = 16  # characters; from there on a user without a password is taken for a token
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*")
_PERCENT = re.compile(r"%[0-9A-F]{2}")
_PAIRS = tuple(  # with a value up to the next ; or the next blank
    re.compile(rf"([\w .-]{{1,64}}?)\s*=\s*('[^']*'|\"[^\"]*\"|\{{[^}}]*\}}|{value})")
    for value in (r"[^;&]+", r"[^;&\s]+")
)
_TELLING = re.compile(r"passw|pwd|token|secret|key|auth|sig", re.IGNORECASE)


class Secret(str):
    """A text like any other, but for what Python shows of it: `repr`, and with it every record it is part of."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(HIDDEN)


def is_reference(value: object) -> bool:
    """Whether a setting says where its value is kept."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    return bool({"env", "file"} & value.keys()) and isinstance(next(iter(value.values())), str)


class Secrets:
    """Reads the secrets of some settings, and hides them in texts."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def resolve(
        self,
        settings: Mapping[str, object],
        root: Path,
        what: str,
        place: Callable[[Keys], Place | None] = lambda _keys: None,
    ) -> dict[str, object]:
        """The settings with values for references, at any depth. Files count from the project folder `root`.

        `what` names the owner in errors ("source 'crm'"), `place` tells where a setting stands. Raises InputError (TP427) for
        a variable or file that is missing, empty, or cannot be read; nothing is remembered of the settings themselves.
        """
        reader = _Reader(root, what, place)
        resolved = {key: reader.value((key,), each) for key, each in settings.items()}
        self._values |= reader.values
        self._pattern = _pattern(self._values)
        if reader.problems:
            raise InputError(*reader.problems)
        return resolved

    def hide(self, text: str) -> str:
        """The text with `***` for every secret, however it is written in it."""
        return text if self._pattern is None else self._pattern.sub(HIDDEN, text)

    def hide_in(self, error: TrigpointError) -> TrigpointError:
        """The same error without secrets, and without the error that it came from, which may hold some."""
        if self._pattern is None:
            return error
        problems = (
            evolve(each, text=self.hide(each.text), hint=self.hide(each.hint) if each.hint else each.hint)
            for each in error.problems
        )
        return same_kind(error, *problems)

    def hide_in_any(self, error: Exception) -> Exception:
        """The error itself if neither it nor what it came from shows a secret, else another one that says the same."""
        if self._pattern is None or self._pattern.search("".join(traceback.format_exception(error))) is None:
            return error
        return RuntimeError(self.hide(f"{type(error).__name__}: {error}")).with_traceback(error.__traceback__)


class _Reader:
    def __init__(self, root: Path, what: str, place: Callable[[Keys], Place | None]) -> None:
        self.root = root
        self.what = what
        self.place = place
        self.values: set[str] = set()
        self.problems: list[Problem] = []

    def value(self, keys: Keys, setting: object) -> object:
        if is_reference(setting):
            return self._secret(keys, setting)  # type: ignore[arg-type]  # a mapping with one text
        if isinstance(setting, Mapping):
            return {key: self.value((*keys, str(key)), each) for key, each in setting.items()}
        if isinstance(setting, list | tuple):
            return [self.value(keys, each) for each in setting]
        return setting

    def _secret(self, keys: Keys, reference: Mapping[str, str]) -> str:
        try:
            found = self._of_variable(reference["env"]) if "env" in reference else self._of_file(reference["file"])
        except _MissingError as missing:
            text = f"{self.what}: '{'.'.join(keys)}' asks for {missing}"
            self.problems.append(Problem("TP427", text, self.place(keys), missing.hint))
            return Secret()
        self.values.add(found)
        return Secret(found)

    def _of_variable(self, name: str) -> str:
        found = os.environ.get(name)
        if not found:
            how = "is empty" if found == "" else "is not set"
            hint = f"set it where trigpoint runs; a cron job has its own environment: {name}=... in the crontab"
            raise _MissingError(f"the environment variable {name}, which {how}", hint)
        return found

    def _of_file(self, name: str) -> str:
        """The text of a file without the end of its (last) line."""
        path = (self.root / name).resolve()
        if not Path(name).is_absolute() and not path.is_relative_to(self.root.resolve()):
            hint = "a relative path stays inside the project folder; write the whole path"
            raise _MissingError(f"the file '{name}', which lies outside of the project", hint)
        try:
            with path.open("rb") as file:
                found = file.read(LARGEST_FILE + 1).decode("utf-8-sig")
        except OSError as error:
            hint = f"looked at {path}"
            raise _MissingError(f"the file '{name}', which cannot be read: {error.strerror}", hint) from None
        except UnicodeDecodeError:
            raise _MissingError(f"the file '{name}', which is no text", "it must be UTF-8") from None
        found = found.removesuffix("\n").removesuffix("\r")
        if not found or len(found) > LARGEST_FILE or "\0" in found:
            raise _MissingError(f"the file '{name}', which {'holds no secret' if found else 'is empty'}", f"see {path}")
        return found


class _MissingError(Exception):
    def __init__(self, text: str, hint: str) -> None:
        super().__init__(text)
        self.hint = hint


def _pattern(values: set[str]) -> re.Pattern[str] | None:
    written = {each for value in values for each in _writings(value)}
    ways = [
        _as_found(each) if len(each) >= _SHORT else rf"(?<!\w){_as_found(each)}(?!\w)"
        for each in sorted(written, key=lambda each: (-len(each), each))
    ]
    return re.compile("|".join(ways)) if ways else None


def _as_found(text: str) -> str:
    """The text where its lines may have been broken anew."""
    return r"\s+".join(map(re.escape, re.split(r"\s+", text)))


def _writings(value: str) -> set[str]:
    """The ways in which a secret may stand in a text: itself, its lines, passwords inside of it; each also encoded."""
    plain = {value, value.strip(), *(line for line in value.splitlines() if len(line) >= _LINE)}
    for text in {value, unquote(value), unquote_plus(value)}:
        plain |= {*_of_address(text), *_of_pairs(text)}
    encoded = {each for text in plain for each in _encoded(text)}
    return {each for each in plain | encoded if each.strip()}


def _of_address(address: str) -> set[str]:
    """The password in an address, or the user who is none but a token."""
    scheme, found, rest = address.partition("://")
    if not found or not _SCHEME.fullmatch(scheme):
        return set()
    # Somebody may have forgotten to encode an @: of the password, or of the user.
    ends = [at for at, sign in enumerate(rest) if sign == "@"]
    colon = rest.find(":")
    passwords = {rest[colon + 1 : at] for at in ends if -1 < colon < at}
    users = {rest[:at].partition(":")[0] for at in ends[:1]}
    tokens = {each for each in users if (scheme.startswith("http") and len(each) >= _LINE) or len(each) >= _TOKEN}
    return {*passwords, *tokens, *map(unquote, passwords | tokens)}


def _of_pairs(text: str) -> set[str]:
    """What stands behind names such as `password=`, in a text of settings or behind the ? of an address."""
    found = {each for way in _PAIRS for name, each in way.findall(text) if _TELLING.search(name)}
    bare = {each[1:-1] for each in found if len(each) > 1 and each[0] + each[-1] in ("''", '""', "{}")}
    return {unquote_plus(each) for each in found} | found | bare


def _encoded(text: str) -> Iterator[str]:
    data = text.encode("utf-8", "surrogateescape")  # a variable may hold any bytes
    escaped = {quote(data), quote(data, safe=""), quote(data, safe=" +"), quote_plus(data)}
    yield from escaped
    for each in escaped:
        yield _PERCENT.sub(lambda found: found[0].lower(), each)
    yield repr(text)[1:-1]
    yield repr(data)[2:-1]
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield html.escape(text)
    if len(text) >= _LINE:
        yield from _in_base64(data)


def _in_base64(data: bytes) -> Iterator[str]:
    """What of a text is the same in base64 wherever it begins: of "user:password" only the password is known."""
    for before in range(3):
        made = base64.b64encode(b"x" * before + data)
        last = (before + len(data)) * 4 // 3  # signs that hold nothing of what follows
        each = made[-(-before * 4 // 3) : last].decode()
        yield each
        yield each.replace("+", "-").replace("/", "_")
