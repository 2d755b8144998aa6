"""What README.md and its companions say of commands, options, paths and libraries is true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from support.paths import ROOT

import build as story
from ginn.pipeline.stages import STAGES

README = (ROOT / "README.md").read_text(encoding="utf-8")
INSIDE = (ROOT / "ginn/README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "CONTRIBUTING.md", "ginn/README.md", "tests/benchmarks/README.md")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def rows(text: str, head: str) -> list[list[str]]:
    """The cells of a Markdown table's rows, found by the beginning of its head."""
    lines = iter(text[text.index(f"\n| {head}") + 1 :].splitlines()[2:])
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return found


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_options_in_the_readme_are_those_of_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        story.main(["--help"])
    offered = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    options = [re.findall(r"--[a-z][a-z-]+", row[0]) for row in rows(README, "`python build.py`")]
    assert [len(names) for names in options] == [1] * len(offered)
    assert {names[0] for names in options} == offered


def test_libraries_in_the_readme_are_the_dependencies() -> None:
    explained = {
        name.split()[0]
        for row in rows(README[README.index("## Libraries") :], "| why")
        for name in row[0].split(", ")
    }
    needed = {re.split(r"[=<>]", requirement)[0] for requirement in PROJECT["dependencies"]}
    assert explained == needed


@pytest.mark.parametrize("page", PAGES)
def test_paths_in_a_readme_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|content|templates|ginn)/[\w./-]+)`", text)
    named += re.findall(r"python (tests/[\w/]+\.py)", text)
    named += re.findall(r"\]\((\.?\w[\w/.-]+)\)", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_packages_in_the_table_are_those_of_ginn() -> None:
    named = [name for row in rows(INSIDE, "package ") for name in re.findall(r"`(\w+)`", row[0])]
    packages = {path.parent.name for path in (ROOT / "ginn").glob("*/__init__.py")}
    assert set(named) - {"errors", "elementary", "formatting", "files"} == packages
    assert len(named) == len(set(named))


def test_stages_in_the_table_are_those_of_the_program() -> None:
    expected = [
        [
            stage.name,
            f"`{stage.function.removeprefix('ginn.')}`",
            ", ".join(stage.needs),
            stage.each,
        ]
        for stage in STAGES
    ]
    assert rows(INSIDE, "stage ") == expected


def test_viewer_files_in_the_table_are_those_of_the_viewer() -> None:
    named = [
        name for row in rows(INSIDE, "subject ") for name in re.findall(r"`(\w+\.js)`", row[1])
    ]
    assert sorted(named) == sorted(path.name for path in (ROOT / "templates/viewer").glob("*.js"))


def test_ci_runs_the_second_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'python -m pip install -e ".[test]" && python -m pytest' in README
    assert '-e ".[test]"' in script
    assert "REQUIRE_BROWSER=1 python -m pytest" in script


def workflow(name: str) -> str:
    """The text of a workflow."""
    return (ROOT / ".github/workflows" / name).read_text(encoding="utf-8")


def test_workflows_install_the_pinned_torch_and_test_the_oldest_and_newest_python() -> None:
    (pinned,) = (need for need in PROJECT["dependencies"] if need.startswith("torch"))
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        assert set(re.findall(r"torch==[\d.]+", workflow(path.name))) == {pinned}
    oldest, minor = re.fullmatch(r">=(3\.\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()  # type: ignore[union-attr]
    newest = f"3.{int(minor) - 1}"
    assert f'python: ["{oldest}", "{newest}"]' in workflow("test.yml")
    assert f"Python {oldest} to {newest}" in README


def test_paths_in_workflows_exist() -> None:
    found = [
        path
        for name in ("pages.yml", "test.yml", "weekly.yml")
        for path in re.findall(r"(?<![\w/])((?:tests|templates)/[\w./-]+)", workflow(name))
    ]
    assert len(found) > 3
    assert [path for path in found if not (ROOT / Path(path)).exists()] == []


def test_what_an_ordinary_run_leaves_out_is_run_by_a_workflow() -> None:
    steps = "\n".join(workflow(path.name) for path in (ROOT / ".github/workflows").glob("*.yml"))
    for command in ("pytest -m weekly", "coverage report", "mutants.py", "pip-audit", "npm audit"):
        assert command in steps


def test_mutants_of_the_weekly_workflow_are_those_of_the_benchmark() -> None:
    source = (ROOT / "tests/benchmarks/mutants.py").read_text(encoding="utf-8")
    offered = re.findall(r'(?m)^    "(\w+)": \(', source)
    (listed,) = re.findall(r"module: \[(.*)\]", workflow("weekly.yml"))
    assert listed.split(", ") == offered
