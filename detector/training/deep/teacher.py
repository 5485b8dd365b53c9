"""
The teacher: a causal language model that reads on, and two layers above it that look both ways.

The trunk is SmolLM2-135M (Llama's layout: Touvron et al. 2023). It reads a row from left to right, within each
segment, and goes on learning to foretell human text, so that what surprises it keeps its meaning. Above it, two layers
see the whole segment: what each token is, how much it surprised, and what comes after. The heads are those of
`network.Network`.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

VOCABULARY, CHANNELS, LAYERS, HEADS, GROUPS, INNER = 49_152, 576, 30, 9, 3, 1536
WIDE = CHANNELS // HEADS
BASE = 100_000.0  # of the rotary positions
MIXERS = 2
NOBODY = 255
FORETOLD = 4  # one row in so many teaches it to foretell human text
SURPRISE_SCALE = 5.0  # nats; the mean on news is about 3.5


class Said(NamedTuple):
    """What the teacher says of a batch: class logits [B, S, C], token logits [B, L], and how it foretold human text."""

    classes: Tensor
    broken: Tensor
    foretold: Tensor


def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions over neighbouring channels (Su et al. 2021); x is [B, heads, L, WIDE]."""
    even, odd = x[..., ::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Layer(nn.Module):
    """One pre-norm layer with grouped keys and values, and a gated inner part."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.RMSNorm(CHANNELS, eps=1e-5)
        self.q = nn.Linear(CHANNELS, CHANNELS, bias=False)
        self.k = nn.Linear(CHANNELS, GROUPS * WIDE, bias=False)
        self.v = nn.Linear(CHANNELS, GROUPS * WIDE, bias=False)
        self.attended = nn.Linear(CHANNELS, CHANNELS, bias=False)
        self.norm2 = nn.RMSNorm(CHANNELS, eps=1e-5)
        self.gate = nn.Linear(CHANNELS, INNER, bias=False)
        self.up = nn.Linear(CHANNELS, INNER, bias=False)
        self.down = nn.Linear(INNER, CHANNELS, bias=False)

    def forward(self, x: Tensor, mask: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Hidden states [B, L, CHANNELS] -> the same; mask [B, 1, L, L] is true where a token may look."""
        b, n, _ = x.shape
        y = self.norm1(x)
        q = turned(self.q(y).view(b, n, HEADS, WIDE).transpose(1, 2), cos, sin)
        k = turned(self.k(y).view(b, n, GROUPS, WIDE).transpose(1, 2), cos, sin)
        v = self.v(y).view(b, n, GROUPS, WIDE).transpose(1, 2)
        k, v = (t.repeat_interleave(HEADS // GROUPS, 1) for t in (k, v))
        y = fn.scaled_dot_product_attention(q.to(v.dtype), k.to(v.dtype), v, attn_mask=mask)
        x = x + self.attended(y.transpose(1, 2).reshape(b, n, CHANNELS))
        y = self.norm2(x)
        done: Tensor = x + self.down(fn.silu(self.gate(y)) * self.up(y))
        return done


def surprise(hidden: Tensor, table: Tensor, following: Tensor) -> Tensor:
    """Minus the log-probability of the following token at each place, [B, L]."""
    logits = (hidden @ table.T).float()
    return torch.logsumexp(logits, -1) - logits.gather(-1, following[..., None]).squeeze(-1)


class Teacher(nn.Module):
    """Token ids, segments and sentences -> what `Said` holds."""

    def __init__(self, classes: int = 5) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, CHANNELS)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = nn.RMSNorm(CHANNELS, eps=1e-5)
        self.surprised = nn.Linear(2, CHANNELS)
        mixers = [Layer() for _ in range(MIXERS)]
        for mixer in mixers:  # they begin as if they were not there
            nn.init.zeros_(mixer.attended.weight)
            nn.init.zeros_(mixer.down.weight)
        self.mixers = nn.ModuleList(mixers)
        self.last = nn.RMSNorm(CHANNELS, eps=1e-5)
        self.pool = nn.Linear(CHANNELS, 1)
        self.mixed = nn.Linear(2 * CHANNELS, CHANNELS)
        self.classes = nn.Linear(CHANNELS, classes)
        self.broken = nn.Linear(CHANNELS, 1)

    def trunk(self) -> list[nn.Parameter]:
        """The parameters that come from the language model."""
        return [*self.words.parameters(), *self.layers.parameters(), *self.norm.parameters()]

    def forward(self, ids: Tensor, segment: Tensor, member: Tensor, human: Tensor) -> Said:
        """
        Reads ids and segment [B, L]; member [B, S, L], 1 where a token is of a sentence; human [B, L], true for the
        tokens of human text, which alone are foretold. Where nothing stands, segment is NOBODY.
        """
        n = ids.shape[1]
        where = torch.arange(n, device=ids.device)
        angle = where[:, None] / BASE ** (torch.arange(0, WIDE, 2, device=ids.device) / WIDE)
        cos, sin = angle.cos(), angle.sin()
        same = segment[:, :, None] == segment[:, None, :]
        causal = (same & (where[:, None] >= where[None, :]))[:, None]
        x = self.words(ids)
        for layer in self.layers:
            x = layer(x, causal, cos, sin)
        x = self.norm(x)
        follows = (segment[:, 1:] == segment[:, :-1]) & (segment[:, 1:] != NOBODY)
        table = self.words.weight.to(torch.bfloat16) if x.is_cuda else self.words.weight
        y = x[:, :-1].to(table.dtype)
        with torch.no_grad():
            each = surprise(y, table, ids[:, 1:])
        told = follows & human[:, 1:]
        if self.training:  # from a part of the rows: all of them would cost a fifth of the time
            some = slice(0, -(-len(ids) // FORETOLD))
            again = surprise(y[some], table, ids[some, 1:])
            foretold = (again * told[some]).sum() / told[some].sum().clamp(min=1)
        else:
            foretold = (each * told).sum() / told.sum().clamp(min=1)
        before = fn.pad((each * follows).detach(), (1, 0)) / SURPRISE_SCALE
        x = x + self.surprised(torch.stack((before, before.square()), -1))
        for mixer in self.mixers:
            x = mixer(x, same[:, None], cos, sin)
        x = self.last(x)
        mean = member.to(x.dtype) @ x / member.sum(-1, keepdim=True).clamp(min=1).to(x.dtype)
        weight = self.pool(x).float().transpose(1, 2) + (member - 1) * 1e4
        best = torch.softmax(weight, -1).to(x.dtype) @ x
        both = torch.cat([mean.to(x.dtype), best.to(x.dtype)], -1)
        return Said(self.classes(torch.tanh(self.mixed(both))), self.broken(x).squeeze(-1), foretold)
