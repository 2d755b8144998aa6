"""The code that each stage depends on: every function that runs is in its fingerprint, and an edit
of a module makes the stages again whose closure holds it, and no others.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from support.in_process import SOURCES, in_process_pool
from support.killing import copy_content
from support.paths import ROOT

import build as story
from ginn.pipeline.runner import Known, Results, Runner, modules_of
from ginn.pipeline.stages import STAGES, Stage
from ginn.runtime.fingerprint import Sources

# Code that runs while a stage makes its results, but does not change them.
EXCEPTIONS = {
    "ginn.pipeline.runner": "derives keys and passes needs on as they are",
    "ginn.pipeline.site": "gives the stage the parts of the site, with digests of their needs",
    "ginn.runtime.cache": "moves bytes to files and back, and notices damage",
    "ginn.runtime.digests": "makes keys; another digest makes every result again",
    "ginn.runtime.fingerprint": "makes keys; another fingerprint makes every result again",
    "ginn.runtime.progress": "reports; its numbers go to the terminal only",
    "ginn.files.write_whole": "writes bytes as they are",
    "ginn.runtime.workers": "hands arguments and results on as they are",
    "ginn.runtime.signals": "holds signals back while processes start",
}
VARIANT = """
[[variant]]
id = "narrow"
title = "Narrow"
widths = [2, 2]
seeds = 2
"""
MODULES = SOURCES.all_modules()


@functools.cache
def fingerprints() -> dict[str, str]:
    """The fingerprint of each stage's code as it is."""
    return {stage.name: SOURCES.fingerprint(modules_of(stage, SOURCES)) for stage in STAGES}


def module_of(path: str) -> str:
    """The module of ginn that a source file is, or "" for another file."""
    place = Path(path)
    if not place.is_relative_to(ROOT / "ginn"):
        return ""
    parts = place.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class Profile:
    """The code of ginn that ran, by the stage that was made then."""

    def __init__(self) -> None:
        """Nothing has run."""
        self.ran: dict[str, set[CodeType]] = {stage.name: set() for stage in STAGES}

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note every function that is called in the block."""

        def note(frame: FrameType, event: str, argument: Any) -> None:
            if event == "call":
                self.ran[name].add(frame.f_code)

        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(None)

    def functions(self, name: str) -> dict[str, set[str]]:
        """The functions that ran in a stage, by module of ginn; without the exceptions."""
        found: dict[str, set[str]] = {}
        for code in self.ran[name]:
            module = module_of(code.co_filename)
            # A module's own code and a class body run when they are imported.
            is_function = (
                code.co_flags & inspect.CO_NEWLOCALS and code.co_flags & inspect.CO_OPTIMIZED
            )
            allowed = {module, f"{module}.{code.co_qualname}"} & EXCEPTIONS.keys()
            if module and is_function and not allowed:
                found.setdefault(module, set()).add(code.co_qualname)
        return found


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """A small build with two blocks of seeds, in which every stage is made in this process."""
    root = tmp_path_factory.mktemp("profile")
    content = copy_content(root / "content")
    report = content / "report.toml"
    report.write_text(report.read_text(encoding="utf-8") + VARIANT, encoding="utf-8")
    found = Profile()
    results_together = Runner.results_together

    def profiled(self: Runner, stage: Stage, several: Sequence[Known]) -> list[Results]:
        with found.stage(stage.name):
            made = results_together(self, stage, several)
            # The results are read back here, as the stages that need them do.
            for entries in (results.entries for results in made):
                for entry, key in entries.keys_of.items():
                    entries.cache.load(stage.name, entry, key, entries.encoding)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runner, "results_together", profiled)
        pool = contextlib.nullcontext(in_process_pool())
        patch.setattr(story, "worker_pool", lambda *given: pool)
        options = ("--content", content, "--site", root / "site", "--cache", root / "cache")
        options = ("--draft", "--confirm", "--base-url", "https://a.example/", *options)
        assert story.main([*map(str, options)]) == 0
    return found


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_stage_runs_no_code_outside_its_fingerprint(profile: Profile, stage: Stage) -> None:
    closure = set(SOURCES.closure(modules_of(stage, SOURCES)))
    ran = profile.functions(stage.name)
    # pytest shows this with `-s`: the stages and the modules that they ran.
    print(f"{stage.name}: {', '.join(name.removeprefix('ginn.') for name in sorted(ran))}")
    assert ran, "the stage has run"
    assert {name: functions for name, functions in ran.items() if name not in closure} == {}


@pytest.mark.slow
def test_exceptions_are_modules_or_functions_that_ran(profile: Profile) -> None:
    ran = {
        name
        for codes in profile.ran.values()
        for code in codes
        if (module := module_of(code.co_filename))
        for name in (module, f"{module}.{code.co_qualname}")
    }
    assert EXCEPTIONS.keys() <= ran


class ChangedSources(Sources):
    """The sources of ginn with another source for one module; the others are parsed already."""

    def __init__(self, module: str, source: str) -> None:
        """The source of the module is parsed now."""
        super().__init__(SOURCES.root, {name: SOURCES.parsed(name) for name in MODULES})
        self._parsed[module] = self._parse(source.encode())


def remade(sources: Sources) -> set[str]:
    """The stages whose code has another fingerprint in these sources."""
    return {
        stage.name
        for stage in STAGES
        if sources.fingerprint(modules_of(stage, sources)) != fingerprints()[stage.name]
    }


class OtherNumber(ast.NodeTransformer):
    """Changes the first number of a module; `found` says whether there is one."""

    found = False

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """The number, one larger if it is the first."""
        if not self.found and type(node.value) in (int, float):
            self.found = True
            return ast.Constant(node.value + 1)  # type: ignore[operator]
        return node


class OtherDocstrings(ast.NodeTransformer):
    """Changes every statement that is a text alone."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        """The statement with more text."""
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return ast.Expr(ast.Constant(node.value.value + " In other words."))
        return node


def source_of(module: str) -> str:
    """The source of a module of ginn."""
    path = SOURCES.path(module)
    assert path
    return path.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_changed_number_remakes_the_stages_whose_closure_has_the_module(module: str) -> None:
    source = source_of(module)
    other = OtherNumber()
    tree = ast.fix_missing_locations(other.visit(ast.parse(source)))
    changed = ast.unparse(tree) if other.found else source + "\nANOTHER = 1\n"
    expected = {
        stage.name for stage in STAGES if module in SOURCES.closure(modules_of(stage, SOURCES))
    }
    assert remade(ChangedSources(module, changed)) == expected


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_changed_docstrings_comments_and_layout_remake_nothing(module: str) -> None:
    source = source_of(module)
    # `ast.unparse` drops all comments, and moves the lines.
    tree = ast.fix_missing_locations(OtherDocstrings().visit(ast.parse(source)))
    changed = "# Another comment.\n\n" + ast.unparse(tree)
    assert changed != source
    assert remade(ChangedSources(module, changed)) == set()


@pytest.mark.parametrize(
    "module", [name for name in MODULES if name.startswith("ginn.analysis.claims.")]
)
def test_changed_claim_remakes_the_findings_of_its_own_group_alone(module: str) -> None:
    groups = {stage.name for stage in STAGES if ".claim_groups." in stage.function}
    assert len(groups) == 6
    changed = remade(ChangedSources(module, source_of(module) + "\nANOTHER = 1\n"))
    assert len(changed & groups) == 1


def test_new_import_brings_its_module_into_the_closure() -> None:
    module = "ginn.geometry.motion"
    changed = ChangedSources(
        module, source_of(module) + "\n\ndef f():\n    from ginn import formatting\n"
    )
    (motion,) = (stage for stage in STAGES if stage.name == "motion")
    assert "ginn.formatting" in changed.closure(modules_of(motion, changed))
    assert "ginn.formatting" not in SOURCES.closure(modules_of(motion, SOURCES))


TRAINING = {
    *(
        f"ginn.network.{name}"
        for name in ("compiler", "forward", "initial", "kernel", "kernel_code")
    ),
    *(
        f"ginn.network.{name}"
        for name in ("lane_code", "layout", "philox", "product", "reference", "run")
    ),
    *(f"ginn.network.{name}" for name in ("schedule", "settings", "starts", "training")),
    *("ginn.dataset.dataset", "ginn.elementary", "ginn.errors", "ginn.runtime.encodings"),
}


@pytest.mark.parametrize("name", ["screening", "full-runs"])
def test_training_depends_on_few_modules_and_libraries(name: str) -> None:
    (stage,) = (stage for stage in STAGES if stage.name == name)
    closure = SOURCES.closure(modules_of(stage, SOURCES))
    assert set(closure) <= TRAINING
    assert set(SOURCES.libraries(closure)) == {"llvmlite", "numpy", "torch"}
