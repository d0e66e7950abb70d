"""The source `files`: which files, in which form, one after the other by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from trigpoint import Batch, Problem, SourceRequest, TrigpointError
from trigpoint_files.delimited import read_delimited
from trigpoint_files.json_lines import read_json_lines
from trigpoint_files.parquet import read_parquet
from trigpoint_files.paths import find_files, shown

FORMATS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
DELIMITERS = {"csv": ",", "tsv": "\t"}


class FilesSource:
    """Reads the file or files of `path`, as they are: typing is the intake's work."""

    name = "files"
    schema: Mapping[str, object] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["path"],
        "properties": {
            "path": {"type": "string", "minLength": 1, "description": "a file, or a pattern like data/usage-*.csv"},
            "format": {
                "enum": ["csv", "tsv", "jsonl", "parquet"],
                "description": "where the file's name does not say it",
            },
            "delimiter": {"type": "string", "minLength": 1, "maxLength": 1, "description": "between cells of CSV"},
            "encoding": {"type": "string", "description": "utf-8 (with or without a byte-order mark) by default"},
        },
    }

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """All rows, file by file. Raises InputError if there is no file."""
        for path in find_files(request):
            form = request.settings.options.get("format") or _format_of(path, request)
            if form == "jsonl":
                yield from read_json_lines(path, request)
            elif form == "parquet":
                yield from read_parquet(path, request)
            else:
                delimiter = str(request.settings.options.get("delimiter") or DELIMITERS[str(form)])
                yield from read_delimited(path, request, delimiter)


def _format_of(path: Path, request: SourceRequest) -> str:
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    if form := FORMATS.get(suffix.lower()):
        return form
    text = f"source '{request.settings.name}': the name of {shown(path, request)} does not say what the file is"
    raise TrigpointError(
        Problem("TP403", text, request.settings.place, 'write format = "csv" (or tsv, jsonl, parquet)')
    )
