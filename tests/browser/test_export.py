"""Pictures and links to keep: SVG, PNG and the copied address."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from support.browser import BuiltSite, Explore, Open
from support.explorer import both_ready, explorer, ready, snapshot_slider
from support.site_data import first_run, header_of, last_run, segments, title_of

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("place", ["http", "file"])
def test_svg_holds_the_exact_lines_and_a_caption(
    built_site: BuiltSite, explore: Explore, place: str
) -> None:
    page = explore("step=90&show=2.1-5", place=place)
    with ready(page).expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    assert download.value.suggested_filename.endswith(".svg")
    root = ElementTree.parse(download.value.path()).getroot()
    text = " ".join(root.itertext())
    run = first_run(built_site)
    header = header_of(built_site, run["id"])
    assert title_of(run) in text
    assert f"{header['iterations'][90]:,}" in text
    assert "step=90&show=2.1-5" in text
    paths = root.findall(f".//{SVG}path")
    found = {
        (float(x), float(y))
        for path in paths
        for x, y in re.findall(r"[ML](\S+?) ([^MLZ]+)", path.get("d") or "")
    }
    lines = segments(built_site, 90, list(range(16, 21))).reshape(-1, 2) * 800
    assert {(round(x, 1), round(y, 1)) for x, y in found} == {
        (round(x, 1), round(y, 1)) for x, y in np.round(lines, 2).tolist()
    }
    pictures = root.findall(f".//{SVG}image")
    assert len(pictures) == (1 if place == "http" else 0)
    told = page.locator(".viewer-live")
    expect(told).to_contain_text("Saved as SVG" if place == "http" else "without the picture")


@pytest.mark.parametrize("place", ["http", "file"])
def test_png_is_the_canvas_with_a_caption(
    built_site: BuiltSite, open_page: Open, place: str
) -> None:
    page, _ = open_page(explorer(built_site, place, "step=90&show=2"))
    save = ready(page).get_by_role("button", name="Save as PNG")
    save.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    picture = Image.open(download.value.path()).convert("RGB")
    assert picture.width == 1600
    pixels = np.asarray(picture).astype(int)
    spread = np.ptp(pixels, axis=2)
    assert (spread[:1600] > 60).any()  # coloured lines
    assert (pixels[1600:].max(axis=2) < 90).any()  # the caption's letters
    expect(page.locator(".viewer-live")).to_contain_text("Saved as PNG")


def test_svg_of_two_panes_has_them_side_by_side(built_site: BuiltSite, explore: Explore) -> None:
    first, other = first_run(built_site), last_run(built_site)
    state = f"beside={other['id']}&step=90&show=2.1&behind=plain&side=right"
    page = explore(state)
    with both_ready(page).expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    assert first["id"] in download.value.suggested_filename
    assert other["id"] in download.value.suggested_filename
    root = ElementTree.parse(download.value.path()).getroot()
    assert root.get("width") == "1616"
    captions = [text.text or "" for text in root.findall(f"{SVG}text")]
    iteration = header_of(built_site, other["id"])["iterations"][90]
    assert captions[0] == " ".join(
        [f"{title_of(first)} at iteration {iteration:,}; beside it",
         f"{title_of(other)} at iteration {iteration:,}"]
    )  # fmt: skip
    assert state in captions[1]
    panes = root.findall(f"{SVG}g")
    assert [pane.get("transform") for pane in panes] == ["translate(0)", "translate(816)"]
    drawn = [{path.get("d") for path in pane.iter(f"{SVG}path")} for pane in panes]
    assert drawn[0]
    assert drawn[1]
    assert drawn[0] != drawn[1]  # two runs


def test_png_of_two_panes_has_them_side_by_side(built_site: BuiltSite, explore: Explore) -> None:
    state = f"step=90&beside={last_run(built_site)['id']}&zoom=4&behind=plain"
    page = explore(state)
    with both_ready(page).expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    pixels = np.asarray(Image.open(download.value.path()).convert("RGB")).astype(int)
    assert pixels.shape[1] == 3232
    coloured = np.ptp(pixels[:1600], axis=2) > 60
    assert coloured[:, :1600].any()
    assert coloured[:, 1632:].any()
    # What is enlarged beyond its pane does not spill into the gap.
    assert (pixels[:1600, 1600:1632] == pixels[0, 1600]).all()


def test_svg_with_regions_has_their_image(explore: Explore) -> None:
    page = explore("step=90&behind=regions", place="file")
    with ready(page).expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    root = ElementTree.parse(download.value.path()).getroot()
    assert len(root.findall(f".//{SVG}image")) == 1


def test_link_copied_leads_to_the_view(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(explorer(built_site, state="step=30&zoom=4"), alone=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ready(page).keyboard.press("ArrowRight")
    page.get_by_role("button", name="Copy link to this view").click()
    expect(page.locator(".viewer-live")).to_have_text("Link copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(built_site.addresses["http"])
    assert "step=31" in link
    assert "zoom=4" in link


def test_html_copied_frames_the_view_with_caption_and_link(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=30&show=1,out&zoom=4"), alone=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ready(page).get_by_role("button", name="HTML").click()
    expect(page.locator(".viewer-told")).to_contain_text("HTML copied")
    html = page.evaluate("navigator.clipboard.readText()")
    host = f"{built_site.addresses['http']}404.html"
    body = f"<!doctype html><title>Another page</title>{html}"
    page.route(host, lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(host)
    frame = page.frame_locator("iframe")
    expect(frame.locator(".viewer-canvas")).to_have_attribute("data-lines", "exact")
    expect(frame.locator(".viewer-slider")).to_have_value("30")
    canvas = frame.locator(".viewer-canvas canvas").bounding_box()
    outer = page.locator("iframe").bounding_box()
    assert canvas
    assert outer
    # The whole canvas is in sight, and the play button beside it.
    assert canvas["height"] <= outer["height"] + 1
    expect(frame.locator(".viewer-play")).to_be_in_viewport()
    caption = page.locator("figcaption")
    expect(caption).to_contain_text("at iteration")
    address = str(caption.get_by_role("link").get_attribute("href"))
    assert "step=30" in address
    assert "zoom=4" in address


def test_clip_of_the_stretch_between_two_snapshots_is_saved_as_webm(
    built_site: BuiltSite, open_page: Open
) -> None:
    page, _ = open_page(explorer(built_site, state="step=40&speed=30&behind=plain"))
    clip = ready(page).get_by_role("button", name="WebM")
    clip.click()
    expect(page.locator(".viewer-told")).to_contain_text("The clip begins here")
    snapshot_slider(page).fill("20")
    with page.expect_download() as download:
        clip.click()
        expect(page.locator(".viewer-told")).to_contain_text("Recording: ")
    assert download.value.suggested_filename.endswith("-20-40.webm")
    content = download.value.path().read_bytes()
    assert content[:4] == b"\x1aE\xdf\xa3"  # EBML, of which WebM is a kind
    assert len(content) > 5_000
    expect(page.locator(".viewer-told")).to_contain_text("Saved as WebM")
    # Pressed while it records, the button ends the clip.
    clip.click()
    snapshot_slider(page).fill("95")
    with page.expect_download() as download:
        clip.click()
        expect(page.locator(".viewer-told")).to_contain_text("Recording: ")
        clip.click()
    assert not download.value.suggested_filename.endswith("-95.webm")


def test_browser_that_does_not_record_says_so(built_site: BuiltSite, open_page: Open) -> None:
    page, _ = open_page(
        explorer(built_site, state="step=40"),
        before=lambda page: page.add_init_script("delete window.MediaRecorder"),
    )
    clip = ready(page).get_by_role("button", name="WebM")
    clip.click()
    expect(page.locator(".viewer-told")).to_contain_text("The clip begins here")
    page.keyboard.press("Home")
    page.wait_for_timeout(900)  # the change is announced first
    clip.click()
    expect(page.locator(".viewer-told")).to_contain_text("does not record")
