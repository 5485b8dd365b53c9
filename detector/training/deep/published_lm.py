"""
The language model that the teacher starts from: SmolLM2-135M-Instruct (Apache-2.0), as its package carries it.

The file is GGUF: matrices in four bits, the table of tokens in eight. Queries and keys come in the order that rotates
neighbouring channels, which is how `teacher` rotates them.
"""

from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

__all__ = ["CHANNELS", "LAYERS", "LINEARS", "tokenizer", "weights"]

LAYERS, CHANNELS = 30, 576
LINEARS = {
    "attn_q": "q",
    "attn_k": "k",
    "attn_v": "v",
    "attn_output": "attended",
    "ffn_gate": "gate",
    "ffn_up": "up",
    "ffn_down": "down",
}
NORMS = {"attn_norm": "norm1", "ffn_norm": "norm2"}


def _reader(path: Path) -> Any:  # noqa: ANN401 - gguf carries no types
    from gguf import GGUFReader  # noqa: PLC0415 - needed for this file alone

    return GGUFReader(str(path))


def weights(path: Path) -> dict[str, np.ndarray]:
    """The weights in 32 bits, by the names of `teacher.Trunk`."""
    from gguf.quants import dequantize  # noqa: PLC0415

    found: dict[str, np.ndarray] = {}
    for tensor in _reader(path).tensors:
        values = np.ascontiguousarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        parts = tensor.name.removesuffix(".weight").split(".")
        if parts[0] == "blk":
            name = LINEARS.get(parts[2]) or NORMS[parts[2]]
            found[f"layers.{parts[1]}.{name}.weight"] = values
        else:
            found[{"token_embd": "words.weight", "output_norm": "norm.weight"}[parts[0]]] = values
    return found


def tokenizer(path: Path) -> Tokenizer:
    """Its byte-pair tokenizer; digits stand alone."""
    fields = _reader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(pair.split(" ")) for pair in fields["tokenizer.ggml.merges"].contents()]
    cut = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    cut.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    cut.decoder = decoders.ByteLevel()
    cut.add_special_tokens([AddedToken(tokens[0], special=True)])
    return cut
