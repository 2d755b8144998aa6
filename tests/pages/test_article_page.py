"""The page of an article: figures in place, claims in boxes, references, and how it is cited."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.link_checker import complaints
from support.pages import (
    BASE,
    ParsedPage,
    build_pages,
    html_of,
    plain_report,
    report_article,
    report_pages,
    write_article,
)
from support.paths import CONTENT
from support.sample_evidence import sample_evidence
from support.sample_report import make_report

from ginn.analysis.claim import Claim, Verdict
from ginn.analysis.claim_names import CLAIM_NAMES
from ginn.pages.citations import Source, read_bibliography
from ginn.pages.metadata import Publication

FAILED = frozenset({2, 5})
ARTICLES = ("index", "failures", "lines")
VERDICTS: list[Verdict] = ["holds", "does not hold", "not decidable here"]


def claim(name: str, verdict: Verdict) -> Claim:
    """A row whose texts are nowhere else on a page, and need escaping."""
    return Claim(name, f"{name}: s < t.", f"{name}: d & e.", f"{name}: v", f"{name}: c", 7, verdict)


def test_figures_are_numbered_in_order_and_links_have_their_numbers() -> None:
    figures = [f'{{{{ figure("{name}", caption="c") }}}}' for name in ("one", "two", "three")]
    links = [f'{{{{ see("{name}") }}}}' for name in ("three", "one", "two")]
    # One link is before its figure, and two are after theirs.
    html = html_of("\n\n".join((links[0], figures[0], links[1], *figures[1:], links[2])))
    assert re.findall(r'<b class="number">Figure (\d+)\.</b>', html) == ["1", "2", "3"]
    found = re.findall(r'<a href="#figure-([a-z-]+)">figure&nbsp;(\d+)</a>', html)
    assert found == [("three", "3"), ("one", "1"), ("two", "2")]


def test_every_image_has_a_text_and_a_size() -> None:
    images = ParsedPage(report_pages(FAILED)["index.html"]).all("img")
    assert len(images) >= 3
    for image in images:
        assert len(image["alt"]) > 20
        assert {"width", "height"} <= set(image)
    assert [each.get("loading") for each in images] == [None, *["lazy"] * (len(images) - 1)]


def test_article_in_a_folder_links_to_the_root_by_its_depth(tmp_path: Path) -> None:
    write_article(tmp_path, '{{ figure("one", caption="c") }}\n\n[down]({{ page("down") }})')
    write_article(
        tmp_path, '{{ figure("one", caption="A *b*.") }}\n\n[home]({{ page("index") }})', "down"
    )
    site = build_pages(make_report(), tmp_path)
    assert complaints(site, elsewhere=("data/",)) == []
    assert b'src="../figures/' in site["down/index.html"]
    assert b'href="down/index.html"' in site["index.html"]


def test_work_that_is_cited_twice_is_listed_once() -> None:
    works = read_bibliography(CONTENT / "bibliography.toml")
    html = html_of(
        'a {{ cite("darlow-storkey") }}, again {{ cite("darlow-storkey") }}', works=works
    )
    assert html.count('id="reference-darlow-storkey"') == 1
    assert html.count('href="#reference-darlow-storkey"') == 2
    assert "https://arxiv.org/abs/1810.01860" in html


def test_work_without_an_address_is_listed_without_a_link() -> None:
    html = html_of('{{ cite("k") }}', works={"k": Source("k", ("A B",), "C", 1999)})
    assert '<li id="reference-k">A B, C, 1999.</li>' in html


def test_article_says_how_it_is_cited(tmp_path: Path) -> None:
    report = plain_report()
    page, author = ParsedPage(html_of("a")), report.site.author
    assert f"{author}, T, {report.site.title}, 2026." in page.text
    assert "@misc{ginn-index-2026,\n  author = {{" + author + "}}" in page.text
    assert not page.all("ol")  # nothing is cited, so there is no list
    assert "url = " not in page.text
    write_article(tmp_path, "a")
    site = build_pages(report, tmp_path, Publication(BASE))
    assert f"  url = {{{BASE}}}" in ParsedPage(site["index.html"]).text


def test_text_of_facts_is_never_markup() -> None:
    report = plain_report()
    facts = report.facts.experiment
    hostile = '<b>"bold"</b> & co'
    shown_runs = tuple(replace(run, title=hostile) for run in facts.shown_runs)
    changed = replace(report.facts, experiment=replace(facts, shown_runs=shown_runs))
    first, *others = report.dataset.parts
    parts = (replace(first, name=hostile), *others)
    dataset = replace(report.dataset, parts=parts)
    figure = f"figure('one', at='{hostile}', zoom=2, caption='c')"
    call = f"{{{{ run('good-1').title }}}}\n\n{{{{ {figure} }}}}"
    page = ParsedPage(html_of(call, replace(report, facts=changed, dataset=dataset)))
    assert [a for a in page.all("b") if a.get("class") != "number"] == []
    assert hostile in page.all("img")[0]["alt"]
    assert page.text.count("bold") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verdict", "failed"), [("holds", frozenset()), *((verdict, FAILED) for verdict in VERDICTS)]
)
def test_each_claim_has_one_box_on_the_site_and_is_defined_in_methods(
    verdict: Verdict, failed: frozenset[int]
) -> None:
    report = make_report(failed)
    claims = tuple(claim(name, verdict) for name in CLAIM_NAMES)
    # With evidence of every kind, the articles have all their sections.
    facts = replace(report.facts, claims=claims, evidence=sample_evidence())
    changed = replace(report, facts=facts)
    articles = {slug: report_article(slug, changed).decode() for slug in ARTICLES}
    pages = "".join(articles.values())
    methods = report_article("methods", changed).decode()
    # The section about larger networks is left out, since this build trained no other network. The
    # second claim is told by its verdict alone, beside the box of the same claim about other runs.
    shown = [
        n for n in CLAIM_NAMES if n not in ("Deeper and wider", "Early dead layers, chosen runs")
    ]
    assert pages.count(f"<b>{verdict.capitalize()}</b>") == len(shown)
    for name in shown:
        anchor = f"claim-{name.lower().replace(',', '').replace(' ', '-')}"
        assert f'id="{anchor}"' in methods
        assert f"{name}: d &amp; e." in methods
        assert pages.count(f"{name}: s &lt; t.") == 1, name
        assert f'methods/index.html#{anchor}"' in pages
    anchor = "claim-early-dead-layers-chosen-runs"
    assert f'methods/index.html#{anchor}"' in articles["failures"]
    assert methods.count(f"{verdict.capitalize()}, from 7 runs.") == len(CLAIM_NAMES)


def test_claim_that_this_build_has_not_measured_has_no_box() -> None:
    assert b'class="evidence' not in report_pages(FAILED)["index.html"]
    assert 'class="evidence' not in html_of('{{ evidence("Copycats") }}')
