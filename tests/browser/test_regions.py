"""The linear regions behind the lines."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Explore, Open
from support.explorer import (
    address_of,
    canvas_box,
    canvas_colours,
    explorer,
    near,
    open_more,
    ready,
    snapshot_slider,
)
from support.site_data import chunk_text, header_of, layers_at, pixel_middles

pytestmark = pytest.mark.browser
NUMBERS = """([text, step, side, view]) =>
  [...GINN.regions.numbers(GINN.boundaryChunks.decode(text), step, 48, side, view)]"""


@pytest.mark.parametrize(
    "view",
    [
        {"x": 0, "y": 0, "zoom": 1},
        {"x": 0.31, "y": 0.12, "zoom": 4},
        {"x": 0, "y": 0.4, "zoom": 2},
    ],
)
@pytest.mark.parametrize("step", [0, 40, 95])
def test_region_number_tells_which_neurons_are_on(
    built_site: BuiltSite, quiet_page: Page, step: int, view: dict[str, float]
) -> None:
    text = chunk_text(built_site, step)
    side = 60
    found = np.array(quiet_page.evaluate(NUMBERS, [text, step, side, view])).reshape(side, side)
    points = pixel_middles(side, view)
    hidden = np.concatenate(layers_at(built_site, step, points)[:-1], axis=1)
    bits = np.array(
        [quiet_page.evaluate("n => GINN.regions.numberOf(n) >>> 0", n) for n in range(48)]
    ).astype(np.uint32)
    expected = np.bitwise_xor.reduce(np.where(hidden > 0, bits, np.uint32(0)), axis=1)
    same = found.ravel() == expected
    # Positions in the browser are rounded to 1/65535: only points that near a line may differ.
    assert same.mean() > 0.998
    assert len(np.unique(expected)) > 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_regions_of_the_next_snapshot_keep_their_colours(
    built_site: BuiltSite, explore: Explore, scheme: str
) -> None:
    page = explore("step=94&show=none", scheme=scheme)
    open_more(ready(page))
    page.get_by_label("Regions", exact=True).check()
    address_of(page, "behind=regions")
    page.wait_for_timeout(300)
    now = canvas_colours(page)
    count = header_of(built_site)["regions"][94]
    colours = np.unique(now.reshape(-1, 3), axis=0)
    assert len(colours) > count / 4
    expect(page.locator(".viewer-note").first).to_contain_text(f"{count} linear regions")
    page.get_by_role("button", name="Step forward").click()
    expect(snapshot_slider(page)).to_have_value("95")
    page.wait_for_timeout(200)
    after = canvas_colours(page)
    assert (np.abs(after - now).max(axis=2) == 0).mean() > 0.5  # the rest was crossed by a line


def test_regions_are_painted_once_a_snapshot(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=94&show=none&behind=regions"))
    ready(page).evaluate("""() => {
      const { prototype } = CanvasRenderingContext2D;
      const { putImageData } = prototype;
      GINN.made = 0;
      prototype.putImageData = function (...given) {
        GINN.made += 1;
        putImageData.apply(this, given);
      };
    }""")
    left, top, side = canvas_box(page)
    for share in (0.2, 0.5, 0.8):
        page.mouse.move(left + share * side, top + share * side)
        expect(page.locator(".viewer-readout")).to_contain_text(near(share, share))
    assert page.evaluate("GINN.made") == 0
    page.keyboard.press("ArrowRight")
    expect(snapshot_slider(page)).to_have_value("95")
    assert page.evaluate("GINN.made") == 1


def regions_of(pixels: NDArray[np.int64]) -> int:
    """The number of distinct colours."""
    return len(np.unique(pixels.reshape(-1, 3), axis=0))


def test_regions_enlarged_stay_sharp(explore: Explore) -> None:
    state = "step=95&show=none&behind=regions&zoom=32&x=0.5&y=0.6"
    page = explore(state)
    ready(page).wait_for_timeout(200)
    assert regions_of(canvas_colours(page)) < 120  # flat colours, no blended ones between
