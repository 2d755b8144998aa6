"""Generate LLVM code in which one seed is one vector lane.

Every value is a vector of L float32, one number a seed. The code consists of operations that IEEE
754 rounds correctly: add, subtract, multiply, divide, square root, comparison, selection, and the
fused multiply-add. Every sum is a chain in a stated order. There are no fast-math flags. So the
number of lanes, the register blocks and the processor change how a result is computed, and never
its bits.

Axes: L lanes. Offsets into memory are in vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import llvmlite.ir as ir
import numpy as np

FLOAT, DOUBLE = ir.FloatType(), ir.DoubleType()
INT32, INT64 = ir.IntType(32), ir.IntType(64)
POINTER = ir.PointerType()
LONGEST_UNROLLED = 2  # a sum of at most so many terms is written out; a longer one is a loop

# llvmlite has no types for mypy: a value, a type or a block of the generated code.
Value = Any
# A function of the row and the column of a matrix, both i64 values.
Entry = Callable[[Value, Value], Value]


@dataclass(frozen=True)
class Blocks:
    """The rows and columns of a matrix product whose sums are held in registers together."""

    rows: int
    columns: int


class LaneCode:
    """A module under construction, with the operations on vectors of lanes."""

    def __init__(self, lanes: int, blocks: Blocks) -> None:
        """Begin an empty module for `lanes` seeds."""
        self.lanes, self.blocks = lanes, blocks
        self.module = ir.Module("ginn")
        self.builder = ir.IRBuilder()
        self.floats = ir.VectorType(FLOAT, lanes)
        self.doubles = ir.VectorType(DOUBLE, lanes)
        self.ints = ir.VectorType(INT32, lanes)
        self.longs = ir.VectorType(INT64, lanes)
        self._intrinsics: dict[str, Value] = {}

    def function(self, name: str, arguments: list[Value]) -> Value:
        """Begin a function without a result. Its pointer arguments must not overlap in memory."""
        function = ir.Function(self.module, ir.FunctionType(ir.VoidType(), arguments), name)
        for argument in function.args:
            if argument.type == POINTER:
                argument.add_attribute("noalias")
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))
        return function

    def constant(self, value: float) -> Value:
        """A float32 in every lane: `value`, rounded."""
        return ir.Constant(self.floats, [float(np.float32(value))] * self.lanes)

    def double(self, value: float) -> Value:
        """A float64 in every lane."""
        return ir.Constant(self.doubles, [value] * self.lanes)

    def integer(self, value: int) -> Value:
        """A 32-bit integer in every lane."""
        return ir.Constant(self.ints, [value] * self.lanes)

    def long(self, value: int) -> Value:
        """A 64-bit integer in every lane."""
        return ir.Constant(self.longs, [value] * self.lanes)

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """a b + c, rounded once."""
        return self._intrinsic("fma", a, b, c)

    def sqrt(self, a: Value) -> Value:
        """The square root, correctly rounded."""
        return self._intrinsic("sqrt", a)

    def absolute(self, a: Value) -> Value:
        """The absolute value."""
        return self._intrinsic("fabs", a)

    def _intrinsic(self, name: str, *arguments: Value) -> Value:
        kind = arguments[0].type
        letter = "f32" if kind.element == FLOAT else "f64"
        full = f"llvm.{name}.v{self.lanes}{letter}"
        if full not in self._intrinsics:
            signature = ir.FunctionType(kind, [kind] * len(arguments))
            self._intrinsics[full] = ir.Function(self.module, signature, full)
        return self.builder.call(self._intrinsics[full], arguments)

    def zero_below(self, value: Value, limit: float) -> Value:
        """`value`, and 0 where its absolute value is less than `limit`. NaN stays NaN."""
        small = self.builder.fcmp_ordered("<", self.absolute(value), self.constant(limit))
        return self.builder.select(small, self.constant(0), value)

    def splat(self, scalar: Value) -> Value:
        """A scalar in every lane."""
        kind = ir.VectorType(scalar.type, self.lanes)
        undefined = ir.Constant(kind, ir.Undefined)
        first = self.builder.insert_element(undefined, scalar, INT32(0))
        mask = ir.Constant(ir.VectorType(INT32, self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(first, undefined, mask)

    def offset(self, *terms: tuple[Value | int, int]) -> Value:
        """The sum of value x factor over the terms, as an i64."""
        total: Value = INT64(0)
        for value, factor in terms:
            term = INT64(value) if isinstance(value, int) else value
            if factor != 1:
                term = self.builder.mul(term, INT64(factor))
            total = self.builder.add(total, term)
        return total

    def load(self, base: Value, offset: Value, kind: Value | None = None) -> Value:
        """The vector at an offset from `base`, which is aligned to whole vectors."""
        kind = kind or self.floats
        loaded = self.builder.load(self._at(base, offset, kind), typ=kind)
        loaded.align = self._alignment(kind)
        return loaded

    def store(self, value: Value, base: Value, offset: Value) -> None:
        """Write a vector at an offset from `base`, which is aligned to whole vectors."""
        stored = self.builder.store(value, self._at(base, offset, value.type))
        stored.align = self._alignment(value.type)

    def _at(self, base: Value, offset: Value, kind: Value) -> Value:
        return self.builder.gep(base, [offset], source_etype=kind, inbounds=True)

    def _alignment(self, kind: Value) -> int:
        return self.lanes * (4 if kind.element in (FLOAT, INT32) else 8)

    def load_scalar(self, base: Value, offset: Value) -> Value:
        """The float32 at an offset, in numbers, from `base`."""
        place = self.builder.gep(base, [offset], source_etype=FLOAT, inbounds=True)
        return self.builder.load(place, typ=FLOAT)

    def loop(self, count: Value | int, body: Callable[[Value], None]) -> None:
        """Run `body` for 0 to count - 1. A `count` that is a value must be at least 1."""
        if isinstance(count, int):
            if count == 1:
                body(INT64(0))
            if count <= 1:
                return
            count = INT64(count)
        begin, repeat, end = self._blocks_of_loop()
        self.builder.branch(repeat)
        self.builder.position_at_end(repeat)
        index = self.builder.phi(INT64)
        index.add_incoming(INT64(0), begin)
        body(index)
        self._repeat(index, count, repeat, end)

    def sum_of_products(
        self, terms: int, begin: list[list[Value]], left: list[Entry], right: list[Entry]
    ) -> list[list[Value]]:
        """begin[i][j] + sum over k of left[i](k) right[j](k): a chain of fma in the order of k.

        `left[i]` and `right[j]` are called with k twice, for they share the type of an entry.
        """

        def advance(sums: list[list[Value]], k: Value) -> list[list[Value]]:
            factors = [each(k, k) for each in right]
            rows = [each(k, k) for each in left]
            return [
                [
                    self.fma(row, factor, total)
                    for factor, total in zip(factors, totals, strict=True)
                ]
                for row, totals in zip(rows, sums, strict=True)
            ]

        if terms <= LONGEST_UNROLLED:
            for k in range(terms):
                begin = advance(begin, INT64(k))
            return begin
        width = len(begin[0])

        def flat(sums: list[Value], k: Value) -> list[Value]:
            rows = [sums[i : i + width] for i in range(0, len(sums), width)]
            return [total for row in advance(rows, k) for total in row]

        sums = self.chain(INT64(terms), [total for row in begin for total in row], flat)
        return [sums[i : i + width] for i in range(0, len(sums), width)]

    def chain(
        self, count: Value, begin: list[Value], advance: Callable[[list[Value], Value], list[Value]]
    ) -> list[Value]:
        """The values after `advance(values, k)` for k from 0 to count - 1; count is at least 1."""
        before, repeat, end = self._blocks_of_loop()
        self.builder.branch(repeat)
        self.builder.position_at_end(repeat)
        index = self.builder.phi(INT64)
        index.add_incoming(INT64(0), before)
        running = [self.builder.phi(each.type) for each in begin]
        for phi, value in zip(running, begin, strict=True):
            phi.add_incoming(value, before)
        sums = advance(running, index)
        for phi, value in zip(running, sums, strict=True):
            phi.add_incoming(value, self.builder.block)
        self._repeat(index, count, repeat, end)
        return sums

    def product(
        self,
        shape: tuple[int, int, int],
        left: Entry,
        right: Entry,
        begin: Entry,
        end: Callable[[Value, Value, Value], None],
    ) -> None:
        """A matrix product of shape (M, K) x (K, N), given as (M, K, N).

        Calls end(m, n, begin(m, n) + sum over k of left(m, k) right(k, n)) for every entry. The sum
        is a chain in the order of k, whatever the blocks are.
        """
        rows, terms, columns = shape

        def block(m0: Value, n0: Value, size: Blocks) -> None:
            ms = [self.offset((m0, 1), (i, 1)) for i in range(size.rows)]
            ns = [self.offset((n0, 1), (j, 1)) for j in range(size.columns)]
            first = [[begin(m, n) for n in ns] for m in ms]
            lefts: list[Entry] = [lambda k, _, m=m: left(m, k) for m in ms]  # type: ignore[misc]
            rights: list[Entry] = [lambda k, _, n=n: right(k, n) for n in ns]  # type: ignore[misc]
            for m, sums in zip(ms, self.sum_of_products(terms, first, lefts, rights), strict=True):
                for n, total in zip(ns, sums, strict=True):
                    end(m, n, total)

        def band(m0: Value, height: int) -> None:
            width = self.blocks.columns
            whole = Blocks(height, width)
            self.loop(columns // width, lambda n: block(m0, self.offset((n, width)), whole))
            if rest := columns % width:
                block(m0, INT64(columns - rest), Blocks(height, rest))

        height = self.blocks.rows
        self.loop(rows // height, lambda m: band(self.offset((m, height)), height))
        if rest := rows % height:
            band(INT64(rows - rest), rest)

    def _blocks_of_loop(self) -> tuple[Value, Value, Value]:
        """The block before a loop, the block of its body, and the one after it."""
        before = self.builder.block
        return (
            before,
            self.builder.append_basic_block("repeat"),
            self.builder.append_basic_block("end"),
        )

    def _repeat(self, index: Value, count: Value, repeat: Value, end: Value) -> None:
        """End a loop's body: go on with the next index, or leave."""
        following = self.builder.add(index, INT64(1))
        index.add_incoming(following, self.builder.block)
        again = self.builder.icmp_unsigned("<", following, count)
        self.builder.cbranch(again, repeat, end)
        self.builder.position_at_end(end)
