"""A mistake in a page's template: the file, the line, and what was found there."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.words import ENGLISH

from ginn.errors import AuthorError
from ginn.pages.templates import environment, template_errors

MACRO = "{% macro shown(thing) %}\n\nTEXT\n{% endmacro %}\n"


def render(folder: Path, name: str = "page.html", **names: object) -> str:
    made = environment(folder, ENGLISH)
    with template_errors(made, folder):
        return made.get_template(name).render(**names)


def call_macro(folder: Path) -> str:
    made = environment(folder, ENGLISH)
    with template_errors(made, folder):
        macros: object = made.get_template("macros.html").module
        return str(macros.shown({"name": "a <b>"}))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("one\n{{ absent }}\n", 2, "'absent' is undefined"),
        ("one\ntwo\n{% if %}\n", 3, "Expected an expression"),
        ("{% for x in [1] %}\n", 1, "Unexpected end of template"),
        ("\n\n\n{{ 'a' | quiet }}\n", 4, "No filter named 'quiet'"),
        ("one\n{{ 1 + 'a' }}\n", 2, "unsupported operand"),
        ("one\n\n{{ 1 // 0 }}\n", 3, "division"),
        ("one\n{{ 'ä' | upper(2) }}\n", 2, ""),
    ],
)
def test_template_with_a_mistake_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, found: str
) -> None:
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    with pytest.raises(AuthorError) as said:
        render(tmp_path)
    message = str(said.value)
    assert message.startswith(f"{tmp_path / 'page.html'}:{line}: found ")
    assert found in message
    assert "allowed: " in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["{{ thing.absent }}", "{{ thing.absent.more }}", "{{ 1 + 'a' }}"])
def test_macro_with_a_mistake_is_refused_with_the_line_in_its_file(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "macros.html"
    file.write_text(MACRO.replace("TEXT", text), encoding="utf-8")
    with pytest.raises(AuthorError, match=r"macros\.html:3: found "):
        call_macro(tmp_path)
    file.write_text(MACRO.replace("TEXT", "{{ thing.name }}"), encoding="utf-8")
    assert call_macro(tmp_path).strip() == "a &lt;b&gt;"


def test_template_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"page\.html: found no such file, allowed: a template"):
        render(tmp_path)
    (tmp_path / "page.html").write_text("{% include 'other.html' %}", encoding="utf-8")
    with pytest.raises(AuthorError, match=r"other\.html: found no such file, allowed: a template"):
        render(tmp_path)


def test_error_in_the_program_is_not_blamed_on_the_template(tmp_path: Path) -> None:
    def broken() -> str:
        return ["a"][1]

    (tmp_path / "page.html").write_text("{{ broken() }}", encoding="utf-8")
    with pytest.raises(IndexError):
        render(tmp_path, broken=broken)
