"""Where the kernel keeps parameters and intermediate values of a network.

All offsets are in vectors of lanes, one number a seed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """A layer: its inputs and units, and the offset of its parameters (units, inputs + 1).

    A unit's last parameter is its bias.
    """

    inputs: int
    units: int
    offset: int

    @property
    def row(self) -> int:
        """The parameters of one unit."""
        return self.inputs + 1


@dataclass(frozen=True)
class Layout:
    """A network 2 - widths - 1, and the working memory for a minibatch of `batch` items.

    Items are processed in tiles of `tile`, so that a tile's values stay in the processor's cache.
    """

    widths: tuple[int, ...]
    batch: int
    tile: int = 16

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The hidden layers, and then the output."""
        sizes = (2, *self.widths, 1)
        found, offset = [], 0
        for inputs, units in itertools.pairwise(sizes):
            found.append(Layer(inputs, units, offset))
            offset += units * (inputs + 1)
        return tuple(found)

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return sum(layer.units * layer.row for layer in self.layers)

    @property
    def items(self) -> int:
        """The items that there is memory for: those of a minibatch, and what fills a last draw."""
        return -(-max(self.batch, self.tile) // 4) * 4

    def items_at(self, column: int) -> int:
        """The offset of the items' x (column 0), y (1) or labels (2)."""
        return column * self.items

    def activations_at(self, layer: int) -> int:
        """The offset of the activations (units, tile) of a layer from 0 on."""
        return self.items_at(3) + self.tile * sum(each.units for each in self.layers[:layer])

    def deltas_at(self, layer: int) -> int:
        """The offset of d loss / d pre-activation (units, tile) of a layer."""
        return self.activations_at(len(self.layers)) + self.tile * sum(
            each.units for each in self.layers[:layer]
        )

    @property
    def gradients_at(self) -> int:
        """The offset of the gradients, which are laid out as the parameters are."""
        return self.deltas_at(len(self.layers))

    @property
    def memory(self) -> int:
        """The size of the working memory."""
        return self.gradients_at + self.parameters
