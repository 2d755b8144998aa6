"""Pages, judged as a reader's browser and an author's mistakes find them."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.link_checker import complaints
from support.pages import render_site
from support.paths import ROOT
from support.report_double import PIXELS, SEEDS, make_report

from ginn.analysis.claim import Claim, Verdict
from ginn.dataset.dataset import ImageSource
from ginn.errors import AuthorError
from ginn.pages import figure_calls
from ginn.pages.articles import read_articles
from ginn.pages.figure_calls import Report
from ginn.pages.metadata import Publication

ARTICLES, TEMPLATES = ROOT / "content/articles", ROOT / "templates"
NONE_FAILED: frozenset[int] = frozenset()
FAILED = frozenset({2, 5})
ALL_FAILED = frozenset(SEEDS)
LOADED = ("data-experiment", "data-viewer", "data-style", "data-save")  # what scripts ask for
VOID = {"meta", "link", "img", "source", "br", "hr", "input", "base"}


@cache
def rendered(failed: frozenset[int]) -> dict[str, bytes]:
    return render_site(make_report(failed), ARTICLES, TEMPLATES)


class Page(HTMLParser):
    """A page's elements in order, its text without tags; tags must be balanced."""

    def __init__(self, html: bytes) -> None:
        """Read the whole page."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html.decode())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Every address on the page with its element's tag."""
        for tag, attributes in self.elements:
            for name in ("href", "src", "srcset", "data-index", *LOADED):
                if name in attributes:
                    yield tag, attributes[name]


def html_of(site: dict[str, bytes]) -> dict[str, Page]:
    return {address: Page(data) for address, data in site.items() if address.endswith(".html")}


def prose(page: Page) -> str:
    return re.sub(r"\s+", " ", page.text)


# --- what is linked is there ----------------------------------------------------------------------


@pytest.mark.parametrize("failed", [NONE_FAILED, FAILED, ALL_FAILED])
def test_every_address_leads_to_a_file_of_the_site_or_is_a_source(failed: frozenset[int]) -> None:
    check_addresses(rendered(failed))


def check_addresses(site: dict[str, bytes]) -> None:
    """Nothing leads nowhere and nothing is an orphan; another room writes the data."""
    assert complaints(site, elsewhere=("data/",)) == []


def test_an_article_further_down_finds_its_way(tmp_path: Path) -> None:
    write(tmp_path, '{{ figure("one", caption="c") }}')
    write(tmp_path, '{{ figure("one", caption="A *b*.") }}\n\n[home]({{ page("index") }})', "down")
    site = render_site(make_report(), tmp_path, TEMPLATES)
    assert complaints(site, elsewhere=("data/",)) == []
    assert b'src="../figures/' in site["down/index.html"]
    assert b'href="down/index.html"' in site["index.html"]


def test_names_follow_contents(tmp_path: Path) -> None:
    site = rendered(FAILED)
    for address, content in site.items():
        if not address.endswith((".html", ".txt", ".xml")):
            assert hashlib.sha256(content).hexdigest()[:10] in address
    assert b"--layer-3:" in site[next(a for a in site if a.startswith("assets/style-"))]


# --- what a page is -------------------------------------------------------------------------------


def test_a_page_is_well_formed_and_has_its_landmarks() -> None:
    for address, page in html_of(rendered(FAILED)).items():
        tags = [tag for tag, _ in page.elements]
        for tag in ("h1", "main", "footer", "title"):
            assert tags.count(tag) == 1, (address, tag)
        assert tags.count("header") >= 1
        assert page.all("html")[0]["lang"] == "en-GB"
        assert ("a", "#main") in list(page.addresses())
        names = [a.get("name") for a in page.all("meta")]
        assert {"viewport", "description", "color-scheme"} <= set(names)


def test_a_page_obeys_a_policy_of_its_own_origin() -> None:
    for page in html_of(rendered(FAILED)).values():
        for tag, attributes in page.elements:
            assert tag != "style"
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
        scripts = [a for a in page.all("script") if a.get("type") != "application/ld+json"]
        assert all("src" in script for script in scripts)


def test_every_picture_says_what_it_shows_and_keeps_its_place() -> None:
    page = html_of(rendered(FAILED))["index.html"]
    pictures = page.all("img")
    assert len(pictures) >= 3
    for picture in pictures:
        assert len(picture["alt"]) > 20
        assert {"width", "height"} <= set(picture)
    assert [p.get("loading") for p in pictures] == [None, *["lazy"] * (len(pictures) - 1)]


def test_figures_are_numbered_in_order_and_links_carry_their_numbers() -> None:
    html = rendered(FAILED)["index.html"].decode()
    names = re.findall(r'<figure id="figure-([a-z-]+)"', html)
    numbers = re.findall(r'<b class="number">Figure (\d+)\.</b>', html)
    assert numbers == [str(i) for i in range(1, len(names) + 1)]
    links = re.findall(r'<a href="#figure-([a-z-]+)">[Ff]igure&nbsp;(\d+)</a>', html)
    assert len(links) >= 3
    assert all(names.index(name) + 1 == int(number) for name, number in links)
    # Ahead of its figure, behind it: a link knows the number either way.
    ahead = [html.index(f'href="#figure-{n}"') < html.index(f'id="figure-{n}"') for n, _ in links]
    assert True in ahead
    assert False in ahead


def test_a_page_and_all_its_figures_are_light() -> None:
    site = rendered(FAILED)
    parts = [a for a in site if a.startswith(("figures/", "assets/style")) or a == "index.html"]
    assert sum(len(gzip.compress(site[a])) for a in parts) < 200_000


def test_the_script_of_an_article_is_a_trifle() -> None:
    (script,) = (data for name, data in rendered(FAILED).items() if name.startswith("assets/art"))
    assert len(gzip.compress(script)) <= 1_600


def test_a_figure_comes_alive_where_the_explorer_can_show_all_of_it_at_once(
    tmp_path: Path,
) -> None:
    calls = [
        ("one", 'step="first"'),
        ("pair", 'run=["good-1", "bad-1"]'),
        ("moments", 'step=["first", "last"]'),
        ("both", 'run=["good-1", "bad-1"], step=["first", "last"]'),
        ("three", 'run=["good-1", "good-2", "bad-1"]'),
        ("twice", 'run=["good-1", "good-1"]'),
        ("bare", 'neurons="none", background="target"'),
        ("loss", 'view="loss"'),
    ]
    text = "\n\n".join(f'{{{{ figure("{name}", {call}, caption="c") }}}}' for name, call in calls)
    write(tmp_path, text)
    html = render(tmp_path, make_report(FAILED))
    figures = dict(re.findall(r'(?s)<figure id="figure-(\w+)"(.*?)</figure>', html))
    alive = {n: re.search(r'data-state="([^"]*)"', body) for n, body in figures.items()}
    states = {name: found[1].replace("&amp;", "&") for name, found in alive.items() if found}
    assert list(states) == ["one", "pair"]
    assert states["one"] == "run=seed-0&step=0&show=1,2,3,out&behind=output"
    assert re.match(r"run=seed-0&beside=seed-\d&step=5&", states["pair"])
    assert 'href="explore/index.html#run=seed-0&amp;step=5&amp;show=none' in figures["bare"]
    for name in states:
        assert f'href="explore/index.html#{alive[name][1]}"' in figures[name]  # type: ignore[index]


def test_two_moments_are_shown_together_where_they_differ_in_the_run_alone() -> None:
    at = "explore/index.html#run={}&step={}&show=1.2,out&behind=output".format
    both = "run=a&beside=b&step=3&show=1.2,out&behind=output"
    assert figure_calls.together([at("a", 3), at("b", 3)]) == both
    assert figure_calls.together([at("a", 3)]) == at("a", 3).partition("#")[2]
    for moments in ([at("a", 3), at("b", 4)], [at("a", 3), at("a", 4)], [at("a", 3), ""], []):
        assert figure_calls.together(moments) == ""


def test_a_strip_is_one_row_of_frames_at_the_moments_asked_for(tmp_path: Path) -> None:
    report = make_report()
    iterations = report.snapshots["seed-0"].iterations.tolist()
    write(
        tmp_path,
        '{{ figure("even", view="strip", neurons="layer 3 neuron 4", frames=3, caption="c") }}\n\n'
        f'{{{{ figure("given", view="strip", step=[0, {iterations[2]}, "last"], caption="c") }}}}'
        '\n\n{{ figure("crowded", view="strip", frames=40, caption="c") }}',
    )
    site = render_site(report, tmp_path, TEMPLATES)
    check_addresses(site)
    html = site["index.html"].decode()
    figures = dict(re.findall(r'(?s)<figure id="figure-(\w+)" class="figure strip"(.*?)</fi', html))
    assert "data-state" not in html
    labels = {
        n: re.findall(r'class="label"><a href="([^"]*)">([\d,]+)', figures[n]) for n in figures
    }
    count = len(iterations)
    steps = {"even": [0, round((count - 1) / 2), count - 1], "given": [0, 2, count - 1]}
    steps["crowded"] = list(range(count))  # a snapshot is a frame only once
    for name, wanted in steps.items():
        assert [f"{iterations[i]:,}" for i in wanted] == [label for _, label in labels[name]]
        assert [
            f"&amp;step={i}&amp;" in at for i, (at, _) in zip(wanted, labels[name], strict=True)
        ]
    assert all("show=3.4&" in address for address, _ in labels["even"])


def test_a_note_stands_in_its_paragraph_and_its_markdown_is_read(tmp_path: Path) -> None:
    call = (
        "{% call note() %}\nA *slope*,\n\nin {{ facts.experiment.pixels }} pixels.\n{% endcall %}"
    )
    write(tmp_path, f'Before. {call}\nAfter.\n\nNext. {{{{ note("<b> & co") }}}}')
    html = render(tmp_path)
    note = '<small class="note" role="note">{}</small>'
    said = note.format(f"A <em>slope</em>, in {PIXELS} pixels.")
    assert re.search(rf"<p>Before. {re.escape(said)}\s+After.</p>", html)
    assert f"<p>Next. {note.format('&lt;b&gt; &amp; co')}</p>" in html


def test_a_figure_that_plays_says_so_and_how_fast(tmp_path: Path) -> None:
    write(tmp_path, '{{ figure("a", step="first", plays=true, caption="c") }}\n\n'
          '{{ figure("b", step="first", caption="c") }}')  # fmt: skip
    html = render(tmp_path)
    (playing,) = re.findall(r'data-state="([^"]*)" data-plays>', html)
    assert playing.endswith("&amp;speed=30")
    assert html.count("data-plays") == 1
    assert html.count("data-state") == 2


def test_what_is_cited_stands_at_the_end_once(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (tmp_path / "bibliography.toml").write_bytes((ROOT / "content/bibliography.toml").read_bytes())
    write(folder, 'a {{ cite("darlow-storkey") }}, again {{ cite("darlow-storkey") }}')
    site = render_site(make_report(), folder, TEMPLATES)
    check_addresses(site)
    html = site["index.html"].decode()
    assert html.count('id="reference-darlow-storkey"') == 1
    assert html.count('href="#reference-darlow-storkey"') == 2
    assert "https://arxiv.org/abs/1810.01860" in html
    write(folder, 'a\n\n{{ cite("nobody") }}')
    with pytest.raises(AuthorError, match="found 'nobody', allowed: darlow-storkey") as caught:
        render(folder)
    assert caught.value.line == BODY_LINE + 2


def test_an_article_says_how_it_is_cited(tmp_path: Path) -> None:
    write(tmp_path, "a")
    page = html_of(render_site(make_report(), tmp_path, TEMPLATES))["index.html"]
    author = make_report().site.author
    assert f"{author}, T, {make_report().site.title}, 2026." in page.text
    assert "@misc{ginn-index-2026,\n  author = {{" + author + "}}" in page.text
    assert not page.all("ol")  # nothing is cited, so there is no list
    assert "url = " not in page.text
    known = Publication("https://a.example/name/")
    site = render_site(make_report(), tmp_path, TEMPLATES, known)
    assert "  url = {https://a.example/name/}" in html_of(site)["index.html"].text


def test_code_is_coloured_by_classes_that_the_style_knows(tmp_path: Path) -> None:
    text = "```python\nif x == 'a':  # why\n    y = 1\n```\n\n```\nif plain\n```"
    write(tmp_path, text)
    site = render_site(make_report(), tmp_path, TEMPLATES)
    html = site["index.html"].decode()
    style = next(data for name, data in site.items() if name.startswith("assets/style-")).decode()
    coloured = dict(re.findall(r'<span class="(\w+)">([^<]+)</span>', html))
    assert coloured["k"] == "if"
    assert coloured["c1"] == "# why"
    for kind in ("k", "s1", "c1", "mi"):
        assert re.search(rf"\.code :is\([^)]*\.{kind}\b", style), kind
    assert html.count('<div class="code">') == 2
    assert "<code>if plain" in html


def test_the_page_for_a_wrong_address_knows_where_the_site_is() -> None:
    published = Publication("https://a.example/name/")
    page = Page(render_site(make_report(), ARTICLES, TEMPLATES, published)["404.html"])
    licence = make_report().site.licence_url
    targets = [target for _, target in page.addresses() if target not in ("#main", licence)]
    assert "https://a.example/name/index.html" in targets
    assert all(target.startswith("https://a.example/name/") for target in targets)


# --- what the prose says --------------------------------------------------------------------------


@pytest.mark.parametrize("failed", [NONE_FAILED, frozenset({2}), FAILED, ALL_FAILED])
def test_prose_follows_the_facts(failed: frozenset[int]) -> None:
    report = make_report(failed)
    text = prose(html_of(rendered(failed))["index.html"])
    words = ["none", "one", "two", "three", "four", "five", "six"]
    assert f"Of the 6 runs trained in full, {words[len(failed)]} failed." in text
    assert ("No run failed." in text) == (not failed)
    assert ("A good run and a failed one" in text) == (0 < len(failed) < len(SEEDS))
    assert ("Both failed." in text) == (len(failed) == len(SEEDS))
    last = report.facts.experiment.shown_runs[-1]
    share = f"Of the diamond, {last.called} gets {100 * last.part_accuracy['diamond']:.1f}% right"
    assert (share in text) == (0 < len(failed) < len(SEEDS))
    assert f"{report.facts.experiment.parameters:,} parameters" in text
    for wrong in ("nan", "None", "undefined", "{{", "{%", "@@", " ,", " ."):
        assert not re.search(rf"(?<!\w){re.escape(wrong)}(?!\w)", text), wrong


def test_what_facts_say_is_text_and_never_markup(tmp_path: Path) -> None:
    report = make_report()
    facts = report.facts.experiment
    hostile = '<b>"bold"</b> & co'
    shown_runs = tuple(replace(run, title=hostile) for run in facts.shown_runs)
    changed = replace(report.facts, experiment=replace(facts, shown_runs=shown_runs))
    call = '{{ run("good-1").title }}\n\n{{ figure("one", run=["good-1", "bad-1"], caption="c") }}'
    write(tmp_path, call)
    site = render_site(replace(report, facts=changed), tmp_path, TEMPLATES)
    page = html_of(site)["index.html"]
    assert [a for a in page.all("b") if a.get("class") != "number"] == []
    assert page.all("img")[0]["alt"].startswith(hostile)
    assert page.text.count("bold") == 3


# --- an article's mistakes ------------------------------------------------------------------------

FRONT = '+++\ntitle = "T"\nslug = "{}"\ndescription = "D."\norder = 1\ndate = 2026-11-23\n+++\n'
BODY_LINE = FRONT.count("\n") + 1


def write(folder: Path, body: str, slug: str = "index") -> None:
    (folder / f"{slug}.md").write_text(FRONT.format(slug) + body + "\n", encoding="utf-8")


def render(folder: Path, report: Report | None = None) -> str:
    return render_site(report or make_report(), folder, TEMPLATES)["index.html"].decode()


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("fine\n{{ facts.experiment.pixel }}", 2, "no attribute 'pixel'; allowed: id, pixels"),
        ("{{ fact.experiment }}", 1, "'fact' is undefined"),
        ("{{ facts.experiment.pixel | count }}", 1, "no attribute 'pixel'; allowed: id, pixels"),
        ("a\n\n{{ facts.experiment.pixels | perc }}", 3, "perc"),
        ("{{ facts.experiment.pixels | percent }}", 1, "it takes a share between 0 and 1"),
        ("a\n{% if facts %}\nb", 2, "endif"),
        ('\n{{ see("nowhere") }}\n\n{{ figure("f", caption="c") }}', 2, "'nowhere', allowed: f"),
        ('{{ figure("f", view="satge", caption="c") }}', 1, "'satge', allowed: stage, strip"),
        ('{{ figure("f", run="good-9", caption="c") }}', 1, "'good-9', allowed: bad-1, good-1"),
        ('{{ figure("f", run="seed-1", caption="c") }}', 1, ""),
        ('{{ figure("f", run="seed-4", caption="c") }}', 1, "a run with boundaries: good-1"),
        ('{{ figure("f", step="later", caption="c") }}', 1, "'later', allowed: \"first\""),
        ('{{ figure("f", neurons="layer 9", caption="c") }}', 1, "allowed: layers 1 to 3"),
        ('{{ figure("f", background="x", caption="c") }}', 1, "allowed: output, target, plain"),
        ('{{ figure("f", colour="x", caption="c") }}', 1, "colour"),
        ('{{ figure("f", view="strip", step="last", caption="c") }}', 1, "a list of two or more"),
        ('{{ figure("f", view="strip", frames=1, caption="c") }}', 1, "a whole number from 2 on"),
        ('{{ figure("f", view="strip", neurons=["output"], caption="c") }}', 1, "a strip each"),
        ('{{ figure("f") }}', 1, "caption: found ''"),
        ('{{ figure("F f", caption="c") }}', 1, "small letters"),
        ('{{ figure("f", view="loss", plays=true, caption="c") }}', 1, "plays: found True"),
        ('{{ figure("f", plays="first", caption="c") }}', 1, "plays: found 'first'"),
        ("a\nb {% call note() %}\n{% endcall %}", 2, "note: found '', allowed: a sentence"),
        ('{{ figure("f", caption="c") }}\n\n{{ figure("f", caption="c") }}', 3, "not used before"),
        ('t\n\n```\n{{ figure("f", caption="c") }}\n```', 4, "figures between paragraphs"),
        ('{% call figure("f") %}\n{{ see("g") }}\n{% endcall %}', 2, "'g', allowed: f"),
        ('[x]({{ page("nowhere") }})', 1, "page: found 'nowhere', allowed: index, explore"),
        ("a\n\n# Second title", 3, "## and below"),
        ("a\n\n```klingon\nx\n```", 3, 'code in "klingon"'),
        ("a\n\nb $\\foo$", 3, "found \\foo, allowed: \\alpha"),
    ],
)
def test_a_mistake_is_answered_with_its_line(
    body: str, line: int, said: str, tmp_path: Path
) -> None:
    write(tmp_path, body)
    if not said:
        render(tmp_path)  # an shown run may go by its id
        return
    with pytest.raises(AuthorError) as caught:
        render(tmp_path)
    assert caught.value.line == BODY_LINE + line - 1
    assert str(caught.value).startswith(f"{tmp_path / 'index.md'}:{caught.value.line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("+++\ntitle", "title", 1, 'TOML between two lines "+++"'),
        ('title = "T"', "title = T", 2, "Invalid value"),
        ('title = "T"', "title = 3", 2, "title = 3; allowed: a str"),
        ('title = "T"\n', "", 6, 'no key "title"'),
        ("order = 1", "order = true", 5, "order = True; allowed: a int"),
        ("order = 1", "order = 1\ncolour = 2", 6, 'unknown key "colour"; allowed: title, slug'),
        ('slug = "index"', 'slug = "../x"', 3, "small letters, digits and hyphens"),
        ('slug = "index"', 'slug = "explore"', 3, "none of explore, downloads"),
        ("date = 2026-11-23", 'date = "today"', 6, "allowed: a date"),
    ],
)
def test_front_matter_is_checked_key_by_key(
    old: str, new: str, line: int, said: str, tmp_path: Path
) -> None:
    text = FRONT.format("index").replace(old, new)
    (tmp_path / "index.md").write_text(text, encoding="utf-8")
    with pytest.raises(AuthorError) as caught:
        read_articles(tmp_path)
    assert caught.value.line == line
    assert said in str(caught.value)


def test_a_section_steps_aside_where_the_picture_has_no_such_part(tmp_path: Path) -> None:
    body = """
{% if has_part("diamond") %}The diamond is there.{% endif %}
{% if has_part("ear") %}The ear is there.{% endif %}
{% if symmetry() == 1 %}Left is like right.{% endif %}
"""
    write(tmp_path, body)
    text = render(tmp_path)
    assert "The diamond is there." in text
    assert "Left is like right." in text
    assert "ear is there" not in text


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
def test_an_article_cannot_leave_its_room(body: str, tmp_path: Path) -> None:
    write(tmp_path, body)
    with pytest.raises(AuthorError) as caught:
        render(tmp_path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_two_articles_cannot_share_an_address(tmp_path: Path) -> None:
    write(tmp_path, "a")
    (tmp_path / "other.md").write_text(FRONT.format("index"), encoding="utf-8")
    with pytest.raises(AuthorError, match=r'slug "index", which index\.md has too'):
        read_articles(tmp_path)


def test_a_site_has_a_first_page(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match='no article with slug "index" among 0'):
        read_articles(tmp_path)


def test_articles_stand_in_their_order(tmp_path: Path) -> None:
    for slug, order in (("index", 3), ("b", 1), ("a", 2)):
        text = FRONT.format(slug).replace("order = 1", f"order = {order}")
        (tmp_path / f"{slug}.md").write_text(text, encoding="utf-8")
    assert [article.slug for article in read_articles(tmp_path)] == ["b", "a", "index"]


def test_captions_and_text_are_markdown(tmp_path: Path) -> None:
    call = '{% call figure("f") %}\nA *slope*, {{ run("good-1").seed }} "so".\n{% endcall %}'
    write(tmp_path, f"Before.\n\n## Head\n\n{call}\n\nAfter[^n].\n\n[^n]: Note.")
    html = render(tmp_path)
    assert "A <em>slope</em>, 0 &ldquo;so&rdquo;." in html
    assert '<h2 id="head" aria-label="Head">Head<a class="anchor" href="#head"' in html
    assert '<a href="#head">Head</a>' in html
    assert "Note." in html


def test_a_heading_is_listed_by_its_words_alone(tmp_path: Path) -> None:
    write(tmp_path, '## `"a"` & *b* > c\n')
    (name,) = re.findall(r'<h2 id="[^"]*" aria-label="([^"]*)">', render(tmp_path))
    assert unescape(name) == '"a" & b > c'


# --- addresses of moments -------------------------------------------------------------------------


@given(st.sets(st.integers(0, 48)), st.integers(0, 5))
def test_the_explorer_is_told_exactly_the_neurons_of_a_still(
    neurons: set[int], snapshot: int
) -> None:
    report = make_report()
    run = report.facts.experiment.shown_runs[0]
    stage = report.stage(run, snapshot, tuple(sorted(neurons)), "target")
    page, _, state = figure_calls.moment(stage).partition("#")
    assert page == "explore/index.html"
    said = dict(term.split("=") for term in state.split("&"))
    shown: set[int] = set()
    for term in said.pop("show").split(","):
        if term == "out":
            shown.add(48)
        elif term != "none":
            layer, _, unit = term.partition(".")
            first = 16 * (int(layer) - 1)
            shown |= {first + int(unit) - 1} if unit else set(range(first, first + 16))
    assert shown == neurons
    assert said == {"run": run.id, "step": str(snapshot), "behind": "target"}


# --- claims ---------------------------------------------------------------------------------------

NAMES = [
    "Straight first layer",
    "Bends through open paths",
    "Regions grow",
    "Shift before turn",
    "Bias before weight",
    "Shifting again",
    "Bends at corners",
    "Copycats",
    "The indecisive neuron",
    "Silence where runs fail",
    "Silence that lasts",
    "Mirrored boundaries",
    "Better is more symmetric",
    "Failed runs and the top",
    "Waking the silent layer",
    "Imposing silence",
    "Deeper and wider",
]
VERDICTS: list[Verdict] = ["holds", "does not hold", "not decidable here"]


def claim(name: str, verdict: Verdict) -> Claim:
    """A row whose texts are nowhere else on a page, and need escaping."""
    return Claim(name, f"{name}: s < t.", f"{name}: d & e.", f"{name}: v", f"{name}: c", 7, verdict)


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("failed", [frozenset(), FAILED])
def test_the_report_reads_with_any_verdict(verdict: Verdict, failed: frozenset[int]) -> None:
    report = make_report(failed)
    claims = tuple(claim(name, verdict) for name in NAMES)
    site = render_site(replace(report, facts=replace(report.facts, claims=claims)), ARTICLES,
                       TEMPLATES)  # fmt: skip
    assert complaints(site, elsewhere=("data/",)) == []
    index, methods = site["index.html"].decode(), site["methods/index.html"].decode()
    shown = [name for name in NAMES if f"{name}: s &lt; t." in index]
    assert set(NAMES) - set(shown) <= {"Straight first layer", "Shifting again",
                                       "Silence that lasts"}  # fmt: skip
    assert index.count(f"<b>{verdict.capitalize()}</b>") == len(shown)
    for name in NAMES:
        anchor = f"claim-{name.lower().replace(' ', '-')}"
        assert f'id="{anchor}"' in methods
        assert f"{name}: d &amp; e." in methods
        assert name not in shown or f'href="methods/index.html#{anchor}"' in index
    assert methods.count(f"{verdict.capitalize()}, from 7 runs.") == len(NAMES)


def test_another_picture_is_not_called_a_bottle_and_is_said_to_be_read_from_an_image() -> None:
    report = make_report()
    image = ImageSource(640, 480, 97, otsu=True, fit="pad")
    other = replace(report.facts.experiment, id="cat", top=(), photograph=image)
    cat = replace(report, facts=replace(report.facts, experiment=other))
    told, before = (
        {
            name: prose(page)
            for name, page in html_of(render_site(each, ARTICLES, TEMPLATES)).items()
        }
        for each in (cat, report)
    )
    for words in ("The picture is a bottle", "The bottle is the same", "one of gin"):
        assert words in before["index.html"]
        assert words not in told["index.html"]
    assert "The picture is 50 pixels wide" in told["index.html"]
    methods = told["methods/index.html"]
    assert "read from an image of 640 times 480 pixels" in methods
    assert "lighter than grey level 97 counts as white, a level that was found by Otsu" in methods
    assert "padded to a square" in methods
    assert "grey level" not in before["methods/index.html"]


def test_verdicts_change_what_is_told() -> None:
    """Bias before weight refuted beside a shift that holds is told otherwise than both holding."""
    report = make_report()

    def told(bias: Verdict) -> str:
        rows = (claim("Shift before turn", "holds"), claim("Bias before weight", bias))
        facts = replace(report.facts, claims=rows)
        return render_site(replace(report, facts=facts), ARTICLES, TEMPLATES)["index.html"].decode()

    assert "the biases are not the reason" in told("does not hold")
    assert "the biases are not the reason" not in told("holds")


def test_a_claim_that_this_build_has_not_made_has_no_box() -> None:
    assert b'class="evidence' not in rendered(FAILED)["index.html"]
