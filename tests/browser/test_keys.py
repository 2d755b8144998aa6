"""Keys that are held, that layouts name otherwise, that are switched off, that can do nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Explore, Open
from support.explorer import address_of, address_without, explorer, ready
from support.site_data import first_run, header_of

pytestmark = pytest.mark.browser
# Sends a key as a layout does: its sign, its place on the keyboard, and whether it is held down.
KEY = """([key, code, options]) => document.body.dispatchEvent(
  new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...options }))"""
# The key L on a Russian, a Greek, a Hebrew and an Arabic layout, and a Russian capital.
LAYOUTS = ["\u0434", "\u03bb", "\u05da", "\u0645", "\u0414"]


def press(page: Page, key: str, code: str, **options: bool) -> None:
    page.evaluate(KEY, [key, code, options])


@pytest.mark.parametrize("sign", LAYOUTS)
def test_letters_act_on_every_layout(explore: Explore, sign: str) -> None:
    page = ready(explore("step=20"))
    press(page, sign, "KeyL")
    address_of(page, "loop=on")


@pytest.mark.parametrize(
    ("sign", "code"), [("&", "Digit1"), ("\u0661", "Digit1"), ("1", "Numpad1")]
)
def test_digits_act_on_every_layout(explore: Explore, sign: str, code: str) -> None:
    page = ready(explore("step=20&show=all"))
    press(page, sign, code)
    address_of(page, "show=2,3")


@pytest.mark.parametrize(
    ("sign", "code"), [("q", "KeyA"), ("!", "Digit1"), ("\u00f6", "Semicolon")]
)
def test_other_signs_of_a_layout_do_nothing(explore: Explore, sign: str, code: str) -> None:
    page = ready(explore("step=20&show=2"))
    press(page, sign, code, shiftKey=sign == "!")
    page.wait_for_timeout(500)
    assert page.evaluate("location.hash").endswith("step=20&show=2")


@pytest.mark.parametrize(
    ("key", "code", "address"), [("l", "KeyL", "loop=on"), ("1", "Digit1", "show=2,3")]
)
def test_toggle_held_down_acts_once(explore: Explore, key: str, code: str, address: str) -> None:
    page = ready(explore("step=20&show=all"))
    press(page, key, code)
    for _ in range(5):
        press(page, key, code, repeat=True)
    address_of(page, address)


def test_space_held_down_plays(explore: Explore) -> None:
    page = ready(explore("step=0&speed=1"))
    press(page, " ", "Space")
    for _ in range(5):
        assert not page.evaluate(KEY, [" ", "Space", {"repeat": True}])  # the page does not scroll
    expect(page.get_by_role("button", name="Pause").first).to_be_visible()
    press(page, " ", "Space")


def test_arrow_held_down_goes_on(explore: Explore) -> None:
    page = ready(explore("step=20"))
    for _ in range(5):
        press(page, "ArrowRight", "ArrowRight", repeat=True)
    address_of(page, "step=25")


def test_enter_held_down_on_a_thumbnail_toggles_once(explore: Explore) -> None:
    page = ready(explore("step=20&show=all"))
    page.locator(".viewer-neuron").nth(3).focus()
    page.keyboard.down("Enter")
    for _ in range(4):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(page.locator(".viewer-neuron").nth(3)).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("place", ["http", "file"])
def test_single_keys_can_be_switched_off(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=20&show=all"), alone=True)
    ready(page).keyboard.press("?")
    page.get_by_label("Single letters, digits and signs are keys").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    ready(page)
    for key in "ln1?+":
        page.keyboard.press(key)
    page.keyboard.press("ArrowRight")
    address_of(page, "step=21")
    address_without(page, "loop")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Help").click()
    page.get_by_label("Single letters, digits and signs are keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    address_of(page, "loop=on")


@pytest.mark.parametrize(("key", "reason"), [("k", "No kink is marked"), ("o", "thumbnail")])
def test_key_that_can_do_nothing_says_why(explore: Explore, key: str, reason: str) -> None:
    page = ready(explore("step=20&show=all"))
    page.keyboard.press(key)
    said = page.locator(".viewer-told")
    expect(said).to_contain_text(reason)
    expect(said).to_be_visible()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("l", "Loop on."),
        ("+", "Speed 20 a second."),
        ("t", "Trail: drawn for at most 4 boundaries."),
    ],
)
def test_key_whose_control_is_hidden_shows_what_it_did(
    explore: Explore, key: str, said: str
) -> None:
    page = ready(explore("step=60&show=all"))
    page.keyboard.press(key)
    expect(page.locator(".viewer-told")).to_contain_text(said)
    page.get_by_role("button", name="Steps, speed").click()
    page.keyboard.press("l")
    expect(page.get_by_role("status")).to_contain_text("Loop o")
    expect(page.locator(".viewer-told")).to_have_count(0)
    page.get_by_role("button", name="Steps, speed").click()


def test_trail_of_many_lines_says_that_it_is_not_drawn(explore: Explore) -> None:
    page = ready(explore("step=60&trail=10&show=all"))
    expect(page.locator(".viewer-trail")).to_contain_text("drawn for at most 4 boundaries")
    page = explore("step=60&trail=10&show=out")
    expect(page.locator(".viewer-trail")).to_contain_text("10 snapshots")


def test_name_of_the_canvas_counts_the_boundaries_in_sight(
    built_site: BuiltSite, explore: Explore
) -> None:
    run = first_run(built_site)
    page = ready(explore(f"run={run['id']}&step=95&show=all"))
    name = page.locator(".viewer-canvas canvas").first.get_attribute("aria-label")
    counted = re.search(r"(\d+) boundaries chosen, (\d+) in sight", str(name))
    assert counted
    # Another way to count: neurons that leave the whole picture on one side have no polyline.
    drawn = page.evaluate(
        """([file, step]) => new Promise((resolve) => {
          const loader = GINN.loader.create(file, "", () => resolve(loader.get("")));
          loader.request([{ kind: "script", file: "", decode: GINN.boundaryChunks.decode }]);
        }).then(({ lines, neurons, first }) => [...Array(neurons - 1).keys()].filter((n) =>
          lines[(step - first) * neurons + n] < lines[(step - first) * neurons + n + 1]).length)""",
        ["../data/" + header_of(built_site, run["id"])["chunks"][-1], 95],
    )
    assert (int(counted[1]), int(counted[2])) == (48, drawn)


def test_neuron_without_a_line_in_sight_says_so(explore: Explore) -> None:
    page = ready(explore("step=95&zoom=64&x=0.01&y=0.01&show=all"))
    said = set()
    for at in range(12):
        page.locator(".viewer-neuron").nth(at).focus()
        notice = page.locator(".viewer-canvas .viewer-notice")
        if notice.is_visible():
            said.add(notice.inner_text())
        page.wait_for_timeout(50)
    assert any("outside the part in sight" in text for text in said), said


@pytest.mark.parametrize(
    ("a", "b", "view", "expected"),
    [
        ((0, 0), (1, 1), (0.4, 0.4, 5), True),  # across, without an end in the view
        ((0, 0.3), (0.3, 0), (0.5, 0.5, 2), False),
        ((0, 0.9), (0.9, 0), (0.0, 0.0, 2.5), False),  # the boxes overlap, the segment passes by
        ((0, 0.7), (0.7, 0), (0.0, 0.0, 2.5), True),
        ((0.1, 0.1), (0.2, 0.1), (0, 0, 1), True),
        ((0.5, 0), (0.5, 1), (0.6, 0, 4), False),
    ],
)
def test_boundary_is_in_sight_where_a_segment_meets_the_view(
    quiet_page: Page,
    a: tuple[float, float],
    b: tuple[float, float],
    view: tuple[float, float, float],
    expected: bool,
) -> None:
    found = quiet_page.evaluate(
        """([a, b, [x, y, zoom]]) => GINN.scene.isInSight({
          first: 0, neurons: 1, polylines: [0, 2], closed: [0], lines: [0, 1],
          x: [a[0] * 65535, b[0] * 65535], y: [a[1] * 65535, b[1] * 65535],
        }, 0, 0, { x, y, zoom })""",
        [a, b, view],
    )
    assert found == expected
