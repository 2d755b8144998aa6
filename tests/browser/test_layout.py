"""The explorer's layout: one window on a wide screen, and a canvas that stays on a narrow one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Explore, Open
from support.explorer import (
    address_of,
    both_ready,
    explorer,
    open_tab,
    pane_canvas,
    ready,
    snapshot_slider,
    thumbnail,
)
from support.site_data import header_of, last_run, layers_at, parameters_at

pytestmark = pytest.mark.browser
WIDE = [(1280, 720), (1440, 900), (1920, 1080), (2560, 1440)]
PHONE, LANDSCAPE = (360, 740), (740, 360)
SCROLLS = """() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  return scrollWidth > innerWidth || scrollHeight > innerHeight;
}"""
# The names of elements that are not wholly in the window.
OUTSIDE = """selector => [...document.querySelectorAll(selector)].filter((e) => {
  const { top, left, bottom, right, width } = e.getBoundingClientRect();
  return !width || top < 0 || left < 0 || bottom > innerHeight + 0.5 || right > innerWidth + 0.5;
}).map((e) => e.getAttribute("aria-label") ?? e.className)"""
ALL_OF_IT = (
    ".viewer-canvas canvas, .viewer-play, .viewer-slider, .viewer-figures, .viewer-readout, "
    ".viewer-neuron, .viewer-layer, .viewer-share button, .viewer-zoom button, .viewer-bar label"
)


def side_of(page: Page, at: int = 0) -> float:
    """The side of a pane's canvas, in CSS px."""
    box = pane_canvas(page, at).bounding_box()
    assert box
    return box["width"]


@pytest.mark.parametrize("size", WIDE)
def test_wide_screen_shows_everything_without_scrolling(
    explore: Explore, size: tuple[int, int]
) -> None:
    page = explore("step=90&point=0.4,0.5&show=2.6", size=size)
    expect(ready(page).locator(".viewer-sum")).to_be_visible()
    assert not page.evaluate(SCROLLS)
    assert page.evaluate(OUTSIDE, ALL_OF_IT) == []
    # A draft's notice takes a line.
    assert side_of(page) >= min(0.5 * size[0], size[1] - 240)
    page.get_by_role("button", name="Steps, speed").click()
    assert not page.evaluate(SCROLLS)
    assert page.evaluate(OUTSIDE, ALL_OF_IT) == []
    page.get_by_role("button", name="Steps, speed").click()


@pytest.mark.parametrize("size", WIDE)
def test_comparison_fills_the_window(
    built_site: BuiltSite, explore: Explore, size: tuple[int, int]
) -> None:
    page = both_ready(explore(f"step=90&beside={last_run(built_site)['id']}", size=size))
    assert not page.evaluate(SCROLLS)
    for at in (0, 1):
        assert side_of(page, at) >= min(0.47 * size[0], size[1] - 260)
    drawer = page.get_by_role("button", name="Neurons", exact=True)
    drawer.click()
    page.wait_for_timeout(300)  # the thumbnails take the size of their new place
    assert page.evaluate(OUTSIDE, f"{ALL_OF_IT}, .viewer-pane-choice button") == []
    drawer.click()
    expect(page.locator(".viewer-network")).to_be_hidden()


# How far the middle of the last label of the iterations is from the end of the axis (CSS px).
LAST_LABEL = """() => {
  const axis = document.querySelector(".viewer-across");
  const { left, right } = axis.lastElementChild.getBoundingClientRect();
  return Math.abs((left + right) / 2 - axis.getBoundingClientRect().right);
}"""


def test_last_label_of_the_iterations_stands_at_its_snapshot(explore: Explore) -> None:
    page = ready(explore("step=20", size=PHONE))
    assert page.evaluate(LAST_LABEL) < 1


# How often the thumbnails get another size within a second, and how many layers show nothing.
UNSETTLED = """async () => {
  const columns = document.querySelector(".viewer-columns");
  let changes = 0;
  const watch = new MutationObserver((all) => { changes += all.length; });
  watch.observe(columns, { attributeFilter: ["style"] });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  watch.disconnect();
  const blank = [...columns.querySelectorAll("canvas")].filter((canvas) => canvas.width
    && !canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean));
  return [changes, blank.length];
}"""


@pytest.mark.parametrize("size", [WIDE[0], WIDE[-1], PHONE, LANDSCAPE, (768, 1024)])
def test_thumbnails_find_their_size_and_are_drawn(explore: Explore, size: tuple[int, int]) -> None:
    page = ready(explore("step=90&show=all,out", size=size))
    if page.locator(".viewer-tabs").is_visible():
        open_tab(page, "View")
        open_tab(page, "Neurons")
    page.wait_for_timeout(500)
    page.wait_for_function(f"async () => String(await ({UNSETTLED})()) === '0,0'", timeout=10_000)


# How far below the inspector's lower edge each answer ends.
BELOW = """() => {
  const { bottom } = document.querySelector(".viewer-inspector").getBoundingClientRect();
  return Object.fromEntries([".viewer-readout", ".viewer-sum", ".viewer-bends select",
    ".viewer-benders"].map((name) => {
    const box = document.querySelector(name).getBoundingClientRect();
    return [name, box.height ? box.bottom - bottom : Infinity];
  }));
}"""


def test_answers_about_a_point_and_a_neuron_are_in_sight_together(explore: Explore) -> None:
    page = explore("step=90&show=2.6&about=2.6&point=0.4,0.5", size=(1280, 720))
    expect(ready(page).locator(".viewer-sum tr").first).to_be_visible()
    expect(page.locator(".viewer-benders button").first).to_be_visible()
    page.wait_for_timeout(300)
    assert max(page.evaluate(BELOW).values()) <= 0


def test_pictures_side_by_side_stand_in_the_middle(built_site: BuiltSite, explore: Explore) -> None:
    page = both_ready(explore(f"step=90&beside={last_run(built_site)['id']}", size=(1440, 900)))
    boxes = [pane_canvas(page, at).bounding_box() for at in (0, 1)]
    assert boxes[0]
    assert boxes[1]
    left, right = boxes[0]["x"], 1440 - boxes[1]["x"] - boxes[1]["width"]
    assert left == pytest.approx(right, abs=2)


def test_number_of_a_neuron_that_is_off_stays_on_one_line(explore: Explore) -> None:
    page = explore("step=90", size=PHONE)
    open_tab(ready(page), "Neurons")
    heights = page.locator(".viewer-unit").evaluate_all(
        "all => all.filter((e) => e.textContent).map((e) => e.getBoundingClientRect().height)"
    )
    assert max(heights) < 1.5 * min(heights)


@pytest.mark.parametrize("compared", [False, True])
def test_phone_keeps_canvas_play_and_slider_in_sight(
    built_site: BuiltSite, explore: Explore, compared: bool
) -> None:
    beside = f"&beside={last_run(built_site)['id']}" if compared else ""
    page = explore(f"step=90{beside}", size=PHONE)
    kept = ".viewer-canvas canvas, .viewer-play, .viewer-slider"
    for name, panel in [
        ("Neurons", ".viewer-network"),
        ("Inspect", ".viewer-readout"),
        ("View", ".viewer-bar"),
        ("Stories", ".stories"),
    ]:
        page.evaluate("scrollTo(0, 0)")
        open_tab(page, name)
        expect(page.locator(panel)).to_be_visible()
        assert page.evaluate(OUTSIDE, kept) == []
        page.evaluate("scrollTo(0, 99999)")
        assert page.evaluate(OUTSIDE, kept) == []
        expect(page.locator(panel)).to_be_in_viewport()


def test_phone_shows_the_answer_to_a_question(explore: Explore) -> None:
    page = explore("step=90", size=PHONE)
    open_tab(ready(page), "Neurons")
    expect(page.locator(".viewer-readout")).to_be_hidden()
    pane_canvas(page).click()
    expect(page.locator(".viewer-readout")).to_contain_text("target")
    expect(page.locator(".viewer-readout")).to_be_in_viewport()


def test_low_screen_gives_the_canvas_its_whole_height(explore: Explore) -> None:
    page = explore("step=90", size=LANDSCAPE)
    assert side_of(ready(page)) == LANDSCAPE[1]
    assert page.evaluate(OUTSIDE, ".viewer-canvas canvas, .viewer-play, .viewer-slider") == []
    page.evaluate("scrollTo(0, 99999)")
    assert page.evaluate(OUTSIDE, ".viewer-canvas canvas") == []


SMALL = """() => [...document.querySelectorAll(
  ".site-header a, .viewer :is(button, select, .viewer-choice label, input[type=range])",
)].filter((e) => {
  const { width, height } = e.getBoundingClientRect();
  return e.checkVisibility() && (width < 31.5 || height < 31.5);
}).map((e) => `${e.outerHTML.slice(0, 90)}`)"""


@pytest.mark.parametrize("size", [PHONE, LANDSCAPE, (640, 360)])
def test_targets_under_a_finger_have_32_px(explore: Explore, size: tuple[int, int]) -> None:
    page = explore("step=90&show=2.6&point=0.4,0.5&trail=1", size=size)
    ready(page).get_by_role("button", name="Steps, speed").click()
    for name in ("Neurons", "Inspect", "View", "Stories"):
        open_tab(page, name)
        assert page.evaluate(SMALL) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == size[0], name
    page.get_by_role("button", name="Steps, speed").click()


def test_first_visit_shows_the_start_with_a_large_play(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site), size=(1280, 720))
    expect(snapshot_slider(ready(page))).to_have_value("0")
    expect(page.get_by_role("button", name="Output boundary")).to_have_attribute(
        "aria-pressed", "true"
    )
    begin = page.get_by_role("button", name="Play from the first snapshot")
    box = begin.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 80
    begin.click()
    expect(begin).to_have_count(0)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    address_of(page, "step=")
    page.reload()
    expect(begin).to_have_count(0)


def test_large_play_that_vanishes_leaves_the_focus_to_the_button_that_pauses(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site), size=(1280, 720))
    ready(page).get_by_role("button", name="Play from the first snapshot").press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()


def test_slider_is_among_the_first_five_stops_of_the_explorer(explore: Explore) -> None:
    page = explore("step=20")
    ready(page).locator(".site-header a").last.focus()
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.viewer-slider')"):
            break
    else:
        pytest.fail("the slider is a later stop")
    page.keyboard.press("ArrowRight")
    expect(snapshot_slider(page)).to_have_value("21")


def test_thumbnails_are_one_stop_and_arrows_move_among_them(explore: Explore) -> None:
    page = explore("step=90&show=none")
    assert ready(page).locator(".viewer-neuron[tabindex='0']").count() == 1
    first, second = thumbnail(page, 1, 1), thumbnail(page, 1, 2)
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    # The neuron below the first depends on how many stand in a row.
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.fullmatch("Layer 1, neuron [2-9]( off)?", focused)
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".viewer-neuron:focus")).to_have_attribute(
        "aria-label", re.compile("Layer 3|Output")
    )
    expect(page.locator(".viewer-neuron[tabindex='0']")).to_have_count(1)
    expect(page.locator(".viewer-neuron[tabindex='0']")).to_be_focused()
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('.viewer-neuron')")
    expect(snapshot_slider(page)).to_have_value("90")


def test_neuron_pointed_at_shows_its_weights_as_wires(
    built_site: BuiltSite, explore: Explore
) -> None:
    page = explore("step=90&show=none")
    wires = ready(page).locator(".viewer-wires path")
    matrices, _ = parameters_at(built_site, 90)
    for name, layer, unit in [("Layer 1, neuron 3", 0, 2), ("Layer 3, neuron 5", 2, 4)]:
        page.get_by_role("button", name=name, exact=True).hover()
        all_of_them = np.concatenate([matrices[layer][unit], matrices[layer + 1][:, unit]])
        expect(wires).to_have_count(len(all_of_them))
        ordered = all_of_them[np.argsort(-np.abs(all_of_them), kind="stable")]
        drawn = wires.evaluate_all(
            "all => all.map((p) => [p.classList.contains('viewer-negative'),"
            " Number(p.getAttribute('stroke-width'))])"
        )
        assert [negative for negative, _ in drawn] == (ordered < 0).tolist()
        expected = np.minimum(6, 0.5 + 2 * np.abs(ordered))
        np.testing.assert_allclose([width for _, width in drawn], expected, atol=1e-5)
    page.mouse.move(0, 0)
    expect(wires).to_have_count(0)


def test_neurons_that_are_off_everywhere_are_hatched_and_named(
    built_site: BuiltSite, explore: Explore
) -> None:
    page = explore("step=90&show=all,out")
    ready(page).wait_for_timeout(300)
    middles = (np.arange(200) + 0.5) / 200
    grid = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
    values = np.concatenate(layers_at(built_site, 90, grid), axis=1)
    found = page.locator(".viewer-neuron").evaluate_all(
        "all => all.map((b) => [b.classList.contains('viewer-off'), b.ariaDescription ??"
        " b.getAttribute('aria-description'), b.querySelector('.viewer-unit').textContent])"
    )
    off = (values <= 0).all(axis=0)
    assert off.any()
    for neuron, (hatched, said, unit) in enumerate(found):
        if hatched != off[neuron]:
            # A side smaller than the grid's spacing.
            assert (values[:, neuron] > -0.05).any()
            continue
        assert ("Off everywhere" in (said or "")) == off[neuron]
        assert ("off" in unit) == off[neuron]


def test_story_has_its_caption_until_it_is_closed(explore: Explore) -> None:
    page = explore("step=20")
    story = ready(page).locator(".stories a").nth(1)
    caption = page.locator(".viewer-caption")
    expect(caption).to_be_hidden()
    story.click()
    expect(caption).to_be_visible()
    expect(caption).to_contain_text(story.inner_text())
    expect(story).to_have_attribute("aria-current", "true")
    page.keyboard.press("Home")
    expect(caption).to_be_visible()
    page.get_by_role("button", name="Close the caption").click()
    expect(caption).to_be_hidden()


def test_loss_axis_is_the_same_for_all_runs(built_site: BuiltSite, explore: Explore) -> None:
    page = explore("step=20")
    levels = []
    for run in (header_of(built_site), header_of(built_site, last_run(built_site)["id"])):
        page.evaluate("id => { location.hash = `run=${id}&step=20`; }", run["id"])
        address_of(page, f"run={run['id']}")
        page.wait_for_timeout(300)
        drawn = page.locator(".viewer-curve:not(.viewer-other)").get_attribute("d") or ""
        heights = np.array([float(y) for y in re.findall(r"[ML]\d+ ([\d.]+)", drawn)])
        expected = 100 * np.clip(np.log10(np.array(run["loss"])) / -2, 0, 1)
        np.testing.assert_allclose(heights, expected, atol=0.01)
        levels.append(page.locator(".viewer-down").inner_text())
    assert levels[0] == levels[1]
    assert "loss 0.01" in levels[0].replace("\n", " ")


def test_network_of_many_units_scrolls_within(explore: Explore) -> None:
    page = explore("step=90", size=(1280, 720))
    columns = ready(page).locator(".viewer-columns")
    # Copies of thumbnails, as many as in a network of 256 units a layer.
    columns.evaluate("""columns => {
      for (const cells of columns.querySelectorAll(".viewer-neurons")) {
        const [one] = cells.children;
        for (let more = 0; more < 240; more += 1) cells.append(one.cloneNode(true));
      }
    }""")
    assert not page.evaluate(SCROLLS)
    assert columns.evaluate("e => e.scrollHeight > e.clientHeight")
    page.reload()
    ready(page)
