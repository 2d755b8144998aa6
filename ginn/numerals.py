"""How numbers are written, in prose and in figures alike: digits, units and plurals set once."""

from __future__ import annotations

import math
from collections.abc import Sequence

# fmt: off
_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)
# fmt: on


def _number(value: object, name: str) -> float:
    """`value` as a finite float; refuses what is no number, so that prose never reads "nan"."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} was given {value!r}; it takes a finite number")
    return float(value)


def _whole(value: object, name: str) -> int:
    """`value` as an int; refuses fractions, which a count cannot have."""
    number = _number(value, name)
    if number != int(number):
        raise ValueError(f"{name} was given {value!r}; it takes a whole number")
    return int(number)


def percent(share: float, digits: int = 1) -> str:
    """A share of one as a percentage: `0.7 -> "70.0%"`.

    A share that is not quite all is never rounded up to "100%", nor one that is not quite nothing
    down to "0%": those two mean all and nothing.

    Raises ValueError for a share outside [0, 1].
    """
    number = _number(share, "percent")
    if not 0 <= number <= 1:
        raise ValueError(f"percent was given {share!r}; it takes a share between 0 and 1")
    least = 10.0**-digits
    if number < 1 and round(100 * number, digits) == 100:
        return f"over {100 - least:.{digits}f}%"
    if number > 0 and round(100 * number, digits) == 0:
        return f"under {least:.{digits}f}%"
    return f"{100 * number:.{digits}f}%"


def count(value: int, noun: str = "", plural: str = "") -> str:
    """A whole number with thousands marked, and its noun in the right form: `"16 runs"`."""
    whole = _whole(value, "count")
    return f"{whole:,} {_form(whole, noun, plural)}".rstrip()


def kilobytes(size: int) -> str:
    """A file's size in thousands of bytes, at least one: `"1,050 kB"`."""
    return f"{max(round(_whole(size, 'kilobytes') / 1000), 1):,} kB"


def words(value: int, noun: str = "", plural: str = "") -> str:
    """Like `count`, but a number up to twelve is spelled out: `"three runs"`."""
    whole = _whole(value, "words")
    number = _WORDS[whole] if 0 <= whole < len(_WORDS) else f"{whole:,}"
    return f"{number} {_form(whole, noun, plural)}".rstrip()


def _form(whole: int, noun: str, plural: str) -> str:
    return noun if whole == 1 else plural or (noun and noun + "s")


def iteration(value: int) -> str:
    """A moment of training: `"iteration 5,000"`."""
    return f"iteration {_whole(value, 'iteration'):,}"


def decimal(value: float, digits: int = 2) -> str:
    """A number with a fixed count of decimals: `"0.25"`."""
    return f"{_number(value, 'decimal'):.{digits}f}"


def significant(value: float, digits: int = 2) -> str:
    """A number to so many significant digits, never in powers of ten: `0.002514 -> "0.0025"`."""
    number = _number(value, "significant")
    if number == 0:
        return "0"
    rounded = float(f"{number:.{digits - 1}e}")
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:,.{decimals}f}"


def duration(seconds: float) -> str:
    """A span of time in the two largest units that matter: `"4 min 20 s"`."""
    number = _number(seconds, "duration")
    if number < 0:
        raise ValueError(f"duration was given {seconds!r}; it takes seconds, zero or more")
    if number < 10:
        return f"{number:.1f} s"
    whole = round(number)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def listing(items: Sequence[object]) -> str:
    """Items as a sentence lists them: `"a, b and c"`."""
    texts = [str(item) for item in items]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}"
