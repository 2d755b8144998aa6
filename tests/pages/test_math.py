r"""Formulas become MathML, or are refused; MathML's own grammar is the oracle."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.errors import AuthorError
from ginn.pages.math import Mathematics, mathml

# How many children an element takes (MathML Core, 3.2 and 3.3). Other elements take any number.
ARITY = {
    "mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3,
    "mi": 0, "mn": 0, "mo": 0, "mtext": 0, "mspace": 0,
}  # fmt: skip


def xml(source: str, block: bool = False) -> str:
    return ET.tostring(mathml(source, block), "unicode")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x", "<mi>x</mi>"),
        (r"\frac{1}{2}", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        (r"w_{ij}^2", "<msubsup><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow><mn>2</mn></msubsup>"),
        (r"w^2_i", "<msubsup><mi>w</mi><mi>i</mi><mn>2</mn></msubsup>"),
        (r"\mathrm{ReLU}", '<mi mathvariant="normal">ReLU</mi>'),
        (r"\mathbf{w}", "<mi>𝐰</mi>"),
        (r"\mathbb{R}^2", "<msup><mi>ℝ</mi><mn>2</mn></msup>"),
        (r"\text{if on}", "<mtext>if on</mtext>"),
        (r"\hat y", '<mover accent="true"><mi>y</mi><mo>^</mo></mover>'),
        (r"a - 0.5", '<mi>a</mi><mo stretchy="false">−</mo><mn>0.5</mn>'),
        (r"\sqrt{x}", "<msqrt><mi>x</mi></msqrt>"),
    ],
)
def test_mathml_of_a_formula(source: str, expected: str) -> None:
    assert xml(source) == f"<math>{expected}</math>"


def test_mathml_of_limits_stands_under_and_over_in_a_block_only() -> None:
    assert mathml(r"\sum_{i=1}^n", block=True)[0].tag == "munderover"
    assert mathml(r"\sum_{i=1}^n")[0].tag == "msubsup"
    assert mathml(r"x_i", block=True)[0].tag == "msub"
    assert mathml("x", block=True).get("display") == "block"


def test_mathml_of_cases_and_growing_brackets() -> None:
    cases = mathml(r"\left[ \begin{cases} z & z > 0 \\ 0 & \text{else} \end{cases} \right.")
    assert [len(row) for row in cases.iter("mtr")] == [2, 2]
    assert [sign.text for sign in cases.iter("mo") if sign.get("stretchy") == "true"] == ["[", "{"]


PIECES = st.recursive(
    st.sampled_from(["x", "w", "12", "0.5", r"\alpha", r"\max", "+", r"\mathrm{on}", r"\{", "("]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: rf"\frac{{{p[0]}}}{{{p[1]}}}"),
        st.tuples(inner, inner).map(lambda p: f"{{{p[0]}}}_{{{p[1]}}}"),
        st.tuples(inner, inner).map(lambda p: f"{{{p[0]}}}_{{{p[1]}}}^{{{p[0]}}}"),
        st.tuples(inner, inner).map(" ".join),
        inner.map(lambda piece: rf"\left( {piece} \right)"),
        inner.map(lambda piece: rf"\sqrt{{{piece}}}"),
    ),
    max_leaves=12,
)


@given(PIECES, st.booleans())
def test_mathml_elements_have_as_many_children_as_they_take(source: str, block: bool) -> None:
    for element in mathml(source, block).iter():
        assert len(element) == ARITY.get(element.tag, len(element)), source
        assert (element.text is None) == (element.tag not in {"mi", "mn", "mo", "mtext"})


@given(st.text(alphabet="\\{}_^&$ax1+ frcsqt\n", max_size=20))
def test_mathml_of_any_text_is_read_or_refused_in_one_line(source: str) -> None:
    read, said = "", ""
    try:
        read = "".join(mathml(source).itertext())
    except AuthorError as error:
        said = str(error)
    assert "\\" not in read
    assert "\n" not in said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (r"\foo{x}", r"found \foo, allowed: \alpha"),
        (r"\frac{1}", "found the end"),
        ("{a", "found the end, allowed: }"),
        ("a}", "found }"),
        ("x_", "found the end"),
        ("_x", "found _"),
        ("x^2^3", "found a second ^"),
        (r"\left( x", r"found the end, allowed: \right"),
        (r"\left\alpha x \right)", "found \\alpha, allowed: ("),
        (r"\begin{matrix} a \end{matrix}", r"\begin{cases}"),
        (r"\mathbb{X}", "allowed: N Q R Z"),
        ("a # b", "found #"),
        ("é", "found é"),
        ("", "found nothing"),
        (" ", "found nothing"),
    ],
)
def test_mathml_of_a_mistake_is_refused(source: str, said: str) -> None:
    with pytest.raises(AuthorError) as caught:
        mathml(source)
    assert said in str(caught.value)


def test_mathematics_in_markdown_is_between_dollars() -> None:
    text = "Say $\\{ w_1 * x_1 + w_2 * x_2 \\}$ *so*, `$a$`, and\n\n$$\\max(0, z)$$\n"
    html = markdown.markdown(text, extensions=[Mathematics(), "smarty"])
    assert html.count("<math") == 2
    assert html.count("<em>") == 1
    assert "<em>so</em>" in html
    assert re.findall(r">([{}*])</mo>", html) == ["{", "*", "*", "}"]
    assert "<code>$a$</code>" in html
    assert '<math display="block"><mi>max</mi>' in html
