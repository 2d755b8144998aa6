"""The laboratory: drawing, training, and links that give the same numbers."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Open
from support.explorer import DRAWN, swipe
from support.lab_page import SMALL, at, figure, lab, press, status, whites
from support.lab_specification import Settings, Specification, initial, shifted, with_neuron
from support.paths import ROOT
from support.site_data import data, first_run

from ginn.config.loader import load_settings
from ginn.dataset.picture import load_picture

pytestmark = pytest.mark.browser

WITHOUT_WASM = "delete globalThis.WebAssembly;"


@pytest.mark.parametrize("place", ["http", "file"])
def test_training_runs_to_its_end_and_can_be_scrubbed_back(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, journal = open_page(lab(built_site, place))
    at(page, "0")
    earlier = len(journal.requests)
    press(page, "Train")
    at(page, "400")
    expect(status(page)).to_contain_text("The run has reached its last iteration.")
    loss = float(figure(page, "Loss"))
    page.locator(".viewer-slider").press("Home")
    at(page, "0")
    assert float(figure(page, "Loss")) > loss
    expect(page.locator(".viewer-canvas")).to_have_attribute("data-lines", "exact")
    # The viewer's details are the one file that comes later. With a new address, the browser itself
    # asks for the icon again.
    later = [request for request in journal.requests[earlier:] if "/icon-" not in request]
    assert len(later) <= 1


def test_one_step_and_reset_and_pause(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site, state=SMALL.replace("400", "100000")))
    at(page, "0")
    first = figure(page, "Loss")
    press(page, "One step")
    press(page, "One step")
    at(page, "2")
    press(page, "Train")
    expect(page.locator(".lab-controls").get_by_role("button", name="Pause")).to_be_visible()
    press(page, "Pause")
    page.evaluate(DRAWN)
    stopped = figure(page, "Iteration")
    page.evaluate(DRAWN)
    assert figure(page, "Iteration") == stopped
    press(page, "Start over")
    at(page, "0")
    assert figure(page, "Loss") == first


@pytest.mark.parametrize("wasm", [True, False])
def test_link_gives_the_numbers_of_the_specification(
    built_site: BuiltSite, open_page: Open, wasm: bool
) -> None:
    def before(page: Page) -> None:
        if not wasm:
            page.add_init_script(WITHOUT_WASM)

    page, _ = open_page(lab(built_site, state=f"{SMALL}&at=150"), before=before)
    at(page, "150")
    slow = "" if wasm else "This browser runs no WebAssembly here, so training is slower. "
    slow += "" if wasm else "The numbers are the same."
    expect(status(page)).to_have_text(slow)
    side = page.evaluate(
        "JSON.parse(document.querySelector('[data-laboratory]').dataset.laboratory).pixels"
    )
    letter = page.evaluate("(side) => [...GINN.pictures.given('letter', side)]", side)
    picture = np.array(letter, dtype=np.uint8).reshape(side, side)
    network = at_iteration(picture, 150)
    # Loss and accuracy are those at every second pixel, both ways.
    middles = ((np.arange(1, side, 2) + 0.5) / side).astype(np.float32)
    points = np.stack([np.tile(middles, len(middles)), np.repeat(middles, len(middles))])
    logits = network.forward(points)[-1][0].astype(float)
    signed = np.where(picture[1::2, 1::2].ravel() == 1, logits, -logits)
    assert float(figure(page, "Loss")) == pytest.approx(np.logaddexp(0, -signed).mean(), rel=5e-3)
    assert figure(page, "Accuracy") == f"{100 * (signed > 0).mean():.1f}%"


def test_drawing_by_pointer_and_by_keys_changes_the_picture(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site, state=SMALL.replace("letter", "circle")))
    at(page, "0")
    white = whites(page)
    sheet = page.locator(".lab-sheet canvas")
    box = sheet.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 2 / 3, steps=4)
    page.mouse.up()
    drawn = whites(page)
    assert drawn < white
    expect(page.locator(".lab-editor select").first).to_have_value("own")
    sheet.focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", " ", "ArrowUp", "ArrowUp", " "):
        sheet.press(key)
    assert whites(page) < drawn
    undo = page.get_by_role("button", name="Undo")
    undo.click()
    assert whites(page) == drawn
    undo.click()
    assert whites(page) == white
    expect(undo).to_be_disabled()
    page.get_by_role("button", name="Invert").click()
    assert whites(page) == 200**2 - white


def test_image_file_becomes_a_picture_and_its_threshold_can_be_moved(
    built_site: BuiltSite, open_page: Open, tmp_path: Path
) -> None:
    levels = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (64, 1))
    Image.fromarray(levels).save(tmp_path / "ramp.png")
    page, journal = open_page(lab(built_site, "file"))
    at(page, "0")
    page.locator("input[type=file]").set_input_files(tmp_path / "ramp.png")
    slider = page.get_by_label("Threshold of white")
    expect(slider).to_be_visible()
    half = whites(page)
    assert 0.4 < half / 200**2 < 0.6
    slider.fill("200")
    assert whites(page) < half / 1.5
    (tmp_path / "text.png").write_text("no image")
    page.locator("input[type=file]").set_input_files(tmp_path / "text.png")
    expect(page.get_by_text("cannot read this file")).to_be_visible()
    assert not any("ramp" in request for request in journal.requests)


def test_network_of_another_shape_is_drawn_with_its_neurons(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site))
    expect(page.locator(".viewer-neuron")).to_have_count(5 + 4 + 1)
    page.get_by_role("button", name="One layer more").click()
    expect(page.locator(".viewer-neuron")).to_have_count(5 + 4 + 4 + 1)
    units = page.get_by_label("Units of layer 2")
    units.fill("40")
    units.press("Enter")
    expect(units).to_have_value("32")
    expect(page.locator(".viewer-neuron")).to_have_count(5 + 32 + 4 + 1)
    press(page, "One step")
    at(page, "1")


# How many thumbnails are drawn in a second.
DRAWN_AGAIN = """async () => {
  const real = GINN.thumbnails.drawLine;
  let count = 0;
  GINN.thumbnails.drawLine = (...given) => {
    count += 1;
    real(...given);
  };
  await new Promise((done) => setTimeout(done, 1000));
  return count;
}"""


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)])
def test_page_at_rest_draws_no_thumbnail_again(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(lab(built_site, state="network=16-16-16"), size)
    at(page, "0")
    page.wait_for_timeout(3000)
    assert page.evaluate(DRAWN_AGAIN) == 0


# The time (ms) that each of 40 frames gives to training, when drawing takes so long (ms) in each.
BUDGETS = """async (drawing) => {
  const site = JSON.parse(document.querySelector("[data-laboratory]").dataset.laboratory);
  const setup = GINN.setup.read("network=4-4&length=1000000", site);
  let drawn = 0;
  const experiment = GINN.experiment.create(setup, () => requestAnimationFrame(() => {
    drawn += 1;
    for (const end = performance.now() + drawing; performance.now() < end;);
  }));
  await experiment.begin(setup);
  const run = experiment.run();
  const train = run.train.bind(run);
  const budgets = [];
  run.train = (most, deadline) => {
    budgets.push(deadline - performance.now());
    train(Math.min(most, 1), deadline);
  };
  experiment.setSpeed(Infinity);
  experiment.setRunning(true);
  drawn = 0;
  while (budgets.length < 40) await new Promise(requestAnimationFrame);
  experiment.setRunning(false);
  return { budgets, drawn };
}"""


def test_training_gets_what_drawing_leaves_of_a_frame(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site))
    at(page, "0")
    quick, slow = (page.evaluate(BUDGETS, drawing) for drawing in (0, 30))
    assert max(quick["budgets"] + slow["budgets"]) <= 12
    assert min(quick["budgets"] + slow["budgets"]) > 2
    # Where drawing takes long, fewer frames are drawn, and those between are for training.
    assert slow["drawn"] < 0.7 * len(slow["budgets"])
    assert max(slow["budgets"]) > 8 > min(slow["budgets"])


def test_run_that_is_still_trained_is_said_neither_to_have_ended_nor_to_have_failed(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site))
    at(page, "0")
    expect(page.locator(".viewer-neuron").first).to_be_attached()
    expect(page.locator(".viewer-outcome")).to_have_text("")
    page.goto(f"{built_site.addresses['http']}explore/index.html")
    expect(page.locator(".viewer-outcome")).to_contain_text("accuracy")


def test_training_that_diverges_says_so(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site, state=SMALL.replace("rate=0.01", "rate=1")))
    at(page, "0")
    page.evaluate("() => { GINN.kernelNumbers.rate = () => 1e38; }")
    press(page, "Train")
    expect(status(page)).to_contain_text("no longer finite")


# Follows an address with an experiment of its own, and gives what both networks became.
FOLLOW = """async (text) => {
  const site = JSON.parse(document.querySelector("[data-laboratory]").dataset.laboratory);
  const setup = GINN.setup.read(text, site);
  const experiment = GINN.experiment.create(setup, () => {});
  await experiment.begin(setup);
  const waits = () => experiment.run().trainer.iteration() < setup.at || experiment.isRunning()
    || experiment.isSeeking() || (setup.changes.length && !experiment.twin());
  while (waits()) {
    await new Promise(requestAnimationFrame);
  }
  const [run, twin] = [experiment.run(), experiment.twin()];
  return {
    run: [...run.trainer.parameters()],
    twin: twin && [...twin.trainer.parameters()],
    clocks: [run, twin ?? run].map(({ snapshots }) => snapshots.map(({ iteration }) => iteration)),
    picture: [...setup.picture],
  };
}"""
CHANGED = [-1.25, 0.5, 0.25]  # weights and bias of a line


def test_twins_have_the_numbers_of_the_specification(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site))
    line = "_".join(str(number) for number in (2, *CHANGED))
    found, picture = followed(page, f"60:line-{line},freeze-2")
    run = at_iteration(picture, 60)
    twin = Specification(run.settings, run.parameters)
    twin.parameters[3:6] = CHANGED
    frozen = slice(15, 15 + 4 * 6)
    run = Specification(run.settings, run.parameters)  # Adam's moments are zero again
    run.iteration = twin.iteration = 60
    for _ in range(30):
        run.step()
        before = twin.parameters[frozen].copy()
        twin.step()
        for moved in (twin.parameters, twin.first, twin.second):
            moved[frozen] = before if moved is twin.parameters else 0
    assert found["run"] == run.parameters.tolist()
    assert found["twin"] == twin.parameters.tolist()
    assert found["clocks"][0] == found["clocks"][1]
    assert found["clocks"][0][-1] == 90


def followed(page: Page, changes: str) -> tuple[dict[str, Any], np.ndarray]:
    """What both networks of an experiment with these changes became, and the picture (n, n)."""
    found = page.evaluate(FOLLOW, f"{SMALL}&at=90&changes={changes}")
    side = int(len(found["picture"]) ** 0.5)
    return found, np.array(found["picture"], dtype=np.uint8).reshape(side, side)


def at_iteration(picture: np.ndarray, iteration: int) -> Specification:
    """The network of SMALL after so many iterations."""
    settings = Settings((5, 4), 16, 3, picture, 0.01, 400, False)
    network = Specification(settings, initial((5, 4), 3, 1.0))
    for _ in range(iteration):
        network.step()
    return network


def trained_on(network: Specification, parameters: np.ndarray, count: int) -> Specification:
    """These parameters after so many more iterations of a network, with Adam's moments at 0."""
    following = Specification(network.settings, parameters)
    following.iteration = network.iteration
    for _ in range(count):
        following.step()
    return following


PARTS = {
    "whole": "",
    "rectangle": "_0.1_0.2_0.45_0.7",
    # The letter's bars are white.
    "area": "_0.3_0.5",
}


@pytest.mark.parametrize("kind", ["wake", "silence"])
@pytest.mark.parametrize("place", PARTS)
def test_layer_is_woken_and_silenced_over_a_part_as_the_specification_says(
    built_site: BuiltSite, open_page: Open, kind: str, place: str
) -> None:
    page, _ = open_page(lab(built_site))
    found, picture = followed(page, f"60:{kind}-2{PARTS[place]}")
    side = len(picture)
    middles = (np.arange(side) + 0.5) / side
    x, y = np.meshgrid(middles, middles)
    part = {
        "whole": None,
        "rectangle": (x >= 0.1) & (x < 0.45) & (y >= 0.2) & (y < 0.7),
        "area": picture == 1,
    }[place]
    run = at_iteration(picture, 60)
    changed = shifted(run, 1, part, kind == "wake")
    assert (changed != run.parameters).any()
    assert found["twin"] == trained_on(run, changed, 30).parameters.tolist()
    # What it means: on everywhere in the part, or over half of the picture; or off.
    network = Specification(run.settings, changed)
    on = network.forward(np.stack([x.ravel(), y.ravel()]).astype(np.float32))[2] > 0
    share = (on if part is None else on[:, part.ravel()]).mean(axis=1)
    least = 0.0 if kind == "silence" else 0.49 if part is None else 1.0
    assert (share >= least).all()
    assert kind == "wake" or (share == 0).all()


def test_added_neuron_leaves_the_function_as_it_is_and_is_trained(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site))
    found, picture = followed(page, "60:add-1,add-2")
    run = at_iteration(picture, 60)
    changed, widths = with_neuron(run.parameters, (5, 4), 0, 3)
    changed, widths = with_neuron(changed, widths, 1, 3)
    wide = Specification(dataclasses.replace(run.settings, widths=widths), changed)
    points = np.random.default_rng(0).random((2, 32)).astype(np.float32)
    assert (wide.forward(points)[-1] == run.forward(points)[-1]).all()
    wide.iteration = 60
    twin = trained_on(wide, changed, 30)
    assert found["twin"] == twin.parameters.tolist()
    # The untouched run has an idle neuron in its place, and else its own numbers.
    narrow = trained_on(run, run.parameters, 30)
    shape = (*widths,)
    untouched = Specification(
        dataclasses.replace(run.settings, widths=shape), np.array(found["run"], np.float32)
    )
    layers = untouched.layers(untouched.parameters)
    expected = narrow.layers(narrow.parameters)
    assert (layers[0][:5] == expected[0]).all()
    assert (layers[0][5] == 0).all()
    assert (layers[1][:4, [0, 1, 2, 3, 4, 6]] == expected[1]).all()
    assert (layers[2][:, [0, 1, 2, 3, 5]] == expected[2]).all()


def test_neuron_gets_new_weights_or_those_of_another(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site))
    reset, picture = followed(page, "60:reset-2_3")
    run = at_iteration(picture, 60)
    changed = run.parameters.copy()
    own = slice(15 + 2 * 6, 15 + 3 * 6)
    changed[own] = initial((5, 4), 4, 1.0)[own]
    assert reset["twin"] == trained_on(run, changed, 30).parameters.tolist()
    copied, _ = followed(page, "60:copy-1_2_4")
    changed = run.parameters.copy()
    changed[9:12] = changed[3:6]
    for unit in range(4):
        row = 15 + 6 * unit
        changed[row + 3] = changed[row + 1] = changed[row + 1] / np.float32(2)
    assert copied["twin"] == trained_on(run, changed, 30).parameters.tolist()


def test_changes_at_two_iterations_are_made_one_after_the_other(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site))
    found, picture = followed(page, "40:silence-2;60:wake-2,freeze-1")
    run = at_iteration(picture, 40)
    silenced = trained_on(run, shifted(run, 1, None, wakes=False), 20)
    twin = Specification(run.settings, shifted(silenced, 1, None, wakes=True))
    twin.iteration = 60
    for _ in range(30):
        before = twin.parameters[:15].copy()
        twin.step()
        twin.parameters[:15] = before
    assert found["twin"] == twin.parameters.tolist()
    middle = trained_on(run, run.parameters, 20)
    assert found["run"] == trained_on(middle, middle.parameters, 30).parameters.tolist()


def test_changing_a_run_shows_it_beside_its_twin(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site, state=f"{SMALL}&at=50"))
    at(page, "50")
    page.locator(".lab-changes summary").click()
    page.get_by_role("button", name="Wake").click()
    expect(page.locator(".viewer-pane")).to_have_count(2)
    page.get_by_role("button", name="Move the line right").click()
    expect(page.get_by_text("2 changes since iteration 50.")).to_be_visible()
    press(page, "One step")
    at(page, "51")
    page.wait_for_timeout(500)
    assert "changes=50:wake-1,line-1_" in page.evaluate("location.hash")
    page.get_by_role("button", name="Without the twin").click()
    expect(page.locator(".viewer-pane")).to_have_count(1)


def first_line(page: Page) -> list[float]:
    """Weights and bias of the last change in the page's address, a line of neuron 1."""
    page.wait_for_timeout(500)
    found = re.search(r"line-1_([^,&]*)(&|$)", page.url)
    assert found, page.url
    return [float(number) for number in found[1].split("_")]


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("near", [True, False])
def test_line_is_dragged_and_moves_or_turns(
    built_site: BuiltSite, open_page: Open, near: bool, touch: bool
) -> None:
    line = "changes=0:line-1_2_0_-1&show=1"  # upright, in the middle of the picture
    page, _ = open_page(lab(built_site, state=f"{SMALL}&{line}"))
    expect(page.locator(".viewer-pane")).to_have_count(2)
    page.get_by_role("button", name="Drag lines").click()
    box = page.locator(".viewer-pane canvas").last.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * (0.5 if near else 0.9)
    right = box["width"] / 10
    if touch:
        swipe(page, (x, y), (x + right / 2, y), (x + right, y))
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + right, y, steps=4)
        page.mouse.up()
    a, b, bias = first_line(page)
    if near:
        assert (a, b) == (2, 0)
        assert bias == pytest.approx(-1.2, abs=0.02)
    else:
        # The bottom end went right, around the middle: 0.1 to the side at 0.4 below it.
        assert b / a == pytest.approx(-0.25, abs=0.03)
        assert (a + b) / 2 + bias == pytest.approx(0, abs=1e-3)
    # Dragging made one change of the line, and asked about no point.
    expect(page.get_by_text("1 change since iteration 0.")).to_be_visible()
    assert "point=" not in page.url
    page.get_by_role("button", name="Move the line left").click()
    assert first_line(page)[2] == pytest.approx(bias + 0.02 * a, abs=1e-4)


def test_neuron_is_added_and_a_part_needs_a_point(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site, state=f"{SMALL}&at=50"))
    at(page, "50")
    loss = figure(page, "Loss")
    page.locator(".lab-changes summary").click()
    page.get_by_role("button", name="Add a neuron").click()
    expect(page.locator(".viewer-neuron")).to_have_count(6 + 4 + 1)
    expect(page.locator(".viewer-pane")).to_have_count(2)
    assert figure(page, "Loss") == loss
    page.get_by_label("Where").select_option("area")
    page.get_by_role("button", name="Wake").click()
    expect(page.get_by_text("Click on the picture first")).to_be_visible()
    page.locator(".viewer-pane canvas").last.click(position={"x": 60, "y": 60})
    page.get_by_role("button", name="Wake").click()
    page.wait_for_timeout(500)
    assert re.search(r"changes=50:add-1,wake-1_0\.\d+_0\.\d+&", page.url)
    page.get_by_role("button", name="Without the twin").click()
    expect(page.locator(".viewer-neuron")).to_have_count(5 + 4 + 1)
    at(page, "50")


def test_address_holds_the_view_and_gives_it_back(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site, state=f"{SMALL}&at=60"))
    at(page, "60")
    page.locator(".viewer-slider").press("Home")
    for _ in range(3):
        page.locator(".viewer-slider").press("ArrowRight")
    page.get_by_role("button", name="None").click()
    page.locator(".viewer-neuron").nth(2).click()
    page.wait_for_timeout(600)
    address = page.url
    assert "at=60&step=3&show=1.3" in address
    again, _ = open_page(address)
    at(again, "3")
    expect(again.locator(".viewer-neuron[aria-pressed=true]")).to_have_count(1)
    # The second page may still train up to the iteration of the address.
    last = page.locator(".viewer-slider").get_attribute("max") or ""
    expect(again.locator(".viewer-slider")).to_have_attribute("max", last)


def test_help_lists_the_controls_of_the_laboratory(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site))
    at(page, "0")
    page.locator(".viewer-slider").press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Press Drag lines")
    expect(dialog).to_contain_text("arrows move the brush")
    expect(dialog).not_to_contain_text("second run")


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_image_is_dropped_or_pasted(built_site: BuiltSite, open_page: Open, kind: str) -> None:
    page, _ = open_page(lab(built_site, "file"))
    at(page, "0")
    page.evaluate(
        """async (kind) => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 40 });
          const pen = canvas.getContext("2d");
          pen.fillStyle = "white";
          pen.fillRect(0, 0, 40, 40);
          pen.fillStyle = "black";
          pen.fillRect(0, 0, 20, 40);
          const blob = await new Promise((done) => canvas.toBlob(done));
          const data = new DataTransfer();
          data.items.add(new File([blob], "half.png", { type: "image/png" }));
          const target = document.querySelector(".lab");
          target.dispatchEvent(kind === "drop"
            ? new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data })
            : new ClipboardEvent("paste", { bubbles: true, clipboardData: data }));
        }""",
        kind,
    )
    expect(page.get_by_label("Threshold of white")).to_be_visible()
    assert whites(page) == 200 * 100


def test_picture_is_drawn_by_touch(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site), (360, 740))
    at(page, "0")
    white = whites(page)
    sheet = page.locator(".lab-sheet canvas")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box
    scrolled = page.evaluate("scrollY")
    middle = box["x"] + box["width"] / 2
    swipe(page, *((middle, box["y"] + box["height"] * share) for share in (0.1, 0.5, 0.9)))
    assert whites(page) != white
    assert page.evaluate("scrollY") == scrolled


@pytest.mark.parametrize("place", ["http", "file"])
def test_recorded_run_is_taken_up_with_its_weights(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    run, step = first_run(built_site), 40
    page, _ = open_page(lab(built_site, place, f"take=bottle/{run['id']}/{step}"))
    header = data(built_site, f"{Path(run['header']).name}")
    at(page, f"{header['iterations'][step]:,}")
    assert float(figure(page, "Loss")) == pytest.approx(header["loss"][step], rel=0.05)
    press(page, "One step")
    at(page, f"{header['iterations'][step] + 1:,}")


def test_files_to_take_away_are_valid(
    built_site: BuiltSite, open_page: Open, tmp_path: Path
) -> None:
    page, _ = open_page(lab(built_site, state=f"{SMALL}&at=20"))
    at(page, "20")
    page.locator(".lab-take summary").click()
    saved = {}
    for name in ("Weights (JSON)", "Picture (PNG)", "report.toml"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        saved[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[name])
    weights = json.loads(saved["Weights (JSON)"].read_text())
    assert (weights["iteration"], weights["widths"]) == (20, [5, 4])
    sizes = [(len(each["weights"]), len(each["weights"][0])) for each in weights["layers"]]
    assert sizes == [(5, 2), (4, 5), (1, 4)]
    (tmp_path / "pictures").mkdir()
    saved["Picture (PNG)"].rename(tmp_path / "pictures/picture.png")
    settings = tmp_path / "report.toml"
    experiment = load_settings(settings).experiment
    assert "other initial weights" in settings.read_text().splitlines()[0]
    assert (experiment.widths, experiment.iterations, experiment.batch) == ((5, 4), 400, 16)
    dataset = load_picture(tmp_path / experiment.picture, experiment.pixels)
    letter = page.evaluate("(side) => [...GINN.pictures.given('letter', side)]", experiment.pixels)
    assert dataset.labels.astype(int).ravel().tolist() == letter
    (tmp_path / "articles").mkdir()
    head = 'title = "T"\nslug = "index"\ndescription = "D."\norder = 1\ndate = 2026-11-23'
    (tmp_path / "articles/index.md").write_text(f"+++\n{head}\n+++\n\nText.\n")
    command = [sys.executable, "build.py", "--check", "--content", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_recorded_iterations_end_with_the_run(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site))
    for length in (1, 40, 60, 400, 20_000, 100_000, 1_270_000):
        ranges = page.evaluate("(length) => GINN.takeAway.recorded(length)", length)
        iterations = [n for first, last, step in ranges for n in range(first, last + 1, step)]
        assert iterations == sorted(set(iterations))
        assert iterations[0] == 0
        assert iterations[-1] == length


def test_only_the_laboratory_may_compile(built_site: BuiltSite) -> None:
    for path in built_site.folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        policies = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
        assert len(policies) == 1
        assert ("wasm-unsafe-eval" in policies[0]) == (path.parent.name == "lab"), path
