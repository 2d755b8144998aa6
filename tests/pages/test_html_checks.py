"""Mistakes in an author's HTML are refused with their line."""

from __future__ import annotations

import pytest
from support.pages import BODY_LINE, html_of

from ginn.errors import AuthorError
from ginn.pages.citations import Source


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("a\n\n<div>\n\nb", 3, "'<div>' that is not closed, allowed: </div> after it"),
        ("a\n\n<b>c", 3, "'<b>' that is not closed"),
        ("a\n\nb </div> c", 3, "</div> that ends nothing"),
        ("<div>\n<section>\n</div>", 2, "'<section>' that is not closed"),
        ("<details/>\n\nx", 1, "'<details/>' that is not closed"),
        ("a\n\n## Head {#main}", 3, "the id 'main', which the layout of the page uses"),
        ('a\n\n<p id="cite-this">', 3, "the id 'cite-this'"),
        ('a\n\n<p id="figure-f">b</p>\n\n{{ figure("f", caption="c") }}', 3, "the id 'figure-f'"),
        ('<p id="reference-k">b</p>\n\n{{ cite("k") }}', 1, "the id 'reference-k'"),
        ("## A {#one}\n\n## B\n\n<p id='one'>", 1, "the id 'one' twice"),
        ('a\n\n<img src="cat.png" width="30">', 3, "a picture in HTML, <img src='cat.png'>"),
    ],
)
def test_html_with_a_mistake_is_refused_with_its_line(body: str, line: int, said: str) -> None:
    with pytest.raises(AuthorError) as caught:
        html_of(body, works={"k": Source("k", ("A B",), "C", 1999)})
    assert str(caught.value).startswith(f"articles/index.md:{BODY_LINE + line - 1}: found {said}")


@pytest.mark.parametrize(
    "body",
    [
        "<ul>\n<li>a\n<li>b\n</ul>",
        "<table>\n<tr><td>a<td>b\n</table>",
        "<dl><dt>a<dd>b</dl>",
        '<svg viewBox="0 0 1 1"><g><path d="M0 0"/></g></svg>',
        "a<br>b<br/>c",
        "<p>a",
        "",
    ],
)
def test_html_without_a_mistake_is_not_refused(body: str) -> None:
    html_of(body)
