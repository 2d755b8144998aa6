"""What is drawn on the canvas: exact lines, backgrounds and trails."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect
from support.browser import BuiltSite, Explore
from support.drawn_boundaries import distances
from support.explorer import (
    EVERYWHERE,
    address_of,
    address_without,
    canvas_box,
    canvas_colours,
    ink,
    open_more,
    ready,
    snapshot_slider,
    thumbnail,
)
from support.site_data import segments

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
@pytest.mark.parametrize(
    ("show", "neurons"),
    [("3", range(32, 48)), ("2.1-5", range(16, 21)), ("1,out", [*range(16), 48])],
)
def test_ink_lies_on_the_exact_lines_and_nowhere_else(
    built_site: BuiltSite,
    explore: Explore,
    size: tuple[int, int],
    place: str,
    show: str,
    neurons: range | list[int],
) -> None:
    state = f"step=90&show={show}&behind=plain"
    page = explore(state, place=place, size=size)
    inked = ink(ready(page).locator(".viewer-canvas canvas"))
    side = inked.shape[0]
    assert abs(inked.shape[1] - side) <= 1
    lines = segments(built_site, 90, list(neurons)) * side
    assert len(lines) > 5

    share = np.linspace(0, 1, 40)[:, None, None]
    points = (lines[:, 0] + share * (lines[:, 1] - lines[:, 0])).reshape(-1, 2)
    inside = ((points > 3) & (points < side - 3)).all(axis=1)
    column, row = np.rint(points[inside] - 0.5).astype(int).T
    near = np.zeros_like(inked)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            near |= np.roll(inked, (down, right), axis=(0, 1))
    assert near[row, column].all(), "a line is missing"

    rows, columns = np.nonzero(inked)
    centres = np.stack([columns, rows], axis=1) + 0.5
    edge = ((centres < 2) | (centres > side - 2)).any(axis=1)  # the canvas's outline
    assert distances(centres[~edge], lines).max() < 3, "a line is invented"


def test_lines_at_zoom_64_are_as_thin_as_at_1(built_site: BuiltSite, explore: Explore) -> None:
    lines = segments(built_site, 90, list(range(16)))
    (x, y) = lines[np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1).argmax()].mean(axis=0)
    state = f"step=90&show=1&behind=plain&zoom=64&x={x:.5f}&y={y:.5f}"
    page = explore(state)
    inked = ink(ready(page).locator(".viewer-canvas canvas"))[4:-4, 4:-4]
    # Few lines cross so small a place, each with its width times about a side of ink.
    assert 1 / len(inked) < inked.mean() < 12 / len(inked)
    middle = slice(len(inked) // 2 - 4, len(inked) // 2 + 4)
    assert inked[middle, middle].any()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_error_background_shows_where_output_and_target_differ(
    explore: Explore, scheme: str
) -> None:
    page = explore("show=none", scheme=scheme)
    ready(page).wait_for_load_state("networkidle")
    pictures = []
    for name in ("Output", "Target", "Plain"):
        page.get_by_label(name, exact=True).check()
        page.wait_for_timeout(300)
        pictures.append(canvas_colours(page))
    page.get_by_label("Error", exact=True).check()
    address_of(page, "behind=error")
    output, target, plain = (picture[..., 0] for picture in pictures)
    error = np.abs(canvas_colours(page) - pictures[2]).max(axis=2)
    gap = np.abs(output - target) / max(1, np.abs(target - target.min()).max())
    flat = (target == target.min()) | (target == target.max())  # off the outlines, blended there
    assert error[flat & (gap < 0.04)].mean() < 10
    assert error[flat & (gap > 0.4)].mean() > 25
    assert np.corrcoef(gap[flat], error[flat])[0, 1] > 0.9
    assert plain.std() < 1


def test_trail_of_few_neurons_lies_on_their_earlier_lines(
    built_site: BuiltSite, explore: Explore
) -> None:
    page = explore("step=70&show=2.1-4&about=1.1&behind=plain")
    open_more(ready(page))
    page.wait_for_timeout(200)
    without = canvas_colours(page)
    page.keyboard.press("t")
    address_of(page, "trail=10")
    trail = page.get_by_label("Trail", exact=True)
    expect(trail).to_have_value("10")
    page.wait_for_timeout(300)
    changed = np.abs(canvas_colours(page) - without).max(axis=2) > 20
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
    address_without(page, "trail")
    trail.focus()
    page.keyboard.press("ArrowRight")  # the range's own key, not the clock's
    address_of(page, "trail=1")
    expect(snapshot_slider(page)).to_have_value("70")


def test_trail_of_many_neurons_follows_the_marked_one(explore: Explore) -> None:
    page = explore("step=70&show=none&trail=20&behind=plain")
    ready(page)
    assert not ink(page.locator(".viewer-canvas canvas"))[4:-4, 4:-4].any()
    # Which neurons have a line within the picture depends on the run.
    for unit in range(1, 17):
        thumbnail(page, 2, unit).hover()
        page.wait_for_timeout(150)
        if ink(page.locator(".viewer-canvas canvas"))[4:-4, 4:-4].any():
            return
    pytest.fail("no neuron's trail is drawn")


def test_pointer_that_moves_leaves_timeline_and_bar_untouched(explore: Explore) -> None:
    page = ready(explore("step=90&show=all,out"))
    left, top, side = canvas_box(page)
    page.mouse.move(left + 0.2 * side, top + 0.2 * side)
    expect(page.locator(".viewer-readout")).to_contain_text("% white")
    page.evaluate("""() => {
      window.changes = 0;
      window.watch = new MutationObserver((found) => { window.changes += found.length; });
      for (const place of document.querySelectorAll(".viewer-timeline, .viewer-bar")) {
        const kinds = { attributes: true, childList: true, characterData: true };
        window.watch.observe(place, { subtree: true, ...kinds });
      }
    }""")
    before = page.locator(".viewer-readout").text_content()
    page.mouse.move(left + 0.6 * side, top + 0.7 * side, steps=8)
    expect(page.locator(".viewer-readout")).not_to_have_text(before or "")
    assert page.evaluate("window.changes") == 0
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => window.changes > 0")
    page.evaluate("window.watch.disconnect()")
