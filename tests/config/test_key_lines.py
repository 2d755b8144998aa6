"""`key_lines`: the line of every key of a TOML text."""

from __future__ import annotations

import json
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import BOTTLE, ROOT
from support.reports import TEXT

from ginn.config.key_lines import Keys, key_lines, line_of

TRICKY = '''# "a" = [
a = """
b = 1 # not a key
\\""" """  # a comment
'c d' = 'x # y'
"e\\u0066" = \'\'\'
[no.header]
\'\'\'
[ x . "y.z" ]
p.q = 3
p.r = { s = 1, "t" = [ [1,
 2], {u = 2}] }
[[x.list]]
v = 07:32:00
[x.list.inner]
w = 1
[[x.list]]
v = 1979-05-27 07:32:00
[[x.list.deep]]
[x.list.deep.z]
k = +1.5e3
'''


def paths(value: Any, keys: Keys = ()) -> set[Keys]:
    """The path of every key, table and item of a parsed document."""
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    inner = (paths(v, (*keys, k)) for k, v in pairs if isinstance(v, dict | list))
    return {(*keys, k) for k, _ in pairs}.union(*inner)


@pytest.mark.parametrize("text", [TRICKY, TEXT, BOTTLE.read_text(encoding="utf-8"), "", "\n# x",
    (ROOT / "templates/starter/report.toml").read_text(encoding="utf-8"),
    (ROOT / "pyproject.toml").read_text(encoding="utf-8")])  # fmt: skip
def test_key_lines_has_the_paths_of_the_parsed_document(text: str) -> None:
    assert set(key_lines(text)) == paths(tomli.loads(text))


def test_key_lines_of_tricky_toml_are_where_the_keys_stand() -> None:
    lines = key_lines(TRICKY)
    expected = {
        ("a",): 2, ("c d",): 5, ("ef",): 6, ("x",): 9, ("x", "y.z"): 9,
        ("x", "y.z", "p", "q"): 10, ("x", "y.z", "p", "r", "s"): 11,
        ("x", "y.z", "p", "r", "t", 0, 1): 12, ("x", "y.z", "p", "r", "t", 1, "u"): 12,
        ("x", "list"): 13, ("x", "list", 0): 13, ("x", "list", 0, "v"): 14,
        ("x", "list", 0, "inner", "w"): 16, ("x", "list", 1): 17, ("x", "list", 1, "v"): 18,
        ("x", "list", 1, "deep", 0): 19, ("x", "list", 1, "deep", 0, "z", "k"): 21,
    }  # fmt: skip
    assert {keys: lines.get(keys) for keys in expected} == expected


keys_of_toml = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=5)
scalars = st.integers(-(10**6), 10**6) | st.booleans() | st.text("ab\"\\#[]{}=,'\n", max_size=9)
nested = st.recursive(scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(keys_of_toml, v))


def as_toml(value: object) -> str:
    if isinstance(value, dict):
        pairs = (f"{as_toml(k)} = {as_toml(v)}" for k, v in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(as_toml, value)) + "\n]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@given(st.dictionaries(keys_of_toml, nested, max_size=5))
@settings(max_examples=40)
def test_key_lines_of_any_document_has_the_paths_of_the_parsed_one(document: Any) -> None:
    pairs = [f"{as_toml(key)} = {as_toml(value)}\n" for key, value in document.items()]
    text = "".join(pairs)
    lines = key_lines(text)
    assert set(lines) == paths(tomli.loads(text))
    for number, key in enumerate(document):
        assert lines[(key,)] == 1 + "".join(pairs[:number]).count("\n")


def test_line_of_a_missing_path_is_the_line_of_the_table_around_it() -> None:
    lines = key_lines(TRICKY)
    assert line_of(lines, ("x", "list", 0, "inner", "absent")) == 15
    assert line_of(lines, ("x", "list", 1, "absent", 3)) == 17
    assert line_of(lines, ("absent",)) == 0
