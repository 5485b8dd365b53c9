"""
The weights we start from: the lower layers of a published encoder, or a model that was shipped.

Takes the ONNX file of e5-small-v2 (12 x 384, MIT), whose matrices carry no
names: they are told apart by their order in the graph.
"""

import json
import re
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from detector.training.deep.network import Layer, Network

MATRICES = 6  # of a layer, in this order: query, key, value, attended, up, down


def published(path: Path) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """The named weights of an exported BERT, and its unnamed matrices in graph order."""
    graph = onnx.load(str(path)).graph
    named = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    matrices = [named[node.input[1]] for node in graph.node if node.op_type == "MatMul" and node.input[1] in named]
    return named, matrices


def fill(network: Network, path: Path, keep: list[int]) -> None:
    """Copy embeddings (of the kept ids) and the lowest layers into a network."""
    named, matrices = published(path)

    def weight(suffix: str) -> Tensor:
        (name,) = (n for n in named if n.endswith(suffix))
        return torch.from_numpy(named[name].copy())

    with torch.no_grad():
        network.words.weight.copy_(weight("word_embeddings.weight")[keep])
        network.places.weight.copy_(weight("position_embeddings.weight") + weight("token_type_embeddings.weight")[0])
        network.shapes.weight.normal_(0, 0.02)
        network.norm.weight.copy_(weight("embeddings.LayerNorm.weight"))
        network.norm.bias.copy_(weight("embeddings.LayerNorm.bias"))
        for i, module in enumerate(network.layers):
            layer = cast("Layer", module)
            q, k, v, attended, up, down = (
                torch.from_numpy(m.copy()).T for m in matrices[MATRICES * i : MATRICES * (i + 1)]
            )
            layer.qkv.weight.copy_(torch.cat([q, k, v]))
            part = f"encoder.layer.{i}."
            biases = [weight(f"{part}attention.self.{name}.bias") for name in ("query", "key", "value")]
            layer.qkv.bias.copy_(torch.cat(biases))
            for linear, matrix, name in (
                (layer.attended, attended, "attention.output.dense.bias"),
                (layer.up, up, "intermediate.dense.bias"),
                (layer.down, down, "output.dense.bias"),
            ):
                linear.weight.copy_(matrix)
                linear.bias.copy_(weight(part + name))
            for norm, name in ((layer.norm1, "attention.output.LayerNorm"), (layer.norm2, "output.LayerNorm")):
                norm.weight.copy_(weight(part + name + ".weight"))
                norm.bias.copy_(weight(part + name + ".bias"))


def resume_from(network: Network, folder: Path) -> None:
    """
    Copy what a model folder has learnt into a network that holds the published weights.

    Eight bits come back as 32 with their scales. What was frozen when that model was trained (its lowest layers, and
    then the tables too) stays as published, and exact. Matrices have numbers for names, in the order in which the
    network uses them.
    """
    frozen: int = json.loads((folder / "manifest.json").read_text("utf-8"))["size"]["frozen"]
    graph = onnx.load(str(folder / "model.onnx")).graph
    named = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    numbers = {int(m.group(1)): m.group() for name in named if (m := re.match(r"onnx::MatMul_(\d+)", name))}

    def matrix(name: str) -> np.ndarray:
        whole = named.get(f"{name}_quantized")
        return named[name] if whole is None else whole.astype(np.float32) * named[f"{name}_scale"]

    found = [matrix(name) for _, name in sorted(numbers.items())]
    with torch.no_grad():
        network.shapes.weight.copy_(torch.from_numpy(named["network.shapes.weight"].copy()))
        if not frozen:
            table = named["network.words.weight.rows"] * named["network.words.weight.scale"]
            network.words.weight.copy_(torch.from_numpy(table))
            places = named["network.places.weight"]  # as many as a chunk has tokens
            network.places.weight[: len(places)].copy_(torch.from_numpy(places.copy()))
            for name in ("weight", "bias"):
                getattr(network.norm, name).copy_(torch.from_numpy(named[f"network.norm.{name}"].copy()))
        linears = [
            (f"network.layers.{i}.{name}", getattr(layer, name))
            for i, layer in enumerate(network.layers)
            for name in ("qkv", "attended", "up", "down")
        ]
        linears += [(f"network.{name}", getattr(network, name)) for name in ("pool", "mixed", "classes", "broken")]
        for (name, linear), values in zip(linears, found, strict=True):
            if name.startswith(tuple(f"network.layers.{i}." for i in range(frozen))):
                continue
            linear.weight.copy_(torch.from_numpy(values.T.copy()))
            linear.bias.copy_(torch.from_numpy(named[f"{name}.bias"].copy()))
        for i, module in enumerate(network.layers):
            layer = cast("Layer", module)
            for name, norm in (("norm1", layer.norm1), ("norm2", layer.norm2)):
                if i >= frozen:
                    norm.weight.copy_(torch.from_numpy(named[f"network.layers.{i}.{name}.weight"].copy()))
                    norm.bias.copy_(torch.from_numpy(named[f"network.layers.{i}.{name}.bias"].copy()))
