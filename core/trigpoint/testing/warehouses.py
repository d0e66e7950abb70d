"""The warehouses on which a metric must say the same: a further one is one more entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from trigpoint.warehouse import SqliteWarehouse, open_warehouse

WAREHOUSES: Mapping[str, Callable[[Path], SqliteWarehouse]] = {"sqlite": open_warehouse}
