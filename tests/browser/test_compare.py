"""Two stages on one clock, finding the moment, and walking back."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from browser.test_abilities import stage_box
from browser.test_explorer import PLACES, SIZES, address_of, data, explorer, ink, last_run, ready
from PIL import Image
from playwright.sync_api import Page, expect
from support.browser import BuiltSite, Open

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"
EVERYWHERE = [(place, size) for place in PLACES for size in SIZES]


def both_ready(page: Page) -> Page:
    """Waits for exact lines on both stages."""
    stages = page.locator(".viewer-stage")
    expect(stages).to_have_count(2)
    for at in (0, 1):
        expect(stages.nth(at)).to_have_attribute("data-lines", "exact")
    return page


def pressed(page: Page) -> int:
    """How many neurons the panel says are shown."""
    return page.locator(".viewer-neuron[aria-pressed=true]").count()


# --- two stages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_a_second_stage_on_the_same_clock(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    other = last_run(built_site)
    page, _ = open_page(explorer(built_site, place, "step=60&behind=plain"), size=size)
    compare = ready(page).get_by_label("Compare with")
    compare.focus()
    compare.select_option(other["id"])
    address_of(page, f"beside={other['id']}")
    both_ready(page)
    boxes = [page.locator(".viewer-stage canvas").nth(at).bounding_box() for at in (0, 1)]
    assert boxes[0]
    assert boxes[1]
    if size[0] > 600:
        assert boxes[0]["y"] == boxes[1]["y"]
        assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]
    else:
        assert boxes[0]["y"] + boxes[0]["height"] < boxes[1]["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    first = page.locator(".viewer-stage canvas").first
    page.locator("body").focus()
    compare.blur()
    page.keyboard.press("ArrowRight")
    for at, run in ((0, data(built_site, "index.*.js")["runs"][0]), (1, other)):
        header = data(built_site, f"{run['id']}/run.*.js")
        canvas = page.locator(".viewer-stage canvas").nth(at)
        expect(canvas).to_have_accessible_name(
            re.compile(f"{run['title']} at iteration {header['iterations'][61]:,}:")
        )
        expect(page.locator(".viewer-title").nth(at)).to_contain_text(
            f"{run['title']}: accuracy {100 * header['accuracy'][61]:.1f}%"
        )
    page.wait_for_timeout(200)
    left, right = (ink(page.locator(".viewer-stage canvas").nth(at)) for at in (0, 1))
    rows, columns = (min(a, b) for a, b in zip(left.shape, right.shape, strict=True))
    assert (left[:rows, :columns] != right[:rows, :columns]).mean() > 0.01  # two runs
    compare.select_option("")
    expect(page.locator(".viewer-stage")).to_have_count(1)
    expect(first).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_same_selection_or_its_own(
    built_site: BuiltSite, open_page: Open, size: tuple[int, int]
) -> None:
    other = last_run(built_site)["id"]
    page, _ = open_page(explorer(built_site, state=f"step=90&beside={other}&show=2"), size=size)
    both_ready(page)
    names = page.locator(".viewer-stage canvas")
    for at in (0, 1):
        expect(names.nth(at)).to_have_accessible_name(re.compile("16 boundaries"))
    own = page.get_by_role("button", name="Own selection")
    own.click()
    address_of(page, "own=2")
    page.get_by_label("Right stage").check()
    address_of(page, "side=right")
    page.get_by_role("button", name="Layer 3", exact=True).click()
    address_of(page, "own=2,3")
    expect(names.nth(0)).to_have_accessible_name(re.compile("16 boundaries"))
    expect(names.nth(1)).to_have_accessible_name(re.compile("32 boundaries"))
    assert pressed(page) == 32
    page.get_by_label("Left stage").check()
    expect(page.locator(".viewer-neuron[aria-pressed=true]")).to_have_count(16)
    own.click()
    page.wait_for_function("() => !location.hash.includes('own')")
    expect(names.nth(1)).to_have_accessible_name(re.compile("16 boundaries"))


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_one_question_to_both_stages(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    other = last_run(built_site)["id"]
    page, _ = open_page(explorer(built_site, place, f"step=90&beside={other}&show=2"), size=size)
    both_ready(page)
    right = page.locator(".viewer-stage canvas").nth(1)
    right.scroll_into_view_if_needed()
    box = right.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    address_of(page, "side=right")
    for at in (0, 1):
        expect(page.locator(".viewer-title").nth(at)).to_contain_text(
            re.compile(r"here (over |under )?[\d.]+% white")
        )
    expect(page.get_by_label("Right stage")).to_be_checked()
    expect(page.locator(".viewer-pane").nth(1)).to_have_class(re.compile("viewer-active"))


def test_the_loss_of_both_is_drawn(built_site: BuiltSite, open_page: Open) -> None:
    other = last_run(built_site)["id"]
    page, _ = open_page(explorer(built_site, state=f"beside={other}"))
    both_ready(page)
    paths = page.locator(".viewer-curve").evaluate_all("all => all.map((p) => p.getAttribute('d'))")
    assert len(paths) == 2
    assert paths[0] != paths[1]
    assert all(path.count("L") == 95 for path in paths)


def test_svg_has_both_stages_side_by_side(built_site: BuiltSite, open_page: Open) -> None:
    first, other = data(built_site, "index.*.js")["runs"][0], last_run(built_site)
    state = f"beside={other['id']}&step=90&show=2.1&behind=plain&side=right"
    page, _ = open_page(explorer(built_site, state=state))
    with both_ready(page).expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    assert first["id"] in download.value.suggested_filename
    assert other["id"] in download.value.suggested_filename
    root = ElementTree.parse(download.value.path()).getroot()
    assert root.get("width") == "1616"
    captions = [text.text or "" for text in root.findall(f"{SVG}text")]
    iteration = data(built_site, f"{other['id']}/run.*.js")["iterations"][90]
    assert captions[0] == " ".join(
        [f"{first['title']} at iteration {iteration:,}; beside it",
         f"{other['title']} at iteration {iteration:,}"]
    )  # fmt: skip
    assert state in captions[1]
    stages = root.findall(f"{SVG}g")
    assert [stage.get("transform") for stage in stages] == ["translate(0)", "translate(816)"]
    drawn = [{path.get("d") for path in stage.iter(f"{SVG}path")} for stage in stages]
    assert drawn[0]
    assert drawn[1]
    assert drawn[0] != drawn[1]  # two runs


def test_png_has_both_stages_side_by_side(built_site: BuiltSite, open_page: Open) -> None:
    state = f"step=90&beside={last_run(built_site)['id']}&zoom=4&behind=plain"
    page, _ = open_page(explorer(built_site, state=state))
    with both_ready(page).expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    pixels = np.asarray(Image.open(download.value.path()).convert("RGB")).astype(int)
    assert pixels.shape[1] == 3232
    coloured = np.ptp(pixels[:1600], axis=2) > 60
    assert coloured[:, :1600].any()
    assert coloured[:, 1632:].any()
    # What is enlarged beyond its stage does not spill into the gap.
    assert (pixels[:1600, 1600:1632] == pixels[0, 1600]).all()


def test_the_regions_behind_are_saved_too(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, "file", "step=90&behind=regions"))
    with ready(page).expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    root = ElementTree.parse(download.value.path()).getroot()
    assert len(root.findall(f".//{SVG}image")) == 1


# --- finding the moment ---------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_the_strip_shows_motion_and_leads_there(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=20"), size=size)
    run = data(built_site, f"{data(built_site, 'index.*.js')['runs'][0]['id']}/run.*.js")
    strip = ready(page).locator(".viewer-activity")
    strip.scroll_into_view_if_needed()
    areas = strip.locator("path[style]")
    expect(areas).to_have_count(4)
    for row, motion in enumerate(run["motion"]):
        tops = re.findall(r"V([\d.]+)H", areas.nth(row).get_attribute("d") or "")
        heights = (row + 1) * 10 - np.array([float(top) for top in tops])
        expected = 9 * np.minimum(1, np.sqrt(np.array(motion) / 0.05))
        np.testing.assert_allclose(heights, expected, atol=0.006)
    box = strip.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    step = round(0.75 * (len(run["loss"]) - 1))
    address_of(page, f"step={step}")
    for name, motion in zip(("L1", "L2", "L3", "out"), run["motion"], strict=True):
        expect(page.locator(".viewer-motion span", has_text=name).last).to_contain_text(
            f"{float(f'{100 * motion[step]:.2g}'):g}%"
        )


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_named_moments_by_press_and_by_key(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    run = data(built_site, f"{data(built_site, 'index.*.js')['runs'][0]['id']}/run.*.js")
    moments = run["moments"]
    assert [moment["name"] for moment in moments if "good" not in moment["name"]] == ["steepest"]
    page, _ = open_page(explorer(built_site, place, "step=0"), size=size)
    group = ready(page).get_by_role("group", name="Moments")
    slider = page.get_by_label("Snapshot", exact=True)
    for moment in moments:
        button = group.get_by_role("button", name=moment["name"].replace("-", " "))
        expect(button).to_have_attribute("title", moment["text"])
        button.click()
        expect(slider).to_have_value(str(moment["step"]))
        expect(button).to_have_attribute("aria-pressed", "true")
    button.blur()
    page.keyboard.press("Home")
    steps = sorted({moment["step"] for moment in moments} - {0})
    for step in steps:
        page.keyboard.press("m")
        expect(slider).to_have_value(str(step))
    page.keyboard.press("m")  # and round again
    expect(slider).to_have_value(str(moments[0]["step"]))


# --- the address, and back ------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "size"), EVERYWHERE)
def test_back_and_forward_walk_through_what_was_done(
    built_site: BuiltSite, open_page: Open, place: str, size: tuple[int, int]
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=20"), size=size)
    ready(page)
    page.get_by_label("Target", exact=True).check()
    address_of(page, "behind=target")
    page.get_by_role("button", name="Layer 2", exact=True).click()
    address_of(page, "show=1,3")
    page.get_by_role("button", name="Zoom in").click()
    address_of(page, "zoom=2")
    page.go_back()
    expect(page.locator(".viewer-factor")).to_have_text("1×")
    assert pressed(page) == 32
    page.go_back()
    expect(page.locator(".viewer-neuron[aria-pressed=true]")).to_have_count(48)
    expect(page.get_by_label("Target", exact=True)).to_be_checked()
    page.go_back()
    expect(page.get_by_label("Output", exact=True)).to_be_checked()
    page.go_forward()
    expect(page.get_by_label("Target", exact=True)).to_be_checked()


def test_a_drag_is_one_act(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    slider = ready(page).get_by_label("Snapshot", exact=True)
    before = page.evaluate("history.length")
    for step in (30, 40, 50, 60, 70):
        slider.fill(str(step))
        page.wait_for_timeout(300)
    address_of(page, "step=70")
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(slider).to_have_value("20")


def test_playing_fills_no_history_and_the_address_follows(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=0&speed=60"))
    before = ready(page).evaluate("history.length")
    page.keyboard.press("Space")
    address_of(page, "step=95")
    assert page.evaluate("history.length") <= before + 1


def test_the_address_holds_the_state_from_the_start(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site))
    ready(page)
    run = data(built_site, "index.*.js")["runs"][0]
    assert page.evaluate("location.hash") == f"#run={run['id']}&step={run['snapshots'] - 1}"


# --- the pointer's other doings -------------------------------------------------------------------


def test_pointing_changes_neither_address_nor_history(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=20"))
    left, top, side = stage_box(ready(page))
    before = page.evaluate("[history.length, location.hash]")
    for share in np.linspace(0.1, 0.9, 9):
        page.mouse.move(left + share * side, top + share * side)
    page.wait_for_timeout(600)
    assert page.evaluate("[history.length, location.hash]") == before
