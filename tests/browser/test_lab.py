"""The laboratory: drawing, training, and links that give the same numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from support.browser import BuiltSite, Open
from support.lab_specification import Settings, Specification, initial
from support.site_data import data, first_run

from ginn.config.loader import load_settings
from ginn.dataset.picture import load_picture

pytestmark = pytest.mark.browser

SMALL = "picture=letter&network=5-4&seed=3&rate=0.01&schedule=constant&length=400&batch=16&scale=1"
# Waits until the page is drawn once more.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
WITHOUT_WASM = "delete globalThis.WebAssembly;"


def lab(site: BuiltSite, place: str = "http", state: str = SMALL) -> str:
    return f"{site.addresses[place]}lab/index.html#{state}"


def figure(page: Page, name: str) -> str:
    """One of the numbers of the snapshot that is shown."""
    row = page.locator(".viewer-figures > div").filter(has_text=name)
    return row.locator("dd").inner_text()


def at(page: Page, iteration: str) -> Page:
    """The page, when it shows this iteration."""
    row = page.locator(".viewer-figures > div").filter(has_text="Iteration")
    expect(row.locator("dd")).to_have_text(iteration)
    return page


def status(page: Page) -> Locator:
    """What the controls say about the training."""
    return page.locator(".lab-controls .lab-status")


def press(page: Page, name: str) -> None:
    page.locator(".lab-controls").get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("place", ["http", "file"])
def test_training_runs_to_its_end_and_can_be_scrubbed_back(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, journal = open_page(lab(built_site, place))
    at(page, "0")
    requests = len(journal.requests)
    press(page, "Train")
    at(page, "400")
    expect(status(page)).to_have_text("The run has reached its last iteration.")
    loss = float(figure(page, "Loss"))
    page.locator(".viewer-slider").press("Home")
    at(page, "0")
    assert float(figure(page, "Loss")) > loss
    expect(page.locator(".viewer-canvas")).to_have_attribute("data-lines", "exact")
    # The viewer's details are the one file that comes later.
    assert len(journal.requests) - requests <= 1


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
    press(page, "Reset")
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
    settings = Settings((5, 4), 16, 3, picture, 0.01, 400, False)
    network = Specification(settings, initial((5, 4), 3, 1.0))
    for _ in range(150):
        network.step()
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


def whites(page: Page) -> int:
    """The white pixels of the picture in the page's address."""
    page.wait_for_timeout(500)
    found: int = page.evaluate(
        """() => {
          const site = JSON.parse(document.querySelector("[data-laboratory]").dataset.laboratory);
          const { picture } = GINN.setup.read(location.hash, site);
          return picture.reduce((sum, label) => sum + label, 0);
        }"""
    )
    return found


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


@pytest.mark.parametrize("size", [(1440, 900), (1000, 700), (360, 740)])
def test_page_at_rest_draws_no_thumbnail_again(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(lab(built_site, state="network=16-16-16"), size)
    at(page, "0")
    page.wait_for_timeout(3000)
    assert page.evaluate(DRAWN_AGAIN) == 0


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
    || (setup.changes && !experiment.twin());
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
    found = page.evaluate(FOLLOW, f"{SMALL}&at=90&changes=60:line-{line},freeze-2")
    side = int(len(found["picture"]) ** 0.5)
    picture = np.array(found["picture"], dtype=np.uint8).reshape(side, side)
    settings = Settings((5, 4), 16, 3, picture, 0.01, 400, False)
    run = Specification(settings, initial((5, 4), 3, 1.0))
    for _ in range(60):
        run.step()
    twin = Specification(settings, run.parameters)
    twin.parameters[3:6] = CHANGED
    frozen = slice(15, 15 + 4 * 6)
    run = Specification(settings, run.parameters)  # Adam's moments are zero again
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


def test_woken_layer_is_on_and_a_silenced_one_is_off(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(lab(built_site))
    points = (np.arange(50) + 0.5) / 50
    grid = np.stack([np.tile(points, 50), np.repeat(points, 50)]).astype(np.float32)
    for change, low, high in (("wake-2", 0.5, 1.0), ("silence-2", 0.0, 0.0)):
        found = page.evaluate(FOLLOW, f"{SMALL}&at=40&changes=40:silence-2,{change}")
        settings = Settings((5, 4), 16, 3, np.zeros((2, 2), np.uint8))
        network = Specification(settings, np.array(found["twin"], dtype=np.float32))
        activations = network.forward(grid)[2]
        share = (activations > 0).mean(axis=1)
        assert (share >= low).all()
        assert (share <= high).all()


def test_changing_a_run_shows_it_beside_its_twin(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(lab(built_site, state=f"{SMALL}&at=50"))
    at(page, "50")
    page.locator(".lab-changes summary").click()
    page.get_by_role("button", name="Wake").click()
    expect(page.locator(".viewer-pane")).to_have_count(2)
    page.get_by_role("button", name="Move the line right").click()
    expect(page.get_by_text("2 changes at iteration 50.")).to_be_visible()
    press(page, "One step")
    at(page, "51")
    page.wait_for_timeout(500)
    assert "changes=50:wake-1,line-1_" in page.evaluate("location.hash")
    page.get_by_role("button", name="Without the twin").click()
    expect(page.locator(".viewer-pane")).to_have_count(1)


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
    experiment = load_settings(tmp_path / "report.toml").experiment
    assert (experiment.widths, experiment.iterations, experiment.batch) == ((5, 4), 400, 16)
    dataset = load_picture(tmp_path / experiment.picture, experiment.pixels)
    letter = page.evaluate("(side) => [...GINN.pictures.given('letter', side)]", experiment.pixels)
    assert dataset.labels.astype(int).ravel().tolist() == letter


@pytest.mark.parametrize("length", [1, 40, 60, 400, 20_000, 100_000, 1_270_000])
def test_recorded_iterations_end_with_the_run(
    built_site: BuiltSite, open_page: Open, length: int
) -> None:
    page, _ = open_page(lab(built_site))
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
