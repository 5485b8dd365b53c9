"""
The network: a small BERT-like encoder that reads packed rows of sentences.

Every row is a fixed number of tokens and holds one or more *segments* (runs of
sentences). Tokens see their own segment only. Two heads: the class of each
sentence, and for each token whether it is broken. There is no dropout: it
halves the speed on a CPU, and no text is seen often enough to be learnt by heart.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

SHAPES = 10  # see texts.shape_of


@dataclass(frozen=True)
class Size:
    """What a network is made of."""

    vocabulary: int
    layers: int
    hidden: int = 384
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    classes: int = 5
    frozen: int = 0  # layers that keep their published weights; shapes join above them

    def as_dict(self) -> dict[str, int]:
        """The sizes by name, for a manifest."""
        return asdict(self)


class Layer(nn.Module):
    """One post-norm transformer layer, with queries, keys and values in one matrix."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads = size.heads
        self.qkv = nn.Linear(size.hidden, 3 * size.hidden)
        self.attended = nn.Linear(size.hidden, size.hidden)
        self.norm1 = nn.LayerNorm(size.hidden, eps=1e-12)
        self.up = nn.Linear(size.hidden, size.inner)
        self.down = nn.Linear(size.inner, size.hidden)
        self.norm2 = nn.LayerNorm(size.hidden, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Hidden states [B, L, H] -> hidden states; mask is added to the attention scores."""
        b, n, h = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4)
        y = fn.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        y = self.attended(y.transpose(1, 2).reshape(b, n, h))
        x = self.norm1(x + y)
        y = self.down(fn.gelu(self.up(x)))
        done: Tensor = self.norm2(x + y)
        return done


class Network(nn.Module):
    """Token ids, shapes and positions -> sentence class logits and token logits."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.words = nn.Embedding(size.vocabulary, size.hidden)
        self.places = nn.Embedding(size.positions, size.hidden)
        self.shapes = nn.Embedding(SHAPES, size.hidden)
        self.norm = nn.LayerNorm(size.hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer(size) for _ in range(size.layers))
        self.pool = nn.Linear(size.hidden, 1)
        self.mixed = nn.Linear(2 * size.hidden, size.hidden)
        self.classes = nn.Linear(size.hidden, size.classes)
        self.broken = nn.Linear(size.hidden, 1)

    def encode(self, ids: Tensor, shapes: Tensor, places: Tensor, mask: Tensor | None) -> Tensor:
        """Hidden states of every token, [B, L, H]."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.size.frozen):
            x: Tensor = self.norm(self.words(ids) + self.places(places))
            for layer in self.layers[: self.size.frozen]:
                x = layer(x, mask)
        x = x + self.shapes(shapes)
        for layer in self.layers[self.size.frozen :]:
            x = layer(x, mask)
        return x

    def judge(self, x: Tensor, member: Tensor) -> tuple[Tensor, Tensor]:
        """
        Hidden states and membership [B, S, L] (1 where a token is of a sentence)
        -> class logits [B, S, C] and token logits [B, L].
        """
        mean = member @ x / member.sum(-1, keepdim=True).clamp(min=1)
        weight = self.pool(x).transpose(1, 2) + (member - 1) * 1e4
        best = torch.softmax(weight.float(), -1).to(x.dtype) @ x
        both = torch.cat([mean, best], -1)
        return self.classes(torch.tanh(self.mixed(both))), self.broken(x).squeeze(-1)
