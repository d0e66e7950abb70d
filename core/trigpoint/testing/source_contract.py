"""The suite that every kind of source must pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import jsonschema

from trigpoint.model.project import SourceSettings
from trigpoint.model.source import Batch, Cell, Source, SourceRequest
from trigpoint.model.table import Table
from trigpoint.rules.options import with_defaults
from trigpoint.testing.stated import fail, look_over, plugin_name, registry_for, source_faults

NOTHING: Mapping[str, object] = {}


class SourceContract:
    """Subclass it in a test module; override `prepare` to write what the source reads into the folder `root`.

        class TestSheets(SourceContract):
            plugin = "acme"
            source = "sheets"
            table = {"account_id": "text", "arr": "number"}
            options = {"path": "sheet.txt"}
            expect = [("A-1", "100")]

            def prepare(self, root):
                (root / "sheet.txt").write_text("A-1 100")

    `expect` are the cells as the source gives them, in the order of its header: typing them is the intake's job.
    `refused` are options that its schema must not take.
    """

    plugin: ClassVar[str | Path]
    source: ClassVar[str]
    table: ClassVar[Mapping[str, str]]
    expect: ClassVar[Sequence[Sequence[Cell]]]
    options: ClassVar[Mapping[str, object]] = NOTHING
    refused: ClassVar[Sequence[Mapping[str, object]]] = ()

    def prepare(self, root: Path) -> None:
        """Write the files that the source reads."""

    def test_reads_what_is_expected(self, tmp_path: Path) -> None:
        """The rows are the expected ones."""
        found = [tuple(row) for batch in self._read(tmp_path) for row in batch.rows]
        if found != [tuple(row) for row in self.expect]:
            _fail(self, f"gives {found!r}, and expected is {list(self.expect)!r}")

    def test_rows_fit_their_header(self, tmp_path: Path) -> None:
        """Each row has a cell for each name of the header; rows are numbered from 1 and follow each other."""
        for batch in self._read(tmp_path):
            if len(set(batch.header)) != len(batch.header):
                _fail(self, f"has a name twice in its header: {list(batch.header)}")
            for row in batch.rows:
                if len(row) != len(batch.header):
                    _fail(self, f"gives a row of {len(row)} cells under a header of {len(batch.header)}: {row!r}")
            if batch.first_row < 1:
                _fail(self, f"numbers its rows from {batch.first_row}; the first one is 1")

    def test_reads_the_same_twice(self, tmp_path: Path) -> None:
        """Reading takes nothing away: a second read gives the same batches."""
        source = self._source()
        if self._read(tmp_path, source) != self._read(tmp_path, source):
            _fail(self, "gives other batches when it is read again")

    def test_refuses_options_that_do_not_fit(self) -> None:
        """An option that does not exist is refused by the schema, as are those of `refused`."""
        schema = dict(self._source().schema)
        jsonschema.validate(dict(self.options), schema)
        for wrong in ({"no_such_option": 1}, *self.refused):
            if jsonschema.Draft202012Validator(schema).is_valid({**self.options, **wrong}):
                _fail(self, f"takes the options {wrong!r}: its JSON Schema must refuse them")

    def _source(self) -> Source:
        look_over(self, SourceContract, source_faults)
        registry = registry_for(self.plugin)
        if self.source not in registry.sources:
            own = [
                each for each in registry.sources if registry.owners["source", each].name == plugin_name(self.plugin)
            ]
            offered = ", ".join(own) or "no sources"
            _fail(self, f"is not offered by plugin '{plugin_name(self.plugin)}', which offers: {offered}")
        return registry.sources[self.source]

    def _read(self, root: Path, source: Source | None = None) -> list[Batch]:
        source = source or self._source()
        self.prepare(root)
        table = Table("rows", self.table)  # type: ignore[arg-type]  # names of types, as an author writes them
        options = with_defaults(self.options, source.schema)
        request = SourceRequest(SourceSettings("rows", "rows", self.source, options), table, root)
        given: Any = source.read(request)
        if not isinstance(given, Iterable):
            _fail(self, f"gives {_kind(given)} and no batches: its `read` must `yield Batch(...)`")
        batches = list(given)
        for each in batches:
            if not isinstance(each, Batch):
                _fail(self, f"gives {_kind(each)} and no Batch: its `read` must `yield Batch(...)`")
        return batches


def _kind(given: object) -> str:
    return "None" if given is None else f"a {type(given).__name__}"


def _fail(contract: SourceContract, text: str) -> NoReturn:
    fail(f"source '{contract.source}' {text}")
