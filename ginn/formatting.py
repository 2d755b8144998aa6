"""How numbers are written in prose and in figures: digits, units and plurals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ginn.elementary import decade, power_of_ten

# fmt: off
_WORDS = (
    "no", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)
# fmt: on
LEAST_P_VALUE = 0.001  # Smaller ones are not told apart.


def finite(value: object, name: str) -> float:
    """`value` as a float.

    Raises ValueError for anything but a finite number, so that no text contains "nan". The message
    names the calling function.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} was given {value!r}; it takes a finite number")
    return float(value)


def whole_number(value: object, name: str) -> int:
    """`value` as an int. Raises ValueError for what is not a whole number."""
    number = finite(value, name)
    if number != int(number):
        raise ValueError(f"{name} was given {value!r}; it takes a whole number")
    return int(number)


def percent(share: float, digits: int = 1) -> str:
    """A share of one as a percentage: `0.7 -> "70.0%"`.

    A share below one is never rounded up to "100%", and a share above zero is never rounded down to
    "0%": those two mean all and nothing.

    Raises ValueError for a share outside [0, 1].
    """
    bound, percentage = bounded_percentage(share, digits)
    return f"{bound} {percentage:.{digits}f}%".lstrip()


def bounded_percentage(share: float, digits: int) -> tuple[str, float]:
    """What `percent` writes for a share: "over", "under" or "", and a percentage."""
    number = finite(share, "percent")
    if not 0 <= number <= 1:
        raise ValueError(f"percent was given {share!r}; it takes a share between 0 and 1")
    least = power_of_ten(-digits)
    if number < 1 and round(100 * number, digits) == 100:
        return "over", 100 - least
    if number > 0 and round(100 * number, digits) == 0:
        return "under", least
    return "", 100 * number


def count(value: int, noun: str = "", plural: str = "") -> str:
    """A whole number, with a comma every three digits and its noun if given: `"16 runs"`.

    `plural` is the noun's plural where that is not the noun with an "s".
    """
    whole = whole_number(value, "count")
    return f"{_minus(f'{whole:,}')} {_form(whole, noun, plural)}".rstrip()


def words(value: int, noun: str = "", plural: str = "") -> str:
    """The same as `count`, but with numbers up to twelve in words: `"three runs"`, `"no runs"`.

    Zero without a noun is `"none"`.
    """
    whole = whole_number(value, "words")
    if whole == 0 and not noun:
        return "none"
    number = _WORDS[whole] if 0 <= whole < len(_WORDS) else _minus(f"{whole:,}")
    return f"{number} {_form(whole, noun, plural)}".rstrip()


def _form(whole: int, noun: str, plural: str) -> str:
    """The singular of a noun for one, and its plural for any other number."""
    return noun if whole == 1 else plural or (noun and noun + "s")


def numbered(noun: str, numbers: Sequence[int]) -> str:
    """Things by their numbers: `"seeds 1, 2 and 3"`, `"seed 7"`; `"no seed"` without any."""
    if not numbers:
        return f"no {noun}"
    return f"{noun if len(numbers) == 1 else noun + 's'} {listing([f'{n:,}' for n in numbers])}"


def iteration(value: int) -> str:
    """An iteration of the training: `"iteration 5,000"`."""
    return f"iteration {whole_number(value, 'iteration'):,}"


def decimal(value: float, digits: int = 2) -> str:
    """A number with `digits` decimals: `"0.25"`."""
    return _minus(f"{finite(value, 'decimal'):.{digits}f}")


def significant(value: float, digits: int = 2) -> str:
    """A number with `digits` significant digits, without an exponent: `0.002514 -> "0.0025"`."""
    rounded, decimals = rounded_significantly(value, digits)
    return _minus(f"{rounded:,.{decimals}f}")


def rounded_significantly(value: float, digits: int) -> tuple[float, int]:
    """A number with `digits` significant digits, and the number of its decimals."""
    number = finite(value, "significant")
    if number == 0:
        return 0.0, 0
    rounded = float(f"{number:.{digits - 1}e}")
    return rounded, max(0, digits - 1 - decade(abs(rounded)))


def p_value(p: float, named: bool = True) -> str:
    """A p-value with two significant digits: `"p = 0.031"`; below 0.001, `"p < 0.001"`.

    A p-value just below 0.05 has more digits where two would round it to 0.05. One that is not
    `named` is for a column of p-values: `"0.031"`, `"< 0.001"`.

    Raises ValueError for what is not a probability.
    """
    digits = digits_of_p_value(p)
    number = significant(p, digits) if digits else str(LEAST_P_VALUE)
    return written_p_value(number, is_bound=not digits, named=named)


def written_p_value(number: str, is_bound: bool, named: bool) -> str:
    """A p-value from its number as text, which is the value or a bound above it."""
    if named:
        return f"p {'<' if is_bound else '='} {number}"
    return f"<\N{NO-BREAK SPACE}{number}" if is_bound else number


def digits_of_p_value(p: float) -> int:
    """The significant digits with which `p_value` writes a p-value; 0 for "p < 0.001"."""
    number = finite(p, "p_value")
    if not 0 <= number <= 1:
        raise ValueError(f"p_value was given {p!r}; it takes a probability")
    if number < LEAST_P_VALUE:
        return 0
    return next(d for d in range(2, 18) if float(significant(number, d)) != 0.05 or number >= 0.05)


def degrees(value: float, digits: int = 0) -> str:
    """An angle in degrees: `"24°"`."""
    return f"{decimal(finite(value, 'degrees'), digits)}°"


def span(ends: Sequence[float], form: str = "decimal", *options: Any) -> str:
    """A range of numbers, both ends written by the function named `form`: `"2.0–8.0%"`.

    A unit is written once. Next to a minus sign or a word, "to" replaces the en dash, which would
    mislead there. Two ends that are written alike give one number.

    Raises ValueError for ends that are not two numbers in rising order, and for an unknown form.
    """
    require_span(ends, form)
    low, high = (_SPANNED[form](end, *options) for end in ends)
    if low == high:
        return low
    if form == "iteration":
        return f"iterations {low.split()[1]}–{high.split()[1]}"
    if any(text[0] not in "0123456789" for text in (low, high)):
        return f"{low} to {high}"
    return f"{low.rstrip('%°').split()[0]}–{high}"


def require_span(ends: Sequence[float], form: str) -> None:
    """Raise ValueError for ends that are not two numbers in rising order, or an unknown form."""
    if len(ends) != 2 or ends[0] > ends[1]:
        raise ValueError(f"span was given {ends!r}; it takes two numbers, the lesser first")
    if form not in _SPANNED:
        raise ValueError(f"span was given {form!r}; it takes one of {', '.join(_SPANNED)}")


def _minus(text: str) -> str:
    """The text of a number with U+2212 as its minus sign. A zero has no sign."""
    if text.startswith("-") and not text.strip("-0.,"):
        return text[1:]
    return text.replace("-", "−")


def duration(seconds: float) -> str:
    """A time in its two largest units: `"4 min 20 s"`.

    Raises ValueError for a negative time.
    """
    number = finite(seconds, "duration")
    if number < 0:
        raise ValueError(f"duration was given {seconds!r}; it takes seconds, zero or more")
    return f"{number:.1f} s" if number < 10 else " ".join(f"{n} {u}" for n, u in units_of(number))


def units_of(seconds: float) -> list[tuple[int, str]]:
    """A time in whole numbers of its two largest units of "h", "min" and "s"."""
    whole = round(seconds)
    if whole < 60:
        return [(whole, "s")]
    if whole < 3600:
        return [(whole // 60, "min"), (whole % 60, "s")]
    return [(whole // 3600, "h"), (whole % 3600 // 60, "min")]


_SPANNED: dict[str, Callable[..., str]] = {
    "percent": percent,
    "count": count,
    "iteration": iteration,
    "decimal": decimal,
    "significant": significant,
    "degrees": degrees,
}


def listing(items: Sequence[object]) -> str:
    """Items as a list in a sentence: `"a, b and c"`."""
    texts = [str(item) for item in items]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}"
