"""What the viewer loads: its size, its formats, and data that is missing or damaged."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect
from support.browser import BuiltSite, Open
from support.explorer import PLACES, explorer, ink, ready, snapshot_slider
from support.site_data import all_runs

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


@pytest.mark.parametrize("place", PLACES)
def test_explorer_requests_only_its_own_site(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, journal = open_page(explorer(built_site, place))
    ready(page)
    page.keyboard.press("Home")
    page.get_by_label("Target", exact=True).check()
    ready(page)
    root = built_site.addresses[place]
    assert [url for url in journal.requests if not url.startswith(root)] == []


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
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(explorer(built_site))
    runs = all_runs(built_site)
    expect(page.locator(".viewer-images img")).to_have_count(len(runs))
    context.close()
