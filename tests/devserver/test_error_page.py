"""The page that shows why a build failed: escaped, and with the lines around the mistake."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.devserver.error_page import crash_html, error_html
from ginn.errors import AuthorError

TAGS = {"button", "h2", "p", "code", "dl", "dt", "dd", "pre", "mark"}


class Page(HTMLParser):
    """The tags of a piece of HTML with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        """Parse the piece of HTML."""
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


PIECES = [
    "<b>",
    "<script src=x>",
    "</dd>",
    "<!--",
    "&lt;",
    '" onclick="x',
    ": ",
    "; ",
    "\n",
    "/a.b",
]
WORDS = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(codec="utf-8"), max_size=9), max_size=6
).map("".join)


@given(WORDS, WORDS, WORDS)
def test_error_html_with_any_words_shows_them_as_text(found: str, allowed: str, key: str) -> None:
    error = AuthorError(found, allowed, found, path=Path("x.md"), line=3, key=key)
    page = Page(error_html(error))
    assert page.tags <= TAGS
    assert page.attributes <= {("type", "button")}
    assert all(word in page.text for word in re.findall(r"\w+", f"{found} {allowed} {key}"))


@given(WORDS)
def test_crash_html_with_any_account_shows_it_as_text(account: str) -> None:
    page = Page(crash_html(account))
    assert page.tags <= TAGS
    assert all(word in page.text for word in re.findall(r"\w+", account))


def test_error_html_names_place_found_allowed_and_hint() -> None:
    error = AuthorError("0", "1 or more", "mend it", path=Path("a.toml"), line=7, key="site.batch")
    text = Page(error_html(error)).text
    for part in ("a.toml:7", "site.batch: 0", "1 or more", "mend it"):
        assert part in text


def test_error_html_with_a_line_shows_and_marks_the_lines_around_it(tmp_path: Path) -> None:
    file = tmp_path / "index.md"
    lines = [f"line {number} <i>&amp;</i>" for number in range(1, 21)]
    file.write_text("\n".join(lines), encoding="utf-8")
    html = error_html(AuthorError("x", path=file, line=9))
    text = Page(html).text
    assert [line in text for line in lines] == [6 <= number <= 12 for number in range(1, 21)]
    (marked,) = re.findall("<mark>(.*?)</mark>", html)
    assert marked == "    9  line 9 &lt;i&gt;&amp;amp;&lt;/i&gt;"
    assert Page(html).tags <= TAGS


@pytest.mark.parametrize("line", [21, 10**9])
def test_error_html_with_a_line_that_is_absent_shows_no_lines(tmp_path: Path, line: int) -> None:
    file = tmp_path / "index.md"
    file.write_text("one\n", encoding="utf-8")
    for path in (file, tmp_path / "absent.md"):
        assert "<mark>" not in error_html(AuthorError("x", path=path, line=line))


def test_error_html_with_a_long_line_or_a_large_file_stays_short(tmp_path: Path) -> None:
    error = AuthorError("x", path=tmp_path / "index.md", line=1)
    (tmp_path / "index.md").write_text("<" * 5000, encoding="utf-8")
    assert Page(error_html(error)).text.count("<") == 200
    (tmp_path / "index.md").write_text("one\n" * 300_000, encoding="utf-8")
    assert "<mark>" not in error_html(error)


def test_crash_html_shows_the_whole_account() -> None:
    account = 'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nKeyError: 1'
    assert account in Page(crash_html(account)).text
