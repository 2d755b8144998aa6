"""Zoom and pan on the canvas: by buttons, wheel, pointer, keys and fingers."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import Browser, expect
from support.browser import BuiltSite, Explore
from support.explorer import (
    ZOOM,
    address_of,
    address_without,
    canvas_box,
    drag_up_and_right,
    explorer,
    fingers,
    pane_canvas,
    ready,
)

pytestmark = pytest.mark.browser


def test_zoom_buttons_reach_64_and_reset(explore: Explore) -> None:
    page = explore()
    closer = ready(page).get_by_role("button", name="Zoom in")
    for factor in (2, 4, 8, 16, 32, 64):
        closer.click()
        address_of(page, f"zoom={factor}")
    expect(closer).to_be_disabled()
    page.get_by_role("button", name="Zoom out").click()
    address_of(page, "zoom=32")
    page.get_by_role("button", name="Reset zoom").click()
    address_without(page, "zoom")


def test_wheel_zooms_at_the_pointer(explore: Explore) -> None:
    page = explore()
    left, top, side = canvas_box(ready(page))
    page.mouse.move(left + 0.75 * side, top + 0.25 * side)
    page.keyboard.down("Control")
    for _ in range(3):
        page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function("() => /zoom=1.8/.test(location.hash)")
    look = page.evaluate(ZOOM)
    assert look["zoom"] == pytest.approx(math.exp(3 * 0.2), abs=0.01)  # a notch is a fifth
    # The point of the domain under the pointer is where it was.
    assert look["x"] + 0.25 / look["zoom"] == pytest.approx(0.75, abs=0.01)
    assert look["y"] - 0.25 / look["zoom"] == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("state", ["zoom=1", "zoom=4"])
def test_wheel_on_the_picture_scrolls_a_page_that_scrolls(explore: Explore, state: str) -> None:
    page = explore(f"step=3&{state}", size=(360, 740))
    left, top, side = canvas_box(ready(page))
    page.mouse.move(left + side / 2, min(700, top + 20))
    page.mouse.wheel(0, 200)
    page.wait_for_function("() => scrollY > 100")
    page.mouse.wheel(0, -200)
    page.wait_for_function("() => scrollY === 0")
    assert page.evaluate(ZOOM)["zoom"] == int(state[-1])


def test_pinch_in_small_units_enlarges_and_a_sideways_wheel_does_nothing(explore: Explore) -> None:
    page = explore("step=3&zoom=1.1")
    heard = """(events) => events.map(([deltaY, ctrlKey]) => {
      const event = new WheelEvent("wheel", { deltaY, ctrlKey, cancelable: true, bubbles: true });
      document.querySelector(".viewer-canvas canvas").dispatchEvent(event);
      return event.defaultPrevented;
    })"""
    ready(page)
    assert page.evaluate(heard, [[100, True], [0, True]]) == [True, False]
    page.evaluate(heard, [[-5, True]] * 10)
    address_of(page, "zoom=1.65")


def test_pinch_on_a_trackpad_in_safari_enlarges(explore: Explore) -> None:
    page = explore("step=3")
    ready(page)
    stopped = page.evaluate("""() => [["gesturestart", 1], ["gesturechange", 1.5],
        ["gesturechange", 3], ["gesturestart", 1], ["gesturechange", 0.5]].map(([name, scale]) => {
      const canvas = document.querySelector(".viewer-canvas canvas");
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const event = new MouseEvent(name, {
        cancelable: true, clientX: left + width / 2, clientY: top + height / 2,
      });
      event.scale = scale;
      canvas.dispatchEvent(event);
      return event.defaultPrevented;
    })""")
    assert all(stopped)
    address_of(page, "zoom=1.5")


def test_canvas_follows_the_resolution_of_the_screen(
    browser: Browser, built_site: BuiltSite
) -> None:
    context = browser.new_context(no_viewport=True)
    page = context.new_page()
    page.goto(explorer(built_site, state="step=3"))
    canvas = pane_canvas(ready(page))
    size = page.evaluate("({ width: innerWidth, height: innerHeight })")
    width = canvas.evaluate("e => e.clientWidth")
    metrics = {**size, "deviceScaleFactor": 2, "mobile": False}
    context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", metrics)
    page.wait_for_function("n => document.querySelector('canvas').width === n", arg=2 * width)
    assert canvas.evaluate("e => e.clientWidth") == width
    context.close()


def test_drag_moves_the_enlarged_picture(explore: Explore) -> None:
    page = explore("zoom=4")
    left, top, side = canvas_box(ready(page))
    drag_up_and_right(page)
    look = page.evaluate(ZOOM)
    assert (look["x"], look["y"]) == pytest.approx((0.5 - 0.2 / 4, 0.5 + 0.1 / 4), abs=0.002)
    page.mouse.move(left + 0.9 * side, top + 0.4 * side)  # no button: nothing moves
    page.wait_for_timeout(350)
    assert page.evaluate(ZOOM) == look


def test_keys_on_the_stage_zoom_and_pan(explore: Explore) -> None:
    page = explore("step=20")
    ready(page).locator(".viewer-canvas canvas").focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    address_of(page, "zoom=4")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    address_of(page, "y=0.525")
    assert page.evaluate(ZOOM)["x"] == pytest.approx(0.525)
    page.keyboard.press("-")
    page.keyboard.press("-")
    address_without(page, "zoom")
    page.keyboard.press("ArrowRight")  # nothing to pan: the clock's key again
    address_of(page, "step=21")


def test_two_fingers_zoom_and_one_pans(explore: Explore) -> None:
    page = explore(size=(360, 740))
    ready(page).locator(".viewer-canvas").scroll_into_view_if_needed()
    touch = fingers(page)
    touch("touchStart", (0.4, 0.5))
    touch("touchStart", (0.4, 0.5), (0.6, 0.5))
    for apart in (0.12, 0.16, 0.2, 0.25, 0.3):
        touch("touchMove", (0.5 - apart, 0.5), (0.5 + apart, 0.5))
    touch("touchEnd")
    address_of(page, "zoom=3")
    look = page.evaluate(ZOOM)
    assert (look["x"], look["y"]) == pytest.approx((0.5, 0.5), abs=0.03)
    touch("touchStart", (0.5, 0.5))
    for down in (0.55, 0.6, 0.7):
        touch("touchMove", (0.5, down))
    touch("touchEnd")
    page.wait_for_function("y => Number(/y=([.0-9]+)/.exec(location.hash)?.[1]) < y - 0.04",
                           arg=look["y"])  # fmt: skip


def test_escape_resets_the_zoom(explore: Explore) -> None:
    page = explore("zoom=8&x=0.2")
    ready(page).keyboard.press("Escape")
    page.wait_for_function("() => !/zoom|x=/.test(location.hash)")
