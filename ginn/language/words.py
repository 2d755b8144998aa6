"""The words of one language, and how it writes numbers, lists and dates.

The words come from a file (`word_files.py`). Signs of numbers, plural categories, lists and names
of months come from the Unicode CLDR, through Babel. Claims do not use this module: their sentences
are English, and their numbers are those of `ginn.formatting`.
"""

from __future__ import annotations

import copy
import datetime
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property

import babel
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import NumberPattern

from ginn import formatting

ENGLISH = "en"
# A value's place in a text.
PLACE = re.compile(r"\{(\w+)\}")
# Enough digits for the largest float64, and as many again for decimals.
MOST_DIGITS = 700
# A text, or its forms by plural category.
Text = str | Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Words(formatting.Numbers):
    """The words of a language for the pages of a site.

    `language` is the language of the words, such as "de". `page` is the language of the site's
    articles. The two differ if there is no file of words for `page`. `texts` has the texts by
    section and key, such as "page.skip".
    """

    language: str
    page: str
    texts: Mapping[str, Text]
    locale: babel.Locale

    @cached_property
    def _content(self) -> str:
        """All fields as one text, since the texts have no hash."""
        fields = [self.language, self.page, str(self.locale), dict(self.texts)]
        return json.dumps(fields, sort_keys=True)

    def __eq__(self, other: object) -> bool:
        """Whether both have the same texts. What was made with these words can be kept by them."""
        return isinstance(other, Words) and self._content == other._content

    def __hash__(self) -> int:
        """The hash of all fields."""
        return hash(self._content)

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

    def date(self, day: datetime.date) -> str:
        """A date with the name of its month: `"23 November 2026"`."""
        return format_date(day, "long", locale=self.locale)

    def listing(self, items: Sequence[object]) -> str:
        """Items as a list in a sentence: `"a, b and c"`."""
        return format_list([str(item) for item in items], locale=self.locale)

    def is_one(self, whole: int) -> bool:
        """Whether a noun is in the singular after a number."""
        return self.locale.plural_form(whole) == "one"

    def kilobytes(self, size: int) -> str:
        """The size of a file in thousands of bytes, at least one: `"1,050 kB"`."""
        thousands = max(round(formatting.whole_number(size, "kilobytes") / 1000), 1)
        return self.say("number.kilobytes", number=thousands)

    def number(self, value: float, decimals: int, grouped: bool = True) -> str:
        """A number with `decimals` decimals and U+2212 as its minus sign; zero has no sign."""
        return self._written(self.locale.decimal_formats[None], value, decimals, 0, grouped)

    def percentage(self, value: float, decimals: int) -> str:
        """A number with the sign of percentages, which some languages write before it."""
        return self._written(self.locale.percent_formats[None], value, decimals, 2)

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
