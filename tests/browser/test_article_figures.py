"""Figures in an article: an image that becomes the viewer when it comes near the screen."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Open
from support.explorer import BOX, EVERYWHERE, SIZES
from support.site_data import all_runs

pytestmark = pytest.mark.browser
OPENING, SWEEP, PAIR = "#figure-all", "#figure-sweep", "#figure-contrast"
# More than two screens below the opening.
FAR = "#figure-shifting"
# Every element's place on the page; the figure's own inside is not the page's, and what is folded
# away has none.
PLACES_OF_ALL = """() => [...document.querySelectorAll("h2, p, figure, figcaption")]
  .filter(e => !e.closest(".images, details"))
  .map(e => e.getBoundingClientRect().top + scrollY)"""


def article(site: BuiltSite, place: str = "http") -> str:
    return f"{site.addresses[place]}index.html"


def bring(page: Page, figure: str) -> None:
    """Scrolls to a figure and waits until it is the explorer's pane."""
    page.locator(figure).scroll_into_view_if_needed()
    expect(page.locator(f"{figure} .images")).to_have_class("images live")


def look_at(page: Page, figure: str) -> None:
    """Brings a figure into the middle of the screen."""
    page.locator(f"{figure} .images").evaluate("e => e.scrollIntoView({block: 'center'})")


def step(page: Page, figure: str) -> int:
    return int(page.locator(f"{figure} .viewer-slider").input_value())


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_figure_in_sight_becomes_a_pane_and_nothing_moves(
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
    state = page.locator(f"{OPENING} .images").get_attribute("data-state")
    assert state
    step = dict(term.split("=") for term in state.split("&"))["step"]
    expect(page.locator(f"{OPENING} .viewer-slider")).to_have_value(step)
    link = page.locator(f"{OPENING} .open-explorer").get_attribute("href")
    assert link == f"explore/index.html#{state}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "#" not in page.url  # the page's address is the article's
    box = page.locator(f"{OPENING} .images").bounding_box()
    bar = page.locator(f"{OPENING} .viewer").evaluate("e => e.scrollHeight")
    assert box
    assert bar <= box["height"] + 1, "the bar sticks out of the place kept for it"


def test_figure_has_a_slider_play_and_the_runs_and_nothing_else(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(article(built_site))
    bring(page, OPENING)
    figure = page.locator(OPENING)
    expect(figure.get_by_role("button")).to_have_count(1)
    expect(figure.get_by_role("slider")).to_have_count(1)
    runs = figure.get_by_role("radio")
    expect(runs).to_have_count(len(all_runs(built_site)))
    figure.get_by_role("slider").fill("0")
    expect(figure.locator(".viewer-figures")).to_contain_text("0")
    figure.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => document.querySelector('.viewer-slider').value > 1")
    figure.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize("size", SIZES)
def test_figure_of_two_runs_has_two_panes(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(article(built_site), size=size)
    stills = [page.locator(f"{PAIR} img").nth(i).evaluate(BOX) for i in (0, 1)]
    bring(page, PAIR)
    canvases = page.locator(f"{PAIR} canvas[aria-label]")
    expect(canvases).to_have_count(2)
    for i, still in enumerate(stills):
        assert canvases.nth(i).evaluate(BOX) == pytest.approx(still, abs=1)


def test_figure_out_of_sight_loads_nothing(built_site: BuiltSite, open_page: Open) -> None:
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


def test_sweep_looked_at_plays_once(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(article(built_site))
    # Another figure is looked at first, so that every still above has its place.
    look_at(page, SWEEP)
    pause = page.locator(SWEEP).get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    places = page.evaluate(PLACES_OF_ALL)
    last = int(page.locator(f"{SWEEP} .viewer-slider").get_attribute("max") or "")
    page.wait_for_function("() => document.querySelector('#figure-sweep .viewer-slider').value > 5")
    expect(page.locator(f"{SWEEP} .viewer-slider")).to_have_value(str(last))
    play = page.locator(SWEEP).get_by_role("button", name="Play", exact=True)
    expect(play).to_be_visible()
    assert page.evaluate(PLACES_OF_ALL) == places
    for figure in (OPENING, PAIR, SWEEP):  # far away, where it is taken down, and back
        look_at(page, figure)
        expect(page.locator(f"{figure} .images")).to_have_class("images live")
    page.wait_for_timeout(300)
    assert step(page, SWEEP) == last
    assert page.locator(".viewer-play[aria-label=Pause]").count() == 0
    play.click()
    expect(pause).to_be_visible()
    assert step(page, SWEEP) < last


def test_sweep_at_the_edge_of_the_screen_does_not_play(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(article(built_site))
    page.locator(SWEEP).evaluate("e => scrollBy(0, e.getBoundingClientRect().top - innerHeight)")
    expect(page.locator(f"{SWEEP} .images")).to_have_class("images live")
    page.wait_for_timeout(300)
    assert step(page, SWEEP) == 0


def test_sweep_with_reduced_motion_does_not_play(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(
        article(built_site), before=lambda p: p.emulate_media(reduced_motion="reduce")
    )
    look_at(page, SWEEP)
    expect(page.locator(f"{SWEEP} .images")).to_have_class("images live")
    page.wait_for_timeout(400)
    assert step(page, SWEEP) == 0
    page.locator(SWEEP).get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => document.querySelector('#figure-sweep .viewer-slider').value > 1")


def test_figures_play_one_at_a_time(built_site: BuiltSite, open_page: Open) -> None:
    # So high that both are on it, the sweep at its foot, where nobody looks yet.
    page, _ = open_page(article(built_site), size=(1280, 5000))
    expect(page.locator(f"{OPENING} .images")).to_have_class("images live")
    page.locator(OPENING).get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(OPENING).get_by_role("button", name="Pause")).to_be_visible()
    page.locator(f"{SWEEP} .images").evaluate(
        "e => scrollBy(0, e.getBoundingClientRect().top - innerHeight * 0.65)"
    )
    expect(page.locator(OPENING)).to_be_in_viewport()
    expect(page.locator(f"{SWEEP} .images")).to_have_class("images live")
    page.wait_for_timeout(300)
    assert step(page, SWEEP) == 0
    page.locator(SWEEP).get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(OPENING).get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator(".viewer-play[aria-label=Pause]")).to_have_count(1)


@pytest.mark.parametrize("touch", ["slider", "run", "picture", "pause", "key", "other figure"])
def test_sweep_touched_stops_playing(built_site: BuiltSite, open_page: Open, touch: str) -> None:
    # A screen so tall that two figures are on it.
    page, _ = open_page(article(built_site), size=(1280, 6000))
    expect(page.locator(f"{OPENING} .images")).to_have_class("images live")
    look_at(page, SWEEP)
    figure = page.locator(SWEEP)
    pause = figure.get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    other = page.locator(OPENING).get_by_role("button", name="Play", exact=True)
    acts: dict[str, Callable[[], object]] = {
        "slider": lambda: figure.get_by_role("slider").click(),
        "run": lambda: figure.get_by_role("radio").nth(1).check(force=True),
        "picture": lambda: figure.locator(".images").click(position={"x": 200, "y": 200}),
        "pause": pause.click,
        "key": lambda: figure.get_by_role("slider").press("Space"),
        "other figure": other.click,
    }
    acts[touch]()
    expect(figure.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stopped = step(page, SWEEP)
    page.wait_for_timeout(300)
    assert (
        step(page, SWEEP)
        == stopped
        < int(page.locator(f"{SWEEP} .viewer-slider").get_attribute("max") or "")
    )
    playing = page.locator(".viewer-play[aria-label=Pause]")
    expect(playing).to_have_count(1 if touch == "other figure" else 0)


def test_figure_far_off_is_an_image_again_and_comes_back_as_it_was(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(article(built_site))
    bring(page, OPENING)
    figure = page.locator(OPENING)
    figure.get_by_role("slider").fill("7")
    figure.get_by_role("radio").nth(1).check(force=True)
    canvas = figure.locator("canvas[aria-label]").first.element_handle()
    page.evaluate("() => document.activeElement.blur()")
    look_at(page, FAR)
    expect(page.locator(f"{OPENING} .viewer")).to_have_count(0)
    expect(page.locator(f"{OPENING} .images")).to_have_class("images")
    expect(page.locator(f"{OPENING} img")).to_be_visible()
    assert canvas.evaluate("e => e.width") == 0, "it keeps its pixels"
    places = page.evaluate(PLACES_OF_ALL)
    look_at(page, OPENING)
    expect(page.locator(f"{OPENING} .images")).to_have_class("images live")
    expect(figure.get_by_role("slider")).to_have_value("7")
    expect(figure.get_by_role("radio").nth(1)).to_be_checked()
    assert page.evaluate(PLACES_OF_ALL) == places


def test_figure_with_the_focus_stays_a_pane(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(article(built_site))
    bring(page, OPENING)
    page.locator(OPENING).get_by_role("slider").focus()
    look_at(page, PAIR)
    expect(page.locator(f"{PAIR} .images")).to_have_class("images live")
    expect(page.locator(OPENING).get_by_role("slider")).to_be_focused()


def test_figure_moved_and_printed_is_as_its_caption_says(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(article(built_site))
    bring(page, OPENING)
    figure = page.locator(OPENING)
    figure.get_by_role("slider").fill("0")
    words = page.locator(".with-scripts").first
    expect(words).to_be_visible()
    page.emulate_media(media="print")
    expect(figure.locator("img")).to_be_visible()
    expect(figure.locator(".viewer")).to_be_hidden()
    expect(words).to_be_hidden()


def test_figure_without_scripts_is_its_image_and_keeps_no_room(
    browser: Any, built_site: BuiltSite
) -> None:
    with browser.new_page(java_script_enabled=False) as page:
        page.goto(article(built_site))
        expect(page.locator(f"{OPENING} img")).to_be_visible()
        stills = page.locator(f"{OPENING} .images").bounding_box()
        still = page.locator(f"{OPENING} img").bounding_box()
        assert abs(stills["height"] - still["height"]) <= 1
        expect(page.locator(".with-scripts").first).to_be_hidden()


@pytest.mark.parametrize("lost", ["**/viewer-*.js", "**/data/**"])
def test_figure_without_its_viewer_stays_an_image(
    built_site: BuiltSite, open_page: Open, lost: str
) -> None:
    page, _ = open_page(
        article(built_site),
        before=lambda p: p.route(lost, lambda route: route.abort()),
        complaining=True,
    )
    page.wait_for_timeout(500)
    expect(page.locator(f"{OPENING} img")).to_be_visible()
    expect(page.locator(f"{OPENING} .images")).to_have_class("images")


@pytest.mark.parametrize("place", ["http", "file"])
def test_link_below_a_figure_leads_to_what_the_figure_shows(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, _ = open_page(article(built_site, place))
    bring(page, OPENING)
    page.locator(f"{OPENING} .viewer-slider").fill("7")
    link = page.locator(f"{OPENING} .open-explorer")
    link.hover()
    assert "step=7" in str(link.get_attribute("href"))
    page.locator(f"{OPENING} .viewer-slider").fill("8")
    link.focus()
    assert "step=8" in str(link.get_attribute("href"))
    # The figure loses its viewer far from the screen, but not its state.
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(f"{OPENING} canvas")).to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    link.press("Enter")
    expect(page.locator(".viewer-figures")).to_be_visible()
    assert "step=8" in page.url
    expect(page.locator(".viewer-slider")).to_have_value("8")
