"""Markdown as GitHub's authors write it nests as CommonMark says; cmark's rules are the oracle."""

from __future__ import annotations

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.html_tree import article_tree, html_tree, outline, words

from ginn.pages.dialect import adapted


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("- a\n  - b\n    - c\n- d", "ul(li(ul(li(ul(li)))) li)"),
        ("- a\n    - b\n- c", "ul(li(ul(li)) li)"),
        ("-\ta\n\t- b", "ul(li(ul(li)))"),
        ("1. a\n   - b\n2. c", "ol(li(ul(li)) li)"),
        ("1. a\n  - b\n2. c", "ol(li(ul(li)) li)"),
        ("1) a\n2) b", "ol(li li)"),
        ("10. a\n    - b\n11. c", "ol(li(ul(li)) li)"),
        ("- a\n\n  - b\n  - c\n- d", "ul(li(p ul(li li)) li(p))"),
        ("1. a\n\n   b\n2. c", "ol(li(p p) li(p))"),
        ("1. a\n\n    b\n2. c", "ol(li(p p) li(p))"),
        ("text\n- a\n- b", "p ul(li li)"),
        ("text\n1. a", "p ol(li)"),
        ("text\n2020. a year", "p"),
        ("text\n- \nmore", "h2(a) p"),
        ("- a\nlazy\n- b", "ul(li li)"),
        ("- a\n***\nb", "ul(li) hr p"),
        ("- a\n- b\n\nc", "ul(li li) p"),
        ("- a\n1. b", "ul(li) ol(li)"),
        ("-\N{NO-BREAK SPACE}a\n-\N{NO-BREAK SPACE}b", "ul(li li)"),
        ("##\N{NO-BREAK SPACE}a", "h2(a)"),
        ("> a\n> - b\n>   - c", "blockquote(p ul(li(ul(li))))"),
        ("- > a\n  > b", "ul(li(blockquote(p)))"),
        ("- - a\n  - b", "ul(li(ul(li li)))"),
        ("- a\n\n  > b\n\n- c", "ul(li(p blockquote(p)) li(p))"),
        ("text\n| a | b |\n|---|---|\n| c | d |", "p table(thead(tr(th th)) tbody(tr(td td)))"),
        ("- a\n\n  | a | b |\n  |---|---|", "ul(li(p table(thead(tr(th th)) tbody(tr(td td)))))"),
        ("a[^1]\n\n[^1]: b\n    - c\n      - d",
         "p(sup(a)) div(hr ol(li(p ul(li(ul(li))) p(a))))"),
        ("a\n: b\n\n    - c\n      - d\n: e", "dl(dt dd(p ul(li(ul(li)))) dd(p))"),
        ("$$\nx\n+ y\n$$", "p(math(mi mo mi))"),
        ("<pre>\n- a\n  - b\n</pre>", "pre"),
    ],
)  # fmt: skip
def test_text_of_other_authors_has_their_structure(body: str, expected: str) -> None:
    assert outline(article_tree(body)) == expected


@pytest.mark.parametrize(
    "body",
    [
        "- a\n  ```\n  x\n    y\n  ```\n- b",
        "- a\n\n    ```\n    x\n      y\n    ```\n\n- b",
        "1. a\n   - b\n     ~~~\n     x\n       y\n     ~~~",
        "- ```\n  x\n    y\n  ```",
        "> ```\n> x\n>   y\n> ```",
        "> - a\n>   ```\n>   x\n>     y\n>   ```",
        "text\n```\nx\n  y\n```\ntext",
        "> [!NOTE]\n> a\n>\n> ```\n> x\n>   y\n> ```\n> b",
        "t\n: a\n\n    ```\n    x\n      y\n    ```",
    ],
)
def test_fence_in_another_block_is_code_without_the_indentation(body: str) -> None:
    article = article_tree(body)
    (code,) = article.iter("code")
    assert "".join(code.itertext()) == "x\n  y\n"
    assert not [p for p in article.iter("p") if list(p.iter("pre"))]
    assert "`" not in words(article)


def test_tab_in_a_fence_stays_a_tab() -> None:
    (code,) = article_tree("- a\n  ```make\n  all:\n  \tcc\n  ```").iter("code")
    assert "\tcc" in "".join(code.itertext())


@pytest.mark.parametrize("tag", ["details", "div"])
def test_markdown_in_a_block_of_html_with_an_empty_line_is_read(tag: str) -> None:
    summary = "<summary>S</summary>\n" if tag == "details" else ""
    article = article_tree(f"<{tag}>\n{summary}\na *b*\n\n- c\n  - d\n\n</{tag}>\n\nafter")
    head = "summary " if summary else ""
    assert outline(article) == f"{tag}({head}p(em) ul(li(ul(li)))) p"


def test_html_without_an_empty_line_is_left_as_it_is() -> None:
    article = article_tree("<div>\n*a*\n</div>")
    assert outline(article) == "div"
    assert words(article) == "*a*"


LISTS = st.recursive(
    st.sampled_from(["a", "b"]).map(lambda word: [word]),
    lambda inner: st.lists(inner, min_size=1, max_size=3),
    max_leaves=8,
)


def written(items: list, indent: int, step: int) -> list[str]:  # type: ignore[type-arg]
    """The lines of a nested list; an inner list belongs to the item above it."""
    lines = []
    for item in items:
        if isinstance(item, list):
            if not lines:
                lines.append(f"{' ' * indent}- first")
            lines += written(item, indent + step, step)
        else:
            lines.append(f"{' ' * indent}- {item}")
    return lines


@given(LISTS)
def test_adapted_list_is_the_same_for_two_and_for_four_spaces(items: list) -> None:  # type: ignore[type-arg]
    two, four = (markdown.markdown("\n".join(adapted(written(items, 0, step)))) for step in (2, 4))
    assert two == four
    assert outline(html_tree(two)).count("li") == len(written(items, 0, 2))


@given(st.lists(st.sampled_from(["a", "b c", "", "d."]), max_size=8))
def test_adapted_text_without_marks_is_unchanged(lines: list[str]) -> None:
    assert adapted(lines) == lines
