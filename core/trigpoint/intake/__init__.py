"""Rows from sources into tables of the warehouse: typing, keys, quarantine, gates."""

from trigpoint.intake.loader import Progress, load, loads_again

__all__ = ["Progress", "load", "loads_again"]
