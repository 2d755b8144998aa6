"""Articles as authors write them: front matter in TOML between `+++` lines, then the body."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, Strict

from ginn.config.authors import Author
from ginn.config.key_lines import key_lines
from ginn.config.validation import NO_DEVICE, Allowed, Document, Line, Table, example, validated
from ginn.errors import AuthorError, quoted
from ginn.files import parse_toml, paths_in, read_text, within
from ginn.pages.code_places import without_code
from ginn.pages.images import FOLDER as PICTURES

MOST_SLUG = 100  # characters; the page's folder in the site and in the cache has this name
# Folders of the site that contain no article.
RESERVED = (
    "explore",
    "downloads",
    "lab",
    "assets",
    "cards",
    "data",
    "figures",
    "articles",
    PICTURES,
)
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
FENCE = "+++"
# The first lines of front matter in other languages: what it is, and how to mend it.
OTHER_FRONTS = {
    "---": ("front matter in YAML", 'write title: A cat as title = "A cat"'),
    "{": ("front matter in JSON", 'write "title": "A cat", as title = "A cat"'),
}
# The suffixes of texts that other programs read as articles.
OTHER_SUFFIXES = (".markdown", ".mdown", ".mdx", ".qmd", ".rmd")


def _not_reserved(slug: str) -> str:
    if slug in RESERVED:
        raise ValueError(slug)
    return slug


class FrontMatter(Table):
    """The keys at the head of an article. Those without a default are required."""

    title: Annotated[Line, example("My cat")]
    """The title of the page, which is its only first-level heading."""
    slug: Annotated[
        str,
        Field(pattern=SLUG, max_length=MOST_SLUG),
        AfterValidator(_not_reserved),
        NO_DEVICE,
        Allowed(
            f"at most {MOST_SLUG} lower-case letters, digits and hyphens, none of "
            f"{', '.join(RESERVED)}, and no device of Windows such as con"
        ),
        example("my-cat"),
    ]
    """The last part of the page's address. The article "index" is the site's first page."""
    description: Annotated[Line, example("What a network makes of a cat.")]
    """A sentence below the title, in lists, in the feed and in previews of links."""
    order: Annotated[int, Allowed("a whole number, the article's place in the order"), example(2)]
    """The place of the article among the others."""
    date: Annotated[
        datetime.date,
        Allowed("a date such as 2026-11-23, without quotes"),
        example(datetime.date(2026, 11, 23)),
    ]
    """The day of the article."""
    experiment: Annotated[Line, Allowed("the id of an experiment"), example("cat")] = ""
    """The experiment that the article's facts and figures are about; the first one by default."""
    author: Annotated[Line, example("Ada Lovelace")] = ""
    """The author of the article, if not all authors of the site. It may be one of those."""
    authors: Annotated[
        tuple[Author, ...],
        Strict(False),
        Allowed("a list of tables, as [[site.authors]] in report.toml"),
    ] = ()
    """The authors of the article one by one."""
    draft: Annotated[bool, Allowed("true or false"), example(True)] = False
    """Whether only `--draft` and `--serve` show the article."""


@dataclass(frozen=True)
class Article:
    """One article: its front matter and its `body`, which has as many lines as the file.

    `experiment` is the id of the article's experiment, or "" for the site's first one. `author` and
    `authors` are the authors that the article names; both may be empty. `key_lines` has the line of
    each key in the front matter.
    """

    file: Path
    title: str
    slug: str
    description: str
    order: int
    date: datetime.date
    body: str
    experiment: str = ""
    author: str = ""
    authors: tuple[Author, ...] = ()
    draft: bool = False
    key_lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def address(self) -> str:
        """The address of the article's page, relative to the site's root."""
        return "index.html" if self.slug == "index" else f"{self.slug}/index.html"

    def line_of(self, *texts: str) -> int:
        """The line of the first of these texts that is in the body; 1 if none is.

        The text in code is searched only if none of them is outside of code.
        """
        bodies = (self._body_without_code, self.body)
        found = (body.find(text) for body in bodies for text in texts if text)
        return next((self.body.count("\n", 0, at) + 1 for at in found if at >= 0), 1)

    @cached_property
    def _body_without_code(self) -> str:
        return without_code(self.body)


def read_articles(folder: Path) -> tuple[Article, ...]:
    """The articles of a folder, in their order.

    Raises AuthorError for a mistake in front matter, for a slug of two articles, for a text that is
    not read as an article, and if no article has the slug "index".
    """
    paths = [within(folder, path) for path in paths_in(folder, "*.[mM][dD]")]
    for path in paths_in(folder, "**/*"):
        inner = path.suffix.lower() == ".md" and path.parent != folder
        if inner or path.suffix.lower() in OTHER_SUFFIXES:
            allowed = f"articles as NAME.md in {folder} itself"
            hint = "move or rename it; a text that is no article goes elsewhere"
            raise AuthorError("a text that is not read as an article", allowed, hint, path=path)
    articles = sorted(
        (parse_article(path, read_text(path, "an article")) for path in paths),
        key=lambda article: (article.order, article.slug),
    )
    slugs: dict[str, Article] = {}
    for article in articles:
        if article.slug in slugs:
            raise AuthorError(
                f"{quoted(article.slug)}, which {slugs[article.slug].file.name} has too",
                "a slug that no other article has",
                "give one of them another slug",
                path=article.file,
                line=article.key_lines["slug"],
                key="slug",
            )
        slugs[article.slug] = article
    if "index" not in slugs:
        raise AuthorError(
            f'no article with slug "index" among {len(articles)}',
            "one",
            "it becomes the site's first page",
            path=folder,
        )
    return tuple(articles)


def shown_articles(articles: Sequence[Article], with_drafts: bool) -> tuple[Article, ...]:
    """The articles that a site shows. Raises AuthorError if its first page is left out."""
    shown = tuple(article for article in articles if with_drafts or not article.draft)
    for article in articles:
        if article.slug == "index" and article not in shown:
            raise AuthorError(
                "true for the site's first page",
                "false in a site to publish",
                "remove the line, or build with --draft",
                path=article.file,
                line=article.key_lines["draft"],
                key="draft",
            )
    return shown


def require_experiments(articles: Sequence[Article], known: Sequence[str]) -> None:
    """Raise AuthorError for an article whose experiment is not in `known`."""
    for article in articles:
        if article.experiment and article.experiment not in known:
            raise AuthorError(
                quoted(article.experiment),
                f"an id in report.toml ({', '.join(known)})",
                path=article.file,
                line=article.key_lines["experiment"],
                key="experiment",
            )


def parse_article(path: Path, text: str) -> Article:
    """The Article of a text. Raises AuthorError with the line of a mistake in its head.

    The body has blank lines in place of the front matter, so that its line numbers are the file's.
    """
    lines = text.removesuffix("\n").split("\n")
    fences = [number for number, line in enumerate(lines) if line.strip() == FENCE]
    if len(fences) < 2 or fences[0] != 0:
        first, hint = lines[0].strip(), "begin the file with it"
        found = "front matter without a second line" if fences[:1] == [0] else "no front matter"
        if first in OTHER_FRONTS:
            found, hint = OTHER_FRONTS[first]
        allowed = f'TOML between two lines "{FENCE}"'
        raise AuthorError(found, allowed, hint, path=path, line=1)
    end = fences[1]
    head = "\n".join(lines[1:end])
    document = Document(path, head, parse_toml(head, path, first_line=2), first_line=2)
    try:
        front = validated(document, FrontMatter)
    except AuthorError as error:
        # A missing key has no line. The error names the closing fence, before which it belongs.
        raise error.at(line=end + 1) from error
    return Article(
        file=path,
        body="\n" * (end + 1) + "\n".join(lines[end + 1 :]),
        key_lines={str(keys[0]): line + 1 for keys, line in key_lines(head).items()},
        **dict(front),
    )
