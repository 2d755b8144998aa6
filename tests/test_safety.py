"""No code of the program runs what it reads."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from support.paths import ROOT

SOURCES = [ROOT / "build.py", *sorted((ROOT / "ginn").rglob("*.py"))]

UNSAFE_IMPORTS = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code"}
UNSAFE_NAMES = {"eval", "exec", "compile", "__import__", "input"}
UNSAFE_ATTRIBUTES = {
    ("os", name) for name in ("system", "popen", "execv", "execvp", "spawnv", "startfile")
} | {("subprocess", "getoutput"), ("subprocess", "getstatusoutput"), ("importlib", "import_module")}

# The table of stages names its functions; no name comes from data.
ALLOWED = {"ginn/pipeline/runner.py": ["importlib.import_module"]}


def unsafe(source: str) -> list[str]:
    """What a source does that could run data: a word for each."""
    found, imports = [], []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imports += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imports += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Name) and node.id in UNSAFE_NAMES:
            found.append(f"!{node.id}")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.append(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle"):
            plain = isinstance(node.value, ast.Constant) and node.value.value is False
            found += [] if plain else [f"!{node.arg}"]
        loads = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "load"
        if loads and ast.unparse(node.func) in ("np.load", "torch.load"):
            said = {keyword.arg for keyword in node.keywords}
            found += [] if said & {"allow_pickle", "weights_only"} else ["!load"]
    dotted = {".".join(pair) for pair in UNSAFE_ATTRIBUTES}
    return [
        *(word for word in [*found, *imports] if word.startswith("!") or word in dotted),
        *(name for name in imports if name.split(".")[0] in UNSAFE_IMPORTS),
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_pickle_no_eval_no_shell(path: Path) -> None:
    allowed = ALLOWED.get(path.relative_to(ROOT).as_posix(), [])
    assert unsafe(path.read_text(encoding="utf-8")) == allowed


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import os; os.system('ls')",
        "from os import system",
        "import subprocess; subprocess.run('ls', shell=True)",
        "eval('1')",
        "run = exec",
        "np.load('x')",
        "np.load('x', allow_pickle=True)",
        "np.load('x', allow_pickle=trust)",
        "from importlib import import_module",
    ],
)
def test_what_is_unsafe_is_seen(source: str) -> None:
    assert unsafe(source)


def test_what_is_safe_is_let_be() -> None:
    safe = "import re, os; re.compile('x'); os.replace('a', 'b'); np.load('x', allow_pickle=False)"
    assert not unsafe(safe)
