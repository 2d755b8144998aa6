"""The list of claims' names contains every name in the code, and no others."""

from __future__ import annotations

import ast

import pytest
from support.paths import ROOT

from ginn.analysis.claim_names import CLAIM_NAMES, require_claim
from ginn.errors import AuthorError


def test_claim_names_are_those_in_the_modules_of_claims() -> None:
    found = []
    for path in (ROOT / "ginn/analysis/claims").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Rule", "replace"):
                found += [each.value for each in node.keywords if each.arg == "name"]
    literal = [each.value for each in found if isinstance(each, ast.Constant)]
    assert sorted(literal) == sorted(CLAIM_NAMES)


def test_require_claim_of_a_misspelt_name_lists_the_names() -> None:
    require_claim("Copycats")
    with pytest.raises(AuthorError, match=r"'Copicats', allowed: .*Copycats"):
        require_claim("Copicats")
