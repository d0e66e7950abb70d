"""Cases of wrong rules as data: small TOML files, and the lines that `check` says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

CASES = Path(__file__).parents[1] / "cases" / "rules"
PROJECT = 'timezone = "UTC"\nrules = ["base.toml", "rules.toml"]\n'


@frozen
class Case:
    """A title (`#: ...`), files (`#= name`, else `rules.toml`) over `base.toml`, and expected lines (`#> ...`)."""

    home: str  # the file of cases it stands in
    title: str
    files: dict[str, str] = field(factory=dict)
    expected: tuple[str, ...] = ()

    def write(self, root: Path) -> None:
        """Put the case's project into a folder."""
        files = {"trigpoint.toml": PROJECT, "base.toml": (CASES / "base.toml").read_text(encoding="utf-8")}
        for name, text in (files | self.files).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")


def cases() -> list[Case]:
    """All cases, by file and in order of the file."""
    return [case for path in sorted(CASES.glob("TP*.toml")) for case in _cases(path)]


def _cases(path: Path) -> Iterator[Case]:
    for part in re.split(r"^#: ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        expected = tuple(line[3:] for line in body.splitlines() if line.startswith("#> "))
        text = "".join(f"{line}\n" for line in body.splitlines() if not line.startswith("#> ")).strip("\n") + "\n"
        pieces = re.split(r"^#= (.+)\n", f"#= rules.toml\n{text}", flags=re.MULTILINE)[1:]
        files = dict(zip(pieces[::2], pieces[1::2], strict=True))
        yield Case(path.stem, title.strip(), files, expected)
