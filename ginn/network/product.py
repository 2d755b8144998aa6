"""Matrix products and the logistic function with the same bits on every processor.

NumPy passes products to a BLAS library, which sums in an order that depends on the processor. Here
each sum is a chain in the order of its terms, and each product and each sum is rounded on its own.
So the result is that of `total += left[:, k] * right[k]` for k from 0 on, to the bit. Vectors,
blocks and the processor change only the speed. The code is generated through LLVM, and compiled
once in a process, in some 0.1 seconds of processor time.
"""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import llvmlite.ir as ir
import numpy as np
from numpy.typing import NDArray

from ginn.network.compiler import Compiled, compile_module, processor_of_any_kind
from ginn.network.lane_code import INT64, POINTER, Blocks, LaneCode, Value
from ginn.network.run import Float64

# One vector is as long as a cache line. The sums of HEIGHT rows of it fit 16 registers of 32 bytes.
LINE = 64  # bytes
HEIGHT = 4
KINDS = {"d": 8, "f": 4}  # bytes of a number, by NumPy's character of the type: float64, float32
# With more terms than this, rows of the right factor are copied, to be adjacent in memory.
COPIED = 32
LOGISTIC = "logistic"
LARGEST = 700.0  # the exponential of its negative is above the least normal number
EXPONENTIAL_TERMS = 13  # for arguments up to log(2) / 2; the rest is below 1e-17
# log(2) as a sum. The first term times a whole number up to 1,024 is exact.
LOG_2_HIGH, LOG_2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10


def product(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """The matrix product (..., M, N) of `left` (..., M, K) and `right` (..., K, N).

    Both are float64 or both float32. Leading axes are at most one each, and are equal where both
    have one. Raises ValueError for other shapes or types.
    """
    kind = left.dtype.char
    if right.dtype.char != kind or kind not in KINDS:
        raise ValueError(f"found {left.dtype} and {right.dtype}, expected two float64 or float32")
    if left.shape[-1] != right.shape[-2] or max(left.ndim, right.ndim) > 3:
        raise ValueError(f"found the shapes {left.shape} and {right.shape}")
    lanes, columns = LINE // KINDS[kind], right.shape[-1]
    if columns < lanes <= left.shape[-2]:
        # The product of the transposes has its vectors along the longer side.
        turned: NDArray[Any] = product(right.swapaxes(-1, -2), left.swapaxes(-1, -2))
        return turned.swapaxes(-1, -2)
    if columns < lanes:
        padded = np.zeros((*right.shape[:-1], lanes), right.dtype)
        padded[..., :columns] = right
        return _product(left, padded, lanes)[..., :columns]
    return _product(left, right, lanes)


def _product(left: NDArray[Any], right: NDArray[Any], lanes: int) -> NDArray[Any]:
    left = np.ascontiguousarray(left)
    kind, size = left.dtype.char, right.itemsize
    if right.strides[-1] != size or right.strides[-2] % size or right.strides[-2] < 0:
        right = np.ascontiguousarray(right)
    rows, terms = left.shape[-2:]
    columns = right.shape[-1]
    lead = left.shape[:-2] or right.shape[:-2]
    if {left.shape[:-2], right.shape[:-2]} - {(), lead}:
        raise ValueError(f"found the shapes {left.shape} and {right.shape}")
    result = np.empty((*lead, rows, columns), left.dtype)
    if not result.size or not terms:
        result.fill(0.0)
        return result
    height = HEIGHT if rows >= HEIGHT else 1
    copied = terms > COPIED and rows > height
    panel = np.empty((terms if copied else 1, lanes), left.dtype)
    _compiled(kind).functions[_name(kind, height)](
        result.ctypes.data, left.ctypes.data, right.ctypes.data, panel.ctypes.data,
        lead[0] if lead else 1, rows, terms, columns, -(-rows // height), -(-columns // lanes),
        rows * terms if left.ndim > 2 else 0,
        right.strides[0] // size if right.ndim > 2 else 0, right.strides[-2] // size,
        len(panel), copied,
    )  # fmt: skip
    return result


def logistic(values: Float64) -> Float64:
    """1 / (1 + exp(-values)) for values of any shape, to some 1e-16, without overflow."""
    flat = np.ascontiguousarray(values, dtype=np.float64).reshape(-1)
    lanes = LINE // flat.itemsize
    if flat.size < lanes:
        return logistic(np.pad(flat, (0, lanes - flat.size)))[: flat.size].reshape(values.shape)
    result = np.empty_like(flat)
    _compiled("d").functions[LOGISTIC](
        result.ctypes.data, flat.ctypes.data, -(-flat.size // lanes), flat.size - lanes
    )
    return result.reshape(values.shape)


def _name(kind: str, height: int) -> str:
    return f"product-{kind}-{height}"


@functools.cache
def _compiled(kind: str) -> Compiled:
    """The functions for one type of number; they are compiled once in a process."""
    module, signatures = _code(kind)
    return compile_module(module, processor_of_any_kind(), signatures)


def _code(kind: str) -> tuple[ir.Module, Mapping[str, Sequence[type]]]:
    """The generated code for one type of number, and the types of its functions' arguments."""
    address, number = ctypes.c_void_p, ctypes.c_int64
    code = LaneCode(LINE // KINDS[kind], Blocks(HEIGHT, 1))
    signatures: dict[str, Sequence[type]] = {}
    for height in (1, HEIGHT):
        _write_product(code, kind, height)
        signatures[_name(kind, height)] = [address] * 4 + [number] * 11
    if kind == "d":
        _write_logistic(code)
        signatures[LOGISTIC] = [address] * 2 + [number] * 2
    return code.module, signatures


def _write_product(code: LaneCode, kind: str, height: int) -> None:
    """Write the product for blocks of `height` rows; the last blocks overlap those before them."""
    vector = code.doubles if kind == "d" else code.floats
    arguments = [POINTER] * 4 + [INT64] * 11
    function = code.function(_name(kind, height), arguments)
    out, left, right, panel, batches, rows, terms, columns = function.args[:8]
    blocks, bands, left_step, right_step, right_row, copies, copied = function.args[8:]
    one, lanes = INT64(1), INT64(code.lanes)
    last_row = code.builder.sub(rows, INT64(height))
    last_column = code.builder.sub(columns, INT64(code.lanes))

    def entry(base: Value, *places: tuple[Value, Value]) -> Value:
        offset: Value = INT64(0)
        for index, step in places:
            offset = code.builder.add(offset, code.builder.mul(index, step))
        return code.builder.gep(base, [offset], source_etype=vector.element, inbounds=True)

    def copy(batch: Value, column: Value, k: Value) -> None:
        place = entry(right, (batch, right_step), (k, right_row), (column, one))
        stored = code.builder.store(_load(code, place, vector), entry(panel, (k, lanes)))
        stored.align = KINDS[kind]

    def block(batch: Value, column: Value, place: Value, step: Value, number: Value) -> None:
        row = _least(code, number, height, last_row)
        lines = [code.builder.add(row, INT64(i)) for i in range(height)]

        def advance(sums: list[Value], k: Value) -> list[Value]:
            line = _load(code, entry(place, (k, step)), vector)
            factors = [
                code.splat(code.builder.load(
                    entry(left, (batch, left_step), (each, terms), (k, one)), typ=vector.element
                )) for each in lines
            ]  # fmt: skip
            return [
                code.builder.fadd(total, code.builder.fmul(factor, line))
                for total, factor in zip(sums, factors, strict=True)
            ]

        zero = code.double(0.0) if kind == "d" else code.constant(0.0)
        for each, total in zip(lines, code.chain(terms, [zero] * height, advance), strict=True):
            of_batch = code.builder.add(code.builder.mul(batch, rows), each)
            stored = code.builder.store(total, entry(out, (of_batch, columns), (column, one)))
            stored.align = KINDS[kind]

    def band(batch: Value, number: Value) -> None:
        column = _least(code, number, code.lanes, last_column)
        code.loop(copies, lambda k: copy(batch, column, k))
        uses_copy = code.builder.icmp_unsigned("!=", copied, INT64(0))
        place = entry(right, (batch, right_step), (column, one))
        place = code.builder.select(uses_copy, panel, place)
        step = code.builder.select(uses_copy, lanes, right_row)
        code.loop(blocks, lambda each: block(batch, column, place, step, each))

    code.loop(batches, lambda batch: code.loop(bands, lambda number: band(batch, number)))
    code.builder.ret_void()


def _write_logistic(code: LaneCode) -> None:
    """Write the logistic function of whole vectors; the last one overlaps the one before it."""
    function = code.function(LOGISTIC, [POINTER, POINTER, INT64, INT64])
    out, values, vectors, last = function.args

    def body(number: Value) -> None:
        builder = code.builder
        place = _least(code, number, code.lanes, last)
        read = builder.gep(values, [place], source_etype=code.doubles.element, inbounds=True)
        x = _load(code, read, code.doubles)
        # With e = exp(-|x|), it is 1 / (1 + e) from 0 on, and e / (1 + e) below.
        e = _exponential(code, code.absolute(x))
        above = builder.fcmp_ordered(">=", x, code.double(0.0))
        share = builder.select(above, code.double(1.0), e)
        result = builder.fdiv(share, builder.fadd(code.double(1.0), e))
        # NaN stays NaN.
        known = builder.fcmp_ordered("==", x, x)
        result = builder.select(known, result, x)
        write = builder.gep(out, [place], source_etype=code.doubles.element, inbounds=True)
        builder.store(result, write).align = 8

    code.loop(vectors, body)
    code.builder.ret_void()


def _exponential(code: LaneCode, x: Value) -> Value:
    """exp(-x) for x from 0 on, and exp(-LARGEST) beyond LARGEST: 2^n times a series."""
    builder, largest = code.builder, code.double(LARGEST)
    x = builder.fneg(builder.select(builder.fcmp_ordered("<", x, largest), x, largest))
    rounding = code.double(1.5 * 2**52)
    shifted = builder.fadd(builder.fmul(x, code.double(1.4426950408889634)), rounding)
    n = builder.fsub(shifted, rounding)
    r = builder.fsub(x, builder.fmul(n, code.double(LOG_2_HIGH)))
    r = builder.fsub(r, builder.fmul(n, code.double(LOG_2_LOW)))
    result = code.double(1 / math.factorial(EXPONENTIAL_TERMS))
    for k in range(EXPONENTIAL_TERMS - 1, -1, -1):
        result = builder.fadd(builder.fmul(result, r), code.double(1 / math.factorial(k)))
    power = builder.shl(builder.bitcast(shifted, code.longs), code.long(52))
    return builder.bitcast(builder.add(builder.bitcast(result, code.longs), power), code.doubles)


def _least(code: LaneCode, number: Value, size: int, last: Value) -> Value:
    """Where a block begins: at number * size, but not beyond `last`."""
    place = code.builder.mul(number, INT64(size))
    return code.builder.select(code.builder.icmp_signed("<", place, last), place, last)


def _load(code: LaneCode, place: Value, kind: Value) -> Value:
    """The vector at an address that is aligned to its numbers only."""
    loaded = code.builder.load(place, typ=kind)
    loaded.align = 8 if kind == code.doubles else 4
    return loaded
