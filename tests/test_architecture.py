"""The rules between the packages of `ginn`, in one table, and the limits of a module's size."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator

import pytest
from support.paths import ROOT

GINN = ROOT / "ginn"
# A package or module of a row may import those of earlier rows, and of its own package.
ROWS = (
    {"errors", "elementary"},
    {"formatting", "files"},
    {"config"},
    {"dataset", "language"},
    {"network"},
    {"geometry"},
    {"analysis"},
    {"figures", "viewer_data"},
    {"pages"},
    {"pipeline"},
    {"cli", "build"},
)
# These stand apart from the rows: what they may import, and who may import them.
APART = {
    "runtime": {"errors", "files"},
    "devserver": {"errors", "files", "runtime"},
    "new_project": {"errors", "files"},
}
USERS_OF_APART = {
    "runtime": {"pipeline", "cli", "build", "devserver"},
    "devserver": {"cli", "build"},
    "new_project": {"cli", "build"},
}
# Only these packages may import these libraries.
LIBRARIES = {
    "torch": {"network"},
    "llvmlite": {"network"},
    "numba": {"geometry"},
    "babel": {"language"},
    "jinja2": {"pages"},
    "markdown": {"pages"},
    "pymdownx": {"pages"},
    "bibtexparser": {"pages"},
    "pylatexenc": {"pages"},
}
# Only these read the clock, the environment or the disk.
IMPURE = {"runtime", "files", "pipeline", "devserver", "cli", "new_project", "build"}
SURROUNDINGS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob",
    "is_file", "is_dir", "exists", "stat", "mkdir", "unlink", "environ", "getenv",
    "perf_counter", "monotonic", "now", "today",
}  # fmt: skip
MOST_LINES, MOST_LINES_IN_A_FUNCTION, MOST_LEVELS = 400, 60, 10
MODULES = {
    path.relative_to(ROOT)
    .with_suffix("")
    .as_posix()
    .replace("/", ".")
    .removesuffix(".__init__"): path
    for path in [ROOT / "build.py", *sorted(GINN.rglob("*.py"))]
}


@functools.cache
def tree(module: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def package_of(module: str) -> str:
    """The package of a module below `ginn`; a module directly in it is its own."""
    return module.removeprefix("ginn.").split(".")[0]


def is_typing_only(node: ast.AST) -> bool:
    """Whether a node is `if TYPE_CHECKING:`, whose imports do not run."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


@functools.cache
def imported(module: str) -> frozenset[str]:
    """The modules that a module imports: those of `ginn` by full name, others by first name."""
    found = set()
    waiting: list[ast.AST] = [tree(module)]
    while waiting:
        node = waiting.pop()
        if is_typing_only(node):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            base = node.module or ""
            found |= {
                full if (full := f"{base}.{alias.name}") in MODULES else base
                for alias in node.names
            }
        waiting += ast.iter_child_nodes(node)
    return frozenset(name if name in MODULES else name.split(".")[0] for name in found)


def own(module: str) -> set[str]:
    """The modules of `ginn` that a module imports, without the bare package."""
    return {name for name in imported(module) if name in MODULES} - {"ginn"}


def allowed(package: str) -> set[str]:
    """The packages that a package may import."""
    if package in APART:
        return APART[package] | {package}
    row = next(number for number, names in enumerate(ROWS) if package in names)
    earlier = set().union(*ROWS[:row])
    return (
        earlier | {package} | {name for name, users in USERS_OF_APART.items() if package in users}
    )


def test_every_package_stands_in_the_table() -> None:
    packages = {package_of(module) for module in MODULES} - {"ginn"}
    assert set().union(*ROWS) | set(APART) == packages


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"ginn"}))
def test_module_imports_only_packages_before_its_own(module: str) -> None:
    extra = {name for name in own(module) if package_of(name) not in allowed(package_of(module))}
    # The command line and build.py are one: build.py reads options, and cli names its defaults.
    assert extra - ({"ginn.cli"} if module == "build" else set()) == set()


@pytest.mark.parametrize("library", LIBRARIES)
def test_library_is_imported_by_its_package_alone(library: str) -> None:
    users = {package_of(module) for module in MODULES if library in imported(module)}
    assert users == LIBRARIES[library]


def outside(module: str) -> Iterator[str]:
    """The places where a module uses a name that reads clock, environment or disk."""
    for node in ast.walk(tree(module)):
        method = isinstance(node, ast.Attribute) and node.attr in SURROUNDINGS
        # Pillow's `Image.open` reads bytes in memory here.
        if method and ast.unparse(node) != "Image.open":
            yield f"{module}:{node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Name) and node.id == "open":
            yield f"{module}:{node.lineno}: open"


def test_packages_that_compute_read_no_clock_environment_or_disk() -> None:
    pure = [module for module in MODULES if package_of(module) not in IMPURE | {"ginn"}]
    # GINN_CPU changes the code that is made, and never what it computes.
    pure.remove("ginn.network.compiler")
    assert [place for module in pure for place in outside(module)] == []


def test_imports_have_no_circle_and_packages_few_levels() -> None:
    levels: dict[str, int] = {}

    def level(module: str, path: tuple[str, ...] = ()) -> int:
        assert module not in path, f"a circle: {' -> '.join([*path, module])}"
        if module not in levels:
            levels[module] = 1 + max((level(m, (*path, module)) for m in own(module)), default=0)
        return levels[module]

    assert max(level(module) for module in MODULES) > 1
    assert len(ROWS) - 1 <= MOST_LEVELS  # the last row is the command line


@pytest.mark.parametrize("module", sorted(MODULES))
def test_module_and_its_functions_are_of_bounded_size(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    if len(text.splitlines()) > MOST_LINES:
        assert "lines" in (ast.get_docstring(tree(module)) or ""), "its docstring gives the reason"
    for node in ast.walk(tree(module)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= MOST_LINES_IN_A_FUNCTION, f"{module}.{node.name}: {length} lines"


def test_package_files_hold_a_docstring_alone() -> None:
    for path in GINN.rglob("*/__init__.py"):
        (only,) = ast.parse(path.read_text(encoding="utf-8")).body
        assert isinstance(only, ast.Expr), path
        assert isinstance(only.value, ast.Constant), path


def test_build_with_nothing_to_train_does_not_load_torch_or_numba() -> None:
    code = "import build, sys; sys.exit('torch' in sys.modules or 'numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
