"""Which of the values that are handed in are times; knows neither NumPy nor Twisted."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from numbers import Real
from typing import Any


def as_seconds(value: object) -> float | None:
    """Read a time in seconds: a finite number, be it Python's, NumPy's, a Fraction or a Decimal; None if it is none.

    A bool is no time, though Python counts it among the numbers.
    """
    value = out_of_numpy(value)
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    try:
        seconds = float(value)
    except (OverflowError, ValueError):  # more than a float can hold; a NaN of Decimal's
        return None
    return seconds if isfinite(seconds) else None


def checked_seconds(value: object, name: str) -> float:
    """Read a time in seconds, or raise a ValueError that says what `name` should be."""
    seconds = as_seconds(value)
    if seconds is None:
        from course_lib.words import shown

        msg = f"{name} should be a number of seconds, and is {shown(value)}."
        raise ValueError(msg)
    return seconds


def out_of_numpy(value: Any) -> Any:
    """Turn an array of NumPy's into a list, and one of its numbers into Python's; return anything else as it is."""
    return value.tolist() if type(value).__module__ == "numpy" and hasattr(value, "tolist") else value
