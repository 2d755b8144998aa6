"""Front matter is checked key by key, and an article's body has the line numbers of its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.pages import BODY_LINE, FRONT, article_of, write_article

from ginn.errors import AuthorError
from ginn.pages.articles import parse_article, read_articles, require_experiments


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("+++\ntitle", "title", 1, 'allowed: TOML between two lines "+++"'),
        ('title = "T"', "title = T", 2, "found Invalid value at column 9, allowed: TOML;"),
        ('order = 1\n', "order = 1\n\norder = 2\n", 7, "found Cannot overwrite a value"),
        ('title = "T"', "title = 3", 2, "title: found 3, allowed: a line of text"),
        ('title = "T"', 'title = """a\nb"""', 2, r"title: found 'a\nb', allowed: a line of text"),
        ('title = "T"', 'title = " "', 2, "title: found ' ', allowed: a line of text"),
        ('title = "T"\n', "", 6, "title: found nothing, allowed: a line of text"),
        ("order = 1", "order = true", 5, "order: found true, allowed: a whole number"),
        ("order = 1", "order = 1\ncolour = 2", 6,
         "colour: found an unknown key, allowed: author, authors, date, description, draft, "),
        ('slug = "index"', 'slug = "../x"', 3, "lower-case letters, digits and hyphens"),
        ('slug = "index"', f'slug = "{"a" * 101}"', 3, "at most 100 lower-case letters"),
        ('slug = "index"', 'slug = "explore"', 3, "none of explore, downloads"),
        ('slug = "index"', 'slug = "aux"', 3, "slug: found 'aux', allowed: at most 100 lower-case"),
        ("date = 2026-11-23", 'date = "today"', 6, "date: found 'today', allowed: a date such"),
        ("date = 2026-11-23", "date = 2026-11-23T10:00:00", 6, "allowed: a date such as"),
    ],
)  # fmt: skip
def test_front_matter_with_a_mistake_is_refused_with_line_and_key(
    old: str, new: str, line: int, said: str
) -> None:
    text = FRONT.format("index").replace(old, new)
    with pytest.raises(AuthorError) as caught:
        parse_article(Path("index.md"), text)
    assert str(caught.value).startswith(f"index.md:{line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("---\ntitle: T\n---\nx", "front matter in YAML"),
        ('{\n"title": "T"\n}\nx', "front matter in JSON"),
        ("+++\ntitle = 'T'\n", "front matter without a second line"),
        ("# T\n\nx", "no front matter"),
    ],
)
def test_front_matter_of_other_programs_is_named(text: str, found: str) -> None:
    with pytest.raises(AuthorError) as caught:
        parse_article(Path("index.md"), text)
    assert (caught.value.found, caught.value.line) == (found, 1)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["2026/post.md", "post.qmd", "post.mdx", "post.markdown"])
def test_read_articles_of_a_text_that_would_not_be_read_are_refused(
    tmp_path: Path, name: str
) -> None:
    write_article(tmp_path, "")
    path = tmp_path / "articles" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x", encoding="utf-8")
    with pytest.raises(AuthorError, match="a text that is not read as an article") as caught:
        read_articles(tmp_path / "articles")
    assert caught.value.path == path


def test_read_articles_take_a_suffix_in_capitals(tmp_path: Path) -> None:
    write_article(tmp_path, "")
    (tmp_path / "articles/index.md").rename(tmp_path / "articles/INDEX.MD")
    assert len(read_articles(tmp_path / "articles")) == 1


def test_front_matter_of_deep_brackets_is_refused() -> None:
    text = FRONT.format("index").replace('"T"', "[" * 5000)
    with pytest.raises(AuthorError, match="allowed: TOML with less nesting"):
        parse_article(Path("index.md"), text)


def test_article_body_has_as_many_lines_as_its_file() -> None:
    article = article_of("one\ntwo")
    assert article.body.splitlines()[BODY_LINE - 1 :] == ["one", "two"]
    assert article.key_lines["slug"] == 3


def test_line_of_finds_the_first_text_that_the_body_has() -> None:
    article = article_of("one\n\ntwo three")
    assert article.line_of("three") == BODY_LINE + 2
    assert article.line_of("four", "one") == BODY_LINE
    assert article.line_of("four") == 1


def test_read_articles_are_in_their_order(tmp_path: Path) -> None:
    for slug, order in (("index", 3), ("b", 1), ("a", 2)):
        text = FRONT.format(slug).replace("order = 1", f"order = {order}")
        (tmp_path / f"{slug}.md").write_text(text, encoding="utf-8")
    assert [article.slug for article in read_articles(tmp_path)] == ["b", "a", "index"]


def test_read_articles_with_one_slug_twice_are_refused(tmp_path: Path) -> None:
    write_article(tmp_path, "a")
    (tmp_path / "articles/other.md").write_text(FRONT.format("index"), encoding="utf-8")
    said = r"other\.md:3: slug: found 'index', which index\.md has too"
    with pytest.raises(AuthorError, match=said):
        read_articles(tmp_path / "articles")


def test_read_articles_without_a_first_page_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match='found no article with slug "index" among 0'):
        read_articles(tmp_path)


def test_require_experiments_of_an_unknown_one_is_refused_with_its_line() -> None:
    front = FRONT.format("index").replace("order", 'experiment = "dog"\norder')
    article = parse_article(Path("index.md"), front)
    require_experiments([article, article_of("")], ["cat", "dog"])
    said = r"index\.md:5: experiment: found 'dog', allowed: an id in report\.toml \(cat\)"
    with pytest.raises(AuthorError, match=said):
        require_experiments([article], ["cat"])
