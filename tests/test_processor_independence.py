"""No routine whose last bits depend on the processor or the system, but for the listed places.

These routines are those of NumPy that call BLAS or that have other code for other vectors, those of
Python that call the system's mathematical library, and SciPy's. `ginn.elementary` and
`ginn.network.product` take their place. Sums of NumPy are allowed: their order depends on the
shapes and strides alone, which `test_numpy_sums_have_the_stated_order` checks.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.paths import ROOT

GINN = ROOT / "ginn"
PRODUCTS = {
    "dot", "vdot", "inner", "outer", "matmul", "tensordot", "einsum", "vecdot", "matvec", "vecmat",
    "linalg", "fft", "convolve", "correlate", "cov", "corrcoef", "polyfit", "polyval", "interp",
}  # fmt: skip
TRANSCENDENTAL = {
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "pow", "power",
    "float_power", "cbrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "arcsin", "arccos",
    "arctan", "arctan2", "sinh", "cosh", "tanh", "hypot", "dist", "degrees", "radians", "rad2deg",
    "deg2rad", "gamma", "lgamma", "erf", "erfc", "sinc", "angle", "geomspace", "logspace",
    "sumprod",
}  # fmt: skip
# Of NumPy's random numbers these use the logarithm or the exponential; integers do not.
DRAWN = {"standard_normal", "normal", "exponential", "standard_exponential", "gamma", "beta"}
# Where they may stand, as (module, text), and why the bits are the same all the same.
EXCEPTIONS = {
    ("analysis.claims.kinks", "open_paths * on_side @ (weights[i] != 0)"): "whole numbers",
    ("geometry.exact", "_scaled(weight[0], shift) @ activation"): "Python's integers",
    ("analysis.claims.duplicate_neurons", "states @ states.T"): "whole numbers below 2^24",
    (
        "analysis.claims.symmetry",
        "states.reshape(len(maps), -1) @ mirrored.reshape(len(maps), -1).T",
    ): "whole numbers below 2^24",
    (
        "analysis.claims.revival",
        "rng.standard_normal",
    ): "rounded to float32: the logarithm is used for one number in 3,000, and to change it there "
    "the last bits of float64 must lie within 1e-16 of the middle of two float32",
    (
        "figures.theme",
        "((share + Decimal('0.055')) / Decimal('1.055')) ** Decimal('2.4')",
    ): "decimals of 28 digits, rounded as the standard of decimal arithmetic says",
    ("analysis.statistics", "scipy.stats.rankdata"): "ranks are halves of whole numbers",
    ("analysis.statistics", "scipy.stats.permutation_test"): "it draws whole numbers and counts",
    ("analysis.statistics", "scipy.stats.bootstrap"): "it draws whole numbers",
    ("analysis.statistics", "scipy.stats.DegenerateDataWarning"): "a warning",
    (
        "analysis.claims.symmetry",
        "scipy.optimize.linear_sum_assignment",
    ): "sums and comparisons in the order of its loops; it has no other code for other vectors",
    ("dataset.segmentation", "ndimage.label"): "whole numbers",
    (
        "figures.parts_figure",
        "ndimage.distance_transform_edt",
    ): "roots, correctly rounded, of sums of squares of whole numbers",
}
# These compute by a routine of the processor, or run on a reader's machine.
LEFT_OUT = {
    "network.reference": "training in PyTorch, whose bits are not promised",
    "viewer_data.redraw": "a program for readers, which a build copies and does not run",
}
MODULES = {
    path.relative_to(GINN).with_suffix("").as_posix().replace("/", "."): path
    for path in sorted(GINN.rglob("*.py"))
}


def found_in(source: str) -> Iterator[str]:
    """The texts of all doubtful expressions of a program."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and is_doubtful(node):
            yield ast.unparse(node)
        elif isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            base, name = text.rpartition(".")[::2]
            called_on_array = name in ("dot", *DRAWN)
            if (base in ("np", "math", "numpy") and name in PRODUCTS | TRANSCENDENTAL) or (
                called_on_array or is_of_scipy(text)
            ):
                yield text
        elif isinstance(node, ast.ImportFrom) and node.module in ("math", "cmath", "numpy"):
            yield from (alias.name for alias in node.names if alias.name in TRANSCENDENTAL)
        elif isinstance(node, ast.Call) and is_unstable_order(node):
            yield ast.unparse(node)


def is_doubtful(node: ast.BinOp | ast.AugAssign) -> bool:
    """Whether it is a matrix product, or a power that is no square and has no whole base."""
    if isinstance(node.op, ast.MatMult) or isinstance(node, ast.AugAssign):
        return isinstance(node.op, (ast.MatMult, ast.Pow))
    if not isinstance(node.op, ast.Pow):
        return False
    square = isinstance(node.right, ast.Constant) and node.right.value == 2
    base = node.left
    if isinstance(base, ast.Call) and ast.unparse(base.func) in ("np.int64", "int"):
        return False
    # Powers of 2 are exact, and so are those of whole numbers.
    exact = isinstance(base, ast.Constant) and (isinstance(base.value, int) or base.value == 2.0)
    return not (square or exact)


def is_of_scipy(text: str) -> bool:
    """Whether an attribute is a function of SciPy: `scipy.stats.rankdata`, `ndimage.label`."""
    parts = text.split(".")
    return (parts[0] == "scipy" and len(parts) == 3) or (parts[0] == "ndimage" and len(parts) == 2)


def is_unstable_order(node: ast.Call) -> bool:
    """Whether it orders by a method that puts equal entries in any order."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in (
        "argsort",
        "argpartition",
    ):
        return False
    return not any(ast.unparse(word) == "kind='stable'" for word in node.keywords)


@functools.cache
def doubtful(module: str) -> tuple[str, ...]:
    """The doubtful expressions of a module."""
    return tuple(found_in(MODULES[module].read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", sorted(set(MODULES) - set(LEFT_OUT)))
def test_module_uses_no_routine_that_depends_on_the_processor(module: str) -> None:
    assert [text for text in doubtful(module) if (module, text) not in EXCEPTIONS] == []


def test_every_exception_is_used() -> None:
    assert {(module, text) for module in MODULES for text in doubtful(module)} >= set(EXCEPTIONS)
    assert set(MODULES) >= set(LEFT_OUT)


@pytest.mark.parametrize(
    "program",
    [
        "a @ b", "a @= b", "np.einsum('i,i', a, b)", "a.dot(b)", "np.linalg.norm(a)", "np.tanh(a)",
        "math.exp(1)", "from math import exp", "x ** 0.5", "10.0 ** k", "rng.normal()",
        "scipy.stats.pearsonr(a, b)", "np.argsort(a)", "a.argsort()", "np.hypot(a, b)",
    ],
)  # fmt: skip
def test_check_finds_a_routine_that_depends_on_the_processor(program: str) -> None:
    assert list(found_in(program))


def pairwise(values: list[float]) -> float:
    """The sum in NumPy's order for neighbours in memory: eight chains, and halves if it is long."""
    if len(values) < 8:
        return functools.reduce(lambda a, b: a + b, values, -0.0)
    if len(values) > 128:
        half = len(values) // 2
        half -= half % 8
        return pairwise(values[:half]) + pairwise(values[half:])
    chains = values[:8]
    whole = len(values) - len(values) % 8
    for i in range(8, whole, 8):
        chains = [a + b for a, b in zip(chains, values[i : i + 8], strict=True)]
    a, b, c, d, e, f, g, h = chains
    total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    return functools.reduce(lambda a, b: a + b, values[whole:], total)


@pytest.mark.parametrize("size", [1, 5, 8, 31, 128, 129, 1000, 10_007])
def test_numpy_sums_have_the_stated_order(size: int) -> None:
    values = np.random.default_rng(size).standard_normal(size)
    assert values.sum() == pairwise(values.tolist())
    table = np.random.default_rng(size).standard_normal((size, 3))
    rows = functools.reduce(lambda a, b: a + b, list(table))
    np.testing.assert_array_equal(table.sum(axis=0), rows)


def test_modules_are_found() -> None:
    assert Path(MODULES["network.product"]).is_file()
