"""Mistakes in an article's text are found before there are results, and right texts pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.images import SQUARE, image_of
from support.pages import BODY_LINE, article_of, report_article
from support.paths import CONTENT, STARTER
from support.sample_report import make_report
from support.words import ENGLISH

from ginn.errors import AuthorError
from ginn.pages import stand_ins
from ginn.pages.article_body import in_html
from ginn.pages.articles import Article, read_articles
from ginn.pages.policy import NOTHING_MORE
from ginn.pages.stand_ins import StandIn, check_text


def check(body: str, other: str = "## The top\n", folder: Path = Path("articles")) -> None:
    """Check an article on a site with another article and two more files."""
    articles = [article_of(other, folder=folder), article_of(f"{body}\n", "deep", folder)]
    check_text(articles, ENGLISH, NOTHING_MORE, {"paper.pdf", "feed.xml"})


# Each is wrong whatever the values are; the line is that of the mistake.
MISTAKES = [
    ("a\n\n# Second title", 3, "a first-level heading"),
    ('a\n\n<p style="color: red">b</p>', 3, "style='color: red'"),
    ("a\n\n<div>\n\nb", 3, "'<div>' that is not closed"),
    ("## A {#one}\n\n## B\n\n<p id='one'>", 1, "the id 'one' twice"),
    ("a\n\nb $\\foo$", 3, "found \\foo"),
    ("| a | b |\n|---|---|\n| c | d |\n| $|x|$ | e |", 4, "a row of 4 cells"),
    ("![b](none.png)", 1, "no file 'none.png'"),
    ('t\n\n```\n{{ figure("f", caption="c") }}\n```', 4, "figures between paragraphs"),
    ('a\n\n{{ figure("f", caption=" ") }}', 3, "caption: found ' '"),
    ('{% call figure("f") %}\n$\\foo$\n{% endcall %}', 2, "found \\foo"),
    ("a\n\n{% call note() %}{% endcall %}", 3, "note: found ''"),
]


@pytest.mark.parametrize(("body", "line", "said"), MISTAKES)
def test_check_text_with_a_mistake_refuses_it_with_its_line(
    body: str, line: int, said: str
) -> None:
    with pytest.raises(AuthorError) as caught:
        check(body)
    assert said in str(caught.value)
    assert caught.value.line == BODY_LINE + line - 1


@pytest.mark.parametrize(
    "condition",
    [
        "{{% if facts.experiment.pixels > 3 %}}{}{{% endif %}}",
        "{{% if facts.experiment.pixels > 3 %}}c{{% else %}}{}{{% endif %}}",
        "{{% for part in facts.experiment.parts %}}{}{{% endfor %}}",
        "{{% for part in facts.experiment.parts %}}c{{% else %}}{}{{% endfor %}}",
        "{{% if has_part('a') %}}c{{% else %}}{{% if draft %}}{}{{% endif %}}{{% endif %}}",
    ],
)
def test_check_text_reads_the_branches_of_conditions(condition: str) -> None:
    wrong = condition.format('<p onclick="b">d</p>')
    nested = "draft" in condition
    if nested:
        # No text in which all conditions hold, or none, has this branch.
        check(wrong)
    else:
        with pytest.raises(AuthorError, match="onclick"):
            check(wrong)
    check(condition.format("<p>d</p>"))


@pytest.mark.parametrize(
    "body",
    [
        '{% if draft %}<div class="a">{% else %}<div class="b">{% endif %}\nc\n\n</div>',
        "$a {% if draft %}_1{% else %}_2{% endif %}$",
        "{% if draft %}<b>{% endif %}c{% if draft %}</b>{% endif %}",
        '{% if draft %}{{ figure("f", caption="c") }}{% else %}{{ figure("f", caption="d") }}'
        "{% endif %}",
        "{% for a, b in facts.examples.pairs %}{{ a }}{% endfor %}<div>",
        "{% macro m(n) %}{{ m(n - 1) if n }}{% endmacro %}{{ m(3) }}",
        "{% for k, v in experiments.items() %}{{ k }} {{ v.experiment.title }}{% endfor %}",
        "{{ facts.experiment.widths | sum | count('neuron') }} {{ '%d' | format(quanta) }}",
        "{{ (facts.claims | selectattr('x') | list | first).verdict.upper() }} {{ 2 ** quanta }}",
        "{{ facts.experiment.full_runs | map(attribute='loss') | sort | join(', ') }}",
        "{{ facts.claims | groupby('verdict') }} {{ nothing | default('x') }}",
        "{{ range(3) | list }}",
        "{{ facts.claims | map | list }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "$\\frac{ {{ quanta }} }{2}$ and ![a]({{ nothing }}.png) and <video src='{{ nothing }}'>",
    ],
)
def test_check_text_judges_nothing_that_depends_on_values(body: str) -> None:
    check(body)


@pytest.mark.parametrize("folder", [CONTENT, STARTER])
def test_texts_of_our_own_articles_need_no_real_value(folder: Path) -> None:
    for article in read_articles(folder / "articles"):
        assert stand_ins._filled_in(article, every_branch=True) is not None, article.slug


def test_text_with_stand_ins_has_the_figures_and_headings_of_the_page() -> None:
    (article,) = (a for a in read_articles(CONTENT / "articles") if a.slug == "lines")
    found = stand_ins._filled_in(article, every_branch=True)
    assert found
    page = report_article("lines", make_report()).decode()
    drawn = {name for name in found.captions if f'id="figure-{name}"' in page}
    assert drawn
    assert page.count('<figure id="figure-') <= len(found.captions)


def test_stand_in_is_what_is_computed_from_it() -> None:
    for holds in (True, False):
        value = StandIn(holds)
        assert str((2 * value + 1)["a"](3) / 4 - value) == stand_ins.SHOWN
        assert bool(value) is holds
        assert (value > 3) is (value == "x") is holds


def test_check_text_of_an_image_that_is_there_passes(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(image_of(SQUARE))
    check("![a cat](cat.png)", folder=tmp_path)
    (tmp_path / "cat.png").unlink()
    with pytest.raises(AuthorError, match=r"cat\.png"):
        check("![a cat](cat.png)", folder=tmp_path)


def test_check_text_of_an_unchanged_article_reads_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(article: Article, text: str, *others: Any) -> Any:
        read.append(text)
        return in_html(article, text, *others)

    monkeypatch.setattr(stand_ins, "in_html", counted)
    for words in (ENGLISH, replace(ENGLISH)):
        check_text([article_of("A text of this test.")], words, NOTHING_MORE, ())
    assert len(read) == 1
    check_text([article_of("A text of this test, changed.")], ENGLISH, NOTHING_MORE, ())
    assert len(read) == 2


@pytest.mark.parametrize(
    "body",
    [
        "[x](../index.html)",
        "[x](../index.html#the-top)",
        "[x](../index.html#figure-one)",
        "[x](../static/paper.pdf)",
        "[x](../paper.pdf)",
        "[x](../feed.xml)",
        "[x](../data/facts.json)",
        "[x](../lab/index.html#anything)",
        "## My *own*\n\n[x](#my-own)",
        "[x](https://example.org/nowhere) [y](mailto:a@example.org)",
        "[x]({{ page('nowhere') }})",
        "`[x](nowhere.html)`",
        "```\n[x](nowhere.html)\n```",
        "<!-- [x](nowhere.html) -->",
        "{# [x](nowhere.html) #}",
        "text[^1]\n\n[^1]: A note.",
    ],
)
def test_check_text_of_a_link_that_may_lead_somewhere_passes(body: str) -> None:
    check(body)


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("[x](nowhere.html)", "nowhere.html"),
        ("[x](index.md)", "index.md"),
        ("[x](../nowhere/)", "../nowhere/"),
        ("[x](../lab/)", "../lab/"),
        ("[x](cat.png)", "cat.png"),
        ("[x](my file.pdf)", "my file.pdf"),
        ('[x](nowhere.html "A title")', "nowhere.html"),
        ("[x](<nowhere.html>)", "nowhere.html"),
        ("[x][y]\n\n[y]: nowhere.html", "nowhere.html"),
        ('<a class="b" href="nowhere.html">x</a>', "nowhere.html"),
        ("[x](../index.html#bottom)", "../index.html#bottom"),
        ("[x](static/none.pdf)", "static/none.pdf"),
        ("[x](/nowhere)", "/nowhere"),
        ("[x]()", ""),
    ],
)
def test_check_text_of_a_link_to_nowhere_has_its_line(body: str, target: str) -> None:
    with pytest.raises(AuthorError, match="which is nowhere in the site") as caught:
        check(f"a\n\n{body}")
    assert f"a link to '{target}'" in caught.value.found
    if target:
        assert caught.value.line == BODY_LINE + 2 + body[: body.index(target)].count("\n")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("## Here", False),
        ("## Here {#there}", True),
        ('<p id="there">x</p>', True),
        ("## {{ facts.experiment.title }}", True),
        ("There\n-----", True),
        ("There\n\n## Here\n\n## Here", False),
        ("> ## There", True),
    ],
)
def test_check_text_of_an_id_judges_only_articles_whose_ids_are_known(
    other: str, found: bool
) -> None:
    article = article_of(f"[x](#there)\n\n{other}\n")
    if found:
        check_text([article], ENGLISH, NOTHING_MORE, ())
    else:
        with pytest.raises(AuthorError, match="'#there'"):
            check_text([article], ENGLISH, NOTHING_MORE, ())
