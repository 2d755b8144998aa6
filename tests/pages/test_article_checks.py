"""Mistakes in expressions are found without results, in every branch, and right ones pass."""

from __future__ import annotations

import pytest
from support.pages import BODY_LINE, article_of
from support.paths import CONTENT, STARTER
from support.words import ENGLISH

from ginn.config.loader import load_settings
from ginn.errors import AuthorError
from ginn.pages.article_checks import Named, check_article
from ginn.pages.articles import read_articles
from ginn.pipeline.checks import check_articles

NAMED = Named(["index", "explore"], ["smith"], ["loss"], ["x"])


@pytest.mark.parametrize(
    ("body", "line", "found"),
    [
        ("{{ fact }}", 1, "'fact' is undefined"),
        ("{{ facts.experiment.pixel }}", 1, "no attribute 'pixel'"),
        ("{% if false %}\n{{ facts.experiment.pixel }}{% endif %}", 2, "no attribute 'pixel'"),
        ("{% set e = facts.experiment %}\n\n{{ e.pixel }}", 3, "no attribute 'pixel'"),
        ("{% for p in facts.experiment.parts %}{{ p.nam }}{% endfor %}", 1, "attribute 'nam'"),
        ("{{ facts.experiment.full_runs | selectattr('faild') | list }}", 1, "'faild'"),
        ("{{ (facts.experiment.full_runs | first).sed }}", 1, "attribute 'sed'"),
        ("{{ facts.experiment.full_runs[0].sed }}", 1, "attribute 'sed'"),
        ("{{ run('good-1').sed }}", 1, "attribute 'sed'"),
        ("{{ facts.examples.corner.corner }}", 1, "attribute 'corner'"),
        ("{{ facts.claim('Copycats').verdct }}", 1, "attribute 'verdct'"),
        ("{{ facts.claim('Copicats') }}", 1, "'Copicats'"),
        ("{{ evidence('Copicats') }}", 1, "'Copicats'"),
        ("{{ site.titel }}", 1, "attribute 'titel'"),
        ("{{ facts.evidence.region }}", 1, "attribute 'region'"),
        ("{{ page('nowhere') }}", 1, "'nowhere'"),
        ("{{ cite('nobody') }}", 1, "'nobody'"),
        ("{{ term('nothing') }}", 1, "'nothing'"),
        ("{{ see('b') }} {{ figure('a', caption='c') }}", 1, "'b'"),
        ("{{ figure('a', view='netwrok', caption='c') }}", 1, "'netwrok'"),
        ("{{ figure('a', neurons=3, caption='c') }}", 1, "neurons: found 3"),
        ("{{ figure('a', colour=3, caption='c') }}", 1, "'colour'"),
        ("{% call figure('a', zoom='x') %}c{% endcall %}", 1, "zoom: found 'x'"),
        (
            '{{ figure("a", caption="c") }}\n\n{% call figure("a") %}c{% endcall %}',
            3,
            "not used be",
        ),
        ("a\n{% if facts %}", 2, "endif"),
        ("a\n{{ page.title }}", 2, "the function page without brackets"),
        ("a\n{{ figure }}", 2, "the function figure without brackets, allowed: figure(...)"),
        ("a\n{% include 'other.md' %}", 2, "a tag that reads another file"),
        ("{% import 'a' as b %}", 1, "a tag that reads another file"),
        ("{% if 1 %}" * 100 + "{% endif %}" * 100, 1 - BODY_LINE + 1, "nested too deep"),
        (
            "{{ facts.claims | sort(1, 2, 3, 4, 5) }}",
            1,
            "sort: found 5 arguments, allowed: reverse",
        ),
        ("{{ facts.claims | join(', ', d='x') }}", 1, "join: found a second value for d"),
        ("{{ 'x' | replace('y') }}", 1, "replace: found no new"),
        ("{{ 1 | perc }}", 1, "perc"),
        ("{{ explore(show=3) }}", 1, "show: found 3"),
        ("{{ 3 | percent('two') }}", 1, "digits: found 'two'"),
        ("{{ 'abc' | percent }}", 1, "percent: found 'abc'"),
        ("{{ 3 | count(5, 6) }}", 1, "noun: found 5"),
        ("{{ facts.experiment | count }}", 1, "count: found a value of ExperimentFacts"),
        ("{{ facts.experiment.widths | percent }}", 1, "percent: found a list"),
        ("{{ facts.experiment.id | percent }}", 1, "percent: found a text"),
        ("{{ facts.claims | sort(attribut='x') }}", 1, "'attribut'"),
        ("{{ facts.claims | sort(attribute='vedict') }}", 1, "attribute 'vedict'"),
        ("{{ facts.claims | map(attribute='verdic') | list }}", 1, "attribute 'verdic'"),
        ("{{ facts.claims | selectattr('verdict', 'equalto') | list }}", 1, "equalto: found no "),
        ("{{ facts.claims | selectattr('verdict', 'equaltoo', 'x') }}", 1, "named 'equaltoo'"),
        ("{% if draft %}{% if draft is equaltoo 3 %}x{% endif %}{% endif %}", 1, "'equaltoo'"),
    ],
)
def test_check_article_with_a_mistake_refuses_it_with_its_line(
    body: str, line: int, found: str
) -> None:
    with pytest.raises(AuthorError) as caught:
        check_article(article_of(body), NAMED, ENGLISH)
    assert found in str(caught.value)
    assert caught.value.line == BODY_LINE + line - 1
    assert caught.value.allowed


@pytest.mark.parametrize(
    "body",
    [
        "{% if facts.evidence.regions %}{{ facts.evidence.regions.unit }}{% endif %}",
        "{{ nothing | default('x') }} {% if nothing is defined %}x{% endif %}",
        "{% macro m(a) %}{{ a.anything }}{% endmacro %}{{ m(3) }}",
        "{% set x = facts.experiment %}{% set x = 'text' %}{{ x.upper() }}",
        "{% for name in ['a', 'b'] %}{{ figure(name, caption='c') }}{% endfor %}{{ see('b') }}",
        "{% for k, v in run('good-1').part_accuracy.items() %}{{ k }}{{ v }}{% endfor %}",
        "{{ experiments['x'].experiment.id }}",
        "{{ facts.evidence['regions'] }} {{ run('good-1').called.upper() }}",
        "{% for r in facts.experiment.full_runs | sort(attribute='loss') %}{{ loop.index }}"
        "{{ r.seed }}{% endfor %}",
        "{% set s = namespace(n=0) %}{% set s.n = 3 %}{{ s.n }}",
        "{{ facts.experiment.widths | sum }} {{ facts.experiment.widths[0] }}",
        "{% set run = 3 %}{{ run }}",
        "{% if draft %}{{ figure('a', caption='c') }}{% else %}{{ figure('a', caption='d') }}"
        "{% endif %}{{ figure('b', caption='c') if draft else figure('b', caption='d') }}",
        "{% set of = run %}{{ of('good-1').seed }}",
        "{{ facts.claims | map('upper') | list }} {{ '%s' | format(3) }} {{ 3 is divisibleby 2 }}",
        "{{ facts.claims | map(attribute='verdict') | unique | list | count }}",
        "{{ nothing | default(3) | percent }} {{ facts.experiment.white_share | percent(0) }}",
        "{{ facts.claims | groupby('verdict') }} {{ [3, 4] | sum(start=1) | count('run') }}",
        "{{ page('ind' ~ 'ex') }} {% call note() %}x{% endcall %}",
    ],
)
def test_check_article_without_a_mistake_passes(body: str) -> None:
    check_article(article_of(body), NAMED, ENGLISH)


ABSENT = Named(
    ["index", "cats", "explore/cat"], [], [], ["dog", "cat"],
    {"page": {"cats": "cat", "explore/cat": "cat"}, "experiment": {"cat": "cat"}},
)  # fmt: skip
NAMING = (
    "{{ page('cats') }}",
    "{{ page('explore/cat') }}",
    "{{ experiments['cat'].experiment.id }}",
    "{{ figure('a', experiment='cat', caption='c') }}",
)


@pytest.mark.parametrize("naming", NAMING)
def test_check_article_names_what_is_left_out_under_a_condition_alone(naming: str) -> None:
    condition = '{% if "cat" in experiments %}'
    for wrong in (
        naming,
        f"{condition}{{% endif %}}{naming}",
        f"{{% if {naming[3:-3]} %}}{{% endif %}}",
    ):
        with pytest.raises(AuthorError, match=r"'cats?'|'explore/cat'") as caught:
            check_article(article_of(wrong), ABSENT, ENGLISH)
        assert "which this build leaves out" in caught.value.found
        assert condition in caught.value.hint
        assert "cat" not in caught.value.allowed
    for right in (
        f"{condition}{naming}{{% endif %}}",
        f"{{% if not experiments %}}{{% elif true %}}{naming}{{% endif %}}",
        f"{{{{ ({naming[3:-3]}) if 'cat' in experiments else '' }}}}",
        f"{{% set x = 'cat' in experiments and {naming[3:-3]} %}}",
    ):
        check_article(article_of(right), ABSENT, ENGLISH)


@pytest.mark.parametrize(
    "body", ["{{ experiments['cow'].experiment.id }}", "{{ figure('a', experiment='cow') }}"]
)
def test_check_article_refuses_an_experiment_that_no_build_has(body: str) -> None:
    with pytest.raises(AuthorError, match=r"'cow', allowed: dog$"):
        check_article(article_of("{% if true %}" + body + "{% endif %}"), ABSENT, ENGLISH)


@pytest.mark.parametrize("folder", [CONTENT, STARTER])
def test_check_articles_of_our_own_content_passes(folder) -> None:  # type: ignore[no-untyped-def]
    articles = read_articles(folder / "articles")
    check_articles(folder, articles, load_settings(folder / "report.toml"), ENGLISH)


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ("{{ fact.experiment }}", "facts"),
        ("{{ facts.experiment.pixel }}", "pixels"),
        ('{{ evidence("Copicats") }}', "Copycats"),
        ('{{ page("exlore") }}', "explore"),
        ('{{ cite("smiht") }}', "smith"),
        ('{{ term("lose") }}', "loss"),
        ('{% call figure("a", "netwrok") %}x{% endcall %}', "network"),
        ('{% call figure("a", bakground="error") %}x{% endcall %}', "background"),
        ('{% call figure("start") %}x{% endcall %}\n\n{{ see("strat") }}', "start"),
        ("{{ facts.claim('Region grow') }}", "Regions grow"),
    ],
)
def test_check_article_with_a_misspelt_name_asks_for_the_known_one(body: str, known: str) -> None:
    with pytest.raises(AuthorError) as caught:
        check_article(article_of(body), NAMED, ENGLISH)
    assert caught.value.hint == f"is {known} meant?"
