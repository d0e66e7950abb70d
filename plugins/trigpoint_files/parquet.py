"""Parquet, where pyarrow is installed: only the columns that the table needs are read."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from trigpoint import Batch, Problem, SourceRequest, TrigpointError
from trigpoint_files.paths import shown

BATCH_ROWS = 500


def read_parquet(path: Path, request: SourceRequest) -> Iterator[Batch]:
    """The rows of one file. Raises TrigpointError if pyarrow is not installed (TP415) or the file is broken (TP403)."""
    name = shown(path, request)
    source, place = request.settings.name, request.settings.place
    try:
        pyarrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        text = f"source '{source}': reading {name} needs pyarrow, which is not installed"
        raise TrigpointError(
            Problem("TP415", text, place, "pip install 'trigpoint[parquet]', or export CSV")
        ) from error
    wanted = {request.settings.columns.get(column, column) for column in request.table.columns}
    try:
        with parquet.ParquetFile(path) as file:
            header = [column for column in file.schema_arrow.names if column in wanted]
            row, total = 0, file.metadata.num_rows
            lacking = not wanted.issubset(header)
            if lacking or total == 0 or len(header) < len(file.schema_arrow.names):
                yield Batch(name, 1, file.schema_arrow.names, ())  # no rows: what there is, also what is not read
            if lacking:
                return
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=header):
                columns = [_cells(batch.column(column)) for column in header]
                yield Batch(name, row + 1, header, list(zip(*columns, strict=True)))
                row += batch.num_rows
                request.progress(row, total)
    except (pyarrow.ArrowException, OSError) as error:
        text = f"source '{source}': {name} cannot be read as Parquet: {str(error).splitlines()[0]}"
        raise TrigpointError(Problem("TP403", text, place)) from error


def _cells(column: Any) -> list[object]:
    """The cells as Python objects; nanoseconds, which Python has no type for, are cut to microseconds."""
    pyarrow = import_module("pyarrow")
    if pyarrow.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pyarrow.timestamp("us", column.type.tz), safe=False)
    cells: list[object] = column.to_pylist()
    return cells
