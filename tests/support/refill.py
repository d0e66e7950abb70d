"""Brings what the pages show up to date, after the program has come to print something else.

    PYTHONPATH=tests python -m support.refill                    # all pages
    PYTHONPATH=tests python -m support.refill docs/howto/x.md    # some

Look at the difference before you commit it: what was right may have become wrong. Outputs with `...` in them are left for
you to mend.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from attrs import field, frozen

from support.indexes import write_indexes
from support.page_runner import PageRunner
from support.pages import PAGES


@frozen
class PageWriter(PageRunner):
    """Runs a page and notes which lines are to be replaced by which."""

    found: list[tuple[int, int, list[str]]] = field(init=False, factory=list)

    def differs(self, line: int, expected: tuple[str, ...], shown: str, what: str) -> None:
        """Note it; an output of which the page shows parts is a person's to mend."""
        if any("..." in each for each in expected):
            super().differs(line, expected, shown, what)
        lines = "\n".join(each.rstrip() for each in shown.splitlines()).strip("\n")
        self.found.append((line - 1, len(expected), lines.splitlines()))

    def write(self) -> None:
        """Runs the page, and writes it anew if it differs."""
        self.run()
        lines = self.page.read_text(encoding="utf-8").splitlines()
        for start, count, new in reversed(self.found):
            lines[start : start + count] = new
        if self.found:
            self.page.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            print(f"{self.page}: {len(self.found)} outputs")


def main() -> int:
    """Refills the pages that the command line names, all without; 1 if a page is left to be mended."""
    write_indexes()
    left = 0
    for page in [Path(name).resolve() for name in sys.argv[1:]] or PAGES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                PageWriter(page, Path(folder)).write()
            except AssertionError as error:
                left += 1
                print(error, file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
