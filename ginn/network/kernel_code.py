"""Generate the training kernel of a network: minibatch, forward pass, backward pass, Adam.

`lane_code` has the operations. The order of every sum is stated here, so it is the same for every
processor: over inputs for a pre-activation (after the bias), over units for the deltas of the layer
below, over the items of the minibatch for a gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import llvmlite.ir as ir

from ginn.network.lane_code import (
    INT32,
    INT64,
    POINTER,
    Blocks,
    Entry,
    LaneCode,
    Value,
)  # fmt: skip
from ginn.network.layout import Layout
from ginn.network.philox import KEY_STEPS, MULTIPLIERS, NUMBERS, ROUNDS
from ginn.network.schedule import BETA_1, BETA_2, EPSILON

# Smaller gradients and moments become 0, before they are denormal numbers: many processors compute
# those slowly, and some flush them to 0.
LEAST_GRADIENT, LEAST_FIRST_MOMENT, LEAST_SECOND_MOMENT = 1e-15, 1e-20, 1e-34
LOG_2_HIGH, LOG_2_LOW = 0.693145751953125, 1.42860682030941723212e-06  # their sum is log 2
INVERSE_FACTORIALS = (1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1.0, 1.0)
ROUNDING = 1.5 * 2**23  # a float32 plus this and minus this is rounded to an integer
ITEM = 4  # float32 of a pixel: x, y, label, and 1, or 0 for one that only fills the last tile
# Terms of the series for the loss, whose remainders are below float64's rounding.
EXPONENTIAL_TERMS, LOGARITHM_TERMS = 13, 17

TRAIN = "train"
EVALUATE = "evaluate"


def kernel_module(layout: Layout, lanes: int, blocks: Blocks) -> ir.Module:
    """A module with the functions `train` and `evaluate` for `lanes` seeds.

    train(parameters, first moments, second moments, working memory: vectors; seeds: uint32 (L,);
    pixels: float32 (P, 4); rates: float32 (T, 2); P, T, first iteration: int64) advances all seeds
    by T minibatches. The working memory is 0 at first, and otherwise as the last call left it.

    evaluate(parameters, working memory: vectors; pixels; loss: float64 (L,); right: int64 (L,);
    number of tiles: int64) sums the cross-entropy (nats) and counts the pixels on the right
    side of p = 0.5.
    """
    code = LaneCode(lanes, blocks)
    _Training(code, layout).generate()
    _Evaluation(code, layout).generate()
    return code.module


class _Network:
    """The forward pass over a tile of items, which training and evaluation share."""

    def __init__(self, code: LaneCode, layout: Layout) -> None:
        self.code, self.layout = code, layout
        self.parameters: Value = None
        self.memory: Value = None

    def activation(self, layer: int, first: Value) -> Entry:
        """The inputs of a layer, by input and by item of the tile that begins at item `first`."""
        code, layout = self.code, self.layout
        if layer == 0:
            # The columns of x and of y lie one after the other.
            return lambda k, n: code.load(
                self.memory, code.offset((k, layout.items), (n, 1), (first, 1))
            )
        base = layout.activations_at(layer - 1)
        return lambda k, n: code.load(self.memory, code.offset((k, layout.tile), (n, 1), (base, 1)))

    def forward(self, first: Value, count: int, logit: Callable[[Value, Value], None]) -> None:
        """Compute the items `first` to `first` + `count` - 1; calls logit(item of the tile, z)."""
        code, layout = self.code, self.layout
        zero = code.constant(0)
        for number, layer in enumerate(layout.layers):

            def weight(m: Value, k: Value) -> Value:
                return self.parameter(number, m, k)  # noqa: B023

            def bias(m: Value, n: Value) -> Value:
                return self.parameter(number, m, layer.inputs)  # noqa: B023

            def relu(m: Value, n: Value, z: Value) -> None:
                # Not a maximum: a NaN must stay one.
                positive = code.builder.select(code.builder.fcmp_ordered("<=", z, zero), zero, z)
                base = layout.activations_at(number)  # noqa: B023
                code.store(positive, self.memory, code.offset((m, layout.tile), (n, 1), (base, 1)))

            last = number == len(layout.layers) - 1
            code.product(
                (layer.units, layer.inputs, count), weight, self.activation(number, first), bias,
                (lambda m, n, z: logit(n, z)) if last else relu,
            )  # fmt: skip

    def parameter(self, number: int, unit: Value, place: Value | int) -> Value:
        """A parameter of a layer, by its unit and its place among the unit's."""
        layer = self.layout.layers[number]
        where = self.code.offset((unit, layer.row), (place, 1), (layer.offset, 1))
        return self.code.load(self.parameters, where)


class _Training(_Network):
    """The function `train`."""

    def generate(self) -> None:
        """Add the function to the module."""
        function = self.code.function(TRAIN, [POINTER] * 7 + [INT64] * 3)
        (
            self.parameters, self.first_moments, self.second_moments, self.memory,
            seeds, self.pixels, self.rates, self.count, iterations, self.begin,
        ) = function.args  # fmt: skip
        self.seeds = self.code.load(seeds, INT64(0), self.code.ints)
        self.code.loop(iterations, self._iteration)
        self.code.builder.ret_void()

    def _iteration(self, t: Value) -> None:
        code, layout = self.code, self.layout
        iteration = code.builder.trunc(code.builder.add(self.begin, t), INT32)
        code.loop(-(-layout.batch // NUMBERS), lambda quad: self._draw(quad, iteration))
        whole, rest = divmod(layout.batch, layout.tile)
        code.loop(whole, lambda i: self._tile(code.offset((i, layout.tile)), layout.tile))
        if rest:
            self._tile(INT64(layout.batch - rest), rest)
        self._adam(t)

    def _draw(self, quad: Value, iteration: Value) -> None:
        """Copy four random items of every seed into the working memory."""
        code, builder = self.code, self.code.builder
        numbers = self._philox(code.splat(builder.trunc(quad, INT32)), code.splat(iteration))
        pixels = code.splat(self.count)
        for place, number in enumerate(numbers):
            product = builder.mul(builder.zext(number, code.longs), pixels)
            pixel = builder.lshr(product, code.long(32))
            columns = [ir.Constant(code.floats, ir.Undefined)] * 3
            for lane in range(code.lanes):
                start = builder.extract_element(pixel, INT32(lane))
                for column in range(3):
                    value = code.load_scalar(self.pixels, code.offset((start, ITEM), (column, 1)))
                    columns[column] = builder.insert_element(columns[column], value, INT32(lane))
            for column, values in enumerate(columns):
                base = self.layout.items_at(column)
                where = code.offset((quad, NUMBERS), (place, 1), (base, 1))
                code.store(values, self.memory, where)

    def _philox(self, quad: Value, iteration: Value) -> tuple[Value, Value, Value, Value]:
        """As `philox.philox`."""
        code, builder = self.code, self.code.builder

        def multiply(x: Value, factor: int) -> tuple[Value, Value]:
            product = builder.mul(builder.zext(x, code.longs), code.long(factor))
            high = builder.trunc(builder.lshr(product, code.long(32)), code.ints)
            return high, builder.trunc(product, code.ints)

        x0, x1, x2, x3 = quad, iteration, code.integer(0), code.integer(0)
        k0, k1 = self.seeds, code.integer(0)
        for _ in range(ROUNDS):
            high0, low0 = multiply(x0, MULTIPLIERS[0])
            high1, low1 = multiply(x2, MULTIPLIERS[1])
            x0, x1 = builder.xor(builder.xor(high1, x1), k0), low1
            x2, x3 = builder.xor(builder.xor(high0, x3), k1), low0
            k0 = builder.add(k0, code.integer(KEY_STEPS[0]))
            k1 = builder.add(k1, code.integer(KEY_STEPS[1]))
        return x0, x1, x2, x3

    def _tile(self, first: Value, count: int) -> None:
        """Add the gradients of some items."""
        code, layout = self.code, self.layout
        top = len(layout.layers) - 1

        def logit(n: Value, z: Value) -> None:
            base = layout.items_at(2)
            label = code.load(self.memory, code.offset((n, 1), (first, 1), (base, 1)))
            # Cross-entropy after a sigmoid: d loss / d logit = (p - label) / B.
            error = code.builder.fsub(self._sigmoid(z), label)
            delta = code.builder.fmul(error, code.constant(1 / layout.batch))
            code.store(delta, self.memory, code.offset((n, 1), (layout.deltas_at(top), 1)))

        self.forward(first, count, logit)
        for number in range(top, -1, -1):
            self._gradients(number, first, count)
            if number:
                self._deltas_below(number, count)

    def _delta(self, number: int, unit: Value, item: Value) -> Value:
        base = self.layout.deltas_at(number)
        where = self.code.offset((unit, self.layout.tile), (item, 1), (base, 1))
        return self.code.load(self.memory, where)

    def _gradients(self, number: int, first: Value, count: int) -> None:
        """Add to the gradients of a layer: delta times input, and delta for the bias."""
        code, layout = self.code, self.layout
        layer = layout.layers[number]
        inputs = self.activation(number, first)

        def place(m: Value, n: Value | int) -> Value:
            base = layout.gradients_at + layer.offset
            return code.offset((m, layer.row), (n, 1), (base, 1))

        code.product(
            (layer.units, count, layer.inputs),
            lambda m, k: self._delta(number, m, k),
            lambda k, n: inputs(n, k),
            lambda m, n: code.load(self.memory, place(m, n)),
            lambda m, n, total: code.store(total, self.memory, place(m, n)),
        )

        def bias(m: Value) -> None:
            total = code.load(self.memory, place(m, layer.inputs))
            for item in range(count):
                total = code.builder.fadd(total, self._delta(number, m, INT64(item)))
            code.store(total, self.memory, place(m, layer.inputs))

        code.loop(layer.units, bias)

    def _deltas_below(self, number: int, count: int) -> None:
        """The deltas of the layer below: weights transposed times deltas, where that one is on."""
        code, layout = self.code, self.layout
        layer = layout.layers[number]
        below = self.activation(number, INT64(0))
        zero = code.constant(0)

        def masked(m: Value, n: Value, total: Value) -> None:
            on = code.builder.fcmp_ordered(">", below(m, n), zero)
            base = layout.deltas_at(number - 1)
            delta = code.builder.select(on, total, zero)
            code.store(delta, self.memory, code.offset((m, layout.tile), (n, 1), (base, 1)))

        code.product(
            (layer.inputs, layer.units, count),
            lambda m, k: self.parameter(number, k, m),
            lambda k, n: self._delta(number, k, n),
            lambda m, n: zero,
            masked,
        )

    def _sigmoid(self, z: Value) -> Value:
        """1 / (1 + exp(-z)); NaN stays NaN."""
        code, builder = self.code, self.code.builder
        x = builder.fneg(z)
        for sign, limit in (("<", 88.0), (">", -87.0)):
            # A NaN takes the limit here, and comes back at the end.
            x = builder.select(builder.fcmp_ordered(sign, x, code.constant(limit)), x,
                               code.constant(limit))  # fmt: skip
        # exp(x) = 2^n exp(r) with |r| <= log(2) / 2 (Cody and Waite's reduction).
        shifted = code.fma(x, code.constant(1.4426950408889634), code.constant(ROUNDING))
        n = builder.fsub(shifted, code.constant(ROUNDING))
        r = code.fma(n, code.constant(-LOG_2_HIGH), x)
        r = code.fma(n, code.constant(-LOG_2_LOW), r)
        exponential = code.constant(INVERSE_FACTORIALS[0])
        for coefficient in INVERSE_FACTORIALS[1:]:
            exponential = code.fma(exponential, r, code.constant(coefficient))
        # The last bits of `shifted` are n; they are added to the exponent.
        power = builder.shl(builder.bitcast(shifted, code.ints), code.integer(23))
        scaled = builder.add(builder.bitcast(exponential, code.ints), power)
        one = code.constant(1)
        result = builder.fdiv(one, builder.fadd(one, builder.bitcast(scaled, code.floats)))
        return builder.select(builder.fcmp_unordered("uno", z, z), z, result)

    def _adam(self, t: Value) -> None:
        """Adam (Kingma and Ba 2015, algorithm 1) over all parameters.

        The rates of an iteration are lr / (1 - beta_1^t) and 1 / sqrt(1 - beta_2^t).
        """
        code, builder, layout = self.code, self.code.builder, self.layout
        step = builder.fneg(code.splat(code.load_scalar(self.rates, code.offset((t, 2)))))
        root = code.splat(code.load_scalar(self.rates, code.offset((t, 2), (1, 1))))

        def update(i: Value) -> None:
            place = code.offset((i, 1), (layout.gradients_at, 1))
            gradient = code.load(self.memory, place)
            # The next minibatch adds to it from 0.
            code.store(code.constant(0), self.memory, place)
            gradient = code.zero_below(gradient, LEAST_GRADIENT)
            first = builder.fmul(code.constant(1 - BETA_1), gradient)
            first = code.fma(code.constant(BETA_1), code.load(self.first_moments, i), first)
            first = code.zero_below(first, LEAST_FIRST_MOMENT)
            code.store(first, self.first_moments, i)
            second = builder.fmul(builder.fmul(code.constant(1 - BETA_2), gradient), gradient)
            second = code.fma(code.constant(BETA_2), code.load(self.second_moments, i), second)
            second = code.zero_below(second, LEAST_SECOND_MOMENT)
            code.store(second, self.second_moments, i)
            scale = code.fma(code.sqrt(second), root, code.constant(EPSILON))
            moved = code.fma(step, builder.fdiv(first, scale), code.load(self.parameters, i))
            code.store(moved, self.parameters, i)

        code.loop(layout.parameters, update)


class _Evaluation(_Network):
    """The function `evaluate`, in which every seed sees the same pixels."""

    def generate(self) -> None:
        """Add the function to the module."""
        function = self.code.function(EVALUATE, [POINTER] * 5 + [INT64])
        (self.parameters, self.memory, self.pixels, self.loss, self.right, tiles) = function.args
        code, start = self.code, INT64(0)
        code.store(code.double(0), self.loss, start)
        code.store(code.long(0), self.right, start)
        code.loop(tiles, lambda tile: self._tile(code.offset((tile, self.layout.tile))))
        code.builder.ret_void()

    def activation(self, layer: int, first: Value) -> Entry:
        """As the training's, but a pixel's coordinates come straight from the table."""
        if layer:
            return super().activation(layer, first)
        return lambda k, n: self._column(self.code.offset((n, 1), (first, 1)), k)

    def _column(self, pixel: Value, column: Value | int) -> Value:
        where = self.code.offset((pixel, ITEM), (column, 1))
        return self.code.splat(self.code.load_scalar(self.pixels, where))

    def _tile(self, first: Value) -> None:
        """Add the loss and the right answers of a tile of pixels."""
        code, builder = self.code, self.code.builder
        start = INT64(0)

        def add(n: Value, z: Value) -> None:
            pixel = code.offset((n, 1), (first, 1))
            label, weight = self._column(pixel, 2), self._column(pixel, 3)
            half = code.constant(0.5)
            sides = builder.icmp_unsigned(
                "==", builder.fcmp_ordered(">", z, code.constant(0)),
                builder.fcmp_ordered(">", label, half),
            )  # fmt: skip
            counts = builder.and_(sides, builder.fcmp_ordered(">", weight, half))
            right = builder.add(
                code.load(self.right, start, code.longs), builder.zext(counts, code.longs)
            )
            code.store(right, self.right, start)
            entropy = self._cross_entropy(
                builder.fpext(z, code.doubles), builder.fpext(label, code.doubles)
            )
            total = code.fma(
                builder.fpext(weight, code.doubles), entropy,
                code.load(self.loss, start, code.doubles),
            )  # fmt: skip
            code.store(total, self.loss, start)

        self.forward(first, self.layout.tile, add)

    def _cross_entropy(self, z: Value, label: Value) -> Value:
        """max(z, 0) - z label + log(1 + exp(-|z|)), in float64."""
        code, builder = self.code, self.code.builder
        zero = code.double(0)
        positive = builder.select(builder.fcmp_ordered(">", z, zero), z, zero)
        linear = builder.fsub(positive, builder.fmul(z, label))
        return builder.fadd(linear, self._log_1_plus(self._exponential(code.absolute(z))))

    def _exponential(self, x: Value) -> Value:
        """exp(-x) for x from 0 on, to some 1e-15 of its value, and exp(-700) beyond 700."""
        code, builder = self.code, self.code.builder
        limit, rounding = code.double(700.0), code.double(1.5 * 2**52)
        x = builder.fneg(builder.select(builder.fcmp_ordered("<", x, limit), x, limit))
        shifted = code.fma(x, code.double(1.4426950408889634), rounding)
        n = builder.fsub(shifted, rounding)
        r = code.fma(n, code.double(-LOG_2_HIGH), x)
        r = code.fma(n, code.double(-LOG_2_LOW), r)
        result = code.double(1 / math.factorial(EXPONENTIAL_TERMS))
        for k in range(EXPONENTIAL_TERMS - 1, -1, -1):
            result = code.fma(result, r, code.double(1 / math.factorial(k)))
        power = builder.shl(builder.bitcast(shifted, code.longs), code.long(52))
        scaled = builder.add(builder.bitcast(result, code.longs), power)
        return builder.bitcast(scaled, code.doubles)

    def _log_1_plus(self, u: Value) -> Value:
        """log(1 + u) for u from 0 to 1: 2 artanh(s) with s = u / (2 + u), as a series in s^2."""
        code, builder = self.code, self.code.builder
        s = builder.fdiv(u, builder.fadd(code.double(2), u))
        square = builder.fmul(s, s)
        series = code.double(1 / (2 * LOGARITHM_TERMS + 1))
        for k in range(LOGARITHM_TERMS - 1, -1, -1):
            series = code.fma(series, square, code.double(1 / (2 * k + 1)))
        return builder.fmul(builder.fmul(code.double(2), s), series)
