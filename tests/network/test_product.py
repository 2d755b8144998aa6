"""Products and the logistic function: the stated order of sums, the same bits on each processor."""

from __future__ import annotations

import platform

import llvmlite.binding as llvm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ginn.network import product as module
from ginn.network.product import logistic, product

PROCESSORS = ("nehalem", "haswell", "") if platform.machine() in ("x86_64", "AMD64") else ("",)


def in_order(left: NDArray[np.floating], right: NDArray[np.floating]) -> NDArray[np.floating]:
    """The product, summed term by term."""
    lead = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    total = np.zeros((*lead, left.shape[-2], right.shape[-1]), left.dtype)
    for k in range(left.shape[-1]):
        total += left[..., k, None] * right[..., k, None, :]
    return total


@st.composite
def factors(draw: st.DrawFn) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Two factors of any shapes, types and orders in memory."""
    rows, terms, columns = (draw(st.integers(1, 40)) for _ in range(3))
    lead = draw(st.sampled_from([((), ()), ((3,), (3,)), ((), (3,)), ((3,), ())]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from([np.float32, np.float64]))
    left = rng.standard_normal((*lead[0], rows, terms)).astype(kind)
    right = rng.standard_normal((*lead[1], terms, columns)).astype(kind)
    if draw(st.booleans()):
        left = np.asfortranarray(left)
    if draw(st.booleans()):
        right = np.repeat(right, 2, axis=-1)[..., ::2]
    return left, right


@given(factors())
def test_product_of_any_factors_has_the_bits_of_the_stated_order(
    both: tuple[NDArray[np.floating], NDArray[np.floating]],
) -> None:
    np.testing.assert_array_equal(product(*both), in_order(*both))


@pytest.mark.parametrize("name", PROCESSORS)
def test_code_for_another_processor_gives_the_same_bits(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((18, 33)), rng.standard_normal((33, 101))
    narrow = left.astype(np.float32), right.astype(np.float32)
    here = product(left, right), product(*narrow), logistic(10 * right)
    monkeypatch.setenv("GINN_CPU", name)
    module._compiled.cache_clear()
    try:
        there = product(left, right), product(*narrow), logistic(10 * right)
        for kind in module.KINDS:
            # The code has no fused multiply-add, although the processor may have that instruction.
            assert "vfm" not in module._compiled(kind).assembly()
    finally:
        module._compiled.cache_clear()
    for one, other in zip(here, there, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("kind", module.KINDS)
def test_code_for_arm_fuses_no_operations(kind: str) -> None:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = llvm.Target.from_triple("aarch64-unknown-linux-gnu")
    machine = target.create_target_machine(opt=3)
    assembly = machine.emit_assembly(llvm.parse_assembly(str(module._code(kind)[0])))
    assert "fmul" in assembly
    assert not any(name in assembly for name in ("fmla", "fmadd", "fmls", "fmsub"))


def test_product_without_terms_is_zero_and_without_rows_empty() -> None:
    assert (product(np.ones((2, 0)), np.ones((0, 9))) == np.zeros((2, 9))).all()
    assert product(np.ones((0, 3)), np.ones((3, 9))).shape == (0, 9)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (np.ones((2, 3)), np.ones((2, 9))),
        (np.ones((2, 3)), np.ones((3, 9), np.float32)),
        (np.ones((2, 3), np.int64), np.ones((3, 9), np.int64)),
        (np.ones((2, 2, 3)), np.ones((4, 3, 9))),
    ],
)
def test_product_of_other_shapes_or_types_is_refused(
    left: NDArray[np.generic], right: NDArray[np.generic]
) -> None:
    with pytest.raises(ValueError, match="found"):
        product(left, right)


@given(st.lists(st.floats(-800, 800), min_size=1, max_size=40))
def test_logistic_is_right_to_the_last_digits(values: list[float]) -> None:
    x = np.array(values)
    small = np.exp(-np.abs(x))
    expected = np.where(x < 0, small, 1.0) / (1.0 + small)
    np.testing.assert_allclose(logistic(x), expected, rtol=1e-14, atol=1e-300)


def test_logistic_of_what_is_not_finite() -> None:
    np.testing.assert_allclose(
        logistic(np.array([np.inf, -np.inf, np.nan])), [1.0, 0.0, np.nan], atol=1e-300
    )
