"""Every page for every reader: narrow, enlarged, without scripts, on a slow line, by keyboard
alone, in forced colours, with reduced motion, and printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.browser import BuiltSite, Explore, Open, listen
from support.explorer import (
    both_ready,
    explorer,
    open_more,
    pixels,
    ready,
    snapshot_slider,
    thumbnail,
)
from support.site_data import first_run, last_run, pages_of, title_of

pytestmark = pytest.mark.browser
MOST_BYTES = 200_000
SCHEMES = ["light", "dark"]
# What holds text and cuts it off. A label that is for screen readers alone is cut on purpose.
CUT = """() => [...document.querySelectorAll("body *")].filter((e) => {
  if (e.scrollWidth <= e.clientWidth + 1 && e.scrollHeight <= e.clientHeight + 1) return false;
  const { overflowX, clipPath, display } = getComputedStyle(e);
  return ["hidden", "clip"].includes(overflowX) && clipPath === "none" && display !== "none" &&
    e.checkVisibility({ visibilityProperty: true }) && e.innerText?.trim();
}).map((e) => `${e.className}: ${e.innerText}`)"""
# What WCAG 2.2, 1.4.12 lets a reader ask for.
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
# Targets that are neither 24 px wide and high nor far enough from others (WCAG 2.2, 2.5.8). Links
# in sentences are as high as their line.
SMALL = """() => {
  const inText = (e) => e.matches("a") && [...e.parentElement.childNodes].some((other) =>
    other.nodeType === Node.TEXT_NODE && other.textContent.trim());
  const targets = [...document.querySelectorAll(
    "a[href], button, select, summary, input:not([type=radio]), .viewer-choice label")]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !inText(e) &&
      !e.closest(".skip, .citation, figcaption, .anchor"))
    .map((e) => ({ e, box: e.getBoundingClientRect() }));
  const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
  const small = ({ width, height }) => width < 23.9 || height < 23.9;
  const crowded = (one, other) => {
    const [x, y] = middle(one.box);
    if (small(other.box)) {
      const [a, b] = middle(other.box);
      return Math.hypot(x - a, y - b) < 24;
    }
    const { left, right, top, bottom } = other.box;
    const [right_of, below] = [Math.max(left - x, x - right, 0), Math.max(top - y, y - bottom, 0)];
    return Math.hypot(right_of, below) < 12;
  };
  return targets.filter((one) => small(one.box) &&
    targets.some((other) => other !== one && crowded(one, other)))
    .map(({ e, box }) => `${e.outerHTML.slice(0, 80)} ${box.width}x${box.height}`);
}"""
MOVING = """() => {
  const moves = (e, part) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(e, part);
    return /[1-9]/.test(transitionDuration) || animationName !== "none" ||
      scrollBehavior !== "auto";
  };
  const all = [...document.querySelectorAll("*")].filter((e) =>
    [null, "::before", "::after"].some((part) => moves(e, part)));
  return [...document.getAnimations().map(({ id }) => `animation ${id}`),
    ...all.map((e) => `${e.tagName} ${e.className}`)];
}"""
# On paper: controls, what would have to be scrolled, and what is cut.
PRINTED = (
    """() => [...document.querySelectorAll("button:not(.viewer-neuron, .viewer-layer), " +
      "select, input[type=range], nav, .open-explorer")]
      .filter((e) => e.checkVisibility()).map((e) => e.outerHTML)""",
    """() => [...document.querySelectorAll("body *")].filter((e) =>
      e.checkVisibility() && ["auto", "scroll"].includes(getComputedStyle(e).overflowX) &&
      e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 80))""",
    CUT,
)
WIDE = "document.documentElement.scrollWidth"


@dataclass
class Visit:
    """The bytes that a page loads at first, what it complained of, and what was found on it."""

    loaded: int
    complaints: list[str]
    wide_or_cut: list[object] = field(default_factory=list)
    small_targets: list[object] = field(default_factory=list)
    badly_printed: list[object] = field(default_factory=list)
    moving: list[object] = field(default_factory=list)


def resize(page: Page, width: int, height: int = 740) -> None:
    """Make the page's window so wide and high."""
    page.set_viewport_size({"width": width, "height": height})


def opened(page: Page, address: str) -> Visit:
    """What is known of a page when it has loaded everything."""
    sizes: list[int] = []
    page.on("requestfinished", lambda r: sizes.append(r.sizes()["responseBodySize"]))
    journal = listen(page)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(200)
    return Visit(sum(sizes), journal.complaints)


def visited(page: Page, address: str) -> Visit:
    """What is found on a page, which is opened once for all tests that need no more than that."""
    found = opened(page, address)
    # 320 px is a window of 1280 px at 400%, and what WCAG 2.2, 1.4.10 asks for; 640 is one at 200%.
    for width in (320, 360, 640):
        resize(page, width)
        for spacing in (SPACING, "document.adoptedStyleSheets = []"):
            page.evaluate(spacing)
            wide, cut = page.evaluate(WIDE), page.evaluate(CUT)
            if wide > width or cut:
                found.wide_or_cut.append((width, spacing, wide, cut))
    # As wide as A4 less its margins.
    resize(page, 658, 900)
    page.emulate_media(media="print")
    found.badly_printed = [each for what in PRINTED for each in page.evaluate(what)]
    if (wide := page.evaluate(WIDE)) > 658:
        found.badly_printed.append(f"{wide} px wide")
    page.emulate_media(media="screen")
    if address.endswith("explore/index.html"):
        page.evaluate("location.hash = '#step=95&show=3.1&point=0.5,0.4'")
        expect(snapshot_slider(ready(page))).to_have_value("95")
    for width in (320, 1280):
        resize(page, width)
        found.small_targets += page.evaluate(SMALL)
    page.emulate_media(reduced_motion="reduce")
    resize(page, 1280, 800)
    page.reload()
    page.wait_for_load_state("networkidle")
    found.moving = page.evaluate(MOVING)
    return found


@pytest.fixture(scope="module")
def visits(built_site: BuiltSite, browser: Browser) -> dict[str, Visit]:
    """What was found on each page of the site, by its address."""
    found = {}
    for address in pages_of(built_site):
        # In a fresh profile, so that all is loaded.
        context = browser.new_context(viewport={"width": 412, "height": 823})
        found[address] = visited(context.new_page(), built_site.addresses["http"] + address)
        context.close()
    return found


def some(visits: dict[str, Visit], name: str) -> dict[str, object]:
    """The pages on which something was found of one kind, and what."""
    return {address: value for address, v in visits.items() if (value := getattr(v, name))}


def test_pages_opened_and_resized_complain_of_nothing(visits: dict[str, Visit]) -> None:
    assert len(visits) >= 4
    assert some(visits, "complaints") == {}


def test_pages_opened_load_at_most_200_kb(visits: dict[str, Visit]) -> None:
    loaded = some(visits, "loaded")
    assert {page: n for page, n in loaded.items() if not 1_000 < n <= MOST_BYTES} == {}
    assert len(loaded) == len(visits)


def test_pages_at_any_width_neither_scroll_sideways_nor_cut_text(visits: dict[str, Visit]) -> None:
    assert some(visits, "wide_or_cut") == {}


def test_targets_are_large_enough_for_a_finger(visits: dict[str, Visit]) -> None:
    assert some(visits, "small_targets") == {}


def test_pages_printed_have_no_controls_and_cut_nothing(visits: dict[str, Visit]) -> None:
    assert some(visits, "badly_printed") == {}


def test_pages_with_reduced_motion_do_not_move(visits: dict[str, Visit]) -> None:
    assert some(visits, "moving") == {}


@pytest.mark.parametrize("width", [320, 640])
def test_help_and_two_panes_fit_a_narrow_screen(
    built_site: BuiltSite, explore: Explore, width: int
) -> None:
    state = f"step=90&beside={last_run(built_site)['id']}&point=0.5,0.4&show=2"
    page = explore(state, size=(width, 400))
    both_ready(page).keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.evaluate(SPACING)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert dialog.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.evaluate(CUT) == []


def test_pages_without_scripts_can_be_read(built_site: BuiltSite, browser: Browser) -> None:
    page = browser.new_page(java_script_enabled=False)
    for address in pages_of(built_site):
        page.goto(built_site.addresses["http"] + address)
        assert page.locator("h1").count() == 1
        text = page.locator("main").inner_text()
        assert text.count(" ") > 10, address
        assert "&#" not in text, f"{address} shows what was escaped twice"
        pictures = page.locator("main img")
        if address in ("index.html", "explore/index.html"):
            assert pictures.count() >= 4
        assert pictures.evaluate_all("all => all.every((e) => e.checkVisibility())"), address
    page.close()


# Where the focus is: its place in the page's order, how it is shown, and whether it is in sight.
FOCUS = """() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const shown = e.matches("[type=radio]") ? e.nextElementSibling : e;
  const { outlineStyle, outlineWidth, outlineColor, backgroundColor } = getComputedStyle(shown);
  const { top, bottom, width } = shown.getBoundingClientRect();
  return {
    name: e.outerHTML.slice(0, 90),
    place: [...document.querySelectorAll("*")].indexOf(e),
    outline: outlineStyle === "none" ? 0 : parseFloat(outlineWidth),
    merged: outlineColor === backgroundColor,
    seen: width > 0 && bottom > 0 && top < innerHeight,
  };
}"""
# Every stop there is: one a group of radio buttons, and none in what is hidden or switched off.
STOPS = """() => new Set([...document.querySelectorAll(
  "a[href], button:enabled:not([tabindex='-1']), input, select, summary, [tabindex='0']")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }))
  .map((e) => (e.type === "radio" ? e.name : e))).size"""


@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("address", ["methods/index.html", "downloads/index.html", "explore/"])
def test_tab_reaches_everything_in_order_and_shows_the_focus(
    built_site: BuiltSite, open_page: Open, address: str, forced: str
) -> None:
    if address == "explore/":
        url = explorer(built_site, state="step=90&point=0.5,0.4&show=2.1-3")
    else:
        url = built_site.addresses["http"] + address
    page, _ = open_page(url, before=lambda p: p.emulate_media(forced_colors=forced))
    if address == "explore/":
        ready(page).wait_for_load_state("networkidle")
    stops = page.evaluate(STOPS)
    found: list[dict[str, Any]] = []
    for _ in range(stops + 5):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            break
        found.append(focus)
    else:
        raise AssertionError(f"the focus does not leave the page after {stops} stops")
    assert "skip" in found[0]["name"]
    assert len(found) >= stops
    places = [focus["place"] for focus in found]
    assert places == sorted(set(places))
    for focus in found:
        assert focus["seen"], focus
        assert focus["outline"] >= 2, focus
        assert not focus["merged"], focus


def unlike(first: Locator, second: Locator) -> float:
    """How much the rims of two elements differ: the share of pixels, within 4 px of the edge."""
    a, b = pixels(first), pixels(second)
    rows, columns = (min(one, other) for one, other in zip(a.shape[:2], b.shape[:2], strict=True))
    rim = np.ones((rows, columns), bool)
    rim[4:-4, 4:-4] = False
    far = np.abs(a[:rows, :columns] - b[:rows, :columns]).sum(axis=2) > 150
    return float(far[rim].mean())


@pytest.mark.parametrize("scheme", SCHEMES)
def test_forced_colours_tell_what_is_chosen(
    built_site: BuiltSite, open_page: Open, scheme: str
) -> None:
    page, _ = open_page(
        explorer(built_site, state="step=90&show=2&loop=on&behind=target"),
        scheme=scheme,
        before=lambda p: p.emulate_media(forced_colors="active"),
    )
    ready(page).mouse.move(0, 0)
    layer = page.get_by_role("button", name="Layer 2", exact=True)
    neuron = thumbnail(page, 2, 4)
    choices = page.locator(".viewer-bar > .viewer-choice span")
    open_more(page)
    loop = page.get_by_role("button", name="Loop", exact=True)
    assert unlike(choices.nth(1), choices.nth(2)) > 0.7
    assert unlike(layer, page.get_by_role("button", name="Layer 3", exact=True)) > 0.6
    assert unlike(neuron, thumbnail(page, 3, 4)) > 0.3
    assert unlike(loop, page.get_by_role("button", name="Step back")) > 0.6


@pytest.mark.parametrize("scheme", SCHEMES)
def test_forced_colours_leave_the_timeline_in_sight(
    built_site: BuiltSite, open_page: Open, scheme: str
) -> None:
    page, _ = open_page(
        explorer(built_site, state=f"step=50&beside={last_run(built_site)['id']}"),
        scheme=scheme,
        before=lambda p: p.emulate_media(forced_colors="active"),
    )
    both_ready(page)
    plot = pixels(page.locator(".viewer-plot"))
    ground = plot[3, 1]
    drawn = (np.abs(plot - ground).sum(axis=2) > 150).mean(axis=0)
    assert (drawn[20:400] > 0).mean() > 0.9, "the loss curve"
    assert drawn.max() > 0.9, "the slider's thumb"
    assert abs(drawn.argmax() - (9 + (len(drawn) - 18) * 50 / 95)) < 3, "the slider's place"
    open_more(page)
    strip = pixels(page.locator(".viewer-activity"))
    swatches = page.locator(".viewer-motion .viewer-swatch").all()
    assert len(swatches) == 4
    for swatch in swatches:
        assert (np.abs(strip - pixels(swatch)[3, 5]).sum(axis=2) < 12).any()
    dot = pixels(page.locator(".viewer-dot"))
    assert np.abs(dot[4, 4] - ground).sum() > 150
    active = page.locator(".viewer-canvas canvas").first
    expect(active).to_have_css("outline-width", "4px")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_forced_colours_leave_pictures_on_their_paper(
    built_site: BuiltSite, open_page: Open, scheme: str
) -> None:
    page, _ = open_page(
        built_site.addresses["http"],
        scheme=scheme,
        before=lambda p: p.emulate_media(forced_colors="active"),
    )
    paper = page.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.cssText = "background: var(--paper); forced-color-adjust: none";
      return getComputedStyle(probe).backgroundColor;
    }""")
    chart = page.locator(".chart img").first
    expect(chart).to_have_css("background-color", paper)
    page.goto(explorer(built_site, state="step=90"))
    expect(ready(page).locator(".viewer-neurons canvas").first).to_have_css(
        "background-color", paper
    )
    expect(page.locator(".viewer-canvas canvas")).to_have_css("background-color", paper)


def test_explorer_printed_from_a_dark_screen_is_dark_on_light(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=90&behind=plain"), scheme="dark")
    pane = ready(page).locator(".viewer-canvas canvas")
    assert np.median(pixels(pane)) < 80
    page.emulate_media(media="print")
    assert np.median(pixels(pane)) > 240
    chosen = page.locator(".viewer-runs .viewer-choice span:visible")
    expect(chosen).to_have_text([title_of(first_run(built_site))])
    page.emulate_media(media="screen")
    assert np.median(pixels(pane)) < 80


@pytest.mark.parametrize("size", [(1280, 720), (1600, 1200), (360, 740)])
def test_explorer_printed_has_every_neuron_on_one_page(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(explorer(built_site, state="step=90"), size=size)
    ready(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1047})  # A4 between the browser's margins
    page.wait_for_timeout(300)
    for panel in page.locator(".viewer-neurons").all():
        box = panel.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 718
        assert box["y"] + box["height"] <= 1047
