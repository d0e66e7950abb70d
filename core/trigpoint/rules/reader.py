"""Reading checked settings into records: each value with its place, each problem noted once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import NoReturn, TypeVar, cast

from attrs import frozen

from trigpoint.errors import Place, Problems
from trigpoint.language import ExpressionError, Scope, bind
from trigpoint.model.expression import Expression, ValueType
from trigpoint.model.metric import Text
from trigpoint.model.window import Length, Window, parse_length, parse_window
from trigpoint.rules.setting import Broken, Setting
from trigpoint.rules.wording import did_you_mean

T = TypeVar("T")
_MONTHS_LIMIT = 12_000  # a thousand years: what is longer cannot be counted in dates
_IN_MONTHS = {"day": 1 / 28, "week": 0.25, "month": 1, "quarter": 3, "year": 12}


class Unusable(Exception):  # noqa: N818  # no error: the problem is noted already, and the record is left out
    """Something that was reported keeps a record from being made."""


def whole(setting: Setting) -> Setting:
    """The setting itself. Raises Unusable if it is what is left of one that was refused."""
    if isinstance(setting.value, Broken):
        raise Unusable
    return setting


@frozen
class Reader:
    """One table of settings, `what` it is in a message ("metric 'arr'"), and where problems go."""

    what: str
    setting: Setting
    problems: Problems

    def has(self, key: str) -> bool:
        """Whether a key is set."""
        return key in self.setting.table

    def get(self, key: str) -> Setting | None:
        """The setting under a key; None if it is not set. Raises Unusable if it was set wrongly."""
        found = self.setting.table.get(key)
        return None if found is None else whole(found)

    def need(self, key: str, hint: str | None = None) -> Setting:
        """The setting under a key that must be there."""
        if (found := self.get(key)) is None:
            self.refuse("TP107", f"{self.what} has no '{key}'", self.setting.key, hint)
        return found

    def place(self, key: str) -> Place:
        """Where the value of a key stands; the table itself if it is not set."""
        found = self.setting.table.get(key)
        return self.setting.key if found is None else found.place

    def refuse(self, code: str, text: str, place: Place, hint: str | None = None) -> NoReturn:
        """Note a problem and give up what is being read."""
        self.problems.add(code, text, place, hint)
        raise Unusable

    def below(self, key: str) -> Iterator[tuple[str, Reader]]:
        """The tables under a key, each with its name."""
        for name, each in self.entries(key):
            yield name, Reader(f"{key.removesuffix('s')} '{name}'", each, self.problems)

    def entries(self, key: str) -> Iterator[tuple[str, Setting]]:
        """The named settings under a key."""
        found = self.get(key)
        yield from () if found is None else found.table.items()

    def text(self, key: str) -> str | None:
        """A text; None if it is not set."""
        found = self.get(key)
        return None if found is None else cast(str, found.value)

    def word(self, key: str, default: T) -> T:
        """One of a few words, which the schema has checked; `default` if it is not set."""
        found = self.get(key)
        return default if found is None else cast(T, found.value)

    def number(self, key: str, default: float) -> float:
        """A finite number; `default` if it is not set."""
        found = self.get(key)
        return default if found is None else self.finite(found, key)

    def finite(self, setting: Setting, key: str) -> float:
        """The number of a setting, which must not be inf."""
        value = float(cast(float, whole(setting).value))
        if value in (float("inf"), float("-inf")):
            self.refuse("TP108", f"'{key}' must be a finite number", setting.place)
        return value

    def name(self, key: str, known: Collection[str], what: str) -> str | None:
        """The name of something that must be there; None if the key is not set."""
        found = self.get(key)
        return None if found is None else self.known(found, known, what)

    def known(self, setting: Setting, known: Collection[str], what: str, of: str = "") -> str:
        """The name in a setting, which must be one of `known`; `of` says of what they are (" of table 'usage'")."""
        name = cast(str, whole(setting).value)
        if name not in known:
            self.refuse("TP104", f"unknown {what} '{name}'{of}", setting.place, did_you_mean(name, known))
        return name

    def known_name(self, name: str, known: Collection[str], what: str) -> None:
        """Refuse the name of an entry of this table that is not one of `known`."""
        if name not in known:
            place = self.setting.table[name].key
            self.refuse("TP104", f"unknown {what} '{name}'", place, did_you_mean(name, known))

    def length(self, key: str) -> Length | None:
        """A length of time; None if it is not set."""
        found = self.get(key)
        return None if found is None else self.counted(parse_length(cast(str, found.value)), found.place)

    def window(self, key: str) -> Window | None:
        """A window; None if it is not set."""
        found = self.get(key)
        if found is None:
            return None
        window = parse_window(cast(str, found.value))
        self.counted(window.length, found.place)
        return window

    def counted(self, length: Length, place: Place) -> Length:
        """The length, which must fit into the calendar."""
        if length.count * _IN_MONTHS[length.unit] > _MONTHS_LIMIT:
            self.refuse("TP108", f"{length} reach beyond the calendar", place, "write at most 1000 years")
        return length

    def day(self, key: str) -> dt.date | None:
        """A date, written as a date or as text; None if it is not set."""
        found = self.get(key)
        if found is None or isinstance(found.value, dt.date):
            return None if found is None else cast(dt.date, found.value)
        try:
            return dt.date.fromisoformat(cast(str, found.value))
        except ValueError:
            self.refuse("TP108", f"'{found.value}' is no date", found.place, "write it as 2026-03-31")

    def expression(self, key: str, scope: Scope, expect: ValueType | str = "any") -> Expression | None:
        """The bound expression under a key; None if it is not set."""
        found = self.get(key)
        return None if found is None else self.bound(found, scope, expect)

    def bound(self, setting: Setting, scope: Scope, expect: ValueType | str = "any") -> Expression:
        """The expression of a setting, bound in a scope; each fault becomes a problem inside the text."""
        try:
            return bind(cast(str, whole(setting).value), scope, cast(ValueType, expect))
        except ExpressionError as error:
            for fault in error.faults:
                self.problems.add(fault.code, fault.text, setting.at(fault.start), fault.hint)
            raise Unusable from None

    def words(self) -> Text:
        """What people read: title, why, advice, unit."""
        return Text(self.text("title"), self.text("why"), self.text("advice"), self.text("unit"))
