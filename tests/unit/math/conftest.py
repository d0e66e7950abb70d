"""The functions of the plugin `math`, by name."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from trigpoint import Function
from trigpoint_math import trigpoint_functions


@pytest.fixture
def functions() -> Mapping[str, Function]:
    """What the plugin offers."""
    return {each.name: each for each in trigpoint_functions()}
