"""Where the facts lie and where rules run: SQLite by default."""

from trigpoint.warehouse.sqlite import Session, SqliteWarehouse, open_warehouse

__all__ = ["Session", "SqliteWarehouse", "open_warehouse"]
