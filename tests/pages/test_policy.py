"""What the policy of the pages would block is refused in an article, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.pages import BODY_LINE, article_of, html_of, plain_layout, plain_report
from support.reports import TEXT, error_of, settings_of

from ginn.config.policy import Policy
from ginn.errors import AuthorError
from ginn.pages import policy
from ginn.pages.article_page import References, article_page
from ginn.pages.policy import DIRECTIVES, allowed_sources, policy_text, refusal


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
    assert policy_text().split("; ") == [f"{name} {value}" for name, value in DIRECTIVES.items()]
    assert allowed_sources("worker-src") == "'none'"
    assert allowed_sources("form-action") == "'self'"


ALLOWED = Policy(
    frames=("self", "https://www.video.example"),
    media=("https://*.video.example",),
    scripts=("https://cdn.example:8443",),
    images=("https://images.example",),
)


def page_with(body: str, policy: Policy = ALLOWED, slug: str = "index") -> str:
    article, report = article_of(body, slug), plain_report()
    there = References([article], {report.experiment.id: report}, {}, {}, policy=policy)
    return article_page(plain_layout(), article, report, there).files[article.address].decode()


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="https://www.video.example/embed/x" title="A talk"></iframe>',
        '<iframe src="static/demo.html" title="A demo"></iframe>',
        '<video src="https://a.b.video.example/x.mp4" controls></video>',
        '<script src="https://cdn.example:8443/x.js"></script>',
        '<img src="https://images.example/a.png" alt="A picture">',
        "![A picture](https://images.example/a.png)",
    ],
)
def test_article_with_what_the_allow_list_has_is_not_refused(html: str) -> None:
    page_with(html)
    with pytest.raises(AuthorError):
        page_with(html, Policy())


@pytest.mark.parametrize(
    ("html", "hint"),
    [
        ('<iframe src="https://video.example/" title="x">', 'frames = ["https://video.example"]'),
        ('<iframe src="http://www.video.example/" title="x">', "link to it"),
        ('<iframe src="//www.video.example/" title="x">', 'frames = ["https://www.video.ex'),
        ('<video src="https://video.example/x.mp4">', 'media = ["https://video.example"]'),
        ('<video src="x.mp4">', 'media = ["self"]'),
        ('<script src="https://cdn.example/x.js">', 'scripts = ["https://cdn.example"]'),
        ("<script>go()</script>", "static/name.js"),
        ('<p style="color: red">', "templates/style.css"),
        ('<iframe src="static/demo.html"></iframe>', "describe it"),
    ],
)
def test_article_with_more_than_the_allow_list_is_told_how_to_allow_it(
    html: str, hint: str
) -> None:
    with pytest.raises(AuthorError) as caught:
        page_with(f"a\n\n{html}\n\nb")
    assert caught.value.line == BODY_LINE + 2
    assert hint in caught.value.hint


def test_policy_of_an_article_states_what_is_allowed_and_nothing_else() -> None:
    assert policy_text(ALLOWED).replace("'", "&#39;") in page_with("Text.")
    assert "unsafe" not in policy_text(ALLOWED)
    rules = dict(each.split(" ", 1) for each in policy_text(ALLOWED).split("; "))
    assert rules["frame-src"] == "'self' https://www.video.example"
    assert rules["script-src"] == "'self' https://cdn.example:8443"
    assert rules["default-src"] == "'none'"
    assert policy_text(Policy(scripts=("self",), connect=("self",))) == policy_text()


@pytest.mark.parametrize("written", ["static", "../static"])
def test_address_of_a_static_file_leads_to_the_root_of_the_site(written: str) -> None:
    body = f'<script src="{written}/demo.js"></script>\n\n[a paper](static/a.pdf) `static/x`'
    assert '<script src="demo.js">' in page_with(body)
    nested = page_with(body, slug="about")
    assert '<script src="../demo.js">' in nested
    assert 'href="../a.pdf"' in nested
    assert "<code>static/x</code>" in nested


@pytest.mark.parametrize(
    "origin",
    [
        "*", "https:", "https://*", "https://*.com", "http://a.example", "'unsafe-inline'", "data:",
        "https://a.example/path", "https://a.example; script-src *", "https://a.b https://b.c",
        "blob:", "'self'", "",
    ],
)  # fmt: skip
def test_origin_that_allows_too_much_is_refused(tmp_path: Path, origin: str) -> None:
    text = f'{TEXT}\n[policy]\nscripts = ["{origin}"]\n'
    error = error_of(tmp_path, text)
    assert error
    assert (error.key, error.line) == ("policy.scripts", text.count("\n"))
    assert 'a list of "self", for files of static/, and origins such as' in error.allowed


def test_origins_of_a_report_are_its_settings(tmp_path: Path) -> None:
    text = f'{TEXT}\n[policy]\nframes = ["self", "https://*.video.example:444"]\n'
    settings = settings_of(tmp_path, text)
    assert settings.policy == Policy(frames=("self", "https://*.video.example:444"))
    assert settings_of(tmp_path, TEXT).policy == Policy()
