"""An article's text becomes HTML, and each of its mistakes is refused with its line."""

from __future__ import annotations

import re

import pytest
from support.pages import BODY_LINE, ParsedPage, html_of, plain_layout, report_pages
from support.sample_report import PIXELS

from ginn.errors import AuthorError


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("fine\n{{ facts.experiment.pixel }}", 2, "no attribute 'pixel', allowed: id, pixels"),
        ("{{ fact.experiment }}", 1, "'fact' is undefined, allowed: expressions of cite, claims"),
        ("{{ facts.experiment.pixel | count }}", 1, "no attribute 'pixel', allowed: id, pixels"),
        ('{{ experiments["dog"] }}', 1, "no attribute 'dog', allowed: bottle"),
        ("a\n\n{{ facts.experiment.pixels | perc }}", 3, "'perc'., allowed: Jinja's filters and"),
        ("{{ facts.experiment.pixels | percent }}", 1, "it takes a share between 0 and 1"),
        ("{{ 1 // 0 }}", 1, "division"),
        ("a\n{% if facts %}\nb", 2, "endif"),
        ("a\n{{ 1 + }}", 2, "allowed: Jinja's syntax"),
        ('\n{{ see("nowhere") }}\n\n{{ figure("f", caption="c") }}', 2,
         "see: found 'nowhere', allowed: f"),
        ('{{ figure("f", run="good-9", caption="c") }}', 1, "run: found 'good-9', allowed: bad-1"),
        ('{{ figure("f") }}', 1, "caption: found ''"),
        ('{{ figure("f", caption="c") }}\n\n{{ figure("f", caption="c") }}', 3, "not used before"),
        ('t\n\n```\n{{ figure("f", caption="c") }}\n```', 4, "figures between paragraphs"),
        ('{% call figure("f") %}\n{{ see("g") }}\n{% endcall %}', 2, "'g', allowed: f"),
        ("a\nb {% call note() %}\n{% endcall %}", 2, "note: found '', allowed: a sentence"),
        ('[x]({{ page("nowhere") }})', 1, "page: found 'nowhere', allowed: index, explore"),
        ('a\n\n{{ cite("nobody") }}', 3, "cite: found 'nobody', allowed: none"),
        ('a\n\n{{ term("nothing") }}', 3, "term: found 'nothing', allowed: none"),
        ("a\n\n# Second title", 3, "found a first-level heading, allowed: ## and below"),
        ("a\n\n```klingon\nx\n```", 3, 'code in "klingon"'),
        ("a\n\nb $\\foo$", 3, "formula '\\\\foo': found \\foo, allowed: \\alpha"),
        ("a\n\nb\n$$\\foo\n+ 1$$", 4, "found \\foo, allowed: \\alpha"),
    ],
)  # fmt: skip
def test_article_with_a_mistake_is_refused_with_its_line(body: str, line: int, said: str) -> None:
    with pytest.raises(AuthorError) as caught:
        html_of(body)
    message = str(caught.value)
    assert message.startswith(f"articles/index.md:{BODY_LINE + line - 1}: ")
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "body",
    [
        '{{ "".__class__.__mro__ }}',
        "{{ page.__globals__ }}",
        '{{ see.__func__.__globals__["re"] }}',
        "{{ range(10 ** 9) | list }}",
        '{% include "/etc/hosts" %}',
        "{% import 'os' as os %}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    ],
)
def test_article_cannot_reach_beyond_its_names(body: str) -> None:
    with pytest.raises(AuthorError) as caught:
        html_of(body)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_has_part_and_symmetry_leave_sections_out() -> None:
    html = html_of("""
{% if has_part("diamond") %}The diamond is there.{% endif %}
{% if has_part("ear") %}The ear is there.{% endif %}
{% if "left-right" in mirror_axes() %}Left is like right.{% endif %}
""")
    assert "The diamond is there." in html
    assert "Left is like right." in html
    assert "ear is there" not in html


def test_captions_notes_and_text_are_markdown() -> None:
    call = '{% call figure("f") %}\nA *slope*, {{ run("good-1").seed }} "so".\n{% endcall %}'
    html = html_of(f"Before.\n\n## Head\n\n{call}\n\nAfter[^n].\n\n[^n]: Note.")
    assert "A <em>slope</em>, 0 &ldquo;so&rdquo;." in html
    assert '<a href="#head">Head</a>' in html
    assert "Note." in html


def test_note_stands_in_its_paragraph() -> None:
    call = (
        "{% call note() %}\nA *slope*,\n\nin {{ facts.experiment.pixels }} pixels.\n{% endcall %}"
    )
    html = html_of(f'Before. {call}\nAfter.\n\nNext. {{{{ note("<b> & co") }}}}')
    note = '<small class="note" role="note">{}</small>'
    said = note.format(f"A <em>slope</em>, in {PIXELS} pixels.")
    assert re.search(rf"<p>Before. {re.escape(said)}\s+After.</p>", html)
    assert f"<p>Next. {note.format('&lt;b&gt; &amp; co')}</p>" in html


def test_heading_is_named_by_its_words_without_the_sign_of_its_link() -> None:
    page = ParsedPage(html_of('## `"a"` & *b* > c'))
    (heading,) = [each for each in page.all("h2") if each.get("id") == "a-b-c"]
    assert heading["aria-label"] == '"a" & b > c'
    (link,) = [each for each in page.all("a") if each.get("class") == "anchor"]
    assert link["href"] == "#a-b-c"
    assert link["aria-label"] == link["title"] == "Link to this section"


def test_code_has_classes_that_the_style_sheet_colours() -> None:
    html = html_of("```python\nif x == 'a':  # why\n    y = 1\n```\n\n```\nif plain\n```")
    coloured = dict(re.findall(r'<span class="(\w+)">([^<]+)</span>', html))
    assert coloured["k"] == "if"
    assert coloured["c1"] == "# why"
    assert html.count('<div class="code">') == 2
    assert "<code>if plain" in html
    style = report_pages()[plain_layout().assets["style.css"]].decode()
    for kind in ("k", "s1", "c1", "mi"):
        assert re.search(rf"\.code :is\([^)]*\.{kind}\b", style), kind


def test_interval_of_a_share_is_in_words() -> None:
    assert "0.0% to 97.5%" in html_of("{{ interval(0, 1) }}")
