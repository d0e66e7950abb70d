"""Runs a page of the documentation: each command, each file, each snippet, in order, in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from attrs import field, frozen

from support.pages import CHECKOUT, LANGUAGES, Block, Step, agrees, blocks, steps
from support.snippets import problems_of
from support.terminal import plain_environment, run_on_terminal

UNCOMMENTED = frozenset({"csv", "json"})  # know no comments: the line that names the file is left out
DATABASE = re.compile(r"-- in: (\S+)\n")
SHOWN_ONLY = frozenset({"text", "ini"})


@frozen
class PageRunner:
    """A page and the folder it is run in. `here` is where its last `cd` led to."""

    page: Path
    folder: Path
    here: list[Path] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.here.append(self.folder)
        _lay_checkout(self.folder)

    @here.default
    def _here(self) -> list[Path]:
        return []

    def run(self) -> int:
        """Runs all blocks; answers how many were more than shown. AssertionError names page, line and difference."""
        ran, before = 0, Block("", "", 0)
        for block in blocks(self.page):
            if block.language not in LANGUAGES:
                self._fail(block.line, f"no rule says what to do with a block of '{block.language}'")
            if block.language == "text" and before.language == "sql":
                self._compare_rows(before, block)
            ran += block.language not in SHOWN_ONLY
            self._run_block(block)
            before = block
        return ran

    def _run_block(self, block: Block) -> None:
        if block.language == "console":
            for step in steps(block):
                self._run_step(step)
        elif block.language == "crontab":
            self._run_crontab(block)
        elif block.language == "sql":
            self._rows(block)
        elif block.language in ("toml", "csv", "json", "python"):
            self._write(block)

    def _run_step(self, step: Step) -> None:
        if moved := re.fullmatch(r"cd (\S+)", step.command):
            self.here.append((self.here[-1] / moved[1]).resolve())
            return
        code, shown = run_on_terminal(_safe(step.command, self._site), self.here[-1], self._environment())
        if code:
            self._fail(step.line, f"`{step.command}` ended with exit code {code}:\n{shown}")
        if step.expected and not agrees(step.expected, shown):
            self.differs(step.below, step.expected, shown, f"`{step.command}` printed")

    @property
    def _site(self) -> Path:
        """Where packages are that the page installs."""
        return self.folder / ".site"

    def _environment(self) -> dict[str, str]:
        inherited = os.environ.get("PYTHONPATH", "")
        return plain_environment(PYTHONPATH=os.pathsep.join(filter(None, [str(self._site), inherited])))

    def _run_crontab(self, block: Block) -> None:
        for number, line in enumerate(block.text.splitlines(), block.line):
            if found := re.search(r"trigpoint [^;|>&]*", line):
                self._run_step(Step(found[0], (), number))

    def _write(self, block: Block) -> None:
        if block.target is None:
            if block.language != "toml":
                self._fail(block.line, f"a block of {block.language} says in its first line which file it is")
            self._judge(block)
            return
        how, name = block.target
        path = self.here[-1] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if how == "change":
            path.write_text(self._changed(block, path.read_text(encoding="utf-8")), encoding="utf-8")
            return
        with path.open("a" if how == "add to" else "w", encoding="utf-8") as file:
            file.write(block.body if block.language in UNCOMMENTED else block.text)

    def _changed(self, block: Block, text: str) -> str:
        for number, line in enumerate(block.body.splitlines(), block.line + 1):
            key = re.escape(line.partition("=")[0])
            text, found = re.subn(rf"^{key}=.*$", line.replace("\\", r"\\"), text, flags=re.MULTILINE)
            if found != 1:
                self._fail(number, f"{found} lines have the key of `{line}`")
        return text

    def _judge(self, block: Block) -> None:
        if problems := problems_of(block.text):
            self._fail(block.line, "\n".join(problems))

    def _rows(self, block: Block) -> list[tuple[object, ...]]:
        named = DATABASE.match(block.text)
        with closing(sqlite3.connect(self.here[-1] / (named[1] if named else "trigpoint.db"))) as database:
            cursor = database.execute(block.text)
            names = tuple(column[0] for column in cursor.description)
            rows = cursor.fetchall()
        if not rows:
            self._fail(block.line, "the query finds no rows")
        return [names, *rows]

    def _compare_rows(self, query: Block, shown: Block) -> None:
        table = "\n".join(_in_columns(self._rows(query)))
        expected = tuple(shown.text.splitlines())
        if not agrees(expected, table):
            self.differs(shown.line, expected, table, "the query finds")

    def differs(self, line: int, expected: tuple[str, ...], shown: str, what: str) -> None:
        """What is done where a page shows something else, from `line` on, than was printed: the page is wrong."""
        self._fail(line, "\n".join([what, shown, "but the page shows", *expected]))

    def _fail(self, line: int, text: str) -> None:
        raise AssertionError(f"{self.page}:{line}: {text}")


def _lay_checkout(folder: Path) -> None:
    """What a reader has who took the checkout: its Makefile, and an environment that is already made."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, folder / name)
    environment = folder / ".venv"
    environment.mkdir()
    (environment / "bin").symlink_to(Path(sys.executable).parent)
    for stamp in ("demo.stamp", "dev.stamp"):
        (environment / stamp).touch()


def _safe(command: str, site: Path) -> str:
    """A target that would run the tests again, or for long, is only looked up; a package is installed for this page alone."""
    install = f"PYTHONPATH={CHECKOUT / 'tests'} python -m support.strangers \\1 {site}"
    command = re.sub(r"\bpip install (?:-q )?-e (\S+)", install, command)
    return re.sub(r"\bmake (test|check|pages|bench|soak)\b", r"make --dry-run \1", command)


def _in_columns(rows: list[tuple[object, ...]]) -> Iterator[str]:
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in texts) for column in range(len(texts[0]))]
    for row in texts:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
