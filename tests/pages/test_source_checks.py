"""Mistakes in Markdown that would silently change what is shown are refused with their line."""

from __future__ import annotations

import pytest
from support.pages import BODY_LINE, html_of

from ginn.errors import AuthorError
from ginn.pages.source_checks import CALLOUTS


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("a\n\n```python\nx", 3, "a code block that is not closed"),
        ("- a\n  ```klingon\n  x\n  ```", 2, 'code in "klingon"'),
        ("```{python}\nx\n```", 1, "code in '{python}'"),
        ("```math\nx\n```", 1, 'code in "math", allowed: $$ before and after'),
        ("a\n\n!!! note\n    b", 3, "the callout '!!! note', allowed: > [!NOTE], > [!TIP]"),
        ('??? tip "B"\n    b', 1, "the callout '??? tip"),
        ("a\n\n> [!HINT]\n> b", 3, "the callout '[!HINT]', allowed: > [!NOTE]"),
        ("> [!NOTE]- A\n> b", 1, "the callout '[!NOTE]'"),
        ("- > [!HINT]\n  > b", 1, "the callout '[!HINT]'"),
        ("::: {.callout-note}\nb\n:::", 1, "the block '::: {.callout-note}'"),
        ('=== "Tab"\n\n    b', 1, "the tab '=== \"Tab\"'"),
        ("a\n\n##Head", 3, "'##Head', allowed: ## Head; a heading has a space"),
        ("a\n\nb <!-- c\n\nd", 3, "a comment that is not closed"),
        ("a\n\nb[^c]", 3, "the footnote [^c] without a text, allowed: a line [^c]:"),
        ("a\n\n[^c]: d", 3, "a footnote that nothing refers to, [^c]"),
        ("a[^c]\n\n[^c]: d\n[^c]: e", 4, "a second text of the footnote [^c]"),
        ('{{ figure("f", caption="c[^d]") }}', 1, "the footnote [^d] without a text"),
        ("a\n\n[b][c]", 3, "a link to [c], which has no address, allowed: a line [c]:"),
        ("a\n\n![b][]", 3, "a link to [b], which has no address"),
        ("see [[Other page]]", 1, "the link '[[Other page]]', allowed: [words]({{ page("),
        ("a\n\n![[cat.png]]", 3, "the picture '![[cat.png]]', allowed: ![what it shows]"),
        ("as [@knuth1984, p. 3] says", 1, "the citation '[@knuth1984, p. 3]', allowed: {{ cite("),
        ("a\n\nsee @fig-cat", 3, "the reference '@fig-cat', allowed: {{ see("),
        ("a^[A note.]", 1, "the footnote '^[A note.]', allowed: [^1] in the text"),
        ("a\x08b", 1, "the control character U+0008"),
        ("# A", 1, "a first-level heading"),
        ("a\n\nA\n===", 4, "a first-level heading"),
        ("| a | b |\n|---|---|\n| c | d |\n| $|x|$ | e |", 4, "a row of 4 cells in a table of 2"),
    ],
)
def test_source_with_a_mistake_is_refused_with_its_line(body: str, line: int, said: str) -> None:
    with pytest.raises(AuthorError) as caught:
        html_of("`code`\n" + body)
    assert str(caught.value).startswith(f"articles/index.md:{BODY_LINE + line}: found {said}")


def test_source_with_two_mistakes_is_refused_for_the_first() -> None:
    with pytest.raises(AuthorError, match=rf":{BODY_LINE}: found the footnote"):
        html_of("a[^b]\n\n##Head")


@pytest.mark.parametrize(
    "body",
    [
        *(f"> [!{kind.upper()}]\n> a" for kind in CALLOUTS),
        "`[^a]` and `[b][c]` and `##Head` and `<!--`",
        "```\n!!! note\n##Head\n[^a]\n```",
        "a[^b] {# [^c] #}\n\n[^b]: c",
        '{{ figure("f", caption="c[^d]") }}\n\n[^d]: e',
        "[b][c] [C][] [b][C]\n\n[c]: https://a.example/",
        "a[i][j] and $[a][b]$ and \\[^a]",
        "#5 is no heading",
        "[[1, 2], [3, 4]] and [[a]](https://a.example)",
        "`[[b]]` and [[site.authors]] and [@me](https://b.example)",
        "mail@fig-tree.example and x^[2](https://a.example)",
        "<!-- a -->\n\nb",
        "``` {.python}\nx\n```",
        '```python title="a.py"\nx\n```',
    ],
)
def test_source_without_a_mistake_is_not_refused(body: str) -> None:
    html_of(body)
