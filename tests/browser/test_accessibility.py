"""Every page for every reader: narrow, enlarged, without scripts, on a slow line, by keyboard
alone, in forced colours, with reduced motion, and printed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect
from support.browser import BuiltSite, Explore, Open
from support.explorer import both_ready, explorer, open_more, pixels, ready, thumbnail
from support.site_data import first_run, last_run, pages_of, title_of

pytestmark = pytest.mark.browser
MOST_BYTES = 200_000
SCHEMES = ["light", "dark"]
# What holds text and cuts it off. A label that is for screen readers alone is cut on purpose.
CUT = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const { overflowX, clipPath, display } = getComputedStyle(e);
  return ["hidden", "clip"].includes(overflowX) && clipPath === "none" && display !== "none" &&
    e.checkVisibility({ visibilityProperty: true }) && e.innerText?.trim() &&
    (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
}).map((e) => `${e.className}: ${e.innerText}`)"""
# What WCAG 2.2, 1.4.12 lets a reader ask for.
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""


# 320 px is a window of 1280 px at 400%, and what WCAG 2.2, 1.4.10 asks for; 640 is one at 200%.
def test_pages_at_any_width_neither_scroll_sideways_nor_cut_text(
    built_site: BuiltSite, open_page: Open
) -> None:
    for address in pages_of(built_site):
        page, _ = open_page(built_site.addresses["http"] + address, (320, 740))
        page.wait_for_load_state("networkidle")
        for width in (320, 360, 640):
            page.set_viewport_size({"width": width, "height": 740})
            for spacing in ("document.adoptedStyleSheets = []", SPACING):
                page.evaluate(spacing)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, (address, width, spacing)
                assert page.evaluate(CUT) == [], (address, width, spacing)


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
    for address in pages_of(built_site):
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(built_site.addresses["http"] + address)
        assert page.locator("h1").count() == 1
        text = page.locator("main").inner_text()
        assert text.count(" ") > 10, address
        assert "&#" not in text, f"{address} shows what was escaped twice"
        pictures = page.locator("main img")
        if address in ("index.html", "explore/index.html"):
            assert pictures.count() >= 4
        assert pictures.evaluate_all("all => all.every((e) => e.checkVisibility())"), address
        context.close()


def test_pages_opened_load_at_most_200_kb(built_site: BuiltSite, browser: Browser) -> None:
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


def test_targets_are_large_enough_for_a_finger(built_site: BuiltSite, open_page: Open) -> None:
    for address in pages_of(built_site):
        url = built_site.addresses["http"] + address
        if address == "explore/index.html":
            url += "#step=95&show=3.1&point=0.5,0.4"
        page, _ = open_page(url, (320, 740))
        page.wait_for_load_state("networkidle")
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate(SMALL) == [], (address, width)


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
    expect(ready(page).locator(".viewer-neuron").first).to_have_css("background-color", paper)
    expect(page.locator(".viewer-canvas canvas")).to_have_css("background-color", paper)


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


def test_pages_with_reduced_motion_do_not_move(built_site: BuiltSite, open_page: Open) -> None:
    for address in pages_of(built_site):
        page, _ = open_page(
            built_site.addresses["http"] + address,
            before=lambda p: p.emulate_media(reduced_motion="reduce"),
        )
        page.wait_for_load_state("networkidle")
        assert page.evaluate(MOVING) == [], address


def test_pages_printed_have_no_controls_and_cut_nothing(
    built_site: BuiltSite, open_page: Open
) -> None:
    for address in pages_of(built_site):
        # As wide as A4 less its margins.
        page, _ = open_page(built_site.addresses["http"] + address, (658, 900))
        page.wait_for_load_state("networkidle")
        page.emulate_media(media="print")
        buttons = page.locator(
            "button:not(.viewer-neuron, .viewer-layer), select, input[type=range], nav,"
            " .open-explorer"
        )
        seen = "all => all.filter((e) => e.checkVisibility()).map((e) => e.outerHTML)"
        assert buttons.evaluate_all(seen) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 658, address
        scrolling = page.evaluate("""() => [...document.querySelectorAll("body *")].filter((e) =>
          e.checkVisibility() && ["auto", "scroll"].includes(getComputedStyle(e).overflowX) &&
          e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 80))""")
        assert scrolling == [], address
        assert page.evaluate(CUT) == [], address


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
