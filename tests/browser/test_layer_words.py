"""Words about a layer: while one is pointed at, its layer is lit in the nearest figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect
from support.browser import BuiltSite, Open
from support.explorer import pixels

pytestmark = pytest.mark.browser
FIGURE = "#figure-all"
# A screen so high that the figure and its caption are on it.
SIZE = (1280, 1200)


def address(site: BuiltSite) -> str:
    return f"{site.addresses['http']}index.html"


def still_page(open_page: Open, site: BuiltSite) -> tuple[Page, Locator]:
    """The article with a figure that does not play by itself, and the figure's canvas."""
    page, _ = open_page(
        address(site), size=SIZE, before=lambda p: p.emulate_media(reduced_motion="reduce")
    )
    place = page.locator(f"{FIGURE} .images")
    place.evaluate("e => e.scrollIntoView({ block: 'center' })")
    expect(place).to_have_class("images live")
    return page, place.locator("canvas[aria-label]").first


def shares(page: Page, canvas: Locator) -> NDArray[np.float64]:
    """The share of a canvas's pixels that have the colour of each layer, and of the output."""
    page.wait_for_timeout(150)
    seen, found = pixels(canvas), []
    for name in ("layer-1", "layer-2", "layer-3", "output"):
        written = page.evaluate(
            f"getComputedStyle(document.documentElement).getPropertyValue('--{name}')"
        ).strip()
        colour = [int(written[at : at + 2], 16) for at in (1, 3, 5)]
        found.append((np.abs(seen - colour).max(axis=-1) < 12).mean())
    return np.array(found)


@pytest.mark.parametrize(("layer", "act"), [(1, "hover"), (2, "focus"), (3, "hover")])
def test_layer_of_a_word_is_lit_and_all_else_is_faint(
    built_site: BuiltSite, open_page: Open, layer: int, act: str
) -> None:
    page, canvas = still_page(open_page, built_site)
    before = shares(page, canvas)
    word = page.locator(f"{FIGURE} [data-lights='{layer}']")
    getattr(word, act)()
    lit = shares(page, canvas)
    others = np.arange(4) != layer - 1
    assert before[others].sum() > 0.002
    assert lit[others].sum() < 0.1 * before[others].sum()
    assert lit[layer - 1] >= before[layer - 1]
    page.mouse.move(2, 2)
    page.evaluate("document.activeElement.blur()")
    assert (shares(page, canvas) == before).all()


def test_word_pointed_at_after_another_lights_its_own_layer_alone(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, canvas = still_page(open_page, built_site)
    page.locator(f"{FIGURE} [data-lights='2']").hover()
    second = shares(page, canvas)
    page.locator(f"{FIGURE} [data-lights='1']").hover()
    first = shares(page, canvas)
    assert second[1] > 10 * second[0]
    assert first[0] > 10 * first[1]


def test_word_far_from_every_viewer_changes_nothing(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(address(built_site))
    word = page.locator(f"{FIGURE} [data-lights='1']")
    word.evaluate("e => e.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))")
    expect(word).to_have_attribute("tabindex", "0")


def test_word_without_scripts_cannot_be_focused(browser: Any, built_site: BuiltSite) -> None:
    with browser.new_page(java_script_enabled=False) as page:
        page.goto(address(built_site))
        word = page.locator(f"{FIGURE} [data-lights='1']")
        expect(word).to_be_visible()
        assert word.get_attribute("tabindex") is None
