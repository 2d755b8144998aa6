"""No number in an article is typed by hand, but for a few that no build could change."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from support.paths import ROOT
from support.typed_numbers import typed_numbers

from ginn.pages.articles import Article, read_articles

# Each with the reason why no build could change it.
ALLOWED = {
    "2018": "the year of the original",
}


@pytest.mark.parametrize(
    "article", read_articles(ROOT / "content/articles"), ids=lambda article: article.slug
)
def test_every_digit_comes_from_facts_or_the_spec(article: Article) -> None:
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
def test_a_typed_number_is_found_with_its_line(body: str, found: list[tuple[int, str]]) -> None:
    assert of(body) == found


def test_a_typed_number_is_found_in_a_description() -> None:
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
def test_what_no_reader_sees_as_a_number_of_ours_is_let_be(body: str) -> None:
    assert of(body) == []
