"""Articles in a real browser: a still that comes near the screen becomes the explorer's stage."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from browser.test_explorer import data
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Open

pytestmark = pytest.mark.browser

PLACES = ["http", "file"]
SIZES = [(1280, 800), (360, 740)]
OPENING, SWEEP, PAIR = "#figure-all", "#figure-sweep", "#figure-contrast"
# Every element's place on the page; the figure's own inside is not the page's, and what is folded
# away has none.
PLACES_OF_ALL = """() => [...document.querySelectorAll("h2, p, figure, figcaption")]
  .filter(e => !e.closest(".stills, details"))
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


def look_at(page: Page, figure: str) -> None:
    """Brings a figure into the middle of the screen."""
    page.locator(f"{figure} .stills").evaluate("e => e.scrollIntoView({block: 'center'})")


def step(page: Page, figure: str) -> int:
    return int(page.locator(f"{figure} .viewer-slider").input_value())


def test_a_sweep_plays_once_by_itself_when_it_is_looked_at_and_nothing_moves(
    built_site: BuiltSite, open_page: Open
) -> None:
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
        expect(page.locator(f"{figure} .stills")).to_have_class("stills live")
    page.wait_for_timeout(300)
    assert step(page, SWEEP) == last
    assert page.locator(".viewer-play[aria-label=Pause]").count() == 0
    play.click()
    expect(pause).to_be_visible()
    assert step(page, SWEEP) < last


def test_nothing_plays_by_itself_that_is_not_looked_at(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(article(built_site))
    page.locator(SWEEP).evaluate("e => scrollBy(0, e.getBoundingClientRect().top - innerHeight)")
    expect(page.locator(f"{SWEEP} .stills")).to_have_class("stills live")
    page.wait_for_timeout(300)
    assert step(page, SWEEP) == 0


def test_nothing_plays_by_itself_for_those_who_asked_for_less_motion(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(
        article(built_site), before=lambda p: p.emulate_media(reduced_motion="reduce")
    )
    look_at(page, SWEEP)
    expect(page.locator(f"{SWEEP} .stills")).to_have_class("stills live")
    page.wait_for_timeout(400)
    assert step(page, SWEEP) == 0
    page.locator(SWEEP).get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => document.querySelector('#figure-sweep .viewer-slider').value > 1")


def test_one_figure_plays_at_a_time(built_site: BuiltSite, open_page: Open) -> None:
    # So high that both are on it, the sweep at its foot, where nobody looks yet.
    page, _ = open_page(article(built_site), size=(1280, 5000))
    expect(page.locator(f"{OPENING} .stills")).to_have_class("stills live")
    page.locator(OPENING).get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(OPENING).get_by_role("button", name="Pause")).to_be_visible()
    page.locator(f"{SWEEP} .stills").evaluate(
        "e => scrollBy(0, e.getBoundingClientRect().top - innerHeight * 0.65)"
    )
    expect(page.locator(OPENING)).to_be_in_viewport()
    expect(page.locator(f"{SWEEP} .stills")).to_have_class("stills live")
    page.wait_for_timeout(300)
    assert step(page, SWEEP) == 0
    page.locator(SWEEP).get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(OPENING).get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator(".viewer-play[aria-label=Pause]")).to_have_count(1)


@pytest.mark.parametrize("touch", ["slider", "run", "picture", "pause", "key", "other figure"])
def test_whatever_a_reader_does_stops_what_plays_by_itself(
    built_site: BuiltSite, open_page: Open, touch: str
) -> None:
    # A screen so tall that two figures are on it.
    page, _ = open_page(article(built_site), size=(1280, 6000))
    expect(page.locator(f"{OPENING} .stills")).to_have_class("stills live")
    look_at(page, SWEEP)
    figure = page.locator(SWEEP)
    pause = figure.get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    other = page.locator(OPENING).get_by_role("button", name="Play", exact=True)
    acts: dict[str, Callable[[], object]] = {
        "slider": lambda: figure.get_by_role("slider").click(),
        "run": lambda: figure.get_by_role("radio").nth(1).check(force=True),
        "picture": lambda: figure.locator(".stills").click(position={"x": 200, "y": 200}),
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


def test_a_figure_far_off_is_a_still_again_and_comes_back_as_it_was(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(article(built_site))
    bring(page, OPENING)
    figure = page.locator(OPENING)
    figure.get_by_role("slider").fill("7")
    figure.get_by_role("radio").nth(1).check(force=True)
    canvas = figure.locator("canvas[role=img]").first.element_handle()
    page.evaluate("() => document.activeElement.blur()")
    look_at(page, PAIR)
    expect(page.locator(f"{OPENING} .viewer")).to_have_count(0)
    expect(page.locator(f"{OPENING} .stills")).to_have_class("stills")
    expect(page.locator(f"{OPENING} img")).to_be_visible()
    assert canvas.evaluate("e => e.width") == 0, "it keeps its pixels"
    places = page.evaluate(PLACES_OF_ALL)
    look_at(page, OPENING)
    expect(page.locator(f"{OPENING} .stills")).to_have_class("stills live")
    expect(figure.get_by_role("slider")).to_have_value("7")
    expect(figure.get_by_role("radio").nth(1)).to_be_checked()
    assert page.evaluate(PLACES_OF_ALL) == places


def test_a_figure_that_has_the_focus_stays(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(article(built_site))
    bring(page, OPENING)
    page.locator(OPENING).get_by_role("slider").focus()
    look_at(page, PAIR)
    expect(page.locator(f"{PAIR} .stills")).to_have_class("stills live")
    expect(page.locator(OPENING).get_by_role("slider")).to_be_focused()


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


@pytest.mark.parametrize("size", [(1600, 900), (1280, 800), (1056, 700), (820, 900), (360, 740)])
def test_a_note_stands_in_the_margin_where_there_is_one_and_over_nothing(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    found = 0
    for address in ("index.html", "failures/index.html", "methods/index.html"):
        page, _ = open_page(built_site.addresses["http"] + address, size=size)
        boxes = page.locator(".note").evaluate_all(
            """notes => notes.map(note => {
              const box = (e) => e.getBoundingClientRect().toJSON();
              return [box(note), box(note.parentElement)];
            })"""
        )
        found += len(boxes)
        for note, paragraph in boxes:
            assert paragraph["top"] <= note["top"] <= paragraph["bottom"]
            assert note["right"] <= size[0]
            if size[0] >= 1056:
                assert note["left"] > paragraph["right"]
            else:
                assert paragraph["left"] <= note["left"]
                assert note["right"] <= paragraph["right"]
        overlaps = page.evaluate(
            """() => [...document.querySelectorAll(".note")].flatMap(note => {
              const a = note.getBoundingClientRect();
              return [...document.querySelectorAll(".figure, .evidence, .prose > p, .prose > h2")]
                .filter(other => !other.contains(note)).map(e => e.getBoundingClientRect())
                .filter(b => a.left < b.right && b.left < a.right)
                .filter(b => a.top < b.bottom && b.top < a.bottom);
            }).length"""
        )
        assert overlaps == 0, address
        page.emulate_media(media="print")
        for index in range(len(boxes)):
            expect(page.locator(".note").nth(index)).to_be_visible()
    assert found >= 4


@pytest.mark.parametrize("size", [(1280, 800), (820, 900), (360, 740)])
def test_what_a_word_shows_covers_neither_it_nor_what_was_read_and_can_be_put_away(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(article(built_site), size=size)
    for index in range(page.locator(".citation").count()):
        word = page.locator(".citation").nth(index)
        source, link = word.locator(".source"), word.locator("a")
        link.focus()
        expect(source).to_be_visible()
        shown, place = source.bounding_box(), link.bounding_box()
        assert shown
        assert place
        assert shown["x"] >= 0
        assert shown["x"] + shown["width"] <= size[0]
        above = place["y"] - shown["y"] - shown["height"]
        below = shown["y"] - place["y"] - place["height"]
        assert 0 <= max(above, below) < 30, "it covers its word, or is far from it"
        page.keyboard.press("Escape")
        expect(source).to_be_hidden()
        expect(link).to_be_focused()
    word.hover()
    page.mouse.move(0, 0)
    page.wait_for_timeout(50)
    expect(source).to_be_hidden()  # put away is put away while the focus is there
    link.evaluate("e => e.blur()")
    page.mouse.move(0, 0)
    word.hover()
    expect(source).to_be_visible()
    source.hover()
    expect(source).to_be_visible()


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


def test_no_page_speaks_of_numbers_that_are_none(built_site: BuiltSite) -> None:
    pages = sorted(built_site.folder.rglob("*.html"))
    assert len(pages) > 4
    for page in pages:
        words = re.sub(r"<[^>]*>", " ", page.read_text("utf-8"))
        assert not re.search(r"(?<!\w)(nan|inf|undefined)(?!\w)", words), page
