"""Every page for everyone: narrow, enlarged, without scripts, on a slow line."""

from __future__ import annotations

import pytest
from conftest import BuiltSite, Open
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

MOST_BYTES = 200_000


def pages_of(site: BuiltSite) -> list[str]:
    return [p.relative_to(site.folder).as_posix() for p in sorted(site.folder.rglob("*.html"))]


# 320 px is a window of 640 px at 200%, and what WCAG 2.2, 1.4.10 asks for.
@pytest.mark.parametrize("width", [320, 360])
def test_no_page_scrolls_sideways(built_site: BuiltSite, open_page: Open, width: int) -> None:
    for address in pages_of(built_site):
        page, _ = open_page(built_site.addresses["http"] + address, (width, 740))
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, address


def test_every_page_can_be_read_without_scripts(built_site: BuiltSite, browser: Browser) -> None:
    for address in pages_of(built_site):
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(built_site.addresses["http"] + address)
        assert page.locator("h1").count() == 1
        assert page.locator("main").inner_text().count(" ") > 10, address
        pictures = page.locator("main img")
        if address in ("index.html", "explore/index.html"):
            assert pictures.count() >= 4
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            assert picture.is_visible()
        context.close()


def test_every_page_is_light_before_a_reader_does_anything(
    built_site: BuiltSite, browser: Browser
) -> None:
    for address in pages_of(built_site):
        context = browser.new_context(viewport={"width": 412, "height": 823})
        page = context.new_page()
        sizes: list[int] = []
        page.on(
            "requestfinished", lambda r, sizes=sizes: sizes.append(r.sizes()["responseBodySize"])
        )
        page.goto(built_site.addresses["http"] + address)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(200)
        context.close()
        assert 1_000 < sum(sizes) <= MOST_BYTES, address
