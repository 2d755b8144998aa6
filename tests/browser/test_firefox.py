"""The explorer in Firefox: the picture, and input by mouse, wheel and keys."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from support.browser import BuiltSite, Explore
from support.explorer import ready
from support.firefox_page import FirefoxPage, firefox_page
from support.static_host import hosted

pytestmark = pytest.mark.browser
STATE = "step=60&show=all,out&trail=0"
READY = (
    "document.querySelector('.viewer-canvas')?.dataset.lines === 'exact'"
    " && document.querySelector('.viewer-answers') !== null"
)
DRAWN = (
    "new Promise((draw) => requestAnimationFrame(() => requestAnimationFrame(() =>"
    " draw(document.querySelector('.viewer-canvas canvas').toDataURL()))))"
)
SHIFT, CONTROL = "\ue008", "\ue009"
RIGHT, END = "\ue014", "\ue010"


@pytest.fixture(scope="module")
def fox(built_site: BuiltSite) -> Iterator[tuple[FirefoxPage, str]]:
    """A page of Firefox, and the explorer's address for it."""
    with hosted(built_site.folder) as place, firefox_page() as page:
        yield page, f"{place}explore/index.html"


def show(
    fox: tuple[FirefoxPage, str], state: str, size: tuple[int, int] = (1280, 800)
) -> FirefoxPage:
    """The page with a view state in a new document."""
    page, address = fox
    page.open("about:blank")
    page.open(f"{address}#{state}", size)
    page.until(READY)
    return page


def field(page: FirefoxPage, name: str) -> str | None:
    """A field of the view state in the address."""
    value: str | None = page.evaluate(f"new URLSearchParams(location.hash.slice(1)).get('{name}')")
    return value


def becomes(page: FirefoxPage, name: str, value: str | None) -> None:
    """Wait until the address has a value, or with None no value, of a field."""
    given = "null" if value is None else f"'{value}'"
    page.until(f"new URLSearchParams(location.hash.slice(1)).get('{name}') === {given}")


def middle(page: FirefoxPage, selector: str) -> tuple[float, float, float, float]:
    """The middle of an element, and its width and height."""
    x, y, width, height = page.evaluate(
        f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2, width, height])"
        f"(document.querySelector('{selector}').getBoundingClientRect())"
    )
    return x, y, width, height


def small(address: str) -> NDArray[np.float64]:
    """A picture's colours on a small grid, from its data address."""
    picture = Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB")
    return np.asarray(picture.resize((120, 120), Image.Resampling.BOX)).astype(np.float64)


def test_view_in_firefox_is_that_in_chromium(
    fox: tuple[FirefoxPage, str], explore: Explore
) -> None:
    ours = small(show(fox, STATE).evaluate(DRAWN))
    same, other = (
        small(ready(explore(STATE.replace("60", step))).evaluate(DRAWN)) for step in ("60", "70")
    )
    assert np.abs(ours - same).mean() < 4
    assert np.abs(ours - other).mean() > 2 * np.abs(ours - same).mean()


def test_keys_in_firefox_move_the_snapshot(fox: tuple[FirefoxPage, str]) -> None:
    page = show(fox, STATE)
    page.press(RIGHT)
    becomes(page, "step", "61")
    page.press(SHIFT, RIGHT)
    becomes(page, "step", "71")
    page.press("n")
    becomes(page, "show", "none")


def test_space_held_down_in_firefox_plays_once(fox: tuple[FirefoxPage, str]) -> None:
    page = show(fox, "step=2&speed=1")
    down = {"type": "keyDown", "value": " "}
    page.input("key", down, down, down, down)
    page.until("document.querySelector('.viewer-play').ariaLabel === 'Pause'")
    page.input("key", {"type": "keyUp", "value": " "})


def test_letter_of_another_script_in_firefox_is_the_key_of_its_place(
    fox: tuple[FirefoxPage, str],
) -> None:
    page = show(fox, STATE)
    # The driver has no Russian keyboard, so the event is made by hand.
    page.evaluate(
        "document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'т', code: 'KeyN', bubbles: true}))"
    )
    becomes(page, "show", "none")


def test_wheel_with_control_in_firefox_enlarges_a_little(fox: tuple[FirefoxPage, str]) -> None:
    page = show(fox, STATE)
    x, y, _, _ = middle(page, ".viewer-canvas canvas")
    page.input("key", {"type": "keyDown", "value": CONTROL})
    page.input(
        "wheel",
        {"type": "scroll", "x": round(x), "y": round(y), "deltaX": 0, "deltaY": -120},
    )
    page.input("key", {"type": "keyUp", "value": CONTROL})
    page.until("location.hash.includes('zoom=')")
    assert 1.1 < float(field(page, "zoom") or 0) < 1.5
    assert page.evaluate("devicePixelRatio") == 1, "the page itself was enlarged"


def test_drag_in_firefox_moves_an_enlarged_picture(fox: tuple[FirefoxPage, str]) -> None:
    page = show(fox, f"{STATE}&zoom=4")
    x, y, side, _ = middle(page, ".viewer-canvas canvas")
    page.drag((x, y), (x + 0.1 * side, y), (x + 0.2 * side, y - 0.1 * side))
    page.until("location.hash.includes('x=0.4')")
    assert float(field(page, "x") or 0) == pytest.approx(0.45, abs=0.003)
    assert float(field(page, "y") or 0) == pytest.approx(0.525, abs=0.003)


def test_slider_in_firefox_follows_the_mouse(fox: tuple[FirefoxPage, str]) -> None:
    page = show(fox, STATE)
    x, y, width, _ = middle(page, ".viewer-slider")
    last = int(page.evaluate("document.querySelector('.viewer-slider').max"))
    page.drag((x, y), (x + 0.1 * width, y), (x + 0.25 * width, y))
    page.until("!location.hash.includes('step=60')")
    assert int(field(page, "step") or 0) == pytest.approx(0.75 * last, abs=2)
    page.press(END)
    becomes(page, "step", str(last))


def test_tab_in_firefox_shows_its_panel(fox: tuple[FirefoxPage, str]) -> None:
    page = show(fox, STATE, (360, 740))
    x, y, width, _ = middle(page, ".viewer-tabs div")
    page.drag((x + 0.12 * width, y))
    page.until("document.querySelector('.viewer').dataset.tab === 'view'")
    assert page.evaluate("document.querySelector('.viewer-bar').checkVisibility()")
    assert not page.evaluate("document.querySelector('.viewer-network').checkVisibility()")
