"""A site is byte for byte the same whatever vectors the processor has.

Two small drafts are made in processes of their own: one as it is, and one in which every library
that chooses its code by the processor is told to do with less. So the test is about the code that
the two choose, on one machine and one system.
"""

from __future__ import annotations

import functools
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import PIL
import pytest
from numpy._core import _multiarray_umath
from support.link_checker import files_of
from support.one_process import build_command
from support.paths import ROOT, rewrite

pytestmark = pytest.mark.slow
# Long enough for lines to bend and for the last digits of statistics to count.
SMALL = [
    ("pixels = 200", "pixels = 60"),
    ("good = 3", "good = 1"),
    (
        "seeds = 4\niterations = 20_000\nsnapshots = 96",
        "seeds = 2\niterations = 1_000\nsnapshots = 12",
    ),
]
X86 = platform.machine() in ("x86_64", "AMD64")
# Files that may differ, with the reason: none. `build.json` has digests and no times.
MAY_DIFFER: dict[str, str] = {}
# What each library must do without. All but the kernel's processor may lack fused multiply-add.
RESTRICTED = {
    "GINN_CPU": "haswell",
    "OPENBLAS_CORETYPE": "Nehalem",
    "ATEN_CPU_CAPABILITY": "default",
    "NUMBA_CPU_NAME": "nehalem",
    "NUMBA_CPU_FEATURES": "",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA,-FMA4",
}


def without_vectors() -> dict[str, str]:
    """The environment of the restricted build: NumPy has only what it always needs."""
    present = [
        name
        for name in _multiarray_umath.__cpu_dispatch__
        if _multiarray_umath.__cpu_features__[name]
    ]
    return RESTRICTED | {"NPY_DISABLE_CPU_FEATURES": " ".join(present)}


def environment(restrictions: dict[str, str]) -> dict[str, str]:
    """This process's environment with these restrictions and no others."""
    names = {*without_vectors(), "NPY_ENABLE_CPU_FEATURES"}
    return {name: value for name, value in os.environ.items() if name not in names} | restrictions


def small_report(folder: Path) -> Path:
    """The repository's own report, in few pixels, with a short draft."""
    content = folder / "content"
    shutil.copytree(ROOT / "content", content)
    rewrite(content / "report.toml", *SMALL)
    return content


def started(folder: Path, content: Path, restrictions: dict[str, str]) -> subprocess.Popen[str]:
    """A draft that is being made, into `folder / "site"`, under restrictions."""
    command = [*build_command(), "--draft", "--jobs", "1", "--content", content]
    return subprocess.Popen(
        [*command, "--site", folder / "site", "--cache", folder / "cache"],
        cwd=ROOT, env=environment(restrictions), text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


PROBE = """
import hashlib, numpy as np
rng = np.random.default_rng(0)
a, b = rng.standard_normal((2, 50, 50))
digest = lambda values: hashlib.sha256(values.tobytes()).hexdigest()
print(digest(a @ b), digest(np.exp(a) + np.tanh(b)))
"""


@functools.cache
def bits_of_libraries(restricted: bool) -> list[str]:
    """The digests of a product and of functions of NumPy's own."""
    restrictions = without_vectors() if restricted else {}
    command = [sys.executable, "-c", PROBE]
    return subprocess.run(
        command, env=environment(restrictions), capture_output=True, text=True, check=True
    ).stdout.split()


@pytest.mark.skipif(not X86, reason="the names of restrictions are those of x86-64")
def test_restrictions_change_the_bits_of_the_libraries() -> None:
    plain, restricted = bits_of_libraries(False), bits_of_libraries(True)
    assert all(one != other for one, other in zip(plain, restricted, strict=True))


@pytest.mark.skipif(not X86, reason="the names of restrictions are those of x86-64")
def test_site_is_the_same_with_and_without_vectors(tmp_path: Path) -> None:
    content, drafts = small_report(tmp_path), {"plain": {}, "restricted": without_vectors()}
    making = {
        name: started(tmp_path / name, content, restrictions)
        for name, restrictions in drafts.items()
    }
    for process in making.values():
        _, message = process.communicate()
        assert process.returncode == 0, message
    plain, restricted = (files_of(tmp_path / name / "site") for name in drafts)
    assert len(plain) > 50
    names = sorted({*plain, *restricted} - set(MAY_DIFFER))
    assert [name for name in names if plain.get(name) != restricted.get(name)] == []


# Pictures like those of a site, and the digests of their files and of resized ones.
ENCODE = """
import hashlib, io
from PIL import Image, ImageDraw
ink = Image.new("RGBA", (400, 400), "#1f6feb00")
for i in range(0, 400, 7):
    ImageDraw.Draw(ink).line([(i, 0), (399 - i // 2, 399)], fill=(31, 111, 235, 85 * (i % 4)))
grey = Image.radial_gradient("L").resize((400, 400), Image.Resampling.BICUBIC)
few = grey.quantize(128, dither=Image.Dither.NONE)
files = [(ink, "WEBP", dict(lossless=True, exact=True, quality=60, method=2)),
         (grey, "WEBP", dict(quality=80, method=4)), (few, "PNG", dict(optimize=True))]
for picture, kind, options in files:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    print(hashlib.sha256(stream.getvalue()).hexdigest())
print(hashlib.sha256(grey.resize((123, 77), Image.Resampling.BOX).tobytes()).hexdigest())
"""
EMULATOR = "qemu-x86_64"


@pytest.mark.skipif(not X86 or not shutil.which(EMULATOR), reason=f"not installed: {EMULATOR}")
@pytest.mark.parametrize("processor", ["Nehalem", "Haswell"])
def test_encoders_on_another_processor_write_the_same_bytes(processor: str) -> None:
    # The emulator starts the program itself, which does not find the packages of its environment.
    packages = str(Path(PIL.__file__).parents[1])
    program = [os.path.realpath(sys.executable), "-c", ENCODE]
    here, there = (
        subprocess.run(
            [*emulator, *program],
            env=os.environ | {"PYTHONPATH": packages}, capture_output=True, text=True, check=True,
        ).stdout
        for emulator in ([], [EMULATOR, "-cpu", processor])
    )  # fmt: skip
    assert here.count("\n") == 4
    assert there == here
