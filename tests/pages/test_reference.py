"""The author's reference: complete, equal to what the code gives, and each example builds."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from support.pages import ParsedPage, article_of, html_of, plain_layout, report_article
from support.paths import ROOT
from support.sample_evidence import sample_evidence
from support.sample_report import make_report, network_facts, with_networks

from ginn.analysis.facts import facts_schema
from ginn.config.models import ReportFile
from ginn.config.schema import report_schema
from ginn.errors import AuthorError
from ginn.pages import reference
from ginn.pages.article_page import References, article_page
from ginn.pages.citations import Source
from ginn.pages.figure_views import VIEWS, View, loss_images
from ginn.pages.filter_checks import FORMATS
from ginn.pages.report import Report
from ginn.pipeline.content import Reading, read_content
from ginn.viewer_data.downloads import outline

UPDATE = "python -m ginn.pages.reference > content/articles/reference.md"
STARTER = ROOT / "templates/starter"
WORKS = {"darlow-storkey": Source("darlow-storkey", ("L. Darlow",), "GINN", 2018)}


@cache
def full_report() -> Report:
    """A report with every series of evidence."""
    sample = make_report(frozenset({2}))
    larger = network_facts("larger", (32, 32), sample.facts.experiment.full_runs)
    report = with_networks(sample, (larger,))
    return replace(report, facts=replace(report.facts, evidence=sample_evidence()))


@cache
def page() -> ParsedPage:
    """The reference as a page of a report that has everything."""
    return ParsedPage(report_article("reference", full_report()))


def test_reference_is_the_published_one() -> None:
    assert reference.PUBLISHED.read_text(encoding="utf-8") == reference.reference(), UPDATE


@pytest.mark.parametrize("view", VIEWS)
def test_reference_has_a_picture_of_each_view(view: str) -> None:
    ids = [attributes.get("id") for attributes in page().all("figure")]
    assert f"figure-{view.replace('_', '-')}" in ids


def test_reference_of_a_build_without_evidence_leaves_out_its_pictures() -> None:
    bare = ParsedPage(report_article("reference", make_report()))
    ids = [attributes.get("id") for attributes in bare.all("figure")]
    assert "figure-network" in ids
    assert "figure-regions" not in ids


@pytest.mark.parametrize("name", reference.EXAMPLES)
def test_example_of_a_function_builds(name: str) -> None:
    figure = '{{ figure("network", caption="A caption.") }}'
    article = article_of(f"{figure}\n\nIt gives {reference.EXAMPLES[name]}")
    report = full_report()
    there = References([article], {report.experiment.id: report}, WORKS, {"ReLU": "A rule."})
    made = article_page(plain_layout(), article, report, there)
    assert "It gives" in ParsedPage(made.files[article.address]).text
    assert {*reference.FUNCTIONS} <= {*reference.EXAMPLES}


def test_examples_use_what_they_are_examples_of() -> None:
    for name, example in reference.EXAMPLES.items():
        assert name in example
    assert set(reference.FILTERS) == set(FORMATS)
    for name, example in reference.FILTERS.items():
        assert f"| {name}" in example


@pytest.mark.parametrize("name", FORMATS)
def test_example_of_a_filter_builds(name: str) -> None:
    given = ParsedPage(html_of(f"It gives {{{{ {reference.FILTERS[name]} }}}}.")).prose
    assert "It gives ." not in given


def test_reference_has_all_names_that_articles_can_use() -> None:
    with pytest.raises(AuthorError) as caught:
        html_of("{{ nothing }}")
    names = caught.value.allowed.removeprefix("expressions of ").split(", ")
    told = {name for name in (*reference.FUNCTIONS, *reference.EXAMPLES) if "." not in name}
    assert {*told, "figure"} == set(names)


def test_example_of_a_fact_that_is_not_there_is_refused() -> None:
    example = reference.fact_example("experiment.pixls")
    with pytest.raises(AuthorError, match="pixels"):
        html_of(f"{reference.VALUE}{{{{ {example} }}}}")


def test_reference_has_every_fact_with_its_value() -> None:
    text = page().text
    for path, _, _ in outline(facts_schema()):
        assert f"facts.{path.replace('[]', '[0]')}" in text
    assert str(full_report().facts.experiment.parameters) in text


def test_reference_has_every_key_of_the_report() -> None:
    told = {(name, key) for name, model in reference.TABLES for key in reference.examples_of(model)}
    schema = report_schema()
    names = {model.__name__: name for name, model in reference.TABLES}
    keys = {
        (names[table], key)
        for table, about in schema["$defs"].items()
        if table in names
        for key, value in about["properties"].items()
        if "$ref" not in value and "$ref" not in value.get("items", {})
    }
    assert told == keys
    tables = {table for table in schema["$defs"] if not table.startswith("Later")}
    assert set(names) == tables


def written(name: str) -> str:
    """A table of `report.toml` with the example of each of its keys."""
    model = dict(reference.TABLES)[name]
    lines = [f"{k} = {reference.toml_value(v)}" for k, v in reference.examples_of(model).items()]
    return "\n".join([name, *lines, ""])


def test_examples_of_all_keys_are_a_report_that_can_be_read(tmp_path: Path) -> None:
    for folder in ("articles", "pictures"):
        shutil.copytree(STARTER / folder, tmp_path / folder)
    text = "\n".join(written(name) for name, _ in reference.TABLES)
    (tmp_path / "report.toml").write_text(text, encoding="utf-8")
    (tmp_path / "library.bib").write_text("", encoding="utf-8")
    content = read_content(Reading(tmp_path, draft=True))
    assert content.settings.experiment.threshold == 128
    assert {part.name for part in content.datasets[0].parts} > {"left eye"}


def test_each_example_of_a_key_is_in_the_schema_of_the_report() -> None:
    tables = ReportFile.model_json_schema()["$defs"]
    for _, model in reference.TABLES:
        for key, value in reference.examples_of(model).items():
            assert tables[model.__name__]["properties"][key]["examples"] == [value]


def test_reference_of_a_view_without_a_meaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {**VIEWS, "loss": View(loss_images, "")}
    monkeypatch.setattr(reference, "VIEWS", changed)
    with pytest.raises(ValueError, match="the view loss has no description"):
        reference.reference()


def test_reference_of_a_fact_without_a_meaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = json.loads(json.dumps(facts_schema()))
    del schema["$defs"]["RunFacts"]["properties"]["loss"]["description"]
    monkeypatch.setattr(reference, "facts_schema", lambda: schema)
    with pytest.raises(ValueError, match="loss has no description"):
        reference.reference()
