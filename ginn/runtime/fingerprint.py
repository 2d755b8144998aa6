"""Fingerprints of code: digests of all code that a function's result depends on.

A module's closure is the module and every module of the same package that it imports, directly or
through others. It is found in the syntax trees, so nothing is imported. An import within a function
counts as one at the top. A fingerprint is a digest of the syntax trees of a closure, without
docstrings, comments and line numbers, and of the versions of the libraries that it imports.

The version of Python is in every fingerprint, since syntax trees and the standard library differ
between versions. Patch releases count as equal.
"""

from __future__ import annotations

import ast
import builtins
import functools
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class ParsedModule:
    """What a fingerprint needs of one module: a digest of its syntax, and what it imports."""

    syntax: str
    modules: frozenset[str]
    libraries: frozenset[str]
    # For each function, the names in its return type; for each imported name, its module.
    return_names: Mapping[str, set[str]]
    names_from: Mapping[str, str]


@dataclass
class Sources:
    """The modules of the package in the folder `root`, each parsed when it is first needed."""

    root: Path
    _parsed: dict[str, ParsedModule] = field(default_factory=dict)

    def path(self, module: str) -> Path | None:
        """The file of a module of this package, or None where there is no such module."""
        first, *rest = module.split(".")
        if first != self.root.name:
            return None
        place = self.root.joinpath(*rest)
        paths = (place.with_suffix(".py"), place / "__init__.py")
        return next((path for path in paths if path.is_file()), None)

    def all_modules(self) -> list[str]:
        """The names of all modules of the package, in order."""
        found = []
        for path in self.root.rglob("*.py"):
            parts = path.relative_to(self.root.parent).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
        return sorted(found)

    def parsed(self, module: str) -> ParsedModule:
        """What a fingerprint needs of a module. Raises KeyError if there is no such module."""
        if module not in self._parsed:
            path = self.path(module)
            if path is None:
                raise KeyError(module)
            self._parsed[module] = self._parse(path.read_bytes())
        return self._parsed[module]

    def closure(self, modules: Iterable[str]) -> list[str]:
        """The modules and all that they import from this package, in order."""
        found: set[str] = set()
        following = list(modules)
        while following:
            module = following.pop()
            if module not in found:
                found.add(module)
                following += self.parsed(module).modules
        return sorted(found)

    def libraries(self, modules: Iterable[str]) -> dict[str, str]:
        """The libraries that these modules import, by name, with their versions."""
        names = {name for module in modules for name in self.parsed(module).libraries}
        return {name: library_version(name) for name in sorted(names)}

    def fingerprint(self, modules: Iterable[str]) -> str:
        """A SHA-256 of the closure of the modules, its libraries' versions and Python's version."""
        closure = self.closure(modules)
        whole = {
            "python": PYTHON,
            "modules": {module: self.parsed(module).syntax for module in closure},
            "libraries": self.libraries(closure),
        }
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()

    def return_type_modules(self, module: str, function: str) -> frozenset[str]:
        """The modules of this package that define the names in a function's return type.

        A name that is not imported counts as defined in `module` itself.
        """
        parsed = self.parsed(module)
        names = parsed.return_names[function] - set(dir(builtins))
        places = {parsed.names_from.get(name, module) for name in names}
        return frozenset(place for place in places if self.path(place))

    def _parse(self, source: bytes) -> ParsedModule:
        syntax, imported, returned, origins = _read(source)
        modules: set[str] = set()
        libraries: set[str] = set()
        for name in imported:
            # A name of this package is a module, or something in one: the longest prefix that is a
            # module counts.
            parts = name.split(".")
            places = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
            if parts[0] == self.root.name:
                modules |= {next(place for place in places if self.path(place))}
            elif parts[0] not in sys.stdlib_module_names:
                libraries.add(parts[0])
        return ParsedModule(syntax, frozenset(modules), frozenset(libraries), returned, origins)


# A server that builds at every save reads the same sources each time.
@functools.lru_cache(maxsize=512)
def _read(source: bytes) -> tuple[str, list[str], dict[str, set[str]], dict[str, str]]:
    """The digest, imports, return types and origins of names that follow from a source alone."""
    tree = ast.parse(source)
    imported, returned, origins = imported_names(tree), return_names(tree), names_from(tree)
    syntax = ast.dump(without_docstrings(tree))
    return hashlib.sha256(syntax.encode()).hexdigest(), imported, returned, origins


def imported_names(tree: ast.Module) -> list[str]:
    """The dotted names that a module imports: "a.b" for `import a.b` and for `from a import b`."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def return_names(tree: ast.Module) -> dict[str, set[str]]:
    """The names in the return type of each function of a module."""
    return {
        function.name: {
            node.id
            for node in (ast.walk(function.returns) if function.returns else ())
            if isinstance(node, ast.Name)
        }
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
    }


def names_from(tree: ast.Module) -> dict[str, str]:
    """For each name that a module imports at its top, the module that it comes from."""
    return {
        alias.asname or alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def without_docstrings(tree: ast.Module) -> ast.Module:
    """The tree without statements that are only a string. The tree itself is changed."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _is_text(line)]  # type: ignore[attr-defined]
    return tree


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@functools.cache
def library_version(name: str) -> str:
    """The version of the distribution that a top-level package belongs to, "" if there is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        distributions = metadata.packages_distributions().get(name, [])
        return ", ".join(f"{each} {metadata.version(each)}" for each in sorted(distributions))
