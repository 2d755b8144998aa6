"""The explorer in a real browser: from a static host under a sub-path, and from a local folder."""

from __future__ import annotations

import gzip
import io
import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect
from support.browser import BuiltSite, Open
from support.paths import ROOT

from ginn.viewer_data.boundary_chunks import QUANTA, VectorChunk, decode, encode

pytestmark = pytest.mark.browser

PLACES = ["http", "file"]
SIZES = [(1280, 800), (360, 740)]
EXPLORER = "explore/index.html"


def explorer(site: BuiltSite, place: str = "http", state: str = "") -> str:
    """The explorer's address, with a state."""
    return f"{site.addresses[place]}{EXPLORER}{state and '#' + state}"


def ready(page: Page) -> Page:
    """Waits for exact lines on the stage."""
    expect(page.locator(".viewer-stage")).to_have_attribute("data-lines", "exact")
    return page


def data(site: BuiltSite, pattern: str) -> Any:
    """What the one data file of that name hands to the viewer."""
    (path,) = site.folder.glob(f"data/**/{pattern}")
    match = re.fullmatch(r"GINN\.receive\((.*)\);\n", path.read_text())
    assert match
    return json.loads(f"[{match[1]}]")[1]


def address_of(page: Page, state: str) -> None:
    """Waits until the address holds a state."""
    page.wait_for_function("state => decodeURIComponent(location.hash).includes(state)", arg=state)


def last_run(site: BuiltSite) -> dict[str, Any]:
    """The last run of the index, which is not the one shown first."""
    run: dict[str, Any] = data(site, "index.*.js")["runs"][-1]
    return run


# --- what a reader can do -------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_opens_with_the_last_moment_of_the_first_run(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, _ = open_page(explorer(built_site, place))
    ready(page)
    index = data(built_site, "index.*.js")
    run = data(built_site, f"{index['runs'][0]['id']}/run.*.js")
    expect(page.get_by_label(index["runs"][0]["title"], exact=True)).to_be_checked()
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value(str(len(run["loss"]) - 1))
    expect(page.locator(".viewer-figures")).to_contain_text(f"{run['iterations'][-1]:,}")
    pressed = page.locator(".viewer-neuron[aria-pressed=true]")
    expect(pressed).to_have_count(sum(index["widths"]))


@pytest.mark.parametrize("place", PLACES)
def test_choosing_a_run(built_site: BuiltSite, open_page: Open, place: str) -> None:
    page, _ = open_page(explorer(built_site, place))
    ready(page)
    run = last_run(built_site)
    page.get_by_label(run["title"], exact=True).check()
    address_of(page, f"run={run['id']}")
    header = data(built_site, f"{run['id']}/run.*.js")
    expect(page.locator(".viewer-figures")).to_contain_text(f"{100 * header['accuracy'][-1]:.1f}%")
    expect(page.locator(".viewer-outcome")).to_have_text(run["outcome"])
    ready(page)


@pytest.mark.parametrize("place", PLACES)
def test_slider_moves_the_clock(built_site: BuiltSite, open_page: Open, place: str) -> None:
    page, _ = open_page(explorer(built_site, place))
    ready(page)
    run = data(built_site, f"{data(built_site, 'index.*.js')['runs'][0]['id']}/run.*.js")
    slider = page.get_by_label("Snapshot", exact=True)
    slider.fill("40")
    address_of(page, "step=40")
    expect(page.locator(".viewer-figures")).to_contain_text(f"{run['iterations'][40]:,}")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"{run['iterations'][40]:,}"))


def test_pressing_the_loss_curve_moves_the_clock(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    box = ready(page).locator(".viewer-plot").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    last = data(built_site, "index.*.js")["runs"][0]["snapshots"] - 1
    address_of(page, f"step={round(last / 2)}")


def test_keys_move_the_clock(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    slider = ready(page).get_by_label("Snapshot", exact=True)
    for key, step in [
        ("ArrowRight", 21), ("ArrowLeft", 20), ("Shift+ArrowRight", 30), ("Shift+ArrowLeft", 20),
        ("Home", 0), ("ArrowLeft", 0),
    ]:  # fmt: skip
        page.keyboard.press(key)
        expect(slider).to_have_value(str(step))
    page.keyboard.press("End")
    expect(slider).to_have_value(str(data(built_site, "index.*.js")["runs"][0]["snapshots"] - 1))
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    expect(slider).to_have_value(str(data(built_site, "index.*.js")["runs"][0]["snapshots"] - 12))


@pytest.mark.parametrize("place", PLACES)
def test_play_and_pause(built_site: BuiltSite, open_page: Open, place: str) -> None:
    page, _ = open_page(explorer(built_site, place, "step=10&speed=8"))
    slider = ready(page).get_by_label("Snapshot", exact=True)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function("() => document.querySelector('input[type=range]').value > 15")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stopped = slider.input_value()
    page.wait_for_timeout(200)
    expect(slider).to_have_value(stopped)
    page.get_by_role("button", name="Last snapshot").click()
    page.get_by_role("button", name="Play", exact=True).click()  # from the start again
    page.wait_for_function("() => document.querySelector('input[type=range]').value < 50")


@pytest.mark.parametrize("place", PLACES)
def test_neurons_layers_and_all(built_site: BuiltSite, open_page: Open, place: str) -> None:
    page, _ = open_page(explorer(built_site, place))
    ready(page)
    page.get_by_role("button", name="None", exact=True).click()
    address_of(page, "show=none")
    neuron = page.get_by_role("button", name="Layer 2, neuron 7", exact=True)
    neuron.click()
    address_of(page, "show=2.7")
    expect(neuron).to_have_attribute("aria-pressed", "true")
    layer = page.get_by_role("button", name="Layer 2", exact=True)
    expect(layer).to_have_attribute("aria-pressed", "mixed")
    layer.click()
    address_of(page, "show=2")
    expect(layer).to_have_attribute("aria-pressed", "true")
    neuron.focus()
    page.keyboard.press("Space")
    address_of(page, "show=2.1-6,2.8-16")
    page.get_by_role("button", name="Output boundary").click()
    address_of(page, "show=2.1-6,2.8-16,out")
    page.get_by_role("button", name="All", exact=True).click()
    address_of(page, "show=all,out")


def test_address_is_obeyed(built_site: BuiltSite, open_page: Open) -> None:
    run = last_run(built_site)
    state = f"run={run['id']}&step=33&show=1,3.2-4,out&behind=target"
    page, _ = open_page(explorer(built_site, state=state))
    ready(page)
    expect(page.get_by_label(run["title"], exact=True)).to_be_checked()
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("33")
    expect(page.get_by_label("Target", exact=True)).to_be_checked()
    expect(page.locator(".viewer-neuron[aria-pressed=true]")).to_have_count(16 + 3 + 1)
    page.evaluate("location.hash = '#step=5&show=none'")
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("5")
    expect(page.locator(".viewer-neuron[aria-pressed=true]")).to_have_count(0)
    page.go_back()
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("33")


# --- hostile addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("step=1e9&run=../../x&show=<script>", None),
        ("step=-3", "0"),
        ("step=12.4", "12"),
        ("step=NaN&behind=__proto__&speed=Infinity", None),
        ("%E0%A4%A&step=7", "7"),
        ("step=7&step=9&show=" + "1.1," * 50_000, "7"),
        ("show=0,99,1.0,2.999999-999999&step=", None),
    ],
)
def test_hostile_address_gives_a_valid_state(
    built_site: BuiltSite, open_page: Open, state: str, step: str | None
) -> None:
    page, _ = open_page(explorer(built_site, state=state))
    ready(page)
    last = data(built_site, "index.*.js")["runs"][0]["snapshots"] - 1
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value(step or str(last))


CONTEXT = {
    "runs": [{"id": "seed-1", "snapshots": 431}, {"id": "seed-12", "snapshots": 1}],
    "widths": [16, 3, 300],
}
NAMES = [
    "run", "step", "show", "behind", "speed", "zoom", "x", "trail", "loop", "point", "about",
    "beside", "own", "side", "__proto__",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["seed-12", "all", "none", "out", "1,2.1-2", "target", "430", "-1", "1e400"]),
    st.sampled_from(["seed-1", "0.5,0.25", "1,2,3", "NaN,1", "-3,7", "2.1", "same", "right", "on"]),
    st.integers().map(str),
)
READ = """([text, context]) => {
  const state = GINN.state.read(text, context);
  const written = GINN.state.write(state, context);
  const again = GINN.state.write(GINN.state.read(written, context), context);
  const right = GINN.state.ofSide(state, "right", context);
  return {
    ...state, show: [...state.show], own: state.own && [...state.own], written, again,
    right: {run: right.run, step: right.step, show: [...right.show]},
    end: GINN.state.clockEnd(state, context),
  };
}"""


@pytest.fixture(scope="module")
def quiet_page(browser: Any, built_site: BuiltSite) -> Any:
    """A page to call the viewer's functions in."""
    page = browser.new_page()
    page.goto(explorer(built_site))
    yield ready(page)
    page.close()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(terms=st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6))
def test_any_text_is_read_as_a_valid_state(quiet_page: Page, terms: list[tuple[str, str]]) -> None:
    text = "&".join(f"{name}={value}" for name, value in terms)
    state = quiet_page.evaluate(READ, [text, CONTEXT])
    assert state["run"] in ("seed-1", "seed-12")
    assert state["beside"] in ("", "seed-1", "seed-12")
    assert state["end"] == (430 if "seed-1" in (state["run"], state["beside"]) else 0)
    assert state["step"] in range(state["end"] + 1)
    assert state["right"]["run"] == (state["beside"] or state["run"])
    assert state["right"]["step"] in range(431 if state["right"]["run"] == "seed-1" else 1)
    assert state["point"] is None or all(0 <= state["point"][axis] <= 1 for axis in "xy")
    assert state["about"] in range(-1, 16 + 3 + 300 + 1)
    assert state["side"] in (("left", "right") if state["beside"] else ("left",))
    assert state["loop"] in (True, False)
    for shown in (state["show"], state["own"] or [], state["right"]["show"]):
        assert all(neuron in range(16 + 3 + 300 + 1) for neuron in shown)
    assert state["behind"] in ("output", "target", "error", "regions", "plain")
    assert state["speed"] in (1, 2, 4, 8, 12, 20, 30, 60)
    assert state["written"] == state["again"]


@settings(max_examples=50, deadline=None)
@given(shown=st.sets(st.integers(0, 21), max_size=22))
def test_any_selection_survives_the_address(quiet_page: Page, shown: set[int]) -> None:
    found = quiet_page.evaluate(
        """([shown, widths]) => [...GINN.state.parseSelection(
             GINN.state.formatSelection(new Set(shown), widths), widths)]""",
        [sorted(shown), [16, 3, 2]],
    )
    assert set(found) == shown


# --- data -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("neurons", "snapshots", "seed"), [(2, 1, 0), (49, 5, 1), (700, 2, 2)])
def test_both_decoders_agree(quiet_page: Page, neurons: int, snapshots: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = rng.integers(0, 3, snapshots * neurons)
    lengths = rng.integers(2, 7, lines.sum())
    vertices = int(lengths.sum())
    chunk = VectorChunk(
        32,
        neurons,
        rng.integers(0, QUANTA + 1, (vertices, 2)).astype(np.uint16),
        rng.integers(-4, neurons, vertices).astype(np.int32),
        np.concatenate([[0], np.cumsum(lengths)]),
        rng.random(len(lengths)) < 0.5,
        np.concatenate([[0], np.cumsum(lines)]),
        rng.random(snapshots * neurons) < 0.5,
    )
    found = quiet_page.evaluate(
        """text => Object.fromEntries(Object.entries(GINN.vectors.decode(text))
             .map(([name, value]) => [name, typeof value === "number" ? value : [...value]]))""",
        encode(chunk),
    )
    assert (found["first"], found["snapshots"], found["neurons"]) == (32, snapshots, neurons)
    np.testing.assert_array_equal(np.stack([found["x"], found["y"]], axis=1), chunk.positions)
    np.testing.assert_array_equal(found["causes"], chunk.causes)
    np.testing.assert_array_equal(found["polylines"], chunk.polyline_offsets)
    np.testing.assert_array_equal(found["closed"], chunk.closed)
    np.testing.assert_array_equal(found["lines"], chunk.line_offsets)
    np.testing.assert_array_equal(found["corners"], chunk.corners)


def test_missing_lines_leave_sprites_and_a_retry(built_site: BuiltSite, open_page: Open) -> None:
    state = "step=95&show=3&behind=plain"
    page, _ = open_page(
        explorer(built_site, state=state),
        before=lambda page: page.route("**/vectors-*", lambda route: route.abort()),
        complaining=True,
    )
    notice = page.locator(".viewer-stage .viewer-notice")
    expect(notice).to_contain_text("did not arrive")
    stage = page.locator(".viewer-stage")
    expect(stage).to_have_attribute("data-lines", "coarse")
    page.wait_for_timeout(500)
    assert ink(page.locator(".viewer-stage canvas")).mean() > 0.005  # sprites stand in
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("95")
    page.unroute("**/vectors-*")
    notice.get_by_role("button", name="Try again").click()
    ready(page)
    expect(notice).to_be_hidden()


@pytest.mark.parametrize(
    ("body", "said"),
    [('GINN.receive("x","ginn-vectors,9,1,1,1,1,1,1;");', "starts with"), ("", "damaged")],
)
def test_damaged_lines_are_said_to_be(
    built_site: BuiltSite, open_page: Open, body: str, said: str
) -> None:
    def damage(route: Route) -> None:
        route.fulfill(body=body, content_type="text/javascript")

    page, _ = open_page(
        explorer(built_site), before=lambda page: page.route("**/vectors-*", damage)
    )
    expect(page.locator(".viewer-stage .viewer-notice")).to_contain_text(said)


def test_missing_index_is_said_and_can_be_retried(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(
        explorer(built_site),
        before=lambda page: page.route("**/index.*.js", lambda route: route.abort()),
        complaining=True,
    )
    expect(page.get_by_role("status")).to_contain_text("did not arrive")
    page.unroute("**/index.*.js")
    page.get_by_role("button", name="Try again").click()
    ready(page)


@pytest.mark.parametrize("place", PLACES)
def test_no_request_leaves_the_site(built_site: BuiltSite, open_page: Open, place: str) -> None:
    page, journal = open_page(explorer(built_site, place))
    ready(page)
    page.keyboard.press("Home")
    page.get_by_label("Target", exact=True).check()
    ready(page)
    root = built_site.addresses[place]
    assert [url for url in journal.requests if not url.startswith(root)] == []


def test_first_frame_is_light(built_site: BuiltSite, open_page: Open) -> None:
    page, journal = open_page(explorer(built_site))
    ready(page)
    asked = [url.removeprefix(built_site.addresses["http"]) for url in journal.requests]
    sizes = {
        name: len(gzip.compress((built_site.folder / name.split("#")[0]).read_bytes()))
        for name in asked
    }
    assert sum(sizes.values()) <= 250_000, sizes
    assert not [name for name in sizes if "layer-" in name]  # no stand-in was needed


# --- what is drawn --------------------------------------------------------------------------------


def ink(place: Locator) -> NDArray[np.bool_]:
    """Where an element's picture differs clearly from its most common colour, (rows, columns)."""
    picture = Image.open(io.BytesIO(place.screenshot())).convert("RGB")
    pixels = np.asarray(picture).astype(np.int64)
    colours, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    inked: NDArray[np.bool_] = np.abs(pixels - colours[counts.argmax()]).max(axis=2) > 60
    return inked


def segments(site: BuiltSite, step: int, neurons: list[int]) -> NDArray[np.float64]:
    """The exact boundaries' segments (S, 2, 2) in domain units, of the first run."""
    run = data(site, "index.*.js")["runs"][0]["id"]
    for path in site.folder.glob(f"data/**/{run}/vectors-*.js"):
        chunk = decode(data(site, f"{run}/{path.name}"))
        if chunk.first <= step < chunk.first + len(chunk):
            break
    found = []
    for neuron in neurons:
        line = (step - chunk.first) * chunk.neurons + neuron
        for p in range(chunk.line_offsets[line], chunk.line_offsets[line + 1]):
            part = slice(chunk.polyline_offsets[p], chunk.polyline_offsets[p + 1])
            vertices = chunk.positions[part] / QUANTA
            if chunk.closed[p]:
                vertices = np.concatenate([vertices, vertices[:1]])
            found += list(np.stack([vertices[:-1], vertices[1:]], axis=1))
    return np.array(found).reshape(-1, 2, 2)


def distances(points: NDArray[np.float64], lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each point (P, 2) to the nearest of the segments (S, 2, 2)."""
    start, along = lines[:, 0], lines[:, 1] - lines[:, 0]  # (S, 2)
    offset = points[:, None] - start  # (P, S, 2)
    square = np.maximum((along**2).sum(-1), 1e-30)
    share = np.clip((offset * along).sum(-1) / square, 0, 1)  # (P, S)
    nearest: NDArray[np.float64] = np.linalg.norm(offset - share[..., None] * along, axis=-1).min(
        axis=1
    )
    return nearest


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("show", "neurons"),
    [("3", range(32, 48)), ("2.1-5", range(16, 21)), ("1,out", [*range(16), 48])],
)
def test_ink_is_where_the_lines_are_and_nowhere_else(
    built_site: BuiltSite,
    open_page: Open,
    size: tuple[int, int],
    place: str,
    show: str,
    neurons: range | list[int],
) -> None:
    state = f"step=90&show={show}&behind=plain"
    page, _ = open_page(explorer(built_site, place, state), size=size)
    inked = ink(ready(page).locator(".viewer-stage canvas"))
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
    edge = ((centres < 2) | (centres > side - 2)).any(axis=1)  # the stage's outline
    assert distances(centres[~edge], lines).max() < 3, "a line is invented"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_sideways_scrolling(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int], scheme: str
) -> None:
    page, _ = open_page(explorer(built_site), size=size, scheme=scheme)
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_control_has_a_name(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    tree = ready(page).locator(".viewer").aria_snapshot()
    assert re.search(r"- (button|slider|radio)( \[[^\]]*\])*:?$", tree, re.MULTILINE) is None
    assert tree.count("button") > 50


def test_without_scripts_the_last_moments_stand(browser: Any, built_site: BuiltSite) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(explorer(built_site))
    runs = data(built_site, "index.*.js")["runs"]
    expect(page.locator(".viewer-stills img")).to_have_count(len(runs))
    context.close()


def test_dragging_never_queues_frames(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    ready(page).wait_for_timeout(300)
    asked = page.evaluate("""() => {
      const request = window.requestAnimationFrame;
      let count = 0;
      window.requestAnimationFrame = (callback) => { count += 1; return request(callback); };
      const slider = document.querySelector("input[type=range]");
      for (let step = 0; step < 90; step += 1) {
        slider.value = String(step);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      }
      return count;
    }""")
    assert asked == 1
    expect(page.get_by_label("Snapshot", exact=True)).to_have_value("89")
    address_of(page, "step=89")


def test_scripts_are_light_and_keep_all_but_their_comments(built_site: BuiltSite) -> None:
    (path,) = (built_site.folder / "assets").glob("viewer-*.js")
    assert len(gzip.compress(path.read_bytes())) <= 25_000
    text = path.read_text()
    names = (ROOT / "templates/viewer/scripts.txt").read_text().split()
    assert {f"{name}.js" for name in names} | {"article.js", "save.js"} == {
        script.name for script in (ROOT / "templates/viewer").glob("*.js")
    }
    assert text.startswith('"use strict";')
    assert all(f"GINN.{name}=" in text for name in names if name != "element")
    assert not re.search(r"/\*\*|^\s*(//|\*)", text, re.MULTILINE)
