"""The laboratory by pointer and by keys, on wide and narrow screens, in Chromium and in Firefox."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Open
from support.firefox_page import FirefoxPage, firefox_page
from support.lab_page import SMALL, at, lab, press, whites
from support.static_host import hosted

pytestmark = pytest.mark.browser

LONG = SMALL.replace("length=400", "length=1000000")
PHONE = (360, 740)


def opened_changes(page: Page) -> Page:
    """The page with the controls that change a network."""
    page.locator(".lab-changes summary").click()
    return page


def test_key_trains_and_pauses_and_does_not_act_in_a_field(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site, state=LONG))
    at(page, "0")
    button = page.locator(".lab-train")
    for name in ("Pause", "Train"):
        page.keyboard.press("r")
        expect(button).to_have_text(name)
    page.get_by_label("Seed", exact=True).press("r")
    expect(button).to_have_text("Train")


@pytest.mark.parametrize("shape", ["twins", "another network"])
def test_keys_act_once_after_the_explorer_was_made_anew(
    built_site: BuiltSite, open_page: Open, shape: str
) -> None:
    page, _ = open_page(lab(built_site, state=f"{SMALL}&at=50"))
    at(page, "50")
    if shape == "twins":
        opened_changes(page).get_by_role("button", name="Wake").click()
        expect(page.locator(".viewer-pane")).to_have_count(2)
    else:
        page.get_by_role("button", name="One layer more").click()
        expect(page.locator(".viewer-neuron")).to_have_count(5 + 4 + 4 + 1)
        for _ in range(3):
            press(page, "One step")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("Home")
    at(page, "0")
    page.keyboard.press("ArrowRight")
    at(page, "1")
    page.keyboard.press("n")
    expect(page.locator(".viewer-neuron[aria-pressed=true]")).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator(".viewer-neuron[aria-pressed=false]")).to_have_count(0)


def test_keys_undo_and_redo_what_was_drawn_or_chosen(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site, state=SMALL.replace("letter", "circle")))
    at(page, "0")
    white = whites(page)
    page.get_by_role("button", name="Invert").click()
    page.locator(".lab-editor select").first.select_option("stripes")
    striped = whites(page)
    for keys, left in (
        ("Control+z", 200**2 - white),
        ("Control+z", white),
        ("Control+z", white),
        ("Control+Shift+z", 200**2 - white),
        ("Control+y", striped),
        ("Control+y", striped),
        ("Control+z", 200**2 - white),
    ):
        page.keyboard.press(keys)
        assert whites(page) == left
    page.get_by_role("button", name="Mirror").click()
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()


def test_neurons_and_answers_are_in_sight_beside_twins(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site, state=f"{SMALL}&at=50&changes=50:wake-1"))
    expect(page.locator(".viewer-pane")).to_have_count(2)
    page.locator(".viewer-selection").get_by_role("button", name="None").click()
    page.locator(".viewer-neuron").nth(2).click()
    expect(page.locator(".viewer-neuron[aria-pressed=true]")).to_have_count(1)
    page.locator(".viewer-pane canvas").last.click(position={"x": 60, "y": 60})
    expect(page.locator(".viewer-inspector")).to_be_visible()
    expect(page.locator(".viewer-answers")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, (900, 400)])
def test_narrow_or_low_screen_shows_the_picture_to_learn_first_and_the_rest_by_tabs(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(lab(built_site), size)
    at(page, "0")
    sheet, network = page.locator(".lab-sheet"), page.locator(".viewer-network")
    expect(sheet).to_be_visible()
    expect(network).to_be_hidden()
    page.locator(".viewer-tabs").get_by_label("Neurons").check()
    expect(sheet).to_be_hidden()
    expect(network).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_play_waits_for_snapshots(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site))
    at(page, "0")
    play = page.locator(".viewer-play")
    expect(play).to_be_hidden()
    press(page, "One step")
    expect(play).to_be_visible()
    press(page, "Start over")
    expect(play).to_be_hidden()


def test_figure_leads_to_its_network_in_the_laboratory(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(f"{built_site.addresses['http']}index.html")
    caption = page.locator("figcaption:has(.open-lab)").first
    explored, taken = (
        caption.locator(name).get_attribute("href") or ""
        for name in (".open-explorer", ".open-lab")
    )
    view = urllib.parse.parse_qs(explored.split("#")[1])
    name = f"{view['run'][0]}/{view['step'][0]}"
    assert taken == f"lab/index.html#take=bottle/{name}"
    page.goto(f"{built_site.addresses['http']}{taken}")
    expect(page).to_have_url(re.compile(f"take=bottle/{name}(&|$)"))
    expect(page.locator(".viewer-figures dd").first).not_to_have_text("0")


@pytest.fixture(scope="module")
def fox(built_site: BuiltSite) -> Iterator[tuple[FirefoxPage, str]]:
    """A page of Firefox, and the laboratory's address for it."""
    with hosted(built_site.folder) as place, firefox_page() as page:
        yield page, f"{place}lab/index.html"


def box(page: FirefoxPage, selector: str) -> list[float]:
    """Left, top, width and height of the last such element."""
    found: list[float] = page.evaluate(
        f"(({{x, y, width, height}}) => [x, y, width, height])"
        f"([...document.querySelectorAll('{selector}')].pop().getBoundingClientRect())"
    )
    return found


def click(page: FirefoxPage, selector: str) -> None:
    """Scroll to the last such element, and click on its middle."""
    page.evaluate(f"[...document.querySelectorAll('{selector}')].pop().scrollIntoView()")
    x, y, width, height = box(page, selector)
    page.drag((x + width / 2, y + height / 2))


def iteration(page: FirefoxPage, test: str) -> None:
    """Wait until the iteration that is shown passes a test."""
    shown = "document.querySelector('.viewer-figures dd').textContent.replace(',', '')"
    page.until(f"Number({shown}) {test}")


def test_firefox_draws_trains_steps_and_drags_a_line(fox: tuple[FirefoxPage, str]) -> None:
    page, address = fox
    page.open(f"{address}#{LONG}&show=1", (1280, 900))
    page.until("document.querySelector('.viewer-neuron') !== null")
    x, y, width, height = box(page, ".lab-sheet canvas")
    page.drag(*((x + width * share, y + height / 2) for share in (0.6, 0.75, 0.9)))
    page.until("location.hash.includes('picture=own:')")
    drawn = page.evaluate("location.hash")
    page.press("\ue009", "z")
    page.until(f"!location.hash.includes('picture={drawn.split('&')[0].split('=')[1]}&')")
    page.press("\ue009", "y")
    page.until(f"location.hash.startsWith('{drawn.split('&')[0]}&')")
    page.press("r")
    iteration(page, "> 20")
    page.press("r")
    page.until("document.querySelector('.lab-train').textContent === 'Train'")
    page.press("\ue011")  # Home
    iteration(page, "=== 0")
    page.open("about:blank")
    page.open(f"{address}#{SMALL}&changes=0:line-1_2_0_-1&show=1", (1280, 900))
    page.until("document.querySelectorAll('.viewer-pane').length === 2")
    click(page, ".lab-changes button[aria-pressed]")
    x, y, width, height = box(page, ".viewer-pane canvas")
    page.drag(*((x + width * share, y + height / 2) for share in (0.5, 0.55, 0.6)))
    page.until("/line-1_2_0_-1\\.[12]/.test(location.hash)")
