"""Train the networks that read a page's lines in order (`detector.pagenetwork`), in PyTorch, on one thread."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as fn

from detector.exactlayer import FARTHEST, LARGEST
from detector.pagenetwork import REACH, PageNetwork

__all__ = ["Network", "Rows", "fit"]

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

# Chosen on dev among a dozen settings: see the card.
_OWN, _INNER, _JOINED = 48, 32, 24
_EPOCHS, _RATE, _DECAY = 5, 2e-3, 1e-2
_DROPPED, _NOISE = 0.2, 0.3
# Of the pages of a batch, so many are seen without what the page holds as a whole; one network for each share. The
# first finds more on recent pages, the second loses less of old ones, and they err on different lines.
_WHOLE_DROPPED = (0.0, 0.5)
_SEED = 2
_LINES = 2500  # of a batch, the filling of shorter pages counted
_WARM = 100  # steps until the rate is full
_SAMPLE = 60_000  # lines that mean and spread are taken of


@dataclass(frozen=True)
class Rows:
    """The lines of many pages: columns (float16, to save memory), 1 for furniture, weight; `size`: lines of a page."""

    columns: NDArray[np.float16]
    label: Ints
    weight: Doubles
    size: Ints


class Network(nn.Module):
    """The layers of `PageNetwork`."""

    def __init__(self, columns: int, whole_dropped: float = 0.0) -> None:
        super().__init__()
        self._whole_dropped = whole_dropped
        self.own = nn.Linear(columns, _OWN)
        self.inner = nn.Linear(_OWN, _INNER)
        self.reaching = nn.ModuleList(nn.Conv1d(_INNER, _INNER, 3, padding=d, dilation=d) for d in REACH)
        self.joined = nn.Linear(3 * _INNER + _OWN, _JOINED)
        self.last = nn.Linear(_JOINED, 1)
        self.drop = nn.Dropout(_DROPPED)

    def forward(self, columns: Tensor, there: Tensor) -> Tensor:
        """Logits [pages, lines] for columns [pages, lines, columns]; `there`: 1 for lines, 0 for filling."""
        mask = there[..., None]
        own = self.drop(self.own(columns).clamp(0, LARGEST))
        value = self.inner(own).clamp(0, LARGEST) * mask
        for layer in self.reaching:
            beside = layer(value.transpose(1, 2)).transpose(1, 2).clamp(0, LARGEST)
            value = (value + beside).clamp(max=LARGEST) * mask
        mean = value.sum(1, keepdim=True) / mask.sum(1, keepdim=True)
        most = value.max(1, keepdim=True)[0]
        page = torch.cat([mean, most], -1)
        if self.training and self._whole_dropped > 0:
            page = page * (torch.rand(len(page), 1, 1) >= self._whole_dropped)
        whole = torch.cat([value, own, page.expand(-1, value.shape[1], -1)], -1)
        return self.last(self.drop(self.joined(whole).clamp(0, LARGEST)))[..., 0]

    def arrays(self) -> Iterator[tuple[Floats, Floats]]:
        """Weights [inputs, outputs] and biases of each layer, as `PageNetwork` has them."""
        for layer in (self.own, self.inner, *self.reaching, self.joined, self.last):
            weight = layer.weight.detach().numpy()
            if weight.ndim > 2:  # a layer that looks up, here and down
                weight = np.concatenate([weight[:, :, i] for i in range(3)], axis=1)
            yield np.ascontiguousarray(weight.T), layer.bias.detach().numpy()


def _batches(size: Ints, rng: np.random.Generator) -> list[list[int]]:
    """Pages of like length together, in any order."""
    out: list[list[int]] = []
    now: list[int] = []
    for page in np.argsort(size + rng.random(len(size)) * 8, kind="stable").tolist():
        if now and size[page] * (len(now) + 1) > _LINES:
            out.append(now)
            now = []
        now.append(page)
    out.append(now)
    rng.shuffle(out)
    return out


def _filled(values: NDArray[np.generic], pages: Sequence[int], start: Ints, size: Ints) -> Floats:
    out = np.zeros((len(pages), int(size[list(pages)].max()), *values.shape[1:]), np.float32)
    for i, page in enumerate(pages):
        out[i, : size[page]] = values[start[page] : start[page] + size[page]]
    return out


def _fit_one(rows: Rows, mean: Floats, scale: Floats, whole_dropped: float) -> Network:
    torch.manual_seed(_SEED)
    rng = np.random.default_rng(_SEED)
    network = Network(rows.columns.shape[1], whole_dropped)
    optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    start = np.cumsum(rows.size) - rows.size
    furniture, weight = rows.label == 1, rows.weight / rows.weight.mean()
    steps = len(_batches(rows.size, np.random.default_rng(_SEED))) * _EPOCHS
    done = 0
    for epoch in range(_EPOCHS):
        total = 0.0
        for pages in _batches(rows.size, rng):
            done += 1
            for group in optimiser.param_groups:
                group["lr"] = _RATE * min(1, done / _WARM) * max(0.02, 0.5 * (1 + np.cos(np.pi * done / steps)))
            columns = np.clip((_filled(rows.columns, pages, start, rows.size) - mean) * scale, -FARTHEST, FARTHEST)
            there = (np.arange(columns.shape[1]) < rows.size[pages][:, None]).astype(np.float32)
            seen = torch.tensor(columns * there[..., None])
            seen = seen + _NOISE * torch.randn_like(seen)
            logits = network(seen, torch.tensor(there))
            target = torch.tensor(_filled(furniture, pages, start, rows.size))
            loss = fn.binary_cross_entropy_with_logits(logits, target, reduction="none")
            loss = (loss * torch.tensor(_filled(weight, pages, start, rows.size))).sum() / _LINES
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            total += float(loss.detach())
        print(
            f"network in order, {whole_dropped}: round {epoch + 1} of {_EPOCHS}, loss {total * _EPOCHS / steps:.3f}",
            flush=True,
        )
    return network.eval()


def fit(rows: Rows) -> PageNetwork:
    """The networks, one for each of _WHOLE_DROPPED."""
    torch.set_num_threads(1)
    drawn = np.random.default_rng(0).choice(len(rows.columns), min(_SAMPLE, len(rows.columns)), replace=False)
    sample = rows.columns[np.sort(drawn)].astype(np.float32)
    mean, scale = sample.mean(0), (1 / (sample.std(0) + 1e-3)).astype(np.float32)
    made = [list(_fit_one(rows, mean, scale, dropped).arrays()) for dropped in _WHOLE_DROPPED]
    layers = list(zip(*made, strict=True))
    return PageNetwork(
        mean,
        scale,
        tuple(np.stack([w for w, _ in layer]) for layer in layers),
        tuple(np.stack([b for _, b in layer]) for layer in layers),
    )
