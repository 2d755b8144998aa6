"""What the policy of the pages would block is refused in an article, with its line."""

from __future__ import annotations

import pytest
from support.pages import BODY_LINE, html_of

from ginn.errors import AuthorError
from ginn.pages import policy
from ginn.pages.policy import DIRECTIVES, POLICY, allowed_sources, refusal


@pytest.mark.parametrize(
    ("html", "found", "directive"),
    [
        ('<b style="color: red">x</b>', "style='color: red'", "style-src 'self'"),
        ("<style>p {}</style>", "<style>", "style-src"),
        ("x\n{: style='color: red' }", "style='color: red'", "style-src"),
        ("<script>alert(1)</script>", "<script>", "script-src"),
        ('<script src="https://a.example/a.js"></script>', "<script src=", "script-src"),
        ('<p onclick="go()">x</p>', "onclick='go()'", "script-src"),
        ("[x](javascript:go%28%29)", "href='javascript:", "script-src"),
        ('<a href="java&#10;script:go()">x</a>', "href=", "script-src"),
        ('<iframe src="https://a.example/"></iframe>', "<iframe src=", "frame-src 'none'"),
        ('<iframe src="page.html"></iframe>', "<iframe src='page.html'>", "frame-src 'none'"),
        ('<img src="https://a.example/a.png" alt="a">', "<img src=", "img-src 'self'"),
        ('<img src="//a.example/a.png" alt="a">', "<img src=", "img-src 'self'"),
        ('<img src="data:image/png;base64,AA" alt="a">', "<img src=", "img-src"),
        ('<img srcset="a.png 1x, https://a.example/b.png 2x" alt="a">', "<img srcset=", "img-src"),
        ('<video src="a.mp4"></video>', "<video src='a.mp4'>", "media-src 'none'"),
        ('<audio src="a.mp3"></audio>', "<audio src=", "media-src"),
        ('<object data="a.pdf"></object>', "<object data=", "object-src"),
        ('<embed src="a.pdf">', "<embed src=", "object-src"),
        ('<link rel="stylesheet" href="https://a.example/a.css">', "<link href=", "style-src"),
        ('<form action="https://a.example/"></form>', "<form action=", "form-action"),
        ('<base href="/">', "<base href='/'>", "base-uri 'none'"),
    ],
)
def test_article_with_what_a_browser_would_block_is_refused(
    html: str, found: str, directive: str
) -> None:
    code = "`` " + html.split("\n")[-1] + " ``"
    with pytest.raises(AuthorError) as caught:
        html_of(f"In code it is text: {code}\n\nand\n\n{html}")
    said = str(caught.value)
    assert said.startswith(f"articles/index.md:{BODY_LINE + 4 + html.count(chr(10))}: found ")
    assert found in said
    assert directive in said
    assert caught.value.hint


@pytest.mark.parametrize(
    "html",
    [
        "<kbd>x</kbd> <sup>2</sup>",
        '<a href="https://a.example/">x</a>',
        '<script type="application/json">{}</script>',
        '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>',
        '<!-- <script>alert(1)</script> <b style="x"> -->',
        '<form action="index.html"></form>',
        "```html\n<b style='x'>\n```",
    ],
)
def test_article_with_what_a_browser_shows_is_not_refused(html: str) -> None:
    html_of(html)


def test_refusal_follows_from_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    styled, framed = {"style": "x"}, {"src": "https://a.example/"}
    assert refusal("p", styled)
    assert refusal("iframe", framed)
    monkeypatch.setitem(policy.DIRECTIVES, "style-src", "'self' 'unsafe-inline'")
    monkeypatch.setitem(policy.DIRECTIVES, "frame-src", "*")
    assert refusal("p", styled) is None
    assert refusal("iframe", framed) is None


def test_policy_says_every_directive_and_allows_nothing_else() -> None:
    assert POLICY.split("; ") == [f"{name} {value}" for name, value in DIRECTIVES.items()]
    assert allowed_sources("worker-src") == "'none'"
    assert allowed_sources("form-action") == "'self'"
