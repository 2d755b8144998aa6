"""An article's Markdown as HTML: what authors know from GitHub, MkDocs and Quarto."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.html_tree import article_tree, html_tree, outline, words
from support.pages import FRONT, ParsedPage, html_of, page_of
from support.paths import ROOT

from ginn.files import read_text
from ginn.pages.articles import parse_article
from ginn.pages.source_checks import CALLOUTS

FIGURE = '{{ figure("f", caption="A *caption*.") }}'


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (f"- a\n\n  {FIGURE}\n\n- b", "ul/li/figure"),
        (f"- {FIGURE}\n- b", "ul/li/figure"),
        (f"- a {FIGURE} b\n- c", "ul/li/figure"),
        (f"- a\n\n  b\n- {FIGURE}", "ul/li/figure"),
        (f"1. a\n   - b\n\n     {FIGURE}\n2. c", "ol/li/ul/li/figure"),
        (f"| a | b |\n|---|---|\n| {FIGURE} | c |", "table/tbody/tr/td/figure"),
        (f"> a {FIGURE}", "blockquote/figure"),
        (f"> [!NOTE]\n> {FIGURE}", "div[@class='callout callout-note']/figure"),
        (f"<details>\n<summary>S</summary>\n\n{FIGURE}\n\n</details>", "details/figure"),
        (f"t\n: a\n\n    {FIGURE}", "dl/dd/figure"),
        (f"a\n{FIGURE}\nb", "figure"),
        ('- a\n\n  {% call figure("f") %}\n  A *caption*.\n  {% endcall %}', "ul/li/figure"),
        (f"{{% if true %}}\n  {FIGURE}\n{{% endif %}}", "figure"),
    ],
)
def test_figure_stands_where_it_is_placed(body: str, path: str) -> None:
    article = article_tree(body)
    (figure,) = article.iter("figure")
    assert article.find(path) is figure
    caption = figure.find("figcaption")
    assert words(caption).startswith("Figure 1. A caption.")
    assert caption is not None
    assert words(caption.find("em")) == "caption"
    assert not [p for p in article.iter("p") if list(p.iter("figure"))]
    assert "@@" not in words(article)


@pytest.mark.parametrize(
    "body", ["```\n{}\n```", "`{}`", "<div>\n{}\n</div>", "[a `{}`](b)", "| `{}` |\n|---|"]
)
def test_figure_in_a_place_that_holds_none_is_refused(body: str) -> None:
    with pytest.raises(Exception, match="figures between paragraphs, in list items"):
        html_of("a\n\n" + body.format(FIGURE))


def test_footnote_in_a_caption_is_numbered_in_the_order_of_the_text() -> None:
    call = '{% call figure("f") %}\nB[^b] at $x$.\n{% endcall %}'
    article = article_tree(f"A[^a].\n\n{call}\n\nC[^c].\n\n[^c]: Three.\n[^b]: Two.\n[^a]: One.")
    marks = {sup.get("id"): words(sup) for sup in article.iter("sup")}
    assert marks == {"fnref:a": "1", "fnref:b": "2", "fnref:c": "3"}
    caption = article.find("figure/figcaption")
    assert caption is not None
    assert caption.find("sup") is not None
    assert caption.find("math") is not None
    notes = article.find("div[@class='footnote']/ol")
    assert notes is not None
    assert [words(note).split()[0] for note in notes] == ["One.", "Two.", "Three."]


def test_table_is_aligned_by_classes() -> None:
    table = article_tree("| a | b | c |\n|:--|:-:|--:|\n| d | e | f |").find("table")
    assert table is not None
    assert table.get("tabindex") == "0"
    for tag in ("th", "td"):
        cells = [cell.attrib for cell in table.iter(tag)]
        assert cells == [{"class": f"align-{side}"} for side in ("left", "center", "right")]


def test_bar_in_code_or_escaped_is_in_its_cell() -> None:
    article = article_tree("| a | b |\n|---|---|\n| `x|y` | u \\| v |")
    assert [words(cell) for cell in article.iter("td")] == ["x|y", "u | v"]


def test_task_list_says_what_is_done() -> None:
    article = article_tree("- [ ] a\n- [x] b\n- c")
    boxes = [box.attrib for box in article.iter("input")]
    assert [("checked" in box, box["aria-label"]) for box in boxes] == [
        (False, "to do"),
        (True, "done"),
    ]
    assert all("disabled" in box for box in boxes)


@pytest.mark.parametrize(
    ("kind", "title"), [("NOTE", "Note"), ("tip", "Tip"), ("WARNING] Mind *this*", "Mind this")]
)
def test_callout_has_its_kind_and_title(kind: str, title: str) -> None:
    kind = kind if "]" in kind else f"{kind}]"
    article = article_tree(f"> [!{kind}\n> a\n>\n> - b")
    (callout,) = article
    assert callout.get("class") == f"callout callout-{kind.partition(']')[0].lower()}"
    assert callout.get("role") == "note"
    assert words(callout[0]) == title
    assert callout[0].get("class") == "callout-title"
    assert outline(callout).endswith("p ul(li)")


def test_style_sheet_has_every_class_that_markdown_makes() -> None:
    style = (ROOT / "templates/style.css").read_text(encoding="utf-8")
    classes = [f"callout-{kind}" for kind in CALLOUTS]
    classes += [f"align-{side}" for side in ("left", "center", "right")]
    classes += ["callout-title", "task-list", "filename", "hll", "footnote", "code"]
    assert [name for name in classes if not re.search(rf"\.{name}\b", style)] == []


@pytest.mark.parametrize(
    ("body", "targets"),
    [
        ("See https://a.example/b.", ["https://a.example/b"]),
        ("(https://a.example/b_(c))!", ["https://a.example/b_(c)"]),
        ("<https://a.example/>,", ["https://a.example/"]),
        ("https://a.example/x_y_z?", ["https://a.example/x_y_z"]),
        ("`https://a.example/`", []),
        ('<a href="https://a.example/">https://a.example/</a>', ["https://a.example/"]),
        ("[https://b.example](https://a.example/)", ["https://a.example/"]),
    ],
)
def test_bare_address_is_a_link(body: str, targets: list[str]) -> None:
    article = article_tree(body)
    links = list(article.iter("a"))
    assert [link.get("href") for link in links] == targets
    assert not [link for link in links if link.find("a") is not None]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("$5 and $10", "$5 and $10"),
        (r"\$5 and \$x\$", "$5 and $x$"),
        ("from $5/kg to $9/kg, US$5 ($6), $5–$10", "from $5/kg to $9/kg, US$5 ($6), $5–$10"),
        ("a_b_c and x~y~z, ~5 and ~6", "a_b_c and x~y~z, ~5 and ~6"),
        (r"\~ \^ \| \< \: \@ \# \*a\*", "~ ^ | < : @ # *a*"),
        ("2 * 3 * 4 and 2^10+3^5", "2 * 3 * 4 and 2^10+3^5"),
        ("at 10:30:45, C:\\Users\\a", "at 10:30:45, C:\\Users\\a"),
        ("a <!-- hidden --> b", "a b"),
        (":smile: \N{PARTY POPPER}", "\N{SMILING FACE WITH OPEN MOUTH AND SMILING EYES} "
         "\N{PARTY POPPER}"),
    ],
)  # fmt: skip
def test_sign_in_text_is_text(body: str, shown: str) -> None:
    article = article_tree(body)
    assert words(article) == shown
    assert outline(article) == "p"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("~~a~~", "p(del)"),
        ("m^2^", "p(sup)"),
        ("a\\\nb  \nc", "p(br br)"),
        ("t\n: d", "dl(dt dd)"),
        ("A b\n\n*[A]: C", "p(abbr)"),
        ("**図**です", "p(strong)"),
        ("3. a\n4. b", "ol(li li)"),
        ("$x$ and $ y $", "p(math(mi))"),
        ("$$ x $$", "p(math(mi))"),
    ],
)
def test_syntax_of_other_programs_is_read(body: str, expected: str) -> None:
    assert outline(article_tree(body)) == expected


def test_ordered_list_begins_at_its_number() -> None:
    (listed,) = article_tree("3. a\n4. b")
    assert listed.get("start") == "3"


@pytest.mark.parametrize("inner", ["`c`", "$x$", "*e*", "<kbd>k</kbd>", "[l](https://a.example/)"])
def test_quotation_marks_around_an_element_open_and_close(inner: str) -> None:
    shown = words(article_tree(f'a "{inner}" b \'{inner}\', ("{inner}")'))
    assert re.sub(r"\w", "", shown) == " “”  ‘’, (“”)"
    assert re.sub(r"[\w ]", "", words(article_tree(f"{inner}'s"))) == "’"


def test_heading_has_the_id_in_braces_or_one_of_its_words() -> None:
    body = (
        "## Слой 1 {#layer}\n\n## Слой 1\n\n## Слой 1\n\n## 図\n\n## Main\n\n## `a` $x_1$ {: #b }"
    )
    heads = [head.get("id") for head in article_tree(body).findall("h2")]
    assert heads == ["layer", "слой-1", "слой-1_1", "図", "section-main", "b"]


@pytest.mark.parametrize("code", ["`{#a}`", "```\n{#a}\n```"])
def test_braces_with_a_hash_in_code_stay(code: str) -> None:
    assert words(article_tree(f"{code}\n\nb {{# a comment #}}c")) == "{#a} b c"


def test_heading_inside_another_element_does_not_cut_the_page() -> None:
    page = ParsedPage(
        html_of("a\n\n> ## Quoted\n>\n> b\n\n- ## Listed\n\nc\n\n## First\n\nd\n\n### Deeper\n\ne")
    )
    html = html_of("a\n\n> ## Quoted\n>\n> b\n\n- ## Listed\n\nc\n\n## First\n\nd")
    opening, sections = (
        part for part in html_tree(html).iter("div") if part.get("class") == "prose"
    )
    assert [each.tag for each in opening] == ["p", "blockquote", "ul", "p"]
    assert [each.tag for each in sections] == ["h2", "p"]
    contents = re.search(r"(?s)<nav class=\"contents\".*?</nav>", html)
    assert contents
    assert re.findall(r'href="#([^"]*)"', contents[0]) == ["first"]
    assert page.open == []


def test_contents_of_headings_with_links_are_links_only() -> None:
    html = html_of('## [A](https://a.example/) `c` $x$ "q"\n\na')
    contents = re.search(r"(?s)<nav class=\"contents\".*?</nav>", html)
    assert contents
    (link,) = html_tree(contents[0]).iter("a")
    assert words(link) == "A c x “q”"
    assert link.find("code") is not None


def test_code_can_have_a_title_and_numbered_and_marked_lines() -> None:
    article = article_tree('```python title="a.py" linenums="3" hl_lines="2"\nx\ny\n```')
    classes = {span.get("class"): span for span in article.iter("span")}
    assert words(classes["filename"]) == "a.py"
    assert words(classes["hll"]) == "y"
    numbers = [span.get("data-linenos", "").strip() for span in article.iter("span")]
    assert [number for number in numbers if number] == ["3", "4"]


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_make_no_difference(ends: str, tmp_path: Path) -> None:
    text = FRONT.format("index") + "- a\n  - b\n\n```\nx\n```\n"
    pages = []
    for name, written in (("a.md", text), ("b.md", "\ufeff" + text.replace("\n", ends))):
        (tmp_path / name).write_bytes(written.encode())
        article = parse_article(tmp_path / name, read_text(tmp_path / name, "an article"))
        pages.append(page_of(article).files["index.html"])
    assert pages[0] == pages[1]


def test_article_of_front_matter_only_has_a_page() -> None:
    page = ParsedPage(html_of(""))
    assert not [nav for nav in page.all("nav") if nav.get("class") == "contents"]
