"""The view state in the address: what is read from it, written to it, and kept in the history."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import quote, unquote

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Explore, Open
from support.explorer import (
    EVERYWHERE,
    PLACES,
    address_of,
    canvas_box,
    explorer,
    open_tab,
    pressed_neurons,
    ready,
    snapshot_slider,
)
from support.site_data import data, first_run, header_of, last_run, last_step, title_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("place", PLACES)
def test_explorer_without_a_state_shows_the_first_runs_first_snapshot(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, _ = open_page(explorer(built_site, place))
    ready(page)
    index = data(built_site, "index.*.js")
    run = data(built_site, f"{index['runs'][0]['id']}/run.*.js")
    expect(page.get_by_label(title_of(index["runs"][0]), exact=True)).to_be_checked()
    expect(snapshot_slider(page)).to_have_value("0")
    expect(page.locator(".viewer-figures")).to_contain_text(f"{100 * run['accuracy'][0]:.1f}%")
    pressed = page.locator(".viewer-neuron[aria-pressed=true]")
    expect(pressed).to_have_count(sum(index["widths"]) + 1)


@pytest.mark.parametrize("state", ["", "run%3Dseed-0%26step%3D3", "run=seed-7777&step=3."])
def test_address_stays_as_it_came_until_something_changes(
    built_site: BuiltSite, open_page: Open, state: str
) -> None:
    page, _ = open_page(explorer(built_site, state=state))
    ready(page).wait_for_timeout(600)
    assert page.evaluate("location.hash") == (state and f"#{state}")
    page.keyboard.press("End")
    address_of(page, f"run={first_run(built_site)['id']}&step={last_step(built_site)}")
    page.go_back()
    address_of(page, unquote(state))
    expect(snapshot_slider(page)).to_have_value("3" if state else "0")


PLAIN = "run=seed-12&step=0&show=1,2.1-2&point=0.5,0.25"


@pytest.mark.parametrize(
    "damaged",
    [
        PLAIN.replace("=", "%3D").replace("&", "%26"),
        quote(quote(PLAIN, safe=""), safe=""),
        quote(quote(quote("#" + PLAIN, safe=""), safe=""), safe=""),
        PLAIN.replace("&", "&amp;"),
        PLAIN.replace("&", "&amp;amp;"),
        PLAIN.replace("&", "&#38;"),
        PLAIN.replace("&", "%26amp%3B"),
        *(
            PLAIN + end
            for end in [".", ")", ").", ">", "]", "\u201d", ",", ";", "%20", "*", "&gt;"]
        ),
        PLAIN + "%20and%20then%20more",
        PLAIN + "_",
        PLAIN + "%E2%80%A6",
        f"%E2%80%9C{PLAIN}%E2%80%9D",
        PLAIN.replace("&", ";"),
        PLAIN.replace("12", "1%E2%80%8B2").replace("0.25", "0.%0A25"),
        PLAIN.upper(),
        "#" + PLAIN,
        "!" + PLAIN,
    ],
)
def test_damaged_link_is_read_as_it_was_meant(quiet_page: Page, damaged: str) -> None:
    read = """([text, context]) => {
      const unmet = [];
      const state = GINN.urlState.read(text, context, "", unmet);
      return [GINN.urlState.write(state, context), unmet];
    }"""
    assert quiet_page.evaluate(read, [damaged, CONTEXT]) == [PLAIN, []]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("run=seed-7&step=3", "run=seed-7"),
        ("step=999", "step=999"),
        ("step=abc", "step=abc"),
        ("show=1,9.99", "show=1,9.99"),
        ("behind=heat", "behind=heat"),
        ("zoom=500", "zoom=500"),
        ("point=2", "point=2"),
        ("point=0.5,7", "point=0.5,7"),
        ("about=2", "about=2"),
        ("loop=maybe", "loop=maybe"),
        ("stop=3", "stop=3"),
    ],
)
def test_link_that_cannot_be_honoured_says_so(
    built_site: BuiltSite, open_page: Open, asked: str, told: str
) -> None:
    page, _ = open_page(explorer(built_site, state=asked))
    said = ready(page).locator(".viewer-live")
    expect(said).to_contain_text(f"not in this report: {told}.")
    box = said.bounding_box()
    assert box
    assert box["width"] > 100  # seen, not only heard
    assert page.evaluate("location.hash") == f"#{asked}"
    page.keyboard.press("Home")
    expect(said).not_to_contain_text("not in this report")


def test_link_that_is_honoured_says_nothing(built_site: BuiltSite, open_page: Open) -> None:
    state = "step=3&show=3,1.1-2,out&point=0.123456,1&zoom=2.345&x=0.9&loop=off&own=same"
    page, _ = open_page(explorer(built_site, state=state))
    ready(page).wait_for_timeout(900)
    assert "report" not in page.locator(".viewer-live").inner_text()


@pytest.mark.parametrize("state", ["", "step=3&point=0.5,0.25"])
def test_link_that_skips_to_the_content_keeps_the_view(
    built_site: BuiltSite, open_page: Open, state: str
) -> None:
    page, _ = open_page(explorer(built_site, state=state))
    ready(page).keyboard.press("ArrowRight")
    moved = "4" if state else "1"
    address_of(page, f"step={moved}")
    page.locator("a.skip").press("Enter")
    page.wait_for_timeout(600)
    assert page.evaluate("location.hash") == "#main"
    expect(snapshot_slider(page)).to_have_value(moved)
    expect(page.locator(".viewer-sum")).to_be_visible(visible=bool(state))
    page.reload()
    expect(snapshot_slider(ready(page))).to_have_value("0")


@pytest.mark.parametrize("place", PLACES)
def test_run_chosen_is_shown_and_stands_in_the_address(
    built_site: BuiltSite, explore: Explore, place: str
) -> None:
    page = explore(place=place)
    ready(page)
    run = last_run(built_site)
    page.get_by_label(title_of(run), exact=True).check()
    address_of(page, f"run={run['id']}")
    header = header_of(built_site, run["id"])
    expect(page.locator(".viewer-figures")).to_contain_text(f"{100 * header['accuracy'][-1]:.1f}%")
    expect(page.locator(".viewer-outcome")).to_have_text(
        re.compile(r"^(Ended well|Failed): accuracy \d+\.\d%, loss [\d.]+\.$")
    )
    ready(page)


def test_address_with_a_state_sets_every_control(built_site: BuiltSite, open_page: Open) -> None:
    run = last_run(built_site)
    state = f"run={run['id']}&step=33&show=1,3.2-4,out&behind=target"
    page, _ = open_page(explorer(built_site, state=state))
    ready(page)
    expect(page.get_by_label(title_of(run), exact=True)).to_be_checked()
    expect(snapshot_slider(page)).to_have_value("33")
    expect(page.get_by_label("Target", exact=True)).to_be_checked()
    expect(pressed_neurons(page)).to_have_count(16 + 3 + 1)
    page.evaluate("location.hash = '#step=5&show=none'")
    expect(snapshot_slider(page)).to_have_value("5")
    expect(pressed_neurons(page)).to_have_count(0)
    page.go_back()
    expect(snapshot_slider(page)).to_have_value("33")


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
    built_site: BuiltSite, explore: Explore, state: str, step: str | None
) -> None:
    page = explore(state)
    ready(page)
    last = last_step(built_site)
    expect(snapshot_slider(page)).to_have_value(step or str(last))


@pytest.mark.parametrize(
    "state", ["zoom=1e9&x=-4&y=NaN", "zoom=0&x=0&y=1", "zoom=&x=<b>", "zoom=-Infinity&x=Infinity"]
)
def test_hostile_zoom_stays_within_the_picture(explore: Explore, state: str) -> None:
    page = explore(state)
    ready(page)
    look = page.evaluate(
        "text => GINN.urlState.read(text, {runs: [{id: 'a', snapshots: 1}], widths: [1]})", state
    )
    assert 1 <= look["zoom"] <= 64
    half = 0.5 / look["zoom"]
    assert half <= look["x"] <= 1 - half
    assert half <= look["y"] <= 1 - half


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
  const state = GINN.urlState.read(text, context);
  const written = GINN.urlState.write(state, context);
  const again = GINN.urlState.write(GINN.urlState.read(written, context), context);
  const store = GINN.store.create(state, context);
  const right = store.ofSide("right");
  return {
    ...state, show: [...state.show], own: state.own && [...state.own], written, again,
    right: {run: right.run, step: right.step, show: [...right.show]},
    end: store.end(),
  };
}"""


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(terms=st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6))
def test_view_state_read_from_any_text_is_valid(
    quiet_page: Page, terms: list[tuple[str, str]]
) -> None:
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
def test_selection_written_and_read_is_the_same(quiet_page: Page, shown: set[int]) -> None:
    found = quiet_page.evaluate(
        """([shown, widths]) => [...GINN.neurons.parseSelection(
             GINN.neurons.formatSelection(new Set(shown), widths), widths)]""",
        [sorted(shown), [16, 3, 2]],
    )
    assert set(found) == shown


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_back_and_forward_walk_through_the_acts(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=20"), size=size)
    ready(page)
    open_tab(page, "View")
    page.get_by_label("Target", exact=True).check()
    address_of(page, "behind=target")
    open_tab(page, "Neurons")
    page.get_by_role("button", name="Layer 2", exact=True).click()
    address_of(page, "show=1,3")
    open_tab(page, "View")
    page.get_by_role("button", name="Zoom in").click()
    address_of(page, "zoom=2")
    page.go_back()
    expect(page.locator(".viewer-factor")).to_have_text("1×")
    open_tab(page, "Neurons")
    expect(pressed_neurons(page)).to_have_count(32)
    page.go_back()
    expect(pressed_neurons(page)).to_have_count(48)
    open_tab(page, "View")
    expect(page.get_by_label("Target", exact=True)).to_be_checked()
    page.go_back()
    expect(page.get_by_label("Output", exact=True)).to_be_checked()
    page.go_forward()
    expect(page.get_by_label("Target", exact=True)).to_be_checked()


def test_history_of_a_drag_has_one_entry(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    slider = snapshot_slider(ready(page))
    before = page.evaluate("history.length")
    for step in (30, 40, 50, 60, 70):
        slider.fill(str(step))
        page.wait_for_timeout(300)
    address_of(page, "step=70")
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(slider).to_have_value("20")


def test_act_that_undoes_itself_leaves_no_equal_neighbours(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=20&show=all,out"))
    ready(page)
    for key in "nanan":
        page.keyboard.press(key)
        page.wait_for_timeout(500)
    seen = [page.evaluate("location.hash")]
    for _ in range(3):
        page.go_back()
        seen.append(page.evaluate("location.hash"))
        if seen[-1].endswith("step=20&show=all,out"):
            break
    assert all(first != second for first, second in pairwise(seen)), seen


def test_history_of_playing_has_at_most_one_entry(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=0&speed=60"))
    before = ready(page).evaluate("history.length")
    page.keyboard.press("Space")
    address_of(page, "step=95")
    assert page.evaluate("history.length") <= before + 1


def test_pointing_leaves_address_and_history(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    left, top, side = canvas_box(ready(page))
    before = page.evaluate("[history.length, location.hash]")
    for share in np.linspace(0.1, 0.9, 9):
        page.mouse.move(left + share * side, top + share * side)
    page.wait_for_timeout(600)
    assert page.evaluate("[history.length, location.hash]") == before
