"""The JSON Schema of `report.toml`: published as generated, and as strict as the loader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import tomli
from jsonschema import Draft202012Validator
from support.paths import ROOT
from support.reports import REPORT, SECOND, TEXT, changed, error_of

from ginn.config.schema import PUBLISHED, report_schema

STARTER = ROOT / "templates/starter/report.toml"
VALIDATOR = Draft202012Validator(report_schema())


def schema_refuses(text: str) -> bool:
    return not VALIDATOR.is_valid(tomli.loads(text))


def test_report_schema_is_the_published_one() -> None:
    update = f"python -m ginn.config.schema > {PUBLISHED.relative_to(ROOT).as_posix()}"
    assert json.loads(PUBLISHED.read_bytes()) == report_schema(), update
    Draft202012Validator.check_schema(report_schema())


@pytest.mark.parametrize("report", [REPORT, STARTER])
def test_report_schema_is_named_by_the_reports_and_accepts_them(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    named = re.match(r"#:schema (\S+)\n", text)
    assert named
    # The path is relative to the report, since `--new` copies the schema with the report.
    assert (report.parent / named[1]).resolve() == PUBLISHED
    assert not schema_refuses(text)


VARIANT = '[[variant]]\nid = "a"\ntitle = "A"\nseeds = 1\n'
LATER = f"{TEXT}{SECOND}"


@pytest.mark.parametrize(
    "text",
    [
        LATER,
        f"{LATER}[experiment.shown]\ngood = 1\n",
        changed("pixels = 200", 'pixels = 200\nthreshold = 9\nfit = "crop"'),
        changed("pixels = 200", 'pixels = 200\nparts = { "left eye" = [0, 0.5] }'),
        f"{TEXT}{VARIANT}iterations = 20_000\nsnapshots = [[0, 20_000, 1_000]]\n",
        changed("= 1e-3", "= 1"),
        changed(
            'author = "The replication authors"',
            'authors = [{ name = "A", affiliations = ["B"] }]',
        ),
    ],
)
def test_report_schema_accepts_what_the_loader_reads(tmp_path: Path, text: str) -> None:
    assert error_of(tmp_path, text) is None
    assert not schema_refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        changed("[site]", "[sight]"),
        changed("[draft]", "[extra]\n[draft]"),
        changed("[[experiment]]", "[experiment]"),
        changed("batch = 128", ""),
        changed("batch = 128", "bach = 128"),
        changed("batch = 128", 'batch = "128"'),
        changed("batch = 128", "batch = 1.5"),
        changed("batch = 128", "batch = true"),
        changed("batch = 128", "batch = 0"),
        changed("learning-rate", "learning_rate"),
        changed("= 1e-3", "= 0"),
        changed("= 1e-3", "= 1.5"),
        changed("pixels = 200", "pixels = 1_001"),
        changed("[16, 16, 16]", "[]"),
        changed("[16, 16, 16]", "[16, 257]"),
        changed("[16, 16, 16]", "[1, 1, 1, 1, 1, 1, 1, 1, 1]"),
        changed("[0, 49, 1]", "[0, 49]"),
        changed("[0, 49, 1]", "[-1, 49, 1]"),
        changed('"The bottle"', '""'),
        changed('"The bottle"', '"a\\u0007"'),
        changed('id = "bottle"', 'id = "Bottle"'),
        changed("pictures/bottle.toml", "../bottle.toml"),
        changed("pictures/bottle.toml", "a/../bottle.toml"),
        changed("pictures/bottle.toml", "/etc/hosts"),
        changed("pictures/bottle.toml", "C:b"),
        changed("pictures/bottle.toml", "a\\\\b"),
        changed('"#2f55e0"', '"blue"'),
        changed('"en-GB"', '"<b>"'),
        changed("https://opensource.org/license/mit", "mit.txt"),
        changed("pixels = 200", "pixels = 200\nthreshold = 255"),
        changed("pixels = 200", 'pixels = 200\nfit = "bend"'),
        changed("pixels = 200", "pixels = 200\nparts = { a = [0.5, 2] }"),
        changed("pixels = 200", "pixels = 200\nparts = { a = [0.5] }"),
        changed("pixels = 200", 'pixels = 200\nparts = { "" = [0, 0] }'),
        changed("pixels = 200", f"pixels = 200\nparts.{'a' * 41} = [0, 0]"),
        changed("seeds = 1_024", "seeds = 0"),
        changed("good = 3", "good = 27"),
        f"{LATER}bach = 1\n",
        f"{LATER}[experiment.shown]\nbest = 1\n",
        changed('title = "The cat"\n', "", LATER),
        changed("pixels = 200", "pixels = 200\noptional = true"),
        TEXT + SECOND * 100,
        f"{TEXT}{VARIANT}iterations = 20_000\n",
        f"{TEXT}{VARIANT}pixels = 9\n",
    ],
)
def test_report_schema_and_the_loader_refuse_a_wrong_file(tmp_path: Path, text: str) -> None:
    assert error_of(tmp_path, text) is not None
    assert schema_refuses(text)


def test_report_schema_describes_every_key() -> None:
    schema = report_schema()
    described: dict[str, Any] = {
        f"{name}.{key}": rule.get("description") or rule.get("$ref")
        for name, table in schema["$defs"].items()
        for key, rule in table["properties"].items()
    }
    assert [key for key, text in described.items() if not text] == []
    assert {"Experiment.learning-rate", "FullRuns.first-seeds"} <= set(described)
    assert all(table["description"] for table in schema["$defs"].values())
    assert "null" not in json.dumps(schema)
