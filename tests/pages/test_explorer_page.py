"""The explorer's page: a viewer, images for readers without scripts, and a gallery."""

from __future__ import annotations

from support.pages import ParsedPage, plain_layout, plain_report

from ginn.pages.explorer_page import explorer_page


def test_explorer_page_shows_every_run_without_scripts_and_links_its_gallery() -> None:
    report = plain_report()
    rendered = explorer_page(plain_layout(), report, [report])
    page = ParsedPage(rendered.files["explore/index.html"])
    (viewer,) = [each for each in page.all("div") if "data-index" in each]
    assert viewer["data-index"] == f"../{report.data['index']}"
    images = page.all("img")
    runs = report.facts.experiment.shown_runs
    assert len(images) > len(runs)
    assert all(image["src"].removeprefix("../") in rendered.files for image in images)
    for run in runs:
        assert run.ending in page.prose
    gallery = [a["href"] for a in page.all("a") if "#run=" in a.get("href", "")]
    assert len(gallery) == len(images) - len(runs)
    assert all(link.startswith("../explore/index.html#run=") for link in gallery)
