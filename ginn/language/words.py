"""The words of one language, and how it writes numbers, lists and dates.

The words come from a file (`word_files.py`). Signs of numbers, plural categories, lists and names
of months come from the Unicode CLDR, through Babel. Claims do not use this module: their sentences
are English, and their numbers are those of `ginn.formatting`.
"""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

import babel
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import NumberPattern

from ginn import formatting

ENGLISH = "en"
# A value's place in a text.
PLACE = re.compile(r"\{(\w+)\}")
# A number in a text, from its first digit to its last.
DIGITS = re.compile(r"\d(?:.*\d)?")
# Enough digits for the largest float64, and as many again for decimals.
MOST_DIGITS = 700
# A text, or its forms by plural category.
Text = str | Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Words:
    """The words of a language for the pages of a site.

    `language` is the language of the words, such as "de". `page` is the language of the site's
    articles. The two differ if there is no file of words for `page`. `texts` has the texts by
    section and key, such as "page.skip".
    """

    language: str
    page: str
    texts: Mapping[str, Text]
    locale: babel.Locale

    @property
    def tag(self) -> str:
        """The tag of the language whose numbers and plural forms are used: "en-GB"."""
        return babel.core.get_locale_identifier(
            (self.locale.language, self.locale.territory, self.locale.script, None), sep="-"
        )

    @property
    def foreign(self) -> str:
        """The language of the words if it is not that of the articles; otherwise ""."""
        return "" if self.language == self.page else self.language

    @property
    def of_claims(self) -> str:
        """The language of claims, "en", if it is not that of the articles; otherwise ""."""
        return "" if self.page == ENGLISH else ENGLISH

    def say(self, key: str, /, **values: object) -> str:
        """The text of a key with its values; a whole number is written as the language does.

        Where the text depends on a number, `count` is that number.
        """
        shown = {name: self.shown(value) for name, value in values.items()}
        return PLACE.sub(lambda place: shown[place[1]], self.form(key, values.get("count")))

    def form(self, key: str, count: object = None) -> str:
        """The text of a key, in the form for a number, with the names of its values in braces."""
        text = self.texts[key]
        if isinstance(text, str):
            return text
        return text[self.locale.plural_form(formatting.whole_number(count, key))]

    def shown(self, value: object) -> str:
        """A value as text, for use in another text."""
        return self.count(value) if isinstance(value, int) else str(value)

    def date(self, day: datetime.date) -> str:
        """A date with the name of its month: `"23 November 2026"`."""
        return format_date(day, "long", locale=self.locale)

    def listing(self, items: Sequence[object]) -> str:
        """Items as a list in a sentence: `"a, b and c"`."""
        return format_list([str(item) for item in items], locale=self.locale)

    def count(self, value: int, noun: str = "", plural: str = "") -> str:
        """The same as `formatting.count`; `plural` is needed where it is not the noun and "s"."""
        whole = formatting.whole_number(value, "count")
        return f"{self._number(whole, 0)} {self._noun(whole, noun, plural)}".rstrip()

    def words(self, value: int, noun: str = "", plural: str = "") -> str:
        """The same as `count`, but with numbers up to twelve in words."""
        whole = formatting.whole_number(value, "words")
        if whole == 0 and not noun:
            return self.say("number.none")
        return f"{self.in_words(whole)} {self._noun(whole, noun, plural)}".rstrip()

    def in_words(self, whole: int) -> str:
        """A number before a noun, in words up to twelve."""
        return self.say(f"number.{whole}") if 0 <= whole <= 12 else self.count(whole)

    def _noun(self, whole: int, noun: str, plural: str) -> str:
        one = self.locale.plural_form(whole) == "one"
        return noun if one else plural or (noun and noun + "s")

    def percent(self, share: float, digits: int = 1) -> str:
        """A share of one as a percentage, as `formatting.percent` rounds it."""
        bound, percentage = formatting.bounded_percentage(share, digits)
        number = self._percentage(percentage, digits)
        return self.say(f"number.{bound}", number=number) if bound else number

    def kilobytes(self, size: int) -> str:
        """The size of a file in thousands of bytes, at least one: `"1,050 kB"`."""
        thousands = max(round(formatting.whole_number(size, "kilobytes") / 1000), 1)
        return self.say("number.kilobytes", number=thousands)

    def iteration(self, value: int) -> str:
        """An iteration of the training: `"iteration 5,000"`."""
        return self.say("number.iteration", number=formatting.whole_number(value, "iteration"))

    def decimal(self, value: float, digits: int = 2) -> str:
        """A number with `digits` decimals and without signs between its thousands."""
        return self._number(formatting.finite(value, "decimal"), digits, grouped=False)

    def significant(self, value: float, digits: int = 2) -> str:
        """A number with `digits` significant digits, without an exponent."""
        return self._number(*formatting.rounded_significantly(value, digits))

    def p_value(self, p: float, named: bool = True) -> str:
        """A p-value as `formatting.p_value` rounds it."""
        digits = formatting.digits_of_p_value(p)
        least = self.decimal(formatting.LEAST_P_VALUE, 3)
        number = self.significant(p, digits) if digits else least
        return formatting.written_p_value(number, is_bound=not digits, named=named)

    def degrees(self, value: float, digits: int = 0) -> str:
        """An angle in degrees."""
        return f"{self.decimal(formatting.finite(value, 'degrees'), digits)}°"

    def duration(self, seconds: float) -> str:
        """A time in its two largest units."""
        if 0 <= formatting.finite(seconds, "duration") < 10:
            return self.say("number.seconds", number=self.decimal(seconds, 1))
        formatting.duration(seconds)
        names = {"h": "hours", "min": "minutes", "s": "seconds"}
        units = formatting.units_of(seconds)
        return " ".join(self.say(f"number.{names[unit]}", number=number) for number, unit in units)

    def span(self, ends: Sequence[float], form: str = "decimal", *options: Any) -> str:
        """A range of numbers, as `formatting.span` writes it."""
        formatting.require_span(ends, form)
        low, high = (self.formats[form](end, *options) for end in ends)
        if low == high:
            return low
        first, last = (found[0] if (found := DIGITS.search(each)) else each for each in (low, high))
        if form == "iteration":
            return self.say("number.iterations", low=first, high=last)
        if not all(text[0].isdigit() for text in (low, high)):
            return self.say("number.from-to", low=low, high=high)
        return self.say("number.range", low=first, high=high)

    @property
    def formats(self) -> dict[str, Callable[..., str]]:
        """The functions that write numbers, by the names of their filters in articles."""
        return {
            "percent": self.percent,
            "count": self.count,
            "words": self.words,
            "iteration": self.iteration,
            "decimal": self.decimal,
            "significant": self.significant,
            "duration": self.duration,
            "p_value": self.p_value,
            "degrees": self.degrees,
            "span": self.span,
            "listing": self.listing,
        }

    def _number(self, value: float, decimals: int, grouped: bool = True) -> str:
        """A number with `decimals` decimals and U+2212 as its minus sign; zero has no sign."""
        return self._written(self.locale.decimal_formats[None], value, decimals, 0, grouped)

    def _percentage(self, percentage: float, decimals: int) -> str:
        return self._written(self.locale.percent_formats[None], percentage, decimals, 2)

    def _written(
        self, form: NumberPattern, value: float, decimals: int, scale: int, grouped: bool = True
    ) -> str:
        """A number in a pattern that multiplies by 10 to the power `scale`."""
        # Python rounds the exact binary number. Babel would round its shortest decimal form.
        rounded = Decimal(f"{value:.{decimals}f}")
        rounded = abs(rounded) if rounded == 0 else rounded
        pattern = copy.copy(form)
        pattern.frac_prec = (decimals, decimals)
        with localcontext(prec=MOST_DIGITS):
            shown = rounded.scaleb(-scale)
            text = str(pattern.apply(shown, self.locale, group_separator=grouped))
        return text.replace("-", "\N{MINUS SIGN}")

    def plain(self, value: float) -> str:
        """A round number without trailing zeros, for an axis; a very small one as in English."""
        if 0 < value < 1e-6:
            return f"{value:.2g}"
        written = f"{round(value, 8):.8f}".rstrip("0").partition(".")[2]
        return self._number(value, 0 if value >= 100 else len(written))

    def short(self, value: int) -> str:
        """A power of ten in few letters: `"10k"`."""
        for size, letter in ((1_000_000, "M"), (1_000, "k")):
            if value >= size:
                return f"{self._number(value // size, 0)}{letter}"
        return self._number(value, 0)
