r"""Formulas: the build converts the small part of TeX that articles use to MathML.

In Markdown, `$...$` is a formula within a line, and `$$...$$` is a formula on a line of its own.
A command that is not listed below is an error. The output is MathML Core (W3C). Every
current browser shows it without additional scripts or fonts.

No library is used. latex2mathml 3.81 sets a gap in `\max(z, 0)` and no limits under `\max`. It also
accepts unknown commands, missing arguments and open braces.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from ginn.errors import AuthorError, one_line, quoted

# fmt: off
LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ",
    "Sigma": "Σ", "Omega": "Ω", "ell": "ℓ", "infty": "∞", "partial": "∂", "nabla": "∇",
}
SIGNS = {
    "cdot": "⋅", "times": "×", "pm": "±", "le": "≤", "ge": "≥", "ne": "≠", "approx": "≈",
    "in": "∈", "notin": "∉", "subset": "⊂", "cup": "∪", "cap": "∩", "to": "→", "mapsto": "↦",
    "sum": "∑", "prod": "∏", "int": "∫", "ldots": "…", "mid": "|", "top": "⊤",
    "{": "{", "}": "}", "|": "‖", "$": "$", "%": "%",
}
FUNCTIONS = ("max", "min", "exp", "log", "ln", "sin", "cos", "arg", "tanh")
SPACES = {",": "0.17em", ";": "0.28em", " ": "0.25em", "quad": "1em"}
# The limits of these signs are set under and over them if the formula has a line of its own.
LIMITS = {"sum", "prod", "max", "min"}
BLACKBOARD = {"N": "ℕ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}
ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~"}
# fmt: on
TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\d+(?:\.\d+)?|[A-Za-z]|\s+|.", re.DOTALL)
OPERATORS = set("+-=<>()[]|,;:/!'*.")
DELIMITERS = {"(": "(", ")": ")", "[": "[", "]": "]", "|": "|", ".": ""} | {
    r"\{": "{", r"\}": "}", r"\|": "‖",
}  # fmt: skip


def mathml(source: str, block: bool = False) -> ET.Element:
    r"""A formula as a `math` element.

    Raises AuthorError for an unknown command, sign or structure.

    >>> ET.tostring(mathml(r"\frac{1}{2}"), "unicode")
    '<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'
    """
    reader = _Reader(source, block)
    root = ET.Element("math", {"display": "block"} if block else {})
    root.extend(reader.row([""]))
    if not len(root):
        raise reader.error("nothing", "a formula between the dollars")
    return root


class _Reader:
    """Reads a formula from left to right. Each method returns the elements that it has read."""

    def __init__(self, source: str, block: bool) -> None:
        self.source, self.block = source, block
        self.tokens: list[str] = [*TOKEN.findall(source), ""]
        self.at = 0

    def error(self, found: str, allowed: str) -> AuthorError:
        """The error to raise; `found` is a token, and "" is the end of the formula."""
        return AuthorError(
            one_line(found) or "the end", allowed, key=f"formula {quoted(self.source)}"
        )

    def next(self) -> str:
        """The next token that is not a space; "" is the end. The token is not taken."""
        while self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at]

    def take(self, *allowed: str) -> str:
        """Take and return the next token, which must be one of `allowed` if these are given."""
        token = self.next()
        if (allowed and token not in allowed) or not token:
            raise self.error(token, " ".join(allowed) or "more of the formula")
        self.at += 1
        return token

    def row(self, ends: Sequence[str]) -> list[ET.Element]:
        """The elements before the first token of `ends`. This token is not taken; "" is the end."""
        made = []
        while self.next() not in ends:
            if not self.next():
                raise self.error("", " ".join(ends))
            made.append(self.scripted())
        return made

    def scripted(self) -> ET.Element:
        """One item with its subscript and superscript."""
        limits = self.block and self.next().removeprefix("\\") in LIMITS
        base = self.item()
        scripts: dict[str, ET.Element] = {}
        while self.next() in ("_", "^"):
            kind = self.take()
            if kind in scripts:
                raise self.error(f"a second {kind}", f"one {kind} an item")
            scripts[kind] = self.argument()
        if not scripts:
            return base
        names = ("munder", "mover", "munderover") if limits else ("msub", "msup", "msubsup")
        name = names[2] if len(scripts) == 2 else names["^" in scripts]
        return _element(name, base, *(scripts[kind] for kind in "_^" if kind in scripts))

    def argument(self) -> ET.Element:
        """A group in braces, or a single item, as one element."""
        if self.next() != "{":
            return self.item()
        self.take()
        made = self.row(["}"])
        self.take()
        return made[0] if len(made) == 1 else _element("mrow", *made)

    def item(self) -> ET.Element:
        """One letter, number, sign, group or command."""
        if self.next() == "{":
            return self.argument()
        token = self.take()
        if token.startswith("\\"):
            return self.command(token[1:])
        if token.isascii() and token[0].isdecimal():
            return _leaf("mn", token)
        if token.isascii() and token.isalpha():
            return _leaf("mi", token)
        if token in OPERATORS:
            return _leaf("mo", {"-": "−", "'": "′"}.get(token, token), stretchy="false")
        raise self.error(token, "letters, numbers, commands and " + " ".join(sorted(OPERATORS)))

    def command(self, name: str) -> ET.Element:
        """The element of a command with its arguments."""
        if name in LETTERS:
            return _leaf("mi", LETTERS[name])
        if name in SIGNS:
            return _leaf("mo", SIGNS[name], stretchy="false")
        if name in FUNCTIONS:
            return _leaf("mi", name)
        if name in SPACES:
            return ET.Element("mspace", width=SPACES[name])
        if name in ACCENTS:
            accented = _element("mover", self.argument(), _leaf("mo", ACCENTS[name]))
            accented.set("accent", "true")
            return accented
        commands: dict[str, Callable[[], ET.Element]] = {
            "frac": lambda: _element("mfrac", self.argument(), self.argument()),
            "sqrt": lambda: _element("msqrt", self.argument()),
            "mathrm": lambda: _leaf("mi", self.text(), mathvariant="normal"),
            "mathbf": lambda: _leaf("mi", "".join(map(_bold, self.text()))),
            "mathbb": self.blackboard,
            "text": lambda: _leaf("mtext", self.text()),
            "left": self.fence,
            "begin": self.cases,
        }
        if name not in commands:
            known = [LETTERS, SIGNS, FUNCTIONS, SPACES, ACCENTS, commands]
            raise self.error(f"\\{name}", " ".join(f"\\{n}" for names in known for n in names))
        return commands[name]()

    def text(self) -> str:
        """The text in braces, as it is written."""
        self.take("{")
        read = ""
        while self.tokens[self.at] != "}":
            if not self.tokens[self.at] or self.tokens[self.at][0] in "\\{":
                raise self.error(self.tokens[self.at], "letters, numbers and }")
            read += self.tokens[self.at]
            self.at += 1
        self.take("}")
        return read

    def blackboard(self) -> ET.Element:
        """The sign of a number system, in blackboard bold."""
        letter = self.text()
        if letter not in BLACKBOARD:
            raise self.error(letter, " ".join(BLACKBOARD))
        return _leaf("mi", BLACKBOARD[letter])

    def fence(self) -> ET.Element:
        r"""A row between `\left(` and `\right)`. These delimiters are as high as the row."""
        opening = DELIMITERS[self.take(*DELIMITERS)]
        inner = self.row(["\\right"])
        self.take()
        closing = DELIMITERS[self.take(*DELIMITERS)]
        return _element("mrow", *_sign(opening), *inner, *_sign(closing))

    def cases(self) -> ET.Element:
        r"""A brace and its cases: `\begin{cases} a & b \\ c & d \end{cases}`."""
        name = self.text()
        if name != "cases":
            raise self.error(f"\\begin{{{name}}}", "\\begin{cases}")
        table = ET.Element("mtable", columnalign="left")
        end = ""
        while end != "\\end":
            row = ET.SubElement(table, "mtr")
            end = "&"
            while end == "&":
                row.append(_element("mtd", *self.row(["&", "\\\\", "\\end"])))
                end = self.take()
        if self.text() != name:
            raise self.error("another \\end", "\\end{cases}")
        return _element("mrow", *_sign("{"), table)


def _element(name: str, *children: ET.Element) -> ET.Element:
    made = ET.Element(name)
    made.extend(children)
    return made


def _leaf(name: str, text: str, **attributes: str) -> ET.Element:
    """An element with text that Markdown leaves unchanged."""
    made = ET.Element(name, attributes)
    made.text = AtomicString(text)
    return made


def _sign(sign: str) -> list[ET.Element]:
    """A delimiter that grows with its row; none for ""."""
    return [_leaf("mo", sign, stretchy="true", fence="true")] if sign else []


def _bold(letter: str) -> str:
    """A letter in Unicode's mathematical bold. MathML Core has no style for bold letters."""
    if "a" <= letter <= "z":
        return chr(0x1D41A + ord(letter) - ord("a"))
    return chr(0x1D400 + ord(letter) - ord("A")) if "A" <= letter <= "Z" else letter


# No space follows the first dollar or precedes the last one, and no digit follows the last one. So
# "$5 and $10" is money, as in Pandoc. Inside double dollars, spaces are allowed anywhere. A
# backslash before a dollar always gives a dollar sign.
FORMULA = r"""(?x)
    (?<![\\$]) (?: (\$\$) (?P<block>(?:\\.|[^$\\])+) \$\$ (?!\$)
    | \$ (?=[^\s$]) (?P<line>(?:\\.|[^$\\])*?(?:\\.|[^\s$\\])) \$ (?![\d$]) )
    """


class _Formula(InlineProcessor):
    """A formula in Markdown: `$$...$$` on a line of its own, or `$...$` within a line."""

    line_of: Callable[..., int]

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element, int, int]:
        """The formula's element, and its place in the text."""
        source = m["block"] or m["line"]
        try:
            return mathml(source, block=m[1] == "$$"), m.start(), m.end()
        except AuthorError as error:
            raise error.at(line=self.line_of(f"${source}$")) from error


class Mathematics(Extension):
    """The Markdown extension for formulas. It runs after code in backticks and before escapes.

    `line_of` finds the line of a text in the article, or 0.
    """

    def __init__(self, line_of: Callable[..., int] = lambda *_: 0) -> None:
        """Without `line_of`, errors have no line."""
        super().__init__()
        self.line_of = line_of

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Add the processor of formulas."""
        # Markdown puts white space around block elements. A formula within a line must have none.
        md.block_level_elements = [name for name in md.block_level_elements if name != "math"]
        formula = _Formula(FORMULA, md)
        formula.line_of = self.line_of
        md.inlinePatterns.register(formula, "mathematics", 185)
