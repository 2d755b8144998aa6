"""What the viewer loads: its size, its formats, and data that is missing or damaged."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect
from support.browser import BuiltSite, Open
from support.explorer import address_of, explorer, ink, ready, snapshot_slider
from support.site_data import all_runs, first_run, header_of

from ginn.viewer_data.boundary_chunks import QUANTA, BoundaryChunk, encode

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("neurons", "snapshots", "seed"), [(2, 1, 0), (49, 5, 1), (700, 2, 2)])
def test_boundary_chunk_is_decoded_as_in_python(
    quiet_page: Page, neurons: int, snapshots: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    lines = rng.integers(0, 3, snapshots * neurons)
    lengths = rng.integers(2, 7, lines.sum())
    vertices = int(lengths.sum())
    chunk = BoundaryChunk(
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
        """text => Object.fromEntries(Object.entries(GINN.boundaryChunks.decode(text))
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


def test_missing_boundaries_leave_those_of_the_overview_and_a_retry(
    built_site: BuiltSite, open_page: Open
) -> None:
    state = "step=95&show=3&behind=plain"
    page, _ = open_page(
        explorer(built_site, state=state),
        before=lambda page: page.route("**/boundaries-*", lambda route: route.abort()),
        complaining=True,
    )
    notice = page.locator(".viewer-canvas .viewer-notice")
    expect(notice).to_contain_text("did not arrive")
    canvas = page.locator(".viewer-canvas")
    expect(canvas).to_have_attribute("data-lines", "coarse")
    expect(notice).to_contain_text("The lines drawn are those of iteration")
    assert ink(page.locator(".viewer-canvas canvas")).mean() > 0.005
    expect(snapshot_slider(page)).to_have_value("95")
    page.unroute("**/boundaries-*")
    notice.get_by_role("button", name="Try again").click()
    ready(page)
    expect(notice).to_be_hidden()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('GINN.receive("x","ginn-boundaries,9,1,1,1,1,1,1;");', "damaged, or of another version"),
        ("", "damaged"),
    ],
)
def test_damaged_boundaries_are_reported(
    built_site: BuiltSite, open_page: Open, body: str, said: str
) -> None:
    def damage(route: Route) -> None:
        route.fulfill(body=body, content_type="text/javascript")

    page, _ = open_page(
        explorer(built_site), before=lambda page: page.route("**/boundaries-*", damage)
    )
    expect(page.locator(".viewer-canvas .viewer-notice")).to_contain_text(said)


def test_missing_index_is_reported_and_can_be_retried(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(
        explorer(built_site),
        before=lambda page: page.route("**/index.*.js", lambda route: route.abort()),
        complaining=True,
    )
    expect(page.get_by_role("status")).to_contain_text("did not arrive")
    page.unroute("**/index.*.js")
    page.get_by_role("button", name="Try again").click()
    ready(page)


def test_first_frame_takes_at_most_250_kb(built_site: BuiltSite, open_page: Open) -> None:
    page, journal = open_page(explorer(built_site))
    ready(page)
    asked = [url.removeprefix(built_site.addresses["http"]) for url in journal.requests]
    sizes = {
        name: len(gzip.compress((built_site.folder / name.split("#")[0]).read_bytes()))
        for name in asked
    }
    assert sum(sizes.values()) <= 250_000, sizes
    assert not [name for name in sizes if "layer-" in name]  # no stand-in was needed


def test_explorer_without_scripts_shows_the_last_snapshots(
    browser: Any, built_site: BuiltSite
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(explorer(built_site))
    runs = all_runs(built_site)
    expect(page.locator(".viewer-images img")).to_have_count(len(runs))
    expect(page.locator(".viewer-notice")).to_be_hidden()
    page.locator(".viewer").get_by_role("link", name="Data", exact=True).click()
    frames = page.locator("#frames ~ details a")
    expect(frames.first).to_be_attached()
    for address in frames.evaluate_all("all => all.map((each) => each.href)"):
        assert (built_site.folder / address.removeprefix(built_site.addresses["http"])).is_file()
    run = header_of(built_site)
    layers, output = run["sprites"]["layers"], run["sprites"]["output"]
    sheets = sum(len(each["files"]) for each in [*layers, output])
    assert frames.count() == len(runs) * sheets
    page.close()


def test_dragging_on_a_slow_line_keeps_lines_and_says_that_it_loads(
    built_site: BuiltSite, open_page: Open
) -> None:
    held: list[Route] = []
    slow = [True]

    def answer(route: Route) -> None:
        if slow[0]:
            held.append(route)
        else:
            route.continue_()

    page, _ = open_page(
        explorer(built_site, state="show=all,out&behind=plain"),
        before=lambda page: page.route(re.compile("boundaries-00[01]"), answer),
    )
    ready(page)
    overview = "() => performance.getEntriesByType('resource').some(e => /overview/.test(e.name))"
    page.wait_for_function(overview)
    iterations = header_of(built_site, first_run(built_site)["id"])["iterations"]
    pane, notice = page.locator(".viewer-canvas"), page.locator(".viewer-canvas .viewer-notice")
    # The overview has every sixteenth snapshot: the nearest one stands in.
    for step, nearest in ((60, 64), (43, 48), (9, 16), (2, 0)):
        snapshot_slider(page).fill(str(step))
        expect(pane).to_have_attribute("data-lines", "coarse")
        number = f"{iterations[nearest]:,}"
        expect(notice).to_have_text(re.compile(rf"^Loading… .* iteration {number}\."))
        assert ink(page.locator(".viewer-canvas canvas")).mean() > 0.003, step
    slow[0] = False
    for route in held:
        route.continue_()
    ready(page)
    expect(notice).to_be_hidden()


def test_empty_page_says_that_it_loads(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(
        explorer(built_site),
        before=lambda page: page.route("**/viewer-*.js", lambda route: route.abort()),
        complaining=True,
    )
    expect(page.locator(".viewer")).to_have_text("Loading…")


def replaced(page: Page, names: str) -> None:
    """Makes boundaries vanish, and says that the newest site has these files."""
    page.route("**/boundaries-*", lambda route: route.fulfill(status=404))
    body = f'GINN.receive("newest",{names});'
    page.route(
        "**/newest.js?*", lambda route: route.fulfill(body=body, content_type="text/javascript")
    )


def test_file_that_vanished_with_a_new_site_offers_it_at_the_same_state(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(
        explorer(built_site, state="step=40"),
        before=lambda page: replaced(page, '["viewer-1.js","index.2.js"]'),
        complaining=True,
    )
    notice = page.locator(".viewer-canvas .viewer-notice")
    expect(notice).to_contain_text("a newer report has replaced this one")
    page.keyboard.press("ArrowRight")
    address_of(page, "step=41")
    page.unroute("**/boundaries-*")
    with page.expect_navigation():
        notice.get_by_role("button", name="Open the newer report").click()
    expect(snapshot_slider(ready(page))).to_have_value("41")


def test_file_that_is_missing_from_the_newest_site_offers_another_attempt(
    built_site: BuiltSite, open_page: Open
) -> None:
    files = [path.name for path in built_site.folder.rglob("*.js")]
    page, _ = open_page(
        explorer(built_site),
        before=lambda page: replaced(page, json.dumps(files)),
        complaining=True,
    )
    notice = page.locator(".viewer-canvas .viewer-notice")
    expect(notice).to_contain_text("it could not be loaded")
    expect(notice.get_by_role("button")).to_have_text("Try again")


def test_newest_site_names_the_files_of_its_own_pages(built_site: BuiltSite) -> None:
    text = (built_site.folder / "assets" / "newest.js").read_text()
    page = (built_site.folder / "explore" / "index.html").read_text()
    (index,) = re.findall(r'data-index="[^"]*?([^"/]+)"', page)
    (viewer,) = re.findall(r"/(viewer-\w+\.js)", page)
    assert {index, viewer} <= set(re.findall(r'"([^"]+)"', text))


def test_viewer_goes_on_by_itself_when_the_line_is_back(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(
        explorer(built_site, state="step=95&behind=plain"), complaining=True, alone=True
    )
    ready(page).wait_for_timeout(500)
    page.context.set_offline(True)
    page.keyboard.press("Home")
    expect(page.locator(".viewer-canvas .viewer-notice")).to_contain_text("could not be loaded")
    page.context.set_offline(False)
    ready(page)
    expect(page.locator(".viewer-canvas .viewer-notice")).to_be_hidden()
