"""How numbers are written in prose and in figures: digits, units and plurals.

The functions of this module write them as English does, and so does `Numbers`. A subclass writes
them as another language does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from ginn.elementary import decade, power_of_ten

_COUNTED = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
# The texts of English, by the keys of the files of words.
_TEXTS = {
    "over": "over {number}",
    "under": "under {number}",
    "iteration": "iteration {number}",
    "iterations": "iterations {low}–{high}",
    "from-to": "{low} to {high}",
    "range": "{low}–{high}",
    "hours": "{number} h",
    "minutes": "{number} min",
    "seconds": "{number} s",
    "none": "none",
    **{str(number): word for number, word in enumerate(_COUNTED)},
}
# A number in a text, from its first digit to its last.
_DIGITS = re.compile(r"\d(?:.*\d)?")
LEAST_P_VALUE = 0.001  # Smaller ones are not told apart.
# The filters that write numbers and lists, and those that write both ends of a range.
_FORMATS = (
    *("percent", "count", "words", "iteration", "decimal", "significant", "duration"),
    *("p_value", "degrees", "span", "listing"),
)
_SPANNED = ("percent", "count", "iteration", "decimal", "significant", "degrees")


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


class Numbers:
    """Writes numbers as English does. Other languages replace the methods up to `percentage`."""

    def say(self, key: str, /, **values: object) -> str:
        """The text of a key, such as "number.over", with its values."""
        shown = {name: self.shown(value) for name, value in values.items()}
        return _TEXTS[key.removeprefix("number.")].format(**shown)

    def number(self, value: float, decimals: int, grouped: bool = True) -> str:
        """A number with `decimals` decimals and U+2212 as its minus sign; zero has no sign."""
        text = f"{value:{',' if grouped else ''}.{decimals}f}"
        return text.replace("-", "−" if text.strip("-0.,") else "")

    def is_one(self, whole: int) -> bool:
        """Whether a noun is in the singular after a number."""
        return whole == 1

    def listing(self, items: Sequence[object]) -> str:
        """Items as a list in a sentence: `"a, b and c"`."""
        texts = [str(item) for item in items]
        if len(texts) < 2:
            return "".join(texts)
        return f"{', '.join(texts[:-1])} and {texts[-1]}"

    def percentage(self, value: float, decimals: int) -> str:
        """A number with the sign of percentages."""
        return f"{self.number(value, decimals)}%"

    def shown(self, value: object) -> str:
        """A value as text, for use in another text."""
        return self.count(value) if isinstance(value, int) else str(value)

    def percent(self, share: float, digits: int = 1) -> str:
        """A share of one as a percentage: `0.7 -> "70.0%"`.

        A share below one is never rounded up to "100%", and a share above zero is never rounded
        down to "0%": those two mean all and nothing.

        Raises ValueError for a share outside [0, 1].
        """
        number = finite(share, "percent")
        if not 0 <= number <= 1:
            raise ValueError(f"percent was given {share!r}; it takes a share between 0 and 1")
        least, rounded = power_of_ten(-digits), round(100 * number, digits)
        if number < 1 and rounded == 100:
            return self.say("number.over", number=self.percentage(100 - least, digits))
        if number > 0 and rounded == 0:
            return self.say("number.under", number=self.percentage(least, digits))
        return self.percentage(100 * number, digits)

    def count(self, value: int, noun: str = "", plural: str = "") -> str:
        """A whole number, with a comma every three digits and its noun if given: `"16 runs"`.

        `plural` is the noun's plural where that is not the noun with an "s".
        """
        whole = whole_number(value, "count")
        return f"{self.number(whole, 0)} {self._noun(whole, noun, plural)}".rstrip()

    def words(self, value: int, noun: str = "", plural: str = "") -> str:
        """The same as `count`, but with numbers up to twelve in words: `"three runs"`, `"no runs"`.

        Zero without a noun is `"none"`.
        """
        whole = whole_number(value, "words")
        if whole == 0 and not noun:
            return self.say("number.none")
        return f"{self.in_words(whole)} {self._noun(whole, noun, plural)}".rstrip()

    def in_words(self, whole: int) -> str:
        """A number before a noun, in words up to twelve."""
        return self.say(f"number.{whole}") if 0 <= whole <= 12 else self.count(whole)

    def _noun(self, whole: int, noun: str, plural: str) -> str:
        return noun if self.is_one(whole) else plural or (noun and noun + "s")

    def iteration(self, value: int) -> str:
        """An iteration of the training: `"iteration 5,000"`."""
        return self.say("number.iteration", number=whole_number(value, "iteration"))

    def decimal(self, value: float, digits: int = 2) -> str:
        """A number with `digits` decimals: `"0.25"`."""
        return self.number(finite(value, "decimal"), digits, grouped=False)

    def significant(self, value: float, digits: int = 2) -> str:
        """A number with `digits` significant digits, without an exponent:
        `0.002514 -> "0.0025"`.
        """
        number = finite(value, "significant")
        if number == 0:
            return self.number(0, 0)
        rounded = float(f"{number:.{digits - 1}e}")
        return self.number(rounded, max(0, digits - 1 - decade(abs(rounded))))

    def p_value(self, p: float, named: bool = True) -> str:
        """A p-value with two significant digits: `"p = 0.031"`; below 0.001, `"p < 0.001"`.

        A p-value just below 0.05 has more digits where two would round it to 0.05. One that is not
        `named` is for a column of p-values: `"0.031"`, `"< 0.001"`.

        Raises ValueError for what is not a probability.
        """
        number, sign = finite(p, "p_value"), "="
        if not 0 <= number <= 1:
            raise ValueError(f"p_value was given {p!r}; it takes a probability")
        if number < LEAST_P_VALUE:
            written, sign = self.decimal(LEAST_P_VALUE, 3), "<"
        else:
            enough = (d for d in range(2, 18) if _is_not_rounded_up(number, significant(number, d)))
            written = self.significant(number, next(enough))
        if named:
            return f"p {sign} {written}"
        return f"<\N{NO-BREAK SPACE}{written}" if sign == "<" else written

    def degrees(self, value: float, digits: int = 0) -> str:
        """An angle in degrees: `"24°"`."""
        return f"{self.decimal(finite(value, 'degrees'), digits)}°"

    def span(self, ends: Sequence[float], form: str = "decimal", *options: Any) -> str:
        """A range of numbers, both ends written by the function named `form`: `"2.0–8.0%"`.

        A unit is written once. Next to a minus sign or a word, "to" replaces the en dash, which
        would mislead there. Two ends that are written alike give one number.

        Raises ValueError for ends that are not two numbers in rising order, and for an unknown
        form.
        """
        if len(ends) != 2 or ends[0] > ends[1]:
            raise ValueError(f"span was given {ends!r}; it takes two numbers, the lesser first")
        if form not in _SPANNED:
            raise ValueError(f"span was given {form!r}; it takes one of {', '.join(_SPANNED)}")
        low, high = (str(getattr(self, form)(end, *options)) for end in ends)
        if low == high:
            return low
        first, last = (
            found[0] if (found := _DIGITS.search(each)) else each for each in (low, high)
        )
        if form == "iteration":
            return self.say("number.iterations", low=first, high=last)
        if not all(text[0].isdigit() for text in (low, high)):
            return self.say("number.from-to", low=low, high=high)
        return self.say("number.range", low=first, high=high)

    def duration(self, seconds: float) -> str:
        """A time in its two largest units: `"4 min 20 s"`.

        Raises ValueError for a negative time.
        """
        number = finite(seconds, "duration")
        if number < 0:
            raise ValueError(f"duration was given {seconds!r}; it takes seconds, zero or more")
        if number < 10:
            return self.say("number.seconds", number=self.decimal(number, 1))
        minutes, rest = divmod(round(number), 60)
        units = [("hours", minutes // 60), ("minutes", minutes % 60), ("seconds", rest)]
        while not units[0][1]:
            units = units[1:]
        return " ".join(self.say(f"number.{unit}", number=each) for unit, each in units[:2])

    def plain(self, value: float) -> str:
        """A round number without trailing zeros, for an axis; one below 1e-6 as in English."""
        if 0 < value < 1e-6:
            return f"{value:.2g}"
        written = f"{round(value, 8):.8f}".rstrip("0").partition(".")[2]
        return self.number(value, 0 if value >= 100 else len(written))

    def short(self, value: int) -> str:
        """A power of ten in few letters: `"10k"`."""
        for size, letter in ((1_000_000, "M"), (1_000, "k")):
            if value >= size:
                return f"{self.number(value // size, 0)}{letter}"
        return self.number(value, 0)

    @property
    def formats(self) -> dict[str, Callable[..., str]]:
        """The functions that write numbers, by the names of their filters in articles."""
        return {name: getattr(self, name) for name in _FORMATS}


def _is_not_rounded_up(p: float, written: str) -> bool:
    """Whether a p-value below 0.05 is not rounded to 0.05."""
    return p >= 0.05 or float(written) != 0.05


ENGLISH = Numbers()
percent, count, words, listing = ENGLISH.percent, ENGLISH.count, ENGLISH.words, ENGLISH.listing
decimal, significant, span = ENGLISH.decimal, ENGLISH.significant, ENGLISH.span
iteration, duration, degrees = ENGLISH.iteration, ENGLISH.duration, ENGLISH.degrees
p_value = ENGLISH.p_value


def numbered(noun: str, numbers: Sequence[int]) -> str:
    """Things by their numbers: `"seeds 1, 2 and 3"`, `"seed 7"`; `"no seed"` without any."""
    if not numbers:
        return f"no {noun}"
    return f"{noun if len(numbers) == 1 else noun + 's'} {listing([f'{n:,}' for n in numbers])}"
