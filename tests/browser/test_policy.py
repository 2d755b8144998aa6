"""No page asks another host for anything, and none could: under a sub-path, and from disk."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import BuiltSite, Open

pytestmark = pytest.mark.browser

PLACES = ["http", "file"]
PAGES = ["index.html", "explore/index.html", "downloads/index.html"]

# Ways in which a page could ask another host; "HOST" stands for it.
WAYS_OUT = {
    "picture": "document.body.append(Object.assign(new Image(), {src: 'HOST/picture.png'}))",
    "script": "document.head.append(Object.assign(document.createElement('script'),"
    " {src: 'HOST/script.js'}))",
    "style": "document.head.append(Object.assign(document.createElement('link'),"
    " {rel: 'stylesheet', href: 'HOST/style.css'}))",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'),"
    " {src: 'HOST/frame.html'}))",
    "fetch": "fetch('HOST/fetch.json', {mode: 'no-cors'}).catch(() => null)",
    "beacon": "navigator.sendBeacon('HOST/beacon', 'x')",
    "video": "document.body.append(Object.assign(document.createElement('video'),"
    " {src: 'HOST/video.mp4', preload: 'auto'}))",
}
WAYS_IN = {
    "inline script": "document.head.append(Object.assign(document.createElement('script'),"
    " {textContent: 'window.ran = true'}))",
    "inline style": "document.head.append(Object.assign(document.createElement('style'),"
    " {textContent: 'body { opacity: 0.5 }'}))",
    "inline handler": "document.body.setAttribute('onclick', 'window.ran = true');"
    " document.body.click()",
    "style attribute": "document.body.setAttribute('style', 'opacity: 0.5')",
}


class _OtherHost(http.server.BaseHTTPRequestHandler):
    """Another origin that notes whatever it is asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        """Note the request and answer with nothing."""
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def other_host() -> Iterator[tuple[str, list[str]]]:
    """Another origin's address, and what it has been asked for so far."""
    asked: list[str] = []
    handler = type("Handler", (_OtherHost,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def try_all(page: Page, host: str) -> None:
    for way in WAYS_OUT.values():
        page.evaluate(f"() => {{ {way.replace('HOST', host)} }}")
    page.wait_for_timeout(500)


# A host alone serves the page for a wrong address.
@pytest.mark.parametrize(
    ("place", "address"),
    [*((place, address) for place in PLACES for address in PAGES), ("http", "404.html")],
)
def test_request_to_another_host_is_refused(
    built_site: BuiltSite, open_page: Open, other_host: tuple[str, list[str]],
    place: str, address: str,
) -> None:  # fmt: skip
    host, asked = other_host
    page, journal = open_page(built_site.addresses[place] + address, complaining=True)
    assert journal.complaints == []
    try_all(page, host)
    assert asked == []
    refused = " ".join(journal.complaints)
    assert len(re.findall("Content Security Policy", refused)) >= len(WAYS_OUT) - 1


def test_request_without_the_policy_reaches_the_other_host(
    built_site: BuiltSite, browser: Browser, other_host: tuple[str, list[str]]
) -> None:
    host, asked = other_host
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(built_site.addresses["http"])
    try_all(page, host)
    for _ in range(100):  # a busy machine asks late
        if len(set(asked)) == len(WAYS_OUT):
            break
        page.wait_for_timeout(100)
    context.close()
    assert len(set(asked)) == len(WAYS_OUT)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", WAYS_IN)
def test_code_and_style_written_into_a_page_are_refused(
    built_site: BuiltSite, open_page: Open, place: str, way: str
) -> None:
    page, journal = open_page(built_site.addresses[place] + "index.html", complaining=True)
    page.evaluate(f"() => {{ {WAYS_IN[way]} }}")
    assert page.evaluate("[window.ran, getComputedStyle(document.body).opacity]") == [None, "1"]
    assert "Content Security Policy" in " ".join(journal.complaints)


@pytest.mark.parametrize("place", PLACES)
def test_pages_load_everything_from_their_own_site(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    for address in PAGES:
        page, journal = open_page(built_site.addresses[place] + address)
        page.evaluate(
            "() => { for (const e of document.querySelectorAll('details')) e.open = true; }"
        )
        for picture in page.locator("img").all():
            picture.evaluate("e => (e.closest('figure') ?? e).scrollIntoView()")
        if address.startswith("explore"):
            expect(page.locator(".viewer-canvas")).to_have_attribute("data-lines", "exact")
            page.keyboard.press("Space")
        page.wait_for_timeout(300)
        loaded = page.evaluate("[...document.images].every((i) => i.complete && i.naturalWidth)")
        assert loaded, address
        own = tuple(built_site.addresses.values())
        assert [url for url in journal.requests if not url.startswith((*own, "data:"))] == []


def test_wrong_address_shows_a_link_to_the_first_page(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, journal = open_page(built_site.addresses["http"] + "no/such/page.html", complaining=True)
    assert all("404" in complaint for complaint in journal.complaints)
    assert page.evaluate("document.styleSheets.length") == 1
    page.get_by_role("link", name="Begin at the first page").click()
    assert page.url == built_site.addresses["http"] + "index.html"
