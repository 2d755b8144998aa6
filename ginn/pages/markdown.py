"""Markdown as GINN reads it: the extensions with their settings, and what they lack.

The dialect is GitHub's (CommonMark with tables, task lists, strike-through, callouts, footnotes and
bare addresses), with definition lists, abbreviations and attributes in braces.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

import markdown
from markdown.extensions import Extension
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.md_in_html import MarkdownInHtmlExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.smarty import SmartyExtension
from markdown.extensions.tables import TableExtension, TableProcessor
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import SimpleTagInlineProcessor, SubstituteTagInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from pymdownx.emoji import EmojiExtension, gemoji, to_alt
from pymdownx.highlight import HighlightExtension
from pymdownx.magiclink import MagiclinkExtension
from pymdownx.quotes import QuotesExtension
from pymdownx.saneheaders import SaneHeadersExtension
from pymdownx.superfences import SuperFencesCodeExtension
from pymdownx.tasklist import TasklistExtension
from pymdownx.tilde import DeleteSubExtension

from ginn.errors import AuthorError
from ginn.language.words import Words
from ginn.pages.code_places import without_code
from ginn.pages.dialect import EMPTY, adapted
from ginn.pages.figure_calls import marked, token
from ginn.pages.identifiers import heading_identifier
from ginn.pages.source_checks import CALLOUTS

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# The element that contains a figure's caption while Markdown is converted.
PLACE = "figure-place"
PLACED = re.compile(rf'(?s)<{PLACE} name="([a-z0-9-]+)">(.*?)</{PLACE}>')
TOKEN = re.compile(r"@@figure-([a-z0-9-]+)@@")
# Elements that can hold a figure beside text.
HOLDERS = ("li", "td", "th", "dd")
# The check boxes of a task list get a name for screen readers.
TASKS = {" disabled/>": "article.to-do", " disabled checked/>": "article.done"}
# Quotation marks: the library's name -> the key of the words, and the mark of English.
QUOTES = {
    "left-double-quote": ("quote-open", "\N{LEFT DOUBLE QUOTATION MARK}"),
    "right-double-quote": ("quote-close", "\N{RIGHT DOUBLE QUOTATION MARK}"),
    "left-single-quote": ("inner-quote-open", "\N{LEFT SINGLE QUOTATION MARK}"),
    "right-single-quote": ("inner-quote-close", "\N{RIGHT SINGLE QUOTATION MARK}"),
}
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
# The start of the link from a footnote back to its mark, to which a title is added.
BACK = '<a class="footnote-backref"'
COMMENT = re.compile(r"(?s)<!--.*?-->")
# A bare address that an author has put between the tags of a link in HTML.
LINK_IN_LINK = re.compile(r'(<a\s[^<>]*>[^<]*)<a href="[^"]*">([^<]*)</a>')
TAG_OF_LINK = re.compile(r"</?a\b[^>]*>")


@dataclass(frozen=True)
class Converted:
    """An article's Markdown as HTML, with a token for each figure.

    `captions` has the captions of figures as HTML, by name. `sections` has the ids of the headings
    that divide the page: those that are in no quotation, list or other element. `contents` is the
    tree of these headings.
    """

    html: str
    captions: Mapping[str, str]
    sections: tuple[str, ...]
    contents: list[dict[str, Any]]


def convert(
    text: str,
    captions: Mapping[str, str],
    line_of: Callable[..., int],
    words: Words,
    *others: Extension,
) -> Converted:
    """The Markdown `text` as HTML. `captions` has Markdown by the names of figures.

    `words` name what Markdown adds, such as the link from a footnote to its place.
    `line_of` finds the line of a text in the article. Raises AuthorError for a row of a table that
    has too many cells, and for what the extensions `others` refuse.
    """
    own = _Own(captions, line_of, words)
    extensions = [*_extensions(words), own, *others]
    converter = markdown.Markdown(extensions=extensions, output_format="html")
    html = COMMENT.sub("", converter.convert(text))
    html = html.replace(f"<p>{EMPTY}</p>\n", "")
    html = _with_apostrophes(LINK_IN_LINK.sub(r"\1\2", html), words)
    html = html.replace(BACK, f"{BACK}{marked(words.foreign)}")
    for found, key in TASKS.items():
        name = f' aria-label="{escape(words.say(key))}"{marked(words.foreign)}>'
        mended = found.removesuffix("/>") + name
        html = html.replace(f'<input type="checkbox"{found}', f'<input type="checkbox"{mended}')
    made = {place[1]: place[2] for place in PLACED.finditer(html)}
    html = PLACED.sub(lambda place: token(place[1]), html)
    contents = [
        # The list of contents is made of links, which cannot contain others.
        {**each, "html": TAG_OF_LINK.sub("", each["html"])}
        for each in vars(converter)["toc_tokens"]
        if each["id"] in own.sections
    ]
    return Converted(html, made, tuple(own.sections), contents)


def _extensions(words: Words) -> list[Extension]:
    """The extensions of libraries, with their settings."""
    return [
        TocExtension(
            toc_depth="2-3", permalink="#", permalink_class="anchor",
            permalink_title=words.say("article.section"), slugify=heading_identifier,
        ),
        # Footnotes are numbered in the order of their marks.
        FootnoteExtension(
            USE_DEFINITION_ORDER=False,
            BACKLINK_TITLE=words.form("article.footnote").replace("{number}", "{}"),
        ),
        AttrListExtension(),
        MarkdownInHtmlExtension(),
        # The policy forbids the style attribute. `_Tables` makes classes of this attribute.
        TableExtension(use_align_attribute=True),
        SmartyExtension(substitutions=_quotes(words)),
        AbbrExtension(),
        DefListExtension(),
        SaneListExtension(),
        SaneHeadersExtension(),
        # Code has classes, because the policy forbids styles. Without a language it is plain.
        HighlightExtension(css_class="code", guess_lang=False, linenums_style="pymdownx-inline"),
        SuperFencesCodeExtension(preserve_tabs=True),
        MagiclinkExtension(),
        TasklistExtension(),
        # One tilde is text: "~5" and "a~b" are no subscripts.
        DeleteSubExtension(subscript=False),
        QuotesExtension(callouts=True),
        EmojiExtension(emoji_index=gemoji, emoji_generator=to_alt),
    ]  # fmt: skip


def _quotes(words: Words) -> dict[str, str]:
    """The quotation marks by the names of the library, where they are not those of English."""
    if words.foreign:
        return {}
    written = {name: words.say(f"article.{key}") for name, (key, _) in QUOTES.items()}
    return {name: escape(sign) for name, sign in written.items() if sign != QUOTES[name][1]}


def _with_apostrophes(html: str, words: Words) -> str:
    """The HTML with apostrophes in words. The library writes one as a closing inner mark."""
    mark = _quotes(words).get("right-single-quote")
    return re.sub(rf"(?<=\w){re.escape(mark)}(?=\w)", APOSTROPHE, html) if mark else html


class _Own(Extension):
    """What GitHub's dialect has and the libraries lack; `sections` is filled by a conversion."""

    def __init__(
        self, captions: Mapping[str, str], line_of: Callable[..., int], words: Words
    ) -> None:
        super().__init__()
        self.captions, self.line_of, self.words = captions, line_of, words
        self.sections: list[str] = []

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        """Register every part. A higher priority runs earlier."""
        # Before tabs become spaces (priority 30) and fences are taken out.
        md.preprocessors.register(_Dialect(md), "dialect", 36)
        # CommonMark 0.31, 2.4: all ASCII punctuation can be escaped.
        md.ESCAPED_CHARS = list(string.punctuation)
        # Before escapes (priority 180): a backslash at the end of a line is a line break.
        line_break = SubstituteTagInlineProcessor(r"\\\n", "br")
        md.inlinePatterns.register(line_break, "backslash break", 182)
        raised = SimpleTagInlineProcessor(r"(?<=\w)(\^)([\w+\N{MINUS SIGN}-]{1,20})\^(?!\w)", "sup")
        md.inlinePatterns.register(raised, "superscript", 65)
        md.parser.blockprocessors.register(_Tables(md.parser, self.line_of), "table", 75)
        # Before inline patterns (priority 20), so that captions have them, too.
        md.treeprocessors.register(_Figures(md, self.captions), "figures", 25)
        # After the library has made them (priority 19.99).
        md.treeprocessors.register(_Callouts(md, self.words), "callouts", 19)
        # Before curly quotes (priority 6), which look at the text of one element only.
        md.treeprocessors.register(_ClosingQuotes(md, self.words), "closing quotes", 7)
        # After `toc` (priority 5), which adds the links.
        named = _NamedHeadings(md, self.sections, self.words)
        md.treeprocessors.register(named, "named headings", 4)


class _Dialect(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return adapted(lines)


class _Tables(TableProcessor):
    """Tables whose alignment is a class, and whose rows have no more cells than their head.

    The tab key reaches a table, since it scrolls sideways on a screen that is too narrow for it.
    """

    def __init__(self, parser: Any, line_of: Callable[..., int]) -> None:
        super().__init__(parser, {"use_align_attribute": True})
        self.line_of = line_of

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Make a table of the first block."""
        super().run(parent, blocks)
        parent[-1].set("tabindex", "0")

    def _build_row(self, row: str, parent: Element, align: Any) -> None:
        cells = self._split_row(row)  # type: ignore[attr-defined]
        if len(cells) > len(align):
            raise AuthorError(
                f"a row of {len(cells)} cells in a table of {len(align)} columns",
                f"at most {len(align)} cells",
                r"a bar in a cell is written \|",
                line=self.line_of(row),
            )
        super()._build_row(row, parent, align)  # type: ignore[misc]
        for cell in parent[-1]:
            if "align" in cell.attrib:
                cell.set("class", f"align-{cell.attrib.pop('align')}")


class _Figures(Treeprocessor):
    """Puts each caption in its figure's place, so that it is converted with the article."""

    def __init__(self, md: markdown.Markdown, captions: Mapping[str, str]) -> None:
        super().__init__(md)
        self.captions = captions

    def run(self, root: Element) -> None:
        """Treat paragraphs that are a figure, and cells and items that contain one."""
        for element in list(root.iter()):
            text = element.text or ""
            whole = TOKEN.fullmatch(text.strip())
            if element.tag == "p" and whole and not len(element):
                element.tag, element.text = PLACE, None
                self._fill(element, whole[1])
            elif element.tag in HOLDERS and TOKEN.search(without_code(text)):
                before, *parts = TOKEN.split(text)
                element.text = before
                for number, (name, after) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
                    place = Element(PLACE)
                    place.tail = after
                    element.insert(number, place)
                    self._fill(place, name)

    def _fill(self, place: Element, name: str) -> None:
        """Add the blocks of a figure's caption. If it is one paragraph, only its text is added."""
        place.set("name", name)
        caption = self.captions.get(name, "")
        self.md.parser.parseChunk(place, "\n".join(adapted(caption.strip().split("\n"))))
        if len(place) == 1 and place[0].tag == "p":
            place.text = place[0].text
            place.remove(place[0])


class _Callouts(Treeprocessor):
    """Callouts with the classes of the style sheet, and with a role for screen readers."""

    def __init__(self, md: markdown.Markdown, words: Words) -> None:
        super().__init__(md)
        self.words = words

    def run(self, root: Element) -> None:
        """Treat every callout, and its title, which is its first element."""
        for element in root.iter("div"):
            name, _, kind = element.get("class", "").partition(" ")
            if name == "admonition":
                element.set("class", f"callout callout-{kind}")
                element.set("role", "note")
                title = element[0]
                title.set("class", "callout-title")
                if kind in CALLOUTS and title.text == kind.title():
                    title.text = self.words.say(f"article.{kind}")
                    if self.words.foreign:
                        title.set("lang", self.words.foreign)


class _ClosingQuotes(Treeprocessor):
    """Closes quotation marks right after an element, such as code; Smarty would open them."""

    CLOSING = re.compile(r"(^|\x03)([\"'])(?!\w)")

    def __init__(self, md: markdown.Markdown, words: Words) -> None:
        super().__init__(md)
        self.closing = {
            sign: _quotes(words).get(name, QUOTES[name][1])
            for sign, name in (('"', "right-double-quote"), ("'", "right-single-quote"))
        }

    def run(self, root: Element) -> None:
        """Curl the marks in texts outside of code."""
        for element in root.iter():
            if element.tag in ("code", "pre"):
                continue
            for child in element:
                if child.tail and child.tag != "br":
                    child.tail = self.CLOSING.sub(self._curl, child.tail)
            if element.text and type(element.text) is str:
                element.text = re.sub(r"(\x03)([\"'])(?!\w)", self._curl, element.text)

    def _curl(self, mark: re.Match[str]) -> str:
        return mark[1] + self.closing[mark[2]]


class _NamedHeadings(Treeprocessor):
    """Headings whose accessible name does not contain the "#" of their link.

    Screen readers list headings by these names. The ids of those that divide the page are kept.
    """

    def __init__(self, md: markdown.Markdown, sections: list[str], words: Words) -> None:
        super().__init__(md)
        self.sections, self.words = sections, words

    def run(self, root: Element) -> None:
        """Name every heading."""
        self.sections[:] = [each.get("id", "") for each in root if each.tag in ("h2", "h3")]
        for heading in root.iter():
            link = heading.find("a[@class='anchor']")
            if link is not None and heading.tag in HEADINGS:
                words = "".join(heading.itertext()).removesuffix(link.text or "")
                heading.set("aria-label", words)
                link.set("aria-label", self.words.say("article.section"))
                if self.words.foreign:
                    link.set("lang", self.words.foreign)
