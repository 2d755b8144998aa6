"""Calls that link to other pages: states of the explorer, from the same values as in figures."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.pages import BODY_LINE, html_of, plain_layout, plain_report

from ginn.errors import AuthorError
from ginn.pages.figure_views import VIEWS
from ginn.pages.page_calls import PageCalls

REPORT = plain_report()
CALLS = PageCalls({"explore": "explore/index.html"}, REPORT, plain_layout().templates)


def query(address: str) -> dict[str, str]:
    page, _, fragment = address.partition("#")
    assert page == "explore/index.html"
    return {name: value for name, (value,) in parse_qs(fragment).items()}


@pytest.mark.parametrize(
    ("given", "of_figure"),
    [
        ({}, {}),
        ({"run": "bad-1", "step": "first"}, {"run": "bad-1", "step": "first"}),
        ({"step": "loss 50%", "show": "layer 2"}, {"step": "loss 50%", "neurons": "layer 2"}),
        ({"behind": "target", "show": "none"}, {"background": "target", "neurons": "none"}),
        ({"at": "diamond", "zoom": 8}, {"at": "diamond", "zoom": 8}),
    ],
)
def test_explore_leads_to_the_state_of_the_same_figure(
    given: dict[str, Any], of_figure: dict[str, Any]
) -> None:
    (image,) = VIEWS["network"].of(REPORT, of_figure)
    assert image.state
    assert CALLS.explore(**given) == f"explore/index.html#{image.state.to_query()}"


def test_explore_with_a_second_run_shows_both() -> None:
    first, second = REPORT.run("good-1").id, REPORT.run("bad-1").id
    shown = query(CALLS.explore(beside="bad-1"))
    assert (shown["run"], shown["beside"]) == (first, second)


@pytest.mark.parametrize(
    ("call", "key", "allowed"),
    [
        ('run="good-9"', "run", "good-1"),
        ('step="later"', "step", '"first", "last"'),
        ('show="layer 9"', "show", "layers 1 to 3"),
        ('behind="nothing"', "behind", "output, target, error, regions, plain"),
        ('at="cork"', "at", "diamond"),
        ("zoom=100", "zoom", "a number from 1 to 64"),
        ('beside="good-1"', "beside", "another run"),
        ('neurons="all"', "explore", "show"),
    ],
)
def test_explore_of_what_is_not_there_is_refused_with_its_line(
    call: str, key: str, allowed: str
) -> None:
    with pytest.raises(AuthorError) as caught:
        html_of(f"a [link]({{{{ explore({call}) }}}})")
    assert (caught.value.key, caught.value.line) == (key, BODY_LINE)
    assert allowed in caught.value.allowed


def test_explore_in_a_link_of_an_article_keeps_its_address() -> None:
    html = html_of('[half way]({{ explore(step="loss 50%", show="layer 1, output") }})')
    (link,) = re.findall(r'<a href="([^"]*)">half way</a>', html)
    parts = urlsplit(link.replace("&amp;", "&"))
    assert parts.path == REPORT.explorer
    assert parse_qs(parts.fragment)["show"] == ["1,out"]


@pytest.mark.parametrize(
    ("call", "html"),
    [
        ("layer(2)", '<span class="layer-2-word" data-lights="2">layer 2</span>'),
        ('layer("output", "the end")', '<span class="output-word" data-lights="4">the end</span>'),
    ],
)
def test_layer_is_words_with_the_class_of_its_colour(call: str, html: str) -> None:
    assert f"of {html}." in html_of(f"of {{{{ {call} }}}}.")


@pytest.mark.parametrize("given", ["4", "0", '"outptu"'])
def test_layer_that_the_network_does_not_have_is_refused(given: str) -> None:
    with pytest.raises(AuthorError, match="allowed: 1, 2, 3, output"):
        html_of(f"{{{{ layer({given}) }}}}")
