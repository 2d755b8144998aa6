"""The explorer's page in a browser: its address, its panes, and the drawn pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from support.browser import BuiltSite

PLACES = ["http", "file"]
SIZES = [(1280, 800), (360, 740)]
# All places with one size, and one place with the other size, because the two are independent.
EVERYWHERE = [("http", SIZES[0]), ("file", SIZES[0]), ("http", SIZES[1])]
# Waits until the page is drawn once more.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# An element's place on the page.
BOX = """e => {
  const { x, y, width, height } = e.getBoundingClientRect();
  return [x, y + scrollY, width, height];
}"""
# The zoom and the centre in the address.
ZOOM = """() => Object.fromEntries(["zoom", "x", "y"].map((name) => [
  name, Number(new URLSearchParams(location.hash.slice(1)).get(name) ?? (name === "zoom" ? 1 : .5)),
]))"""


def explorer(site: BuiltSite, place: str = "http", state: str = "") -> str:
    """The address of the explorer with a view state."""
    return f"{site.addresses[place]}explore/index.html{state and '#' + state}"


def ready(page: Page) -> Page:
    """The same page, once the pane shows exact lines and the side panels exist."""
    expect(page.locator(".viewer-canvas")).to_have_attribute("data-lines", "exact")
    expect(page.locator(".viewer-answers")).to_be_attached()
    return page


def both_ready(page: Page) -> Page:
    """The same page, once both panes show exact lines and the side panels exist."""
    panes = page.locator(".viewer-canvas")
    expect(panes).to_have_count(2)
    for at in (0, 1):
        expect(panes.nth(at)).to_have_attribute("data-lines", "exact")
    expect(page.locator(".viewer-answers")).to_be_attached()
    return page


def open_tab(page: Page, name: str) -> None:
    """On a narrow screen, show a panel: Neurons, Inspect, View or Stories."""
    tab = page.locator(".viewer-tabs").get_by_label(name, exact=True)
    if tab.is_visible():
        tab.check(force=True)


def open_more(page: Page) -> None:
    """Press the button that shows further controls: steps, speed, loop, trail and motion."""
    more = page.get_by_role("button", name="Steps, speed, loop")
    if more.get_attribute("aria-expanded") == "false":
        more.click()


def address_of(page: Page, state: str) -> None:
    """Wait until the address contains a state."""
    page.wait_for_function("state => decodeURIComponent(location.hash).includes(state)", arg=state)


def address_without(page: Page, name: str) -> None:
    """Wait until the address has no field of this name; the field then has its default."""
    page.wait_for_function("name => !location.hash.includes(`${name}=`)", arg=name)


def snapshot_slider(page: Page) -> Locator:
    """The slider that chooses the snapshot."""
    return page.get_by_label("Snapshot", exact=True)


def thumbnail(page: Page, layer: int, unit: int) -> Locator:
    """The thumbnail of a neuron. If the neuron is off everywhere, "off" follows in its name."""
    return page.get_by_role(
        "button", name=re.compile(rf"^Layer {layer}, neuron {unit}(?!\d)")
    ).and_(page.locator(".viewer-neuron"))


def pressed_neurons(page: Page) -> Locator:
    """The thumbnails of the shown neurons."""
    return page.locator(".viewer-neuron[aria-pressed=true]")


def pane_canvas(page: Page, at: int = 0) -> Locator:
    """The canvas of a pane."""
    return page.locator(".viewer-canvas canvas").nth(at)


def canvas_box(page: Page) -> tuple[float, float, float]:
    """The first pane's left, top and side in CSS px."""
    box = pane_canvas(page).bounding_box()
    assert box
    return box["x"], box["y"], box["width"]


def pixels(place: Locator) -> NDArray[np.int64]:
    """The pixels of an element on the screen, (rows, columns, 3)."""
    return np.asarray(Image.open(io.BytesIO(place.screenshot())).convert("RGB")).astype(np.int64)


def canvas_colours(page: Page) -> NDArray[np.int64]:
    """The first pane's picture without its rim, (rows, columns, 3)."""
    return pixels(pane_canvas(page))[4:-4, 4:-4]


def ink(place: Locator) -> NDArray[np.bool_]:
    """Whether each pixel differs clearly from the element's most common colour, (rows, columns)."""
    seen = pixels(place)
    packed = seen @ np.array([1 << 16, 1 << 8, 1])
    colours, counts = np.unique(packed, return_counts=True)
    ground = colours[counts.argmax()] >> np.array([16, 8, 0]) & 255
    inked: NDArray[np.bool_] = np.abs(seen - ground).max(axis=2) > 60
    return inked


def drag_up_and_right(page: Page) -> None:
    """Drag a picture that is enlarged 4 times: a fifth of the pane to the right, a tenth up."""
    left, top, side = canvas_box(page)
    page.mouse.move(left + 0.5 * side, top + 0.5 * side)
    page.mouse.down()
    page.mouse.move(left + 0.7 * side, top + 0.4 * side, steps=4)
    page.mouse.up()
    address_of(page, "x=0.45")


def fingers(page: Page) -> Callable[..., None]:
    """A function that sends a touch event with fingers at places, in fractions of the pane."""
    left, top, side = canvas_box(page)
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [
            {"x": left + x * side, "y": top + y * side, "id": n} for n, (x, y) in enumerate(places)
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


def swipe(page: Page, *places: tuple[float, float]) -> None:
    """Move a finger through places of the window, each for a drawn frame."""
    session = page.context.new_cdp_session(page)
    for number, (x, y) in enumerate(places):
        kind = "touchMove" if number else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        page.evaluate(DRAWN)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.evaluate(DRAWN)


def near(x: float, y: float) -> re.Pattern[str]:
    """A pattern for a place in the readout, with a tolerance of a pixel."""
    choices = ["|".join(f"{value + 0.001 * k:.3f}" for k in range(-3, 4)) for value in (x, y)]
    return re.compile(f"x ({choices[0]}), y ({choices[1]})")
