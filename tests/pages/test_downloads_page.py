"""The page of downloads offers every file that it names, with its true size."""

from __future__ import annotations

from dataclasses import replace

from support.pages import ParsedPage, plain_layout, plain_report
from support.words import ENGLISH

from ginn.pages.downloads_page import downloads_page

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
