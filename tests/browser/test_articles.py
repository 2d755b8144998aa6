"""Articles in a real browser: a still that comes near the screen becomes the explorer's stage."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from conftest import BuiltSite, Open
from playwright.sync_api import Page, expect
from test_explorer import data

pytestmark = pytest.mark.browser

PLACES = ["http", "file"]
SIZES = [(1280, 800), (360, 740)]
OPENING, PAIR = "#figure-all", "#figure-contrast"
# Every element's place on the page; the figure's own inside is not the page's.
PLACES_OF_ALL = """() => [...document.querySelectorAll("h2, p, figure, figcaption")]
  .filter(e => !e.closest(".stills"))
  .map(e => e.getBoundingClientRect().top + scrollY)"""
BOX = """e => {
  const { x, y, width, height } = e.getBoundingClientRect();
  return [x, y + scrollY, width, height];
}"""


def article(site: BuiltSite, place: str = "http") -> str:
    return f"{site.addresses[place]}index.html"


def bring(page: Page, figure: str) -> None:
    """Scrolls to a figure and waits until it is the explorer's stage."""
    page.locator(figure).scroll_into_view_if_needed()
    expect(page.locator(f"{figure} .stills")).to_have_class("stills live")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", PLACES)
def test_a_still_becomes_the_stage_at_the_same_state_and_nothing_moves(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int], place: str
) -> None:
    held: list[Any] = []

    def hold(page: Page) -> None:
        """Keeps the viewer back until the page as it is without it has been measured."""
        page.route("**/viewer-*.js", lambda route: held.append(route))

    page, _ = open_page(article(built_site, place), size=size, before=hold)
    still = page.locator(f"{OPENING} img")
    still.scroll_into_view_if_needed()
    page.wait_for_function("() => [...document.images].slice(0, 1).every(i => i.complete)")
    expect(page.locator(".viewer")).to_have_count(0)
    before, picture = page.evaluate(PLACES_OF_ALL), still.evaluate(BOX)
    page.wait_for_timeout(100)
    for route in held:
        route.continue_()
    assert held
    bring(page, OPENING)
    canvas = page.locator(f"{OPENING} canvas").first.evaluate(BOX)
    assert page.evaluate(PLACES_OF_ALL) == before
    assert canvas == pytest.approx(picture, abs=1)
    expect(still).to_be_hidden()
    state = page.locator(f"{OPENING} .stills").get_attribute("data-state")
    assert state
    step = dict(term.split("=") for term in state.split("&"))["step"]
    expect(page.locator(f"{OPENING} .viewer-slider")).to_have_value(step)
    link = page.locator(f"{OPENING} .open-explorer").get_attribute("href")
    assert link == f"explore/index.html#{state}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "#" not in page.url  # the page's address is the article's
    box = page.locator(f"{OPENING} .stills").bounding_box()
    bar = page.locator(f"{OPENING} .viewer").evaluate("e => e.scrollHeight")
    assert box
    assert bar <= box["height"] + 1, "the bar sticks out of the place kept for it"


def test_a_figure_has_a_slider_play_and_the_runs_and_nothing_else(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(article(built_site))
    bring(page, OPENING)
    figure = page.locator(OPENING)
    expect(figure.get_by_role("button")).to_have_count(1)
    expect(figure.get_by_role("slider")).to_have_count(1)
    runs = figure.get_by_role("radio")
    expect(runs).to_have_count(len(data(built_site, "index.*.js")["runs"]))
    figure.get_by_role("slider").fill("0")
    expect(figure.locator(".viewer-figures")).to_contain_text("0")
    figure.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => document.querySelector('.viewer-slider').value > 1")
    figure.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize("size", SIZES)
def test_two_runs_stand_side_by_side(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(article(built_site), size=size)
    stills = [page.locator(f"{PAIR} img").nth(i).evaluate(BOX) for i in (0, 1)]
    bring(page, PAIR)
    canvases = page.locator(f"{PAIR} canvas[role=img]")
    expect(canvases).to_have_count(2)
    for i, still in enumerate(stills):
        assert canvases.nth(i).evaluate(BOX) == pytest.approx(still, abs=1)


def test_nothing_is_loaded_for_figures_out_of_sight(built_site: BuiltSite, open_page: Open) -> None:
    page, journal = open_page(article(built_site), size=(1280, 800))
    bring(page, OPENING)
    page.wait_for_timeout(300)
    expect(page.locator(f"{PAIR} .viewer")).to_have_count(0)
    asked = {
        url.removeprefix(built_site.addresses["http"]).split("#")[0] for url in journal.requests
    }
    sizes = {
        a: len(gzip.compress((built_site.folder / (a or "index.html")).read_bytes())) for a in asked
    }
    assert sum(sizes.values()) < 200_000, sizes


def test_nothing_plays_by_itself(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(
        article(built_site), before=lambda p: p.emulate_media(reduced_motion="reduce")
    )
    bring(page, OPENING)
    slider = page.locator(f"{OPENING} .viewer-slider")
    shown = slider.input_value()
    page.wait_for_timeout(400)
    expect(slider).to_have_value(shown)
    expect(
        page.locator(f"{OPENING}").get_by_role("button", name="Play", exact=True)
    ).to_be_visible()


def test_paper_has_the_still(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(article(built_site))
    bring(page, OPENING)
    page.emulate_media(media="print")
    expect(page.locator(f"{OPENING} img")).to_be_visible()
    expect(page.locator(f"{OPENING} .viewer")).to_be_hidden()


def test_without_scripts_the_still_stands_and_no_room_is_kept(
    browser: Any, built_site: BuiltSite
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(article(built_site))
    expect(page.locator(f"{OPENING} img")).to_be_visible()
    stills = page.locator(f"{OPENING} .stills").bounding_box()
    still = page.locator(f"{OPENING} img").bounding_box()
    assert abs(stills["height"] - still["height"]) <= 1
    context.close()


@pytest.mark.parametrize("lost", ["**/viewer-*.js", "**/data/**"])
def test_the_still_stays_where_the_viewer_does_not_come(
    built_site: BuiltSite, open_page: Open, lost: str
) -> None:
    page, _ = open_page(
        article(built_site),
        before=lambda p: p.route(lost, lambda route: route.abort()),
        complaining=True,
    )
    page.wait_for_timeout(500)
    expect(page.locator(f"{OPENING} img")).to_be_visible()
    expect(page.locator(f"{OPENING} .stills")).to_have_class("stills")


@pytest.mark.parametrize("place", PLACES)
def test_the_contents_follow_the_reader(built_site: BuiltSite, open_page: Open, place: str) -> None:
    page, _ = open_page(article(built_site, place))
    links = page.locator(".contents a")
    current = page.locator(".contents a[aria-current]")
    expect(current).to_have_count(0)
    for index in (0, 2, 1):
        links.nth(index).click()
        expect(current).to_have_count(1)
        expect(links.nth(index)).to_have_attribute("aria-current", "true")
    page.set_viewport_size({"width": 1280, "height": 2400})  # the last heading never comes high
    page.keyboard.press("End")
    expect(links.last).to_have_attribute("aria-current", "true")
    expect(current).to_have_count(1)


def test_a_link_to_a_section_shows_where_it_is_pointed_at(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(article(built_site))
    heading = page.locator(".prose > h2").nth(1)
    anchor = heading.locator(".anchor")
    expect(anchor).to_have_css("opacity", "0")
    heading.hover()
    expect(anchor).to_have_css("opacity", "1")
    anchor.click()
    assert page.url.endswith(f"#{heading.get_attribute('id')}")


@pytest.mark.parametrize("size", SIZES)
def test_a_citation_shows_its_source_on_hover_and_on_focus(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(article(built_site), size=size)
    citation = page.locator(".citation").first
    source = citation.locator(".source")
    expect(source).to_be_hidden()
    citation.hover()
    expect(source).to_be_visible()
    box = source.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    page.mouse.move(0, 0)
    expect(source).to_be_hidden()
    citation.locator("a").focus()
    expect(source).to_be_visible()
    citation.locator("a").click()
    expect(page.locator(".references li").first).to_be_in_viewport()


def test_a_source_in_the_way_goes_at_escape(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(article(built_site))
    citation = page.locator(".citation").first
    source = citation.locator(".source")
    citation.hover()
    expect(source).to_be_visible()
    page.keyboard.press("Escape")
    expect(source).to_be_hidden()
    page.mouse.move(0, 0)
    citation.locator("a").focus()
    expect(source).to_be_visible()
    page.keyboard.press("Escape")
    expect(source).to_be_hidden()
