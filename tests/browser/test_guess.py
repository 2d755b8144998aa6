"""A guess among eight beginnings: a picture that a reader chooses leads to how its run ended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.browser import Open
from support.pages import article_of, first_page
from support.sample_report import make_report, pictured
from support.words import ENGLISH

from ginn.analysis.facts import BeginningsExample
from ginn.files import TEMPLATES
from ginn.pages.metadata import Publication
from ginn.pages.site import Pages

pytestmark = pytest.mark.browser
ARTICLE = """{% call figure("begun", view="beginnings", answer="ended") %}Guess.{% endcall %}

<details>
<summary>The answer</summary>

{% call figure("ended", view="beginnings", step="last") %}The ends.{% endcall %}

</details>
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The article, as a double-clicked file; the sixth of eight runs failed."""
    report = make_report()
    found = replace(report.facts.examples, beginnings=BeginningsExample(tuple(range(8)), 5, 6))
    facts = replace(report.facts, examples=found)
    shown = replace(report, facts=facts, pictured=pictured(found))
    folder: Path = tmp_path_factory.mktemp("guess")
    site = Pages([shown], [article_of(ARTICLE)], {}, {}, TEMPLATES, Publication(), ENGLISH)
    return first_page(site, folder)


@pytest.mark.parametrize("size", [(360, 740), (1280, 720)])
def test_guess_opens_the_answer_and_marks_the_end_of_the_chosen_run(
    address: str, open_page: Open, size: tuple[int, int]
) -> None:
    page, _ = open_page(address, size=size)
    ends = page.locator("#figure-ended .image")
    expect(ends.nth(1)).to_be_hidden()
    page.locator("#figure-begun a").nth(1).click()
    expect(ends.nth(1)).to_be_in_viewport()
    assert ends.evaluate_all("all => all.map((each) => each.matches(':target'))").index(True) == 1
    labels = page.locator("#figure-ended .label").all_inner_texts()
    assert labels == ["A", "B", "C", "D", "E", "F, failed", "G", "H"]
