"""The report's articles follow the facts, and no number in them is typed by hand."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.pages import ParsedPage, parsed, report_article, report_pages
from support.paths import ROOT
from support.sample_report import SEEDS, make_report
from support.typed_numbers import typed_numbers

from ginn.analysis.claim import Claim, Verdict
from ginn.analysis.evidence import InterventionArm, InterventionSeries, Treatment
from ginn.dataset.dataset import ImageSource
from ginn.pages.articles import Article, read_articles

# Numbers that may be typed, each with the reason why no build can change it.
ALLOWED = {
    "2018": "the year of the original",
}


FAILED = frozenset({2, 5})


@pytest.mark.slow
@pytest.mark.parametrize("failed", [frozenset(), frozenset({2}), FAILED, frozenset(SEEDS)])
def test_prose_states_how_many_runs_failed(failed: frozenset[int]) -> None:
    report = make_report(failed)
    text = parsed(report_pages(failed))["index.html"].prose
    words = ["none", "one", "two", "three", "four", "five", "six"]
    assert f"Of the 6 runs trained in full, {words[len(failed)]} failed." in text
    assert ("No run failed." in text) == (not failed)
    assert ("and a failed one, the worst" in text) == (0 < len(failed) < len(SEEDS))
    assert ("Both failed." in text) == (len(failed) == len(SEEDS))
    last = report.facts.experiment.shown_runs[-1]
    share = f"Of the diamond, the failed one gets {100 * last.part_accuracy['diamond']:.1f}% right"
    assert (share in text) == (0 < len(failed) < len(SEEDS))
    assert f"{report.facts.experiment.parameters:,} weights and biases" in text
    for wrong in ("nan", "None", "undefined", "{{", "{%", "@@", " ,", " ."):
        assert not re.search(rf"(?<!\w){re.escape(wrong)}(?!\w)", text), wrong


def test_prose_about_another_picture_does_not_call_it_a_bottle() -> None:
    report = make_report()
    image = ImageSource(640, 480, 97, otsu=True, fit="pad")
    # The id is still "bottle", as when an author changes only the picture.
    other = replace(report.facts.experiment, subject="", top=(), photograph=image)
    cat = replace(report, facts=replace(report.facts, experiment=other))
    of_bottle = parsed(report_pages())
    index, methods = (ParsedPage(report_article(slug, cat)).prose for slug in ("index", "methods"))
    for words in ("The picture is a black bottle", "The bottle is symmetric"):
        assert words in of_bottle["index.html"].prose
        assert words not in index
    assert "is 50 pixels wide" in index
    assert "read from an image of 640 times 480 pixels" in methods
    assert "lighter than grey level 97 counts as white, a level that was found by Otsu" in methods
    assert "padded to a square" in methods
    assert "grey level" not in of_bottle["methods/index.html"].prose


def test_prose_tells_of_chosen_seeds_only_where_there_are_some() -> None:
    report = make_report(FAILED)
    for chosen in ((), (5,)):
        experiment = replace(report.facts.experiment, chosen_seeds=chosen)
        changed = replace(report, facts=replace(report.facts, experiment=experiment))
        pages = {
            slug: ParsedPage(report_article(slug, changed)).prose
            for slug in ("failures", "methods")
        }
        assert ("not a sample of all runs" in pages["failures"]) == bool(chosen)
        assert "taken whatever they did" in pages["failures"]
        assert ("those whose screening run failed" in pages["methods"]) == bool(chosen)


@pytest.mark.slow
@pytest.mark.parametrize("revived", [True, False])
@pytest.mark.parametrize("imposed", [True, False])
def test_prose_tells_of_interventions_only_where_they_were_made(
    revived: bool, imposed: bool
) -> None:
    arm = InterventionArm("untouched", 4, (0, 1))

    def treatment(treated: str) -> Treatment:
        return Treatment(treated, 1, 4, (0, 10), (replace(arm, name=treated), arm))

    made = InterventionSeries(
        treatment("raised") if revived else None, treatment("lowered") if imposed else None
    )
    report = make_report()
    evidence = replace(report.facts.evidence, interventions=made)
    changed = replace(report, facts=replace(report.facts, evidence=evidence))
    index, failures = (
        ParsedPage(report_article(slug, changed)).prose for slug in ("index", "failures")
    )
    assert ("So we intervened. We copied 1 short run with a dead layer" in index) == revived
    assert ("there was nothing to switch on again" in index) == (not revived)
    assert ("a layer was made dead over it" in failures) == imposed
    assert ("Above, dead layers were revived; below" in failures) == (revived and imposed)
    assert ("Copies of runs with a dead layer were changed" in failures) == revived


@pytest.mark.parametrize("verdict", ["holds", "does not hold"])
def test_prose_about_shifting_follows_the_verdict_on_biases(verdict: Verdict) -> None:
    verdicts: dict[str, Verdict] = {"Shift before turn": "holds", "Bias before weight": verdict}
    claims = tuple(Claim(name, "s", "d", "v", "c", 7, each) for name, each in verdicts.items())
    report = make_report()
    changed = replace(report, facts=replace(report.facts, claims=claims))
    text = ParsedPage(report_article("lines", changed)).prose
    assert ("but biases do not move them more" in text) == (verdict == "does not hold")


@pytest.mark.parametrize(
    "article",
    # The reference is generated from the code. Its numbers are in examples.
    [each for each in read_articles(ROOT / "content/articles") if each.slug != "reference"],
    ids=lambda article: article.slug,
)
def test_article_of_the_report_has_no_typed_number(article: Article) -> None:
    typed = [
        f"{article.file}:{line}: {n}" for line, n in typed_numbers(article) if n not in ALLOWED
    ]
    assert typed == []


def of(body: str, description: str = "") -> list[tuple[int, str]]:
    day = datetime.date(2026, 1, 1)
    return typed_numbers(Article(Path("a.md"), "T", "t", description, 1, day, body))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("of 16 runs", [(1, "16")]),
        ("a\n\nb 97.5% c 1,270,000", [(3, "1,270,000"), (3, "97.5%")]),
        ("{{ 16 }}", [(1, "16")]),
        ("a\n{{ 16 | count('run') }}", [(2, "16")]),
        ("{{ '3 runs' if facts.failed else 'none' }}", [(1, "3")]),
        ("{{ facts.a ~ ' of 7' }}", [(1, "7")]),
        ("{{ facts.a or 5 }}", [(1, "5")]),
        ("{{ 2 * 8 }}", [(1, "2"), (1, "8")]),
        ("{{ -4 }}", [(1, "4")]),
        ("{% set runs = 16 %}{{ runs }}", [(1, "16")]),
        (
            "{% if facts.failed %}\n3 failed\n{% else %}\n4 did not\n{% endif %}",
            [(2, "3"), (4, "4")],
        ),
        ("{% call figure('a') %}\nOf 5.\n{% endcall %}", [(2, "5")]),
        ("{{ figure('a', caption='Of 6.') }}", [(1, "6")]),
        ("{% for run in facts.runs -%}\n\n\n  run 3{% endfor %}", [(4, "3")]),
        ("[the 9 runs]({{ page('a') }})", [(1, "9")]),
        ("## 2 layers", [(1, "2")]),
        ("{# nothing 3 #}\n| 4 |", [(2, "4")]),
        ("<b title='7'>8</b>", [(1, "8")]),
    ],
)
def test_typed_numbers_of_a_body_have_their_lines(body: str, found: list[tuple[int, str]]) -> None:
    assert of(body) == found


def test_typed_numbers_of_a_description_are_found() -> None:
    assert of("", "All 16 runs") == [(1, "16")]


@pytest.mark.parametrize(
    "body",
    [
        "of {{ facts.runs | count('run') }}",
        "{{ facts.share | percent(2) }}",
        "{{ (100 * facts.share) | decimal(1) }}",
        "{{ facts.runs[0].title }} {{ (facts.runs | length - 1) | words }}",
        "{{ 'was' if facts.runs | length == 1 else 'were' }}",
        "{{ figure('a1', step=['loss 15%', 5000], neurons='layer 3 neuron 4', caption='c') }}",
        "{{ see('figure-2') }} [^n1]\n\n[^n1]: A note.",
        "`y = 1` and\n\n```python\nx = 2\n```\n\n~~~\n3\n~~~\n",
        "$x_1 + 2$ and $$\\frac{1}{2}$$",
        "[a](https://a.example/10) <a href='x2'>b</a>\n\n[c]: https://a.example/3",
        "1. one\n2. two",
        "## Head {: #head-2 }",
        "{% for i in range(3) %}a{% endfor %}",
    ],
)
def test_typed_numbers_of_code_and_addresses_are_none(body: str) -> None:
    assert of(body) == []
