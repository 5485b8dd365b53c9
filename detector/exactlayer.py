"""A layer of a small network in plain float32 whose sums are exact, so that a row gives the same bits wherever it is.

How a matrix product adds up depends on where a row stands in it. So what goes into a layer is rounded to whole
multiples of a step, and so are each output's weights, to the finest step at which no sum can reach 2 ** 24: every sum
of float32 is exact then, and a document has the same scores alone, in any batch, and on any machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCK", "FARTHEST", "LARGEST", "STEPS", "Layer", "stack", "standard"]

STEPS = 2.0**6
"""Of what goes into a layer, to one."""

FARTHEST = 5.0
"""Of the numbers that go into a network, in standard deviations."""

LARGEST = 16.0
"""Of what goes from layer to layer; training stays far below."""

BLOCK = 512
"""Rows that are worked on at a time: so many fit the nearer memory."""

_EXACT = 2.0**24

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """Whole weights, [..., outputs, inputs], and what turns their sums back.

    An output is its sum times `back`, and `bias`; both count in multiples of 1 / STEPS, as what goes in does.
    """

    weights: Floats
    back: Floats
    bias: Floats

    @classmethod
    def of(cls, weights: Floats, bias: Floats, farthest: float = LARGEST) -> "Layer":
        """From weights [..., inputs, outputs] and biases [..., outputs], for inputs from -farthest to farthest."""
        turned = weights.astype(np.float64).swapaxes(-1, -2)
        size = np.abs(turned).sum(-1, keepdims=True) + 2.0**-20
        # Rounding adds half a step to each weight at most.
        room = _EXACT / (farthest * STEPS) - turned.shape[-1] / 2
        step = 2 ** np.floor(np.log2(room / size))
        return cls(
            np.rint(turned * step).astype(np.float32),
            (1 / step).astype(np.float32),
            (bias[..., None] * STEPS).astype(np.float32),
        )

    def answer(self, rows: Floats) -> Floats:
        """The outputs for whole inputs, [..., inputs, rows]."""
        out: Floats = self.weights @ rows
        out *= self.back
        out += self.bias
        return out

    def lit(self, rows: Floats) -> Floats:
        """The outputs from 0 to LARGEST, whole: what goes into the next layer."""
        out = self.answer(rows)
        np.clip(out, 0, LARGEST * STEPS, out=out)
        return np.rint(out, out=out)


def stack(weights: Sequence[Floats], biases: Sequence[Floats]) -> tuple[Layer, ...]:
    """The layers of some networks of one shape; `weights[layer]`: [networks, inputs, outputs].

    The first layers of all networks, which are most of the work, are one: [inputs, networks * outputs].
    """
    first = np.concatenate(weights[0], axis=1), np.concatenate(biases[0])
    others = zip(weights[1:], biases[1:], strict=True)
    return Layer.of(*first, FARTHEST), *(Layer.of(w, b) for w, b in others)


def standard(rows: Floats, mean: Floats, scale: Floats) -> Floats:
    """What goes into a first layer, whole: columns [columns, rows] less their mean, in standard deviations."""
    out: Floats = rows - mean[:, None]
    out *= scale[:, None] * np.float32(STEPS)
    np.clip(out, -FARTHEST * STEPS, FARTHEST * STEPS, out=out)
    return np.rint(out, out=out)
