"""The places of keys and values in a TOML text, by tree-sitter, whose columns are bytes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from attrs import define, field

from trigpoint.errors import Place, Problems

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_DOTS = 16
_CONTAINERS = {"table": "[", "table_array_element": "[["}


@define
class Syntax:
    """Where one key and its value stand, and what lies below them."""

    place: Place
    key: Place
    raw: str = ""
    entries: dict[str, Syntax] = field(factory=dict)
    items: list[Syntax] = field(factory=list)
    opened: bool = False  # by a header of its own
    closed: bool = False  # written with `key = value`: nothing may be added


def scan(text: str, name: str, problems: Problems) -> Syntax:
    """The places of all that is written in a text; reports doubled keys and keys with too many dots."""
    return _Scan(text, name, problems).document()


@cache
def _parser() -> Parser:
    # Two shared libraries, wanted only by what reads rule files.
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_toml.language()))


class _Scan:
    """One pass over the concrete syntax tree of a file."""

    def __init__(self, text: str, name: str, problems: Problems) -> None:
        self.bytes = text.encode()
        self.lines: Sequence[bytes] | None = None if text.isascii() else self.bytes.split(b"\n")
        self.name = name
        self.problems = problems
        self.sound = True

    def document(self) -> Syntax:
        start = Place(self.name, 1, 1)
        root = Syntax(start, start)
        tree = _parser().parse(self.bytes)
        self.sound = not tree.root_node.has_error
        for node in tree.root_node.named_children:
            if node.type == "pair":
                self.pair(node, root)
            elif node.type in _CONTAINERS:
                self.header(node, root)
        return root

    def header(self, node: Node, root: Syntax) -> None:
        children = node.named_children
        if not children or not (path := self.path(children[0])):
            return
        target = root
        for word, place in path[:-1]:
            target = self.below(target, word, place)
        word, place = path[-1]
        if node.type == "table_array_element":
            array = target.entries.setdefault(word, Syntax(place, place))
            array.items.append(Syntax(place, place))
            target = array.items[-1]
        else:
            target = self.below(target, word, place)
            if target.opened:
                self.doubled(word, place, target)
            elif not target.closed:
                target.opened, target.key, target.place = True, place, place
        for child in children[1:]:
            if child.type == "pair":
                self.pair(child, target)

    def below(self, target: Syntax, word: str, place: Place) -> Syntax:
        """The table `word` in `target`; of an array of tables its last item."""
        found = target.entries.setdefault(word, Syntax(place, place))
        if found.closed:
            self.doubled(word, place, found)
        return found.items[-1] if found.items and not found.closed else found

    def pair(self, node: Node, target: Syntax) -> None:
        children = [child for child in node.named_children if child.type != "comment"]
        if len(children) < 2 or not (path := self.path(children[0])):
            return
        for word, place in path[:-1]:
            target = self.below(target, word, place)
        word, place = path[-1]
        if word in target.entries:
            self.doubled(word, place, target.entries[word])
        else:
            target.entries[word] = self.value(children[1], place)

    def doubled(self, word: str, place: Place, first: Syntax) -> None:
        if self.sound:  # else tomllib says what is wrong; what lies behind a syntax error is guesswork
            self.problems.add(
                "TP103", f"'{word}' is set twice, first in line {first.key.line}", place, "keep one of them"
            )

    def value(self, node: Node, key: Place) -> Syntax:
        place = self.place(node)
        found = Syntax(place, key, closed=True)
        if node.type == "string":
            found.raw = self.bytes[node.start_byte : node.end_byte].decode()
        elif node.type == "array":
            found.items = [
                self.value(child, self.place(child)) for child in node.named_children if child.type != "comment"
            ]
        elif node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self.pair(child, found)
        return found

    def path(self, node: Node) -> list[tuple[str, Place]]:
        """The words of a key; none, and a problem, where there are too many."""
        words = list(self.words(node))
        if len(words) > MAX_DOTS + 1:
            self.problems.add("TP102", f"a key has {len(words) - 1} dots, more than {MAX_DOTS}", self.place(node))
            return []
        return words

    def words(self, node: Node) -> Iterator[tuple[str, Place]]:
        # A dotted key nests to the left, as deep as it has dots: the leaves are found without recursion.
        pending = [node]
        while pending:
            each = pending.pop()
            if each.type == "dotted_key":
                pending += reversed(each.named_children)
            else:
                text = self.bytes[each.start_byte : each.end_byte].decode()
                yield _unquoted(text), self.place(each)

    def place(self, node: Node) -> Place:
        row, column = node.start_point
        if self.lines is not None:
            column = len(self.lines[row][:column].decode())
        return Place(self.name, row + 1, column + 1)


def _unquoted(text: str) -> str:
    if text[:1] not in ("'", '"'):
        return text
    if not re.fullmatch(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"", text):
        return text
    try:
        return str(tomllib.loads(f"x = {text}")["x"])
    except tomllib.TOMLDecodeError:
        return text  # the syntax error itself is reported by tomllib, which reads the whole file
