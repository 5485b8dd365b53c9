"""A network that reads the lines of a page in order, in NumPy, with the same bits alone and in any batch.

Each line is first seen by itself (a row of numbers); then layers look from line to line, ever further up and down the
page, so that a line far below can know that the article has ended; what the page holds as a whole stands beside that.
Training is `detector.training.furniture_order`, which has the same layers in PyTorch.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.exactlayer import BLOCK, LARGEST, STEPS, Layer, stack, standard

__all__ = ["REACH", "PageNetwork"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

REACH = (1, 2, 4, 8, 16, 32)
"""How many lines up and down each layer looks: 63 in all, each way."""


def _beside(document: Ints, values: Floats, at: int, shift: int, out: Floats) -> None:
    """Put the values that stand `shift` lines further down, 0 beyond the page's ends, beside the lines from `at` on."""
    end = at + out.shape[-1]
    low, high = max(at, -shift), min(end, len(document) - shift)
    out[..., : max(low - at, 0)] = 0
    out[..., max(high - at, 0) :] = 0
    if low < high:
        same = document[low:high] == document[low + shift : high + shift]
        np.multiply(values[..., low + shift : high + shift], same, out=out[..., low - at : high - at])


def _of_page(document: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Which page each line is of, and the mean and the greatest of each value on every page; whole."""
    edge = np.flatnonzero(np.diff(document, prepend=-1))
    size = np.diff(edge, append=len(document))
    # Whole numbers: the sums are exact in any order.
    mean = np.rint(np.add.reduceat(values, edge, axis=-1, dtype=np.float64) / size).astype(np.float32)
    page = np.repeat(np.arange(len(edge)), size)
    return page, np.concatenate([mean, np.maximum.reduceat(values, edge, axis=-1)], axis=-2)


@dataclass(frozen=True)
class PageNetwork:
    """Some networks of one shape; their answers are averaged.

    `mean`, `scale`: [columns]. `weights[layer]`: [networks, inputs, outputs], `biases[layer]`: [networks, outputs]. The
    layers: a line's own two, one for each of REACH, and two that put all together.
    """

    mean: Floats
    scale: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    LAYERS = 2 + len(REACH) + 2

    @classmethod
    def of(cls, arrays: Mapping[str, Floats]) -> "PageNetwork":
        """From arrays by name, as `arrays` gives them."""
        return cls(
            arrays["mean"],
            arrays["scale"],
            tuple(arrays[f"weights{i}"] for i in range(cls.LAYERS)),
            tuple(arrays[f"bias{i}"] for i in range(cls.LAYERS)),
        )

    @classmethod
    def names(cls) -> Iterator[str]:
        """What its arrays are called."""
        yield from ("mean", "scale")
        for i in range(cls.LAYERS):
            yield from (f"weights{i}", f"bias{i}")

    def arrays(self) -> Iterator[tuple[str, Floats]]:
        """All that it is made of, by name."""
        pairs = zip(self.weights, self.biases, strict=True)
        return zip(self.names(), (self.mean, self.scale, *(x for pair in pairs for x in pair)), strict=True)

    def answer(self, rows: Floats, document: Ints, at: Ints) -> Floats:
        """The probability for each of the rows `at` among those of its document; float32 [at].

        `rows`: [rows, columns], of which `at` are whole documents, in order; `document`: of each of `at`. The work is
        done a few lines at a time: beside the rows, a page of any length takes some 500 bytes a line.
        """
        networks, n = self.weights[0].shape[0], len(at)
        if not n:
            return np.zeros(0, np.float32)
        first, inner, *reaching, joined, last = self._layers
        sizes = [w.shape[2] for w in self.weights]
        own = np.empty((networks, sizes[0], n), np.float32)
        value = np.empty((networks, sizes[1], n), np.float32)
        columns = rows.T
        for i in range(0, n, BLOCK):
            block = columns.take(at[i : i + BLOCK], axis=1)
            own[..., i : i + BLOCK] = first.lit(standard(block, self.mean, self.scale)).reshape(networks, sizes[0], -1)
            value[..., i : i + BLOCK] = inner.lit(own[..., i : i + BLOCK])
        for reach, layer in zip(REACH, reaching, strict=True):
            value = self._reached(document, value, reach, layer)
        page, whole = _of_page(document, value)
        out = np.empty(n, np.float32)
        for i in range(0, n, BLOCK):
            parts = value[..., i : i + BLOCK], own[..., i : i + BLOCK], whole.take(page[i : i + BLOCK], axis=-1)
            logit = last.answer(joined.lit(np.concatenate(parts, axis=-2)))[:, 0].astype(np.float64) / STEPS
            out[i : i + BLOCK] = (1 / (1 + np.exp(-logit))).sum(0) / networks
        return out

    @staticmethod
    def _reached(document: Ints, value: Floats, reach: int, layer: Layer) -> Floats:
        """The values of each line, and what the layer makes of them and of those so far up and down."""
        networks, size, n = value.shape
        out = np.empty_like(value)
        for i in range(0, n, BLOCK):
            here = value[..., i : i + BLOCK]
            seen = np.empty((networks, 3 * size, here.shape[-1]), np.float32)
            _beside(document, value, i, -reach, seen[:, :size])
            seen[:, size : 2 * size] = here
            _beside(document, value, i, reach, seen[:, 2 * size :])
            np.minimum(layer.lit(seen) + here, LARGEST * STEPS, out=out[..., i : i + BLOCK])
        return out

    @functools.cached_property
    def _layers(self) -> tuple[Layer, ...]:
        return stack(self.weights, self.biases)
