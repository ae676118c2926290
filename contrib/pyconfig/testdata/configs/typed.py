from __future__ import annotations

import os
from typing import TYPE_CHECKING, Dict, List, Optional

if TYPE_CHECKING:
    from collections.abc import Mapping

DEBUG: bool = False
NAME: str = "typed"
ADMINS: List[str] = ["a@example", "b@example"]
LIMITS: Dict[str, int | None] = {"a": 1, "b": None}
DSN: Optional[str] = os.environ.get("SENTRY_DSN")
later: int
MASK: int = 0o750
COLORS: dict[str, int] = {"red": 0xFF_00_00, "green": 0x00FF00}
BITS: int = 0b1010_0101


def scale(value: float, *, by: float = 2.0, table: Mapping[str, int] = None) -> float:
    result: float = value * by
    return result


SCALED: float = scale(1.5, by=3)
