"""Pages of the documentation, cut into the blocks that the tests run.

A page is run from top to bottom in a folder of its own:

- ```console    lines that begin with `$ ` are commands; the lines below one are what it prints, on a terminal
- ```toml, ```csv, ```json, ```python
                with a first line `# file: PATH` are written to that file, with `# add to: PATH` appended to it; with
                `# change: PATH` each line takes the place of the one with the same key; a TOML block without such
                a line is checked, as part of a project file or as rules written over `b2b-saas`
- ```sql        is run on `trigpoint.db`, or on the file named by a first line `-- in: PATH`, and must find rows; a ```text block right below shows them
- ```crontab    the command in each line is run
- ```text       is shown only

In what is expected, `...` alone on a line stands for any lines, and within a line for anything. Blank lines, and blanks
at the ends of lines, are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

CHECKOUT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *(CHECKOUT / "docs").rglob("*.md"),
    ]
)
FENCE = re.compile(r"^( *)(`{3,})([^`]*)$")
HEADER = re.compile(r"^(?:#|--|//) (file|add to|change): (\S+)\s*$")
LANGUAGES = frozenset({"console", "toml", "csv", "json", "python", "sql", "crontab", "ini", "text"})


@frozen
class Block:
    """A fenced block: its language, its text, and the line of the page on which the text begins."""

    language: str
    text: str
    line: int

    @property
    def target(self) -> tuple[str, str] | None:
        """('file', 'add to' or 'change', and the path), where the first line says so."""
        found = HEADER.match(self.text.split("\n", 1)[0])
        return (found[1], found[2]) if found else None

    @property
    def body(self) -> str:
        """The text without the line that says where it goes."""
        return self.text.split("\n", 1)[1] if self.target else self.text


@frozen
class Step:
    """A command and the lines expected below it; none means that anything may be printed."""

    command: str
    expected: tuple[str, ...]
    line: int
    below: int = 0  # the line of the page on which what is expected begins


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), 1))
    for number, line in lines:
        if not (fence := FENCE.match(line)):
            continue
        indent, ticks, language = fence.groups()
        held: list[str] = []
        for _, inner in lines:
            if inner.strip() == ticks:
                break
            held.append(inner.removeprefix(indent))
        else:
            raise AssertionError(f"{page}:{number}: the block is not closed")
        yield Block(language.strip(), "".join(f"{each}\n" for each in held), number + 1)


def steps(block: Block) -> Iterator[Step]:
    """The commands of a console block; a line that ends in a backslash goes on below."""
    lines = block.text.splitlines()
    starts = [index for index, line in enumerate(lines) if line.startswith("$ ")]
    if not starts or starts[0] != 0:
        raise AssertionError(f"line {block.line}: a console block begins with a command: `$ ...`")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        command, below = lines[start][2:], start + 1
        while command.endswith("\\") and below < end:
            command, below = f"{command[:-1]}{lines[below].strip()}", below + 1
        yield Step(command, tuple(lines[below:end]), block.line + start, block.line + below)


def agrees(expected: Iterable[str], printed: str) -> bool:
    """Whether what was printed is what the page shows."""
    parts = ["(?:.*\n)*" if line.strip() == "..." else _of_line(line.rstrip()) for line in expected if line.strip()]
    text = "".join(f"{line.rstrip()}\n" for line in printed.splitlines() if line.strip())
    return re.fullmatch("".join(parts), text) is not None


def _of_line(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("...")) + "\n"
