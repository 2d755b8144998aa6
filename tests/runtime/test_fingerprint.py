"""Closures and fingerprints of a small package that is written for the test."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from ginn.runtime import fingerprint
from ginn.runtime.fingerprint import Sources, library_version

FILES = {
    "__init__.py": '"""Pack."""\n__version__ = "1"\n',
    "a.py": "import math\nfrom pack.b import f\n\n\ndef g(x) -> dict[str, T]:\n    return f(x)\n",
    "b.py": "import numpy as np\n\n\ndef f(x):\n    from pack.sub import c\n    return c.h(x)\n",
    "sub/__init__.py": '"""Sub."""\n',
    "sub/c.py": "from pack import __version__\n\n\ndef h(x):\n    return x\n",
    "d.py": "import pack.sub.c\nfrom PIL import Image\nfrom pack.a import g as other\n",
}


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """The package on the disk."""
    for name, source in FILES.items():
        path = tmp_path / "pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return Sources(tmp_path / "pack")


def test_closure_follows_imports_of_modules_functions_and_packages(sources: Sources) -> None:
    assert sources.all_modules() == ["pack", "pack.a", "pack.b", "pack.d", "pack.sub", "pack.sub.c"]
    assert sources.closure(["pack.a"]) == ["pack", "pack.a", "pack.b", "pack.sub.c"]
    assert sources.closure(["pack.sub.c"]) == ["pack", "pack.sub.c"]
    assert sources.closure(["pack.d"]) == ["pack", "pack.a", "pack.b", "pack.d", "pack.sub.c"]
    with pytest.raises(KeyError):
        sources.closure(["pack.none"])


def test_libraries_are_those_met_on_the_way_without_the_standard_library(sources: Sources) -> None:
    assert sources.libraries(sources.closure(["pack.a"])) == {"numpy": metadata.version("numpy")}
    assert sources.libraries(["pack.d"]) == {"PIL": f"pillow {metadata.version('pillow')}"}
    assert library_version("no_such_package") == ""


@pytest.mark.parametrize(
    ("module", "old", "new", "changed"),
    [
        ("pack.sub.c", "return x", "return x + 1", True),
        ("pack.sub.c", "return x", "return x  # as it is", False),
        ("pack.sub.c", "def h(x):\n", 'def h(x):\n    """It."""\n', False),
        ("pack.sub.c", "def h(x):", "\n\n\ndef h(\n    x,\n):", False),
        ("pack.sub.c", "return x", 'return x\n    "a text alone"', False),
        ("pack.sub.c", "return x", 'return "x"', True),
        ("pack", '"""Pack."""', '"""Another."""', False),
        ("pack", '= "1"', '= "2"', True),
        ("pack.d", "Image", "ImageDraw", False),
    ],
)
def test_fingerprint_changes_with_the_code_of_the_closure_alone(
    sources: Sources, module: str, old: str, new: str, changed: bool
) -> None:
    before = sources.fingerprint(["pack.a"])
    path = sources.path(module)
    assert path
    source = path.read_text(encoding="utf-8")
    assert old in source
    path.write_text(source.replace(old, new), encoding="utf-8")
    assert (Sources(sources.root).fingerprint(["pack.a"]) != before) == changed
    assert sources.fingerprint(["pack.a"]) == before, "a module is parsed once"


def test_fingerprint_changes_with_python_and_with_a_library(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sources.fingerprint(["pack.a"])
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "PYTHON", "3.99")
        assert sources.fingerprint(["pack.a"]) != before
    monkeypatch.setattr(fingerprint, "library_version", lambda name: "0")
    assert sources.fingerprint(["pack.a"]) != before


def test_fingerprint_does_not_depend_on_the_folder_or_on_line_ends(
    sources: Sources, tmp_path: Path
) -> None:
    for name, source in FILES.items():
        path = tmp_path / "elsewhere/pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.replace("\n", "\r\n").encode())
    elsewhere = Sources(tmp_path / "elsewhere/pack")
    assert elsewhere.fingerprint(["pack.d"]) == sources.fingerprint(["pack.d"])


def test_return_type_modules_are_where_its_names_are_defined(sources: Sources) -> None:
    source = FILES["a.py"] + "\n\ndef k() -> tuple[int, f]:\n    ...\n\n\ndef m():\n    ...\n"
    (sources.root / "a.py").write_text(source, encoding="utf-8")
    assert sources.return_type_modules("pack.a", "g") == {"pack.a"}
    assert sources.return_type_modules("pack.a", "k") == {"pack.b"}
    assert sources.return_type_modules("pack.a", "m") == set()
