"""Change a module in every small way, run its tests, and print the changes that no test detects.

`mutants.py [MODULE ...]`, of the modules in `MODULES`; `--list` only counts. A mutant is the module
with one thing changed: a comparison, an operator, a constant, a condition, a returned value, a
bound of a slice, a keyword or a call left out. Messages, annotations and decorators are left alone.
A mutant that survives the tests must be listed in `equivalent_mutants.toml`, with the reason why it
makes no difference. The exit code is 1 if one is not listed, or if a listed name is no mutant.
"""

from __future__ import annotations

import argparse
import ast
import collections
import contextlib
import copy
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# The tests import these. They are imported here once, before the processes are forked.
import filelock  # noqa: F401
import hypothesis.extra.numpy  # noqa: F401
import PIL.Image  # noqa: F401
import pytest

ROOT = Path(__file__).parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
BOUNDS_TESTS = [f"geometry/test_{name}.py" for name in ("precise", "exact", "subdivision")]
# A module's path below ginn/, and the tests that judge it.
MODULES = {
    "boundaries": (
        "geometry/boundaries.py",
        [f"geometry/test_{name}.py" for name in ("boundaries", "degenerate_boundaries")]
        + ["geometry/test_large_networks.py"],
    ),
    "subdivision": (
        "geometry/subdivision.py",
        [f"geometry/test_{name}.py" for name in ("subdivision", "boundaries", "cells")]
        + ["geometry/test_degenerate_boundaries.py", "geometry/test_large_networks.py"],
    ),
    "rounded": ("geometry/rounded.py", BOUNDS_TESTS),
    "exact": ("geometry/exact.py", ["geometry/test_exact.py"]),
    "rasterise": (
        "viewer_data/rasterise.py",
        ["viewer_data/test_rasterise.py", "viewer_data/test_sprite_sheets.py"],
    ),
    "sprite_sheets": ("viewer_data/sprite_sheets.py", ["viewer_data/test_sprite_sheets.py"]),
    "cache": ("runtime/cache.py", ["runtime/test_cache.py"]),
    "encodings": ("runtime/encodings.py", ["runtime/test_encodings.py", "runtime/test_cache.py"]),
    "lock": ("runtime/lock.py", ["runtime/test_lock.py"]),
}
# Tests that take long, and that kill no mutant that other tests do not kill.
WITHOUT = "not of_every_kind and not deep_wide and not killed_at_any_moment and not another_process"
PATIENCE = 240  # s for the tests of a mutant; the unchanged module needs a tenth of it
LONGEST = 70  # characters of a node in a mutant's name
MEMORY = 6 << 30  # bytes of address space; a mutant may allocate without end

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change to a module: its line, its name, and the whole source with the change."""

    module: str
    line: int
    name: str
    source: str


def changed(node: ast.AST, field: str, value: object) -> ast.AST:
    """A copy of a node with another value of one field."""
    other = copy.copy(node)
    setattr(other, field, value)
    return other


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that may replace a node."""
    if isinstance(node, ast.Compare):
        for place, operation in enumerate(node.ops):
            others = list(node.ops)
            others[place] = COMPARISONS[type(operation)]()
            yield changed(node, "ops", others)
    elif isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OPERATORS:
        yield changed(node, "op", OPERATORS[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield changed(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, (int, float)):
            yield ast.Constant(node.value + 1)
        elif isinstance(node.value, bytes):
            yield ast.Constant(b"")
        elif isinstance(node.value, str):
            yield ast.Constant(f"{node.value}x")
    elif isinstance(node, ast.Slice):
        for end in ("lower", "upper", "step"):
            if getattr(node, end) is not None:
                yield changed(node, end, None)
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        for value in (True, False) if not isinstance(node, ast.While) else (False,):
            yield changed(node, "test", ast.Constant(value))
    elif isinstance(node, ast.Return) and first_line(node) not in ("return", "return None"):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Call) and not first_line(node.func)[0].isupper():
        for place in range(len(node.keywords)):
            yield changed(node, "keywords", node.keywords[:place] + node.keywords[place + 1 :])
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield ast.Pass()
    elif isinstance(node, (ast.Break, ast.Continue)):
        yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def is_words(node: ast.AST) -> bool:
    """Whether a node holds only messages or types, which change nothing that a build does."""
    if isinstance(node, (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.AnnAssign)):
        return not (isinstance(node, ast.AnnAssign) and node.value is not None)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        value = ast.unparse(node.value)
        return value.startswith(("NDArray", "TypeVar", "Callable")) or "__all__" in ast.unparse(
            node.targets[0]
        )
    return False


@dataclass(frozen=True)
class Place:
    """A node that may change: its field in its parent, its index there, and its function."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    function: str
    line: int

    def put(self, node: ast.AST) -> None:
        """Put `node` into this place."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def places(node: ast.AST, function: str = "", line: int = 0) -> Iterator[Place]:
    """Every place at which a module may change."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        function = f"{function}.{node.name}".strip(".")
    line = getattr(node, "lineno", line)
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_params", "bases"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not is_words(child):
                yield Place(child, node, field, index, function, getattr(child, "lineno", line))
                yield from places(child, function, line)


def first_line(node: ast.AST) -> str:
    """The first line of a node's source, at most `LONGEST` characters of it."""
    line = ast.unparse(node).split("\n")[0]
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def described(before: ast.AST, after: ast.AST) -> str:
    """A change in words."""
    if isinstance(before, ast.Call) and isinstance(after, ast.Call):
        left_out = {each.arg for each in before.keywords} - {each.arg for each in after.keywords}
        return f"{first_line(before.func)} without {left_out.pop()}"
    if isinstance(before, ast.Return):
        return f"{first_line(before)} -> None"
    return f"{first_line(before)} -> {first_line(after)}"


def mutants(module: str) -> list[Mutant]:
    """All mutants of a module. A name is unique, and stays the same until its line changes."""
    tree = ast.parse((ROOT / "ginn" / MODULES[module][0]).read_text(encoding="utf-8"))
    found = []
    seen: collections.Counter[str] = collections.Counter()
    for place in list(places(tree)):
        for other in changes(place.node):
            place.put(other)
            source = ast.unparse(ast.fix_missing_locations(tree))
            place.put(place.node)
            name = f"{place.function}: {described(place.node, other)}".removeprefix(": ")
            seen[name] += 1
            if seen[name] > 1:
                name += f" ({seen[name]})"
            found.append(Mutant(module, place.line, name, source))
    return found


def copied(folder: Path) -> Path:
    """A copy of the repository to change modules in, as far as their tests need it."""
    for name in ("ginn", "tests", "templates", "content"):
        left_out = shutil.ignore_patterns("__pycache__", "browser", "*.html")
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("build.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def run_tests(folder: Path, module: str) -> str:
    """The result of the tests of a module in a copy: "survived", "killed" or "timed out".

    They run in a child of this process, which has loaded the slow libraries and nothing of `ginn`.
    """
    child = os.fork()
    if child == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(folder)
        sys.path[0] = str(folder)
        arguments = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
        arguments += [f"--basetemp={folder / 'tmp'}", "-n0", "-k", WITHOUT]
        os._exit(pytest.main([*arguments, *(f"tests/{name}" for name in MODULES[module][1])]))
    end = time.monotonic() + PATIENCE
    done, status = os.waitpid(child, os.WNOHANG)
    while not done and time.monotonic() < end:
        time.sleep(0.02)
        done, status = os.waitpid(child, os.WNOHANG)
    # Its tests may have started other processes.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if not done:
        os.waitpid(child, 0)
        return "timed out"
    return "survived" if status == 0 else "killed"


def judge(found: list[Mutant]) -> list[tuple[Mutant, str]]:
    """Each mutant and its result, one after the other, in a copy of the repository."""
    judged = []
    with tempfile.TemporaryDirectory() as place:
        folder = copied(Path(place) / "copy")
        for module in sorted({mutant.module for mutant in found}):
            if run_tests(folder, module) != "survived":
                sys.exit(f"{module}: its tests fail as it is")
        # The changed module must not be compiled to a file. Python would take the compiled file of
        # one mutant for that of the next if both sources have the same second and length.
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        for mutant in found:
            path = folder / "ginn" / MODULES[mutant.module][0]
            whole = path.read_bytes()
            for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
                compiled.unlink()
            path.write_text(mutant.source, encoding="utf-8")
            judged.append((mutant, run_tests(folder, mutant.module)))
            path.write_bytes(whole)
            if judged[-1][1] == "survived":
                print(f"{mutant.module}:{mutant.line}: survived: {mutant.name}", file=sys.stderr)
    return judged


def judge_all(found: list[Mutant], jobs: int) -> list[tuple[Mutant, str]]:
    """Each mutant and its result, by module and line, judged in `jobs` processes."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        parts = pool.map(judge, [found[n::jobs] for n in range(jobs)])
        judged = [each for part in parts for each in part]
    return sorted(judged, key=lambda each: (each[0].module, each[0].line))


def main() -> None:
    """Judge all mutants of some modules and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", choices=[[], *MODULES])
    parser.add_argument("--list", action="store_true", help="only count and name them")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--containing", default="", help="only those whose names contain this")
    options = parser.parse_args()
    modules = options.modules or list(MODULES)
    with EQUIVALENT.open("rb") as file:
        reasons: dict[str, dict[str, str]] = tomllib.load(file)
    made = {module: mutants(module) for module in modules}
    wrong = 0
    for module in modules:
        for name in sorted(reasons.get(module, {}).keys() - {each.name for each in made[module]}):
            print(f"{module}: in {EQUIVALENT.name}, and not a mutant: {name}")
            wrong += 1
    found = [each for module in modules for each in made[module] if options.containing in each.name]
    if options.list:
        for mutant in found:
            print(f"{mutant.module}:{mutant.line}: {mutant.name}")
        print(len(found))
        sys.exit(wrong > 0)
    table = {module: collections.Counter[str]() for module in modules}
    for mutant, outcome in judge_all(found, options.jobs):
        explained = mutant.name in reasons.get(mutant.module, {})
        word = "equivalent" if explained and outcome == "survived" else outcome
        if explained and word != "equivalent":
            print(f"{mutant.module}:{mutant.line}: explained, and {outcome}: {mutant.name}")
        if word == "survived":
            print(f"{mutant.module}:{mutant.line}: {mutant.name}")
            wrong += 1
        table[mutant.module]["made"] += 1
        table[mutant.module][word] += 1
    for module, outcomes in table.items():
        print(f"{module:<14}", ", ".join(f"{count} {name}" for name, count in outcomes.items()))
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
