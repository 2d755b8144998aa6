"""The side on which a neuron is on, and how strongly it is on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page
from support.browser import BuiltSite, Explore
from support.explorer import address_of, canvas_colours, ready, thumbnail
from support.site_data import chunk_text, data, header_of, layers_at, pixel_middles

pytestmark = pytest.mark.browser
SIDE = 60
WHOLE = {"x": 0, "y": 0, "zoom": 1}
# For each neuron, the opacity of each pixel where its side is shaded, row by row.
SHADED = """([text, step, side, view]) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const chunk = GINN.boundaryChunks.decode(text);
  return Array.from({ length: chunk.neurons }, (_, neuron) => {
    pen.clearRect(0, 0, side, side);
    GINN.scene.shade(pen, chunk, step, neuron, side, view, "#000000");
    return [...pen.getImageData(0, 0, side, side).data].filter((_, at) => at % 4 === 3);
  });
}"""


@pytest.mark.parametrize("view", [WHOLE, {"x": 0.31, "y": 0.4, "zoom": 3}])
@pytest.mark.parametrize("step", [0, 50, 95])
def test_shaded_side_is_where_the_forward_pass_is_positive(
    built_site: BuiltSite, quiet_page: Page, step: int, view: dict[str, float]
) -> None:
    values = np.concatenate(layers_at(built_site, step, pixel_middles(SIDE, view)), axis=1)
    kinds = set()
    pictures = np.array(
        quiet_page.evaluate(SHADED, [chunk_text(built_site, step), step, SIDE, view])
    )
    for neuron, (shaded, on) in enumerate(zip(pictures, values.T > 0, strict=True)):
        # A pixel on the line is shaded in part.
        clear = (shaded == 0) | (shaded == shaded.max()) if shaded.any() else shaded == 0
        assert clear.mean() > 0.8, neuron
        assert ((shaded > 0) == on)[clear].mean() > 0.999, neuron
        kinds.add((on.any(), on.all()))
    assert {(True, False)} < kinds, "no neuron is on everywhere or nowhere"


def test_strengths_of_a_grid_are_those_of_the_forward_pass(
    built_site: BuiltSite, quiet_page: Page
) -> None:
    header = header_of(built_site)
    text = data(built_site, header["weights"][95 // header["snapshots_a_chunk"]])
    places = pixel_middles(SIDE, WHOLE)[::23]
    expected = np.concatenate(layers_at(built_site, 95, places), axis=1)
    for neuron in (3, 20, 40, 48):
        found = quiet_page.evaluate(
            """([text, x, y, neuron]) => [...GINN.forward.preActivations(
              GINN.forward.decode(text), 95, [Float64Array.from(x), Float64Array.from(y)], neuron,
            )[neuron]]""",
            [text, places[:, 0].tolist(), places[:, 1].tolist(), neuron],
        )
        np.testing.assert_allclose(found, expected[:, neuron], atol=1e-9)


def coloured(page: Page) -> NDArray[np.float64]:
    """How far each pixel of the pane is from the paper, (rows, columns)."""
    seen = canvas_colours(page)
    paper = seen.reshape(-1, 3).max(axis=0)
    return np.abs(seen - paper).sum(axis=2).astype(float)


def seen_at(picture: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """The pane's pixels at places of the domain."""
    side = len(picture) + 8  # the rim is left out
    column, row = np.clip((places * side).astype(int) - 4, 0, np.array(picture.shape)[::-1] - 1).T
    return picture[row, column]


@pytest.mark.parametrize("behind", ["side", "strength"])
def test_one_neuron_behind_the_lines_is_drawn_where_it_is_on(
    built_site: BuiltSite, explore: Explore, behind: str
) -> None:
    places = pixel_middles(SIDE, WHOLE)
    values = np.concatenate(layers_at(built_site, 95, places), axis=1)
    neuron = int(np.argmin(np.abs((values > 0).mean(axis=0) - 0.5)))
    name = "out" if neuron == 48 else f"{neuron // 16 + 1}.{neuron % 16 + 1}"
    page = explore(f"step=95&show=none&about={name}&behind={behind}")
    ready(page).wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    seen = seen_at(coloured(page), places)
    value = values[:, neuron]
    if behind == "side":
        assert ((seen > 20) == (value > 0)).mean() > 0.98
    else:
        size = np.sqrt(np.abs(value) / np.abs(value).max())
        for sign in (value > 0, value < 0):
            assert np.corrcoef(seen[sign], size[sign])[0, 1] > 0.97


def test_strength_of_the_output_has_two_hues(built_site: BuiltSite, explore: Explore) -> None:
    places = pixel_middles(SIDE, WHOLE)
    value = np.concatenate(layers_at(built_site, 95, places), axis=1)[:, 48]
    page = explore("step=95&show=none&about=out&behind=strength")
    ready(page).wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    seen = canvas_colours(page).astype(float)
    warm = seen_at(seen[..., 0] - seen[..., 2], places)  # red above blue
    strong = np.abs(value) > np.abs(value).max() / 10
    assert (warm[strong & (value < 0)] > 30).mean() > 0.98
    assert (warm[strong & (value > 0)] < 10).mean() > 0.98


def test_neuron_pointed_at_shades_its_side_until_the_pointer_leaves(
    built_site: BuiltSite, explore: Explore
) -> None:
    places = pixel_middles(SIDE, WHOLE)
    values = np.concatenate(layers_at(built_site, 95, places), axis=1)[:, :16]
    neuron = int(np.argmin(np.abs((values > 0).mean(axis=0) - 0.5)))
    page = explore("step=95&show=none&behind=plain")
    pointed = thumbnail(ready(page), 1, neuron + 1)
    pointed.hover()
    page.wait_for_timeout(200)
    seen = seen_at(coloured(page), places)
    assert ((seen > 20) == (values[:, neuron] > 0)).mean() > 0.97
    page.mouse.move(0, 0)
    page.wait_for_timeout(200)
    assert coloured(page).max() < 20
    pointed.focus()
    page.wait_for_timeout(200)
    assert seen_at(coloured(page), places)[values[:, neuron] > 0].mean() > 20


def test_side_of_no_chosen_neuron_is_the_outputs(built_site: BuiltSite, explore: Explore) -> None:
    places = pixel_middles(SIDE, WHOLE)
    logit = layers_at(built_site, 95, places)[-1][:, 0]
    page = explore("step=95&show=none")
    ready(page).get_by_label("Side", exact=True).check()
    address_of(page, "behind=side")
    page.wait_for_timeout(200)
    assert ((seen_at(coloured(page), places) > 20) == (logit > 0)).mean() > 0.98
