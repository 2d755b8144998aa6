"""A build's message as a page shows it: taken apart, escaped, and with the lines it speaks of."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import build as story
from ginn.devserver.error_page import Mistake, as_html, take_apart

TAGS = {"button", "h2", "p", "code", "dl", "dt", "dd", "pre", "mark"}


class Reading(HTMLParser):
    """The tags of a piece of HTML with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        """Read it to its end."""
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


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (
            "a/index.md:12: 'facts' has no 'x'; allowed: a, b; write one of them",
            Mistake("a/index.md", 12, "'facts' has no 'x'", "a, b", "write one of them"),
        ),
        (
            "C:\\a.b\\index.md:3: found x, allowed: y",
            Mistake("C:\\a.b\\index.md", 3, "found x", "y", ""),
        ),
        (
            "a/cat.png: found no such file, expected a picture (.toml, .png); add it",
            Mistake("a/cat.png", 0, "found no such file", "a picture (.toml, .png)", "add it"),
        ),
        (
            "a/report.toml: experiment.batch: found 0, allowed: a whole number: 1 or more",
            Mistake(
                "a/report.toml", 0, "experiment.batch: found 0", "a whole number: 1 or more", ""
            ),
        ),
        ("no place at all; do this", Mistake("", 0, "no place at all", "", "do this")),
    ],
)
def test_a_message_is_taken_apart(message: str, parts: Mistake) -> None:
    assert take_apart(message) == parts


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


@given(WORDS, WORDS)
def test_whatever_a_message_holds_is_text(one: str, other: str) -> None:
    for message in (one, f"{one}: {other}", f"x.md:3: {one}, allowed: {other}; {one}"):
        read = Reading(as_html(message))
        assert read.tags <= TAGS
        assert read.attributes <= {("type", "button")}
        words = re.findall(r"\w+", one if message == one else f"{one} {other}")
        assert all(word in read.text for word in words)


def test_the_lines_around_the_mistake_are_shown_and_it_is_marked(tmp_path: Path) -> None:
    file = tmp_path / "index.md"
    lines = [f"line {number} <i>&amp;</i>" for number in range(1, 21)]
    file.write_text("\n".join(lines), encoding="utf-8")
    html = as_html(f"{file}:9: found x")
    shown = Reading(html).text
    assert [line in shown for line in lines] == [6 <= number <= 12 for number in range(1, 21)]
    (marked,) = re.findall("<mark>(.*?)</mark>", html)
    assert marked == "    9  line 9 &lt;i&gt;&amp;amp;&lt;/i&gt;"
    assert Reading(html).tags <= TAGS
    assert f"{file}:9" in shown


@pytest.mark.parametrize("line", [21, 10**9])
def test_a_line_that_is_not_there_is_not_shown(tmp_path: Path, line: int) -> None:
    file = tmp_path / "index.md"
    file.write_text("one\n", encoding="utf-8")
    assert "<mark>" not in as_html(f"{file}:{line}: found x")
    assert "<mark>" not in as_html(f"{tmp_path / 'absent.md'}:{line}: found x")


def test_a_long_line_and_a_large_file_do_not_fill_the_page(tmp_path: Path) -> None:
    file = tmp_path / "index.md"
    file.write_text("<" * 5000, encoding="utf-8")
    assert Reading(as_html(f"{file}:1: found x")).text.count("<") == 200
    file.write_text("one\n" * 300_000, encoding="utf-8")
    assert "<mark>" not in as_html(f"{file}:1: found x")


def test_the_line_of_a_key_is_found_in_its_table(tmp_path: Path) -> None:
    file = tmp_path / "report.toml"
    file.write_text(
        "batch = 3\n[site]\nbatch = 1\n\n[experiment]\n  batch=0\n[[variant]]\nid = 1\n"
    )
    for key, line in {
        "experiment.batch": 6, "site.batch": 3, "batch": 1, "variant.id": 8, "site.id": 0, "x.y": 0,
    }.items():  # fmt: skip
        assert take_apart(f"{file}: {key}: found 0").line == line


def test_a_mistake_in_the_report_is_shown_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert story.main(["--new", str(tmp_path / "own")]) == 0
    report = tmp_path / "own/report.toml"
    text = report.read_text(encoding="utf-8")
    report.write_text(re.sub(r"(?m)^batch = \d+", "batch = 0", text), encoding="utf-8")
    assert story.main(["--draft", "--content", str(tmp_path / "own")]) == 2
    said = capsys.readouterr().err.removeprefix(story.ERROR).strip()
    line = report.read_text(encoding="utf-8").splitlines().index("batch = 0") + 1
    assert f"report.toml:{line}</code>" in as_html(said)
    assert f"<mark>{line:>5}  batch = 0</mark>" in as_html(said)


def test_an_error_of_the_program_is_shown_whole() -> None:
    account = 'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nKeyError: 1'
    assert account in Reading(as_html(account)).text
