"""The content of a folder: after a mistake in a name, the regions that can be named are shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.paths import ROOT, STARTER
from support.reports import changed

from ginn.errors import AuthorError
from ginn.pipeline.content import read_content

NAMES = "# [experiment.parts]\n"


def starter(folder: Path, parts: str) -> Path:
    """The starter's content, with these names of parts."""
    shutil.copytree(STARTER, folder, dirs_exist_ok=True)
    report = folder / "report.toml"
    text = changed(
        "# [experiment.parts]\n", f"[experiment.parts]\n{parts}\n", report.read_text("utf-8")
    )
    report.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ("a = [0.5, 0.8]\nb = [0.5, 0.81]", "at points of one region"),
        ('"top left black" = [0.02, 0.02]', ""),
    ],
)
def test_read_content_with_a_wrong_name_prints_the_regions_first(
    tmp_path: Path, parts: str, found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if found:
        with pytest.raises(AuthorError, match=found):
            read_content(starter(tmp_path, parts), None, draft=True)
        told = capsys.readouterr().out
    else:
        told = read_content(starter(tmp_path, parts), None, draft=True).descriptions()
    assert "Otsu's method" in told
    assert "#" in told
    assert " white" in told


def test_read_content_of_the_starter_with_another_picture_needs_no_change(tmp_path: Path) -> None:
    folder = starter(tmp_path, "")
    shutil.copy(STARTER.parents[1] / ".github/explorer.png", folder / "pictures/cat.png")
    assert len(read_content(folder, None, draft=True).datasets) == 1


def test_content_of_the_repository_has_frozen_its_rules_as_they_are() -> None:
    """If this fails after a change of a rule, freeze the rules again, with a new `first-seed`."""
    found = read_content(ROOT / "content", None, draft=True, confirm=True).settings
    assert found.confirmation.rules is not None
    assert found.second_seed == found.confirmation.first_seed
