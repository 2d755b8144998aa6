"""The page of downloads offers every file that it names, with its true size."""

from __future__ import annotations

from dataclasses import replace

from support.pages import ParsedPage, plain_layout, plain_report
from support.words import ENGLISH

from ginn.pages.downloads_page import downloads_page
from ginn.viewer_data.sheet_layout import boundary_layout, output_layout

PROGRAM = "print('<a>')\n"


def test_downloads_page_offers_the_runs_the_facts_and_the_program() -> None:
    report = plain_report()
    rendered = downloads_page(plain_layout(), report, [report], PROGRAM)
    page = ParsedPage(rendered.files["downloads/index.html"])
    offered = {a["download"]: a["href"] for a in page.all("a") if "download" in a}
    runs = [f"{run.id}.npz" for run in report.facts.experiment.shown_runs]
    assert list(offered) == [*runs, "facts.json", "facts.schema.json", "redraw.py"]
    for address in offered.values():
        content = rendered.files[address.removeprefix("../")]
        assert ENGLISH.kilobytes(len(content)) in page.text
    assert rendered.files[offered["redraw.py"].removeprefix("../")] == PROGRAM.encode()
    assert PROGRAM.strip() in page.text


def test_downloads_page_of_one_of_several_experiments_has_its_title() -> None:
    report = plain_report()
    named = report.experiment.model_copy(update={"id": "o", "title": "Other"})
    other = replace(report, experiment=named, first=False)
    rendered = downloads_page(plain_layout(), other, [report, other], PROGRAM)
    page = ParsedPage(rendered.files["downloads/o/index.html"])
    assert "Data: Other" in page.text
    listed = [
        a["href"] for a in page.all("a") if a.get("href", "").endswith("downloads/o/index.html")
    ]
    assert "../../downloads/o/index.html" in listed


def test_downloads_page_links_every_sprite_sheet_with_its_iterations() -> None:
    report = plain_report()
    shown = [run.id for run in report.facts.experiment.shown_runs]
    snapshots = len(report.snapshots[shown[0]])
    widths = report.experiment.widths
    columns = [boundary_layout(widths, layer, snapshots).columns for layer in range(len(widths))]
    columns.append(output_layout(report.experiment.pixels, snapshots).columns ** 2)
    addresses = {
        run: [
            [f"data/{run}/{layer}-{first}.webp" for first in range(0, snapshots, each)]
            for layer, each in enumerate(columns)
        ]
        for run in shown
    }
    rendered = downloads_page(plain_layout(), replace(report, sheets=addresses), [report], PROGRAM)
    page = ParsedPage(rendered.files["downloads/index.html"])
    linked = [a["href"] for a in page.all("a") if a.get("href", "").endswith(".webp")]
    every = [f"../{name}" for run in shown for layer in addresses[run] for name in layer]
    assert linked == every
    iterations = report.snapshots[shown[0]].iterations
    last = min(columns[0], snapshots) - 1
    assert (
        f"{ENGLISH.count(int(iterations[0]))}–{ENGLISH.count(int(iterations[last]))}" in page.text
    )
