"""Pages for tests: those of a whole site, and the page of one article."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import CodeType

import jinja2
from jinja2.bccache import Bucket

from ginn.files import TEMPLATES
from ginn.language.words import Words
from ginn.pages import templates
from ginn.pages.article_page import References, article_page
from ginn.pages.articles import Article, parse_article, read_articles
from ginn.pages.bibliography import read_works
from ginn.pages.citations import Source
from ginn.pages.glossary import read_glossary
from ginn.pages.layout import Layout, Rendered
from ginn.pages.metadata import Publication
from ginn.pages.report import Report
from ginn.pages.site import Pages
from ginn.pipeline.site import render_site
from ginn.runtime.cache import Cache
from support.in_process import in_process_runner
from support.paths import CONTENT
from support.sample_report import make_report
from support.words import ENGLISH

FRONT = '+++\ntitle = "T"\nslug = "{}"\ndescription = "D."\norder = 1\ndate = 2026-11-23\n+++\n'
BODY_LINE = FRONT.count("\n") + 1  # The line of an article's file on which its body begins.
BASE = "https://a.example/name/"
# Attributes that contain the address of a file which a script loads.
LOADED = (
    "data-index",
    "data-experiment",
    "data-viewer",
    "data-style",
    "data-export",
    "data-neurons",
    "data-moments",
)
VOID = {"meta", "link", "img", "source", "br", "hr", "input", "base"}


class Compiled(jinja2.BytecodeCache):
    """The templates that this process has compiled, by name and text."""

    def __init__(self) -> None:
        """Begin with none."""
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the bucket its code, if it is known."""
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of the bucket."""
        if bucket.code:
            self.codes[bucket.key, bucket.checksum] = bucket.code


@cache
def _compiled(words: Words) -> Compiled:
    """The templates compiled for these words, since Jinja may call a filter while it compiles."""
    return Compiled()


def environment(folder: Path, words: Words) -> jinja2.Environment:
    """The environment for templates as in a build, which compiles each template only once.

    A build makes one environment. Tests make hundreds, and compile as long as they render.
    """
    made = templates.environment(folder, words)
    made.bytecode_cache = _compiled(words)
    return made


def articles_of(content: Path, reports: Sequence[Report]) -> tuple[Article, ...]:
    """The articles of a folder of content that are about one of these reports."""
    ids = ("", *(report.experiment.id for report in reports))
    return tuple(each for each in read_articles(content / "articles") if each.experiment in ids)


def build_pages(
    report: Report,
    content: Path = CONTENT,
    publication: Publication | None = None,
    others: Sequence[Report] = (),
) -> dict[str, bytes]:
    """All pages of a folder of content, as a build with an empty cache makes them."""
    with tempfile.TemporaryDirectory() as cache_folder:
        return render_site(
            content,
            articles_of(content, (report, *others)),
            (report, *others),
            publication or Publication(),
            set(report.data.values()),
            in_process_runner(Cache(Path(cache_folder))),
        )


def report_pages(failed: frozenset[int] = frozenset(), base_url: str = "") -> Mapping[str, bytes]:
    """The pages of the report's own content, made once; the runs of the seeds `failed` failed."""
    return _report_pages(failed, base_url)


@cache
def _report_pages(failed: frozenset[int], base_url: str) -> Mapping[str, bytes]:
    versions = {"GINN": "9.9", "NumPy": "8.8"} if base_url else {}
    source = "https://b.example/source/" if base_url else ""
    return build_pages(
        make_report(failed), publication=Publication(base_url, source, None, versions)
    )


def report_article(slug: str, *reports: Report) -> bytes:
    """The page of one of the report's own articles, made for these reports."""
    report = reports[0]
    site = Pages(
        reports,
        articles_of(CONTENT, reports),
        read_works(CONTENT, report.site),
        read_glossary(CONTENT / "glossary.toml"),
        TEMPLATES,
        Publication(),
        report.words,
    )
    (part,) = (part for part in site.parts() if part.name == f"article-{slug}")
    rendered = site.make(part)
    (address,) = rendered.links
    return rendered.files[address]


def write_article(content: Path, body: str, slug: str = "index") -> None:
    """Write an article with this body into a folder of content."""
    path = content / "articles" / f"{slug}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(FRONT.format(slug) + body + "\n", encoding="utf-8")


def article_of(body: str, slug: str = "index", folder: Path = Path("articles")) -> Article:
    """An article with this body, which need not be on the disk."""
    return parse_article(folder / f"{slug}.md", FRONT.format(slug) + body + "\n")


@cache
def plain_report() -> Report:
    """A report in which no run failed."""
    return make_report()


@cache
def plain_layout() -> Layout:
    """The layout of a site with one article; the site's address is not known."""
    site = Pages([plain_report()], [article_of("")], {}, {}, TEMPLATES, Publication(), ENGLISH)
    return site.layout


def page_of(
    article: Article, report: Report | None = None, works: Mapping[str, Source] | None = None
) -> Rendered:
    """The page and the files of the only article of a site."""
    shown = report or plain_report()
    references = References([article], {shown.experiment.id: shown}, works or {}, {})
    return article_page(plain_layout(), article, shown, references)


def html_of(
    body: str, report: Report | None = None, works: Mapping[str, Source] | None = None
) -> str:
    """The HTML of the page of an article with this body."""
    article = article_of(body)
    return page_of(article, report, works).files[article.address].decode()


class ParsedPage(HTMLParser):
    """A page's elements in order, and its text without tags. Its tags must be balanced."""

    def __init__(self, html: bytes | str) -> None:
        """Read the whole page."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html.decode() if isinstance(html, bytes) else html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def prose(self) -> str:
        """The text with each stretch of white space replaced by one space."""
        return " ".join(self.text.split())

    @property
    def alternatives(self) -> list[str]:
        """The texts that stand for pictures and name elements, for those who do not see them."""
        texts = (each.get(name, "") for _, each in self.elements for name in ("alt", "aria-label"))
        return [" ".join(text.split()) for text in texts if text]

    def all(self, *tags: str) -> list[dict[str, str]]:
        """The attributes of every element of these names."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    def addresses(self) -> Iterator[tuple[str, str]]:
        """The addresses on the page, with the names of their elements."""
        for tag, attributes in self.elements:
            for name in ("href", "src", "srcset", *LOADED):
                if name in attributes:
                    yield tag, attributes[name]


def parsed(site: Mapping[str, bytes]) -> dict[str, ParsedPage]:
    """The pages among a site's files, by address."""
    return {name: ParsedPage(data) for name, data in site.items() if name.endswith(".html")}


def first_page(site: Pages, folder: Path) -> str:
    """The address of the first page as a double-clicked file, which is written with its assets."""
    for part in site.parts():
        if part.name in ("assets", "article-index"):
            for name, content in site.make(part).files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    return (folder / "index.html").as_uri()
