"""Two copies whose moments are replayed: what a reader sees with the script, and without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import Open
from support.pages import article_of, first_page
from support.sample_report import make_report
from support.words import ENGLISH

from ginn.files import TEMPLATES
from ginn.pages.figure_views import VIEWS
from ginn.pages.metadata import Publication
from ginn.pages.site import Pages

pytestmark = pytest.mark.browser
REPORT = make_report(frozenset({2}))
ARTICLE = 'Before.\n\n{% call figure("twins", view="twins") %}\nTwo copies.\n{% endcall %}\n'


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The article, as a double-clicked file."""
    folder: Path = tmp_path_factory.mktemp("replay")
    site = Pages([REPORT], [article_of(ARTICLE)], {}, {}, TEMPLATES, Publication(), ENGLISH)
    return first_page(site, folder)


def labels_of(kind: str) -> list[str]:
    """The labels of all moments of one copy."""
    return [each.label for each in VIEWS["twins"].of(REPORT, {}) if each.replayed == kind]


def shown(page: Page) -> list[str]:
    return page.locator(".image:visible .label").all_inner_texts()


@pytest.mark.parametrize("size", [(360, 740), (1280, 720)])
def test_replay_slider_shows_both_copies_at_the_same_moment(
    address: str, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(address, size=size)
    revived, untouched = labels_of("revived"), labels_of("untouched")
    slider = page.locator(".replay-panel input")
    expect(slider).to_be_visible()
    assert shown(page) == [revived[0], untouched[0]]
    slider.focus()
    page.keyboard.press("End")
    assert shown(page) == [revived[-1], untouched[-1]]
    page.keyboard.press("ArrowLeft")
    assert shown(page) == [revived[-2], untouched[-2]]
    assert slider.get_attribute("aria-valuetext") == f"{revived[-2]}; {untouched[-2]}"
    images = page.locator(".image:visible img")
    assert images.evaluate_all("all => all.map((each) => each.alt)") == shown(page)
    page.wait_for_function("() => [...document.images].every((each) => each.naturalWidth)")


def test_replay_plays_to_the_end_and_begins_again(address: str, open_page: Open) -> None:
    page, _ = open_page(address)
    button, slider = page.locator(".replay-panel button"), page.locator(".replay-panel input")
    last = slider.get_attribute("max")
    slider.focus()
    page.keyboard.press("End")
    button.focus()
    page.keyboard.press("Space")
    expect(button).to_have_text("Pause")
    expect(slider).not_to_have_js_property("value", last)
    page.keyboard.press("Space")
    expect(button).to_have_text("Play")
    slider.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    button.click()
    expect(slider).to_have_js_property("value", last)
    expect(button).to_have_text("Play")


def test_replay_without_scripts_is_some_stills(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    told = [
        each.label
        for kind in ("revived", "untouched")
        for each in VIEWS["twins"].of(REPORT, {})
        if each.replayed == kind and each.still
    ]
    assert shown(page) == told
    assert 4 <= len(told) <= 8
    context.close()
