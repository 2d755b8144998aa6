"""The README says what is true: its commands, options, rooms and libraries."""

from __future__ import annotations

import re
import tomllib

import pytest
from support.paths import ROOT

import build as story

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_options_in_the_readme_are_those_of_the_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        story.main(["--help"])
    told = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    table = README[README.index("| `python build.py` |") : README.index("What is trained")]
    assert set(re.findall(r"--[a-z][a-z-]+", table)) == told


def test_every_room_is_in_the_design() -> None:
    design = README[README.index("## Design") : README.index("### Libraries")]
    rooms = {path.stem for path in (ROOT / "ginn").rglob("*.py")} - {"__init__"}
    for room in rooms:
        assert re.search(rf"\*\*[^*]*\b{room}\b[^*]*\*\*", design), room


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    table = README[README.index("### Libraries") : README.index("## Figures")]
    reasons = re.findall(r"(?m)^\| ([a-z0-9, .]+) \| \S", table)
    explained = {name.split()[0] for row in reasons for name in row.split(", ")}
    needed = {re.split(r"[=<>]", requirement)[0] for requirement in project["dependencies"]}
    assert explained - {"why"} == needed
    assert "torch==2.13.0" in project["dependencies"]


def test_what_the_readme_points_to_is_there() -> None:
    for path in re.findall(r"`((?:tests|content|templates|ginn)/[\w./-]*)`", README):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"\]\((\.?[\w/.-]+)\)", README):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"python (tests/[\w/]+\.py)", README):
        assert (ROOT / path).is_file(), path


def test_ci_runs_the_readmes_second_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'python -m pip install -e ".[test]" && python -m pytest' in README
    assert '-e ".[test]"' in script
    assert "REQUIRE_BROWSER=1 python -m pytest" in script


def test_workflows_install_the_torch_that_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pinned,) = (need for need in project["dependencies"] if need.startswith("torch"))
    oldest = project["requires-python"].removeprefix(">=")
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        assert set(re.findall(r"torch==[\d.]+", path.read_text(encoding="utf-8"))) == {pinned}
    workflow = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    assert f'python: ["{oldest}", ' in workflow


def test_what_an_ordinary_run_leaves_out_is_run_by_a_workflow() -> None:
    workflows = (ROOT / ".github/workflows").glob("*.yml")
    steps = "\n".join(path.read_text(encoding="utf-8") for path in workflows)
    for command in ("pytest -m weekly", "coverage report", "mutants.py", "pip-audit", "npm audit"):
        assert command in steps
