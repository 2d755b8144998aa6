"""What a reader can do on the stage and with the clock: by pointer, by key and by touch."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from browser.test_explorer import address_of, data, distances, explorer, ink, ready, segments
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Open

pytestmark = pytest.mark.browser


# --- the clock's pace -----------------------------------------------------------------------------


def test_speed_has_eight_steps_by_pointer_and_by_key(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    speed = ready(page).get_by_label("Speed", exact=True)
    values = speed.locator("option").evaluate_all("options => options.map((o) => Number(o.value))")
    assert len(values) >= 8
    assert values == sorted(values)
    speed.select_option("1")
    address_of(page, "speed=1")
    speed.blur()
    for value in values[1:]:
        page.keyboard.press("+")
        expect(speed).to_have_value(str(value))
    page.keyboard.press("+")  # there is nothing faster
    expect(speed).to_have_value(str(values[-1]))
    page.keyboard.press("-")
    expect(speed).to_have_value(str(values[-2]))


def test_loop_plays_on_from_the_start(built_site: BuiltSite, open_page: Open) -> None:
    last = data(built_site, "index.*.js")["runs"][0]["snapshots"] - 1
    page, _ = open_page(explorer(built_site, state=f"step={last - 3}&speed=60"))
    loop = ready(page).get_by_role("button", name="Loop")
    loop.click()
    address_of(page, "loop=on")
    page.keyboard.press("l")
    expect(loop).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("l")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => document.querySelector('.viewer-slider').value < 50")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_without_loop_playing_ends(built_site: BuiltSite, open_page: Open) -> None:
    last = data(built_site, "index.*.js")["runs"][0]["snapshots"] - 1
    page, _ = open_page(explorer(built_site, state=f"step={last - 3}&speed=60"))
    ready(page).keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value(str(last))


def test_ten_steps_at_once(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    slider = ready(page).get_by_label("Snapshot", exact=True)
    page.get_by_role("button", name="Ten steps forward").click()
    expect(slider).to_have_value("30")
    page.get_by_role("button", name="Ten steps back").click()
    expect(slider).to_have_value("20")


# --- zoom -----------------------------------------------------------------------------------------

LOOK = """() => Object.fromEntries(["zoom", "x", "y"].map((name) => [
  name, Number(new URLSearchParams(location.hash.slice(1)).get(name) ?? (name === "zoom" ? 1 : .5)),
]))"""


def stage_box(page: Page) -> tuple[float, float, float]:
    """The stage's left, top and side in CSS px."""
    box = page.locator(".viewer-stage canvas").bounding_box()
    assert box
    return box["x"], box["y"], box["width"]


def test_zoom_by_buttons_reaches_64_and_resets(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    closer = ready(page).get_by_role("button", name="Zoom in")
    for factor in (2, 4, 8, 16, 32, 64):
        closer.click()
        address_of(page, f"zoom={factor}")
    expect(closer).to_be_disabled()
    page.get_by_role("button", name="Zoom out").click()
    address_of(page, "zoom=32")
    page.get_by_role("button", name="Reset zoom").click()
    page.wait_for_function("() => !location.hash.includes('zoom')")


def test_wheel_zooms_at_the_pointer(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    left, top, side = stage_box(ready(page))
    page.mouse.move(left + 0.75 * side, top + 0.25 * side)
    page.mouse.wheel(0, -400)
    address_of(page, "zoom=")
    look = page.evaluate(LOOK)
    assert look["zoom"] > 1.5
    # The point of the domain under the pointer is where it was.
    assert look["x"] + 0.25 / look["zoom"] == pytest.approx(0.75, abs=0.01)
    assert look["y"] - 0.25 / look["zoom"] == pytest.approx(0.25, abs=0.01)


def test_wheel_on_the_whole_picture_scrolls_the_page(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site), size=(360, 740))
    left, top, side = stage_box(ready(page))
    page.mouse.move(left + side / 2, min(700, top + 20))
    page.mouse.wheel(0, 200)
    page.wait_for_function("() => scrollY > 100")


def drag_up_and_right(page: Page) -> None:
    """Drags a picture that is enlarged 4 times: by a fifth of the stage, and a tenth upwards."""
    left, top, side = stage_box(page)
    page.mouse.move(left + 0.5 * side, top + 0.5 * side)
    page.mouse.down()
    page.mouse.move(left + 0.7 * side, top + 0.4 * side, steps=4)
    page.mouse.up()
    address_of(page, "x=0.45")


def test_dragging_moves_the_enlarged_picture(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="zoom=4"))
    left, top, side = stage_box(ready(page))
    drag_up_and_right(page)
    look = page.evaluate(LOOK)
    assert (look["x"], look["y"]) == pytest.approx((0.5 - 0.2 / 4, 0.5 + 0.1 / 4), abs=0.002)
    page.mouse.move(left + 0.9 * side, top + 0.4 * side)  # no button: nothing moves
    page.wait_for_timeout(350)
    assert page.evaluate(LOOK) == look


def test_keys_zoom_and_pan_on_the_stage(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    ready(page).locator(".viewer-stage canvas").focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    address_of(page, "zoom=4")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    address_of(page, "y=0.525")
    assert page.evaluate(LOOK)["x"] == pytest.approx(0.525)
    page.keyboard.press("-")
    page.keyboard.press("-")
    page.wait_for_function("() => !location.hash.includes('zoom')")
    page.keyboard.press("ArrowRight")  # nothing to pan: the clock's key again
    address_of(page, "step=21")


def test_two_fingers_zoom_and_one_pans(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site), size=(360, 740))
    ready(page).locator(".viewer-stage").scroll_into_view_if_needed()
    left, top, side = stage_box(page)
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *places: tuple[float, float]) -> None:
        points = [
            {"x": left + x * side, "y": top + y * side, "id": n} for n, (x, y) in enumerate(places)
        ]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", (0.4, 0.5))
    fingers("touchStart", (0.4, 0.5), (0.6, 0.5))
    for apart in (0.12, 0.16, 0.2, 0.25, 0.3):
        fingers("touchMove", (0.5 - apart, 0.5), (0.5 + apart, 0.5))
    fingers("touchEnd")
    address_of(page, "zoom=3")
    look = page.evaluate(LOOK)
    assert (look["x"], look["y"]) == pytest.approx((0.5, 0.5), abs=0.03)
    fingers("touchStart", (0.5, 0.5))
    for down in (0.55, 0.6, 0.7):
        fingers("touchMove", (0.5, down))
    fingers("touchEnd")
    page.wait_for_function("y => Number(/y=([.0-9]+)/.exec(location.hash)?.[1]) < y - 0.04",
                           arg=look["y"])  # fmt: skip


def test_lines_are_equally_thick_at_any_zoom(built_site: BuiltSite, open_page: Open) -> None:
    lines = segments(built_site, 90, list(range(16)))
    (x, y) = lines[np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1).argmax()].mean(axis=0)
    state = f"step=90&show=1&behind=plain&zoom=64&x={x:.5f}&y={y:.5f}"
    page, _ = open_page(explorer(built_site, state=state))
    inked = ink(ready(page).locator(".viewer-stage canvas"))[4:-4, 4:-4]
    # Few lines cross so small a place, each with its width times about a side of ink.
    assert 1 / len(inked) < inked.mean() < 12 / len(inked)
    middle = slice(len(inked) // 2 - 4, len(inked) // 2 + 4)
    assert inked[middle, middle].any()


@pytest.mark.parametrize(
    "state", ["zoom=1e9&x=-4&y=NaN", "zoom=0&x=0&y=1", "zoom=&x=<b>", "zoom=-Infinity&x=Infinity"]
)
def test_hostile_zoom_stays_within_the_picture(
    built_site: BuiltSite, open_page: Open, state: str
) -> None:
    page, _ = open_page(explorer(built_site, state=state))
    ready(page)
    look = page.evaluate(
        "text => GINN.state.read(text, {runs: [{id: 'a', snapshots: 1}], widths: [1]})", state
    )
    assert 1 <= look["zoom"] <= 64
    half = 0.5 / look["zoom"]
    assert half <= look["x"] <= 1 - half
    assert half <= look["y"] <= 1 - half


# --- behind the lines -----------------------------------------------------------------------------


def stage_colours(page: Page) -> NDArray[np.int64]:
    """The stage's picture without its rim, (rows, columns, 3)."""
    shot = page.locator(".viewer-stage canvas").screenshot()
    picture = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(np.int64)
    return picture[4:-4, 4:-4]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_error_is_where_output_and_target_disagree(
    built_site: BuiltSite, open_page: Open, scheme: str
) -> None:
    page, _ = open_page(explorer(built_site, state="show=none"), scheme=scheme)
    ready(page).wait_for_load_state("networkidle")
    pictures = []
    for name in ("Output", "Target", "Plain"):
        page.get_by_label(name, exact=True).check()
        page.wait_for_timeout(300)
        pictures.append(stage_colours(page))
    page.get_by_label("Error", exact=True).check()
    address_of(page, "behind=error")
    output, target, plain = (picture[..., 0] for picture in pictures)
    error = np.abs(stage_colours(page) - pictures[2]).max(axis=2)
    gap = np.abs(output - target) / max(1, np.abs(target - target.min()).max())
    flat = (target == target.min()) | (target == target.max())  # off the outlines, blended there
    assert error[flat & (gap < 0.04)].mean() < 10
    assert error[flat & (gap > 0.4)].mean() > 25
    assert np.corrcoef(gap[flat], error[flat])[0, 1] > 0.9
    assert plain.std() < 1


# --- choosing neurons -----------------------------------------------------------------------------


def test_only_this_one(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    neuron = ready(page).get_by_role("button", name="Layer 2, neuron 7", exact=True)
    neuron.dblclick()
    address_of(page, "show=2.7")
    other = page.get_by_role("button", name="Layer 3, neuron 1", exact=True)
    other.click(modifiers=["Alt"])
    address_of(page, "show=3.1")
    neuron.focus()
    page.keyboard.press("o")
    address_of(page, "show=2.7")
    expect(page.locator(".viewer-neuron[aria-pressed=true]")).to_have_count(1)


def test_digits_toggle_layers(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    ready(page)
    for key, show in [("2", "1,3"), ("3", "1"), ("2", "1,2"), ("n", "none"), ("1", "1")]:
        page.keyboard.press(key)
        address_of(page, f"show={show}")
    for key in ("a", "0"):
        page.keyboard.press("n")
        address_of(page, "show=none")
        page.keyboard.press(key)
        page.wait_for_function("() => !location.hash.includes('show')")
    expect(page.get_by_role("button", name="Layer 2", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_escape_resets_the_zoom(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="zoom=8&x=0.2"))
    ready(page).keyboard.press("Escape")
    page.wait_for_function("() => !/zoom|x=/.test(location.hash)")


# --- trail ----------------------------------------------------------------------------------------


def test_trail_leaves_earlier_lines_of_few_neurons(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=70&show=2.1-4&about=1.1&behind=plain"))
    ready(page)
    without = stage_colours(page)
    page.keyboard.press("t")
    address_of(page, "trail=10")
    trail = page.get_by_label("Trail", exact=True)
    expect(trail).to_have_value("10")
    page.wait_for_timeout(300)
    changed = np.abs(stage_colours(page) - without).max(axis=2) > 20
    assert changed.any()
    # What is new lies along lines of the ten snapshots before.
    side = len(changed) + 8
    earlier = np.concatenate(
        [segments(built_site, step, [16, 17, 18, 19]) for step in range(60, 71)]
    )
    rows, columns = changed.nonzero()
    centres = np.stack([columns, rows], axis=1) + 4.5
    assert distances(centres[::7], earlier * side).max() < 4
    trail.fill("0")
    page.wait_for_function("() => !location.hash.includes('trail')")
    trail.focus()
    page.keyboard.press("ArrowRight")  # the range's own key, not the clock's
    address_of(page, "trail=1")
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("70")


def test_trail_of_many_neurons_is_that_of_the_marked_one(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=70&show=none&trail=20&behind=plain"))
    ready(page)
    assert not ink(page.locator(".viewer-stage canvas"))[4:-4, 4:-4].any()
    page.get_by_role("button", name="Layer 2, neuron 2", exact=True).hover()
    page.wait_for_timeout(300)
    assert ink(page.locator(".viewer-stage canvas"))[4:-4, 4:-4].any()


# --- help, keeping and sharing --------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_help_opens_and_gives_the_focus_back(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"), size=size)
    button = ready(page).get_by_role("button", name="Help", exact=True)
    dialog = page.get_by_role("dialog", name="Help")
    button.click()
    expect(dialog).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("ArrowRight")  # the clock rests
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("20")
    slider = page.get_by_label("Snapshot", exact=True)
    slider.focus()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close help").click()
    expect(dialog).to_be_hidden()
    expect(slider).to_be_focused()


def test_help_names_every_kind_of_control(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    ready(page).keyboard.press("?")
    text = page.get_by_role("dialog").inner_text()
    for word in ["Run", "Play", "Speed", "Loop", "Zoom", "Trail", "Output", "Target", "Error",
                 "Layer 1", "Layer 2", "Layer 3", "All", "None", "PNG", "SVG"]:  # fmt: skip
        assert word in text, word


@pytest.mark.parametrize("place", ["http", "file"])
def test_svg_holds_the_exact_lines_and_a_caption(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=90&show=2.1-5"))
    with ready(page).expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    assert download.value.suggested_filename.endswith(".svg")
    root = ElementTree.parse(download.value.path()).getroot()
    text = " ".join(root.itertext())
    run = data(built_site, "index.*.js")["runs"][0]
    header = data(built_site, f"{run['id']}/run.*.js")
    assert run["title"] in text
    assert f"{header['iterations'][90]:,}" in text
    assert "step=90&show=2.1-5" in text
    paths = root.findall(".//{http://www.w3.org/2000/svg}path")
    found = {
        (float(x), float(y))
        for path in paths
        for x, y in re.findall(r"[ML](\S+?) ([^MLZ]+)", path.get("d") or "")
    }
    lines = segments(built_site, 90, list(range(16, 21))).reshape(-1, 2) * 800
    assert {(round(x, 1), round(y, 1)) for x, y in found} == {
        (round(x, 1), round(y, 1)) for x, y in np.round(lines, 2).tolist()
    }
    pictures = root.findall(".//{http://www.w3.org/2000/svg}image")
    assert len(pictures) == (1 if place == "http" else 0)
    told = page.locator(".viewer-live")
    expect(told).to_contain_text("Saved as SVG" if place == "http" else "without the picture")


@pytest.mark.parametrize("place", ["http", "file"])
def test_png_is_the_stage_with_a_caption(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=90&show=2"))
    save = ready(page).get_by_role("button", name="Save as PNG")
    save.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    picture = Image.open(download.value.path()).convert("RGB")
    assert picture.width == 1600
    pixels = np.asarray(picture).astype(int)
    spread = np.ptp(pixels, axis=2)
    assert (spread[:1600] > 60).any()  # coloured lines
    assert (pixels[1600:].max(axis=2) < 90).any()  # the caption's letters
    expect(page.locator(".viewer-live")).to_contain_text("Saved as PNG")


def test_link_is_copied(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=30&zoom=4"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ready(page).keyboard.press("ArrowRight")
    page.get_by_role("button", name="Copy link to this view").click()
    expect(page.locator(".viewer-live")).to_have_text("Link copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(built_site.addresses["http"])
    assert "step=31" in link
    assert "zoom=4" in link


# --- what is told ---------------------------------------------------------------------------------


def test_one_polite_line_tells_what_changed(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    expect(ready(page).get_by_role("status")).to_have_count(1)
    told = page.get_by_role("status")
    expect(told).to_have_text("")
    page.keyboard.press("2")
    expect(told).to_have_text("32 boundaries shown.")
    page.keyboard.press("ArrowRight")
    run = data(built_site, "index.*.js")["runs"][0]
    iteration = data(built_site, f"{run['id']}/run.*.js")["iterations"][21]
    expect(told).to_have_text(f"{run['title']} at iteration {iteration:,}.")
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_label("Error", exact=True).check()
    expect(told).to_have_text("Behind the lines: error. Zoom 2.")


def test_nothing_plays_by_itself(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(
        explorer(built_site, state="step=20&loop=on"),
        before=lambda page: page.emulate_media(reduced_motion="reduce"),
    )
    ready(page).wait_for_timeout(400)
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("20")
