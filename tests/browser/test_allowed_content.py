"""An article's own script, frame and pictures run as far as its allow-list says, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request
from support.browser import Open
from support.pages import article_of, plain_layout, plain_report

from ginn.config.policy import Policy
from ginn.files import TEMPLATES
from ginn.pages.article_page import References, article_page
from ginn.pages.metadata import Publication
from ginn.pages.site import Pages

pytestmark = pytest.mark.browser

BODY = """Some text.

<div id="place"></div>

<iframe src="static/page.html" title="A page"></iframe>

<iframe src="https://frames.example/x.html" title="Another page"></iframe>

<script src="static/demo.js"></script>
"""
SCRIPT = "document.getElementById('place').textContent = 'it ran';"
POLICY = Policy(frames=("self", "https://frames.example"))


def write_site(folder: Path) -> str:
    article, report = article_of(BODY), plain_report()
    there = References([article], {report.experiment.id: report}, {}, {}, policy=POLICY)
    files = dict(article_page(plain_layout(), article, report, there).files)
    files |= Pages([report], [article], {}, {}, TEMPLATES, Publication(), report.words).assets
    files |= {"demo.js": SCRIPT.encode(), "page.html": b"<!doctype html><p>My page.</p>"}
    for address, data in files.items():
        path = folder / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return (folder / article.address).as_uri()


def sent(page: Page) -> list[str]:
    """The addresses on other hosts that the page asks for, but for those that its policy blocks.

    No such host exists here, so a request that the policy allows fails because of its name.
    """
    addresses: list[str] = []

    def note(request: Request) -> None:
        if request.failure != "csp":
            addresses.append(request.url)

    page.on("requestfailed", note)
    return addresses


def test_own_script_and_allowed_frames_run_without_complaints(
    tmp_path: Path, open_page: Open
) -> None:
    address = write_site(tmp_path)
    page, journal = open_page("about:blank", complaining=True)
    asked = sent(page)
    page.goto(address)
    page.wait_for_timeout(300)
    assert page.locator("#place").inner_text() == "it ran"
    assert "My page." in page.frame_locator("iframe").first.locator("p").inner_text()
    assert asked == ["https://frames.example/x.html"]
    policy = [each for each in journal.complaints if "Content Security Policy" in each]
    assert policy == []


def test_origin_that_is_not_allowed_is_blocked(tmp_path: Path, open_page: Open) -> None:
    address = write_site(tmp_path)
    page, journal = open_page("about:blank", complaining=True)
    asked = sent(page)
    page.goto(address)
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('iframe'),"
        " {src: 'https://other.example/x.html'}))"
    )
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'),"
        " {src: 'https://frames.example/x.js'}))"
    )
    page.wait_for_timeout(300)
    assert asked == ["https://frames.example/x.html"]
    said = " ".join(journal.complaints)
    assert said.count("Content Security Policy") >= 2
