"""From a checkpoint to the model folder: ONNX, eight bits, tokenizer, manifest."""

import copy
import shutil
import tempfile
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional as fn

from detector.assets import write_manifest
from detector.encoder import CLASSES, FORMAT, VERSION
from detector.training.deep.lean import lean
from detector.training.deep.network import Layer, Network
from detector.training.deep.shards import TOKENS

# What a token is divided by at the least. GELU's own minimum is -0.17: a token in which nothing is active would widen
# the range downward for all others.
LEAST, LEAST_ACTIVE = 1e-6, 0.5


class ByToken(nn.Module):
    """
    A matrix whose input is divided by each token's own largest entry first, and the product multiplied by it after.

    In 32 bits that changes nothing. In eight, one range holds for a whole chunk: a
    token with an outlier, of which the wide inner layers have some, would leave
    the others a few steps of it (per-token ranges as in ZeroQuant, Yao et al. 2022).
    """

    def __init__(self, matrix: nn.Linear, *, least: float) -> None:
        super().__init__()
        self.weight, self.bias, self.least = matrix.weight, matrix.bias, least

    def forward(self, x: Tensor) -> Tensor:
        """[..., inputs] -> [..., outputs]."""
        largest = x.abs().amax(-1, keepdim=True).clamp(min=self.least)
        product: Tensor = fn.linear(x / largest, self.weight) * largest
        return product + self.bias


class Exported(nn.Module):
    """A copy of the network as it runs: one chunk, no padding, no mask."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = copy.deepcopy(network).float().cpu()
        self.network.places.weight = nn.Parameter(network.places.weight.detach()[:TOKENS].clone())  # no chunk is longer
        for module in self.network.layers:
            layer = cast("Layer", module)
            layer.up = cast("nn.Linear", ByToken(layer.up, least=LEAST))
            layer.down = cast("nn.Linear", ByToken(layer.down, least=LEAST_ACTIVE))

    def forward(self, ids: Tensor, shapes: Tensor, member: Tensor) -> tuple[Tensor, Tensor]:
        """[1, L] ids and shapes, [1, S, L] membership -> [1, S, classes] and [1, L] logits."""
        places = torch.arange(ids.shape[1], device=ids.device)[None]
        x = self.network.encode(ids, shapes, places, None)
        classes, broken = self.network.judge(x, member)
        return classes, broken


def write_float(network: Network, path: Path) -> None:
    """The network in 32 bits as ONNX."""
    model = Exported(network).eval()
    ids = torch.randint(5, 100, (1, 24))
    member = torch.zeros(1, 3, 24)
    member[0, 0, 1:8] = member[0, 1, 8:17] = member[0, 2, 17:] = 1
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids), member),
        str(path),
        input_names=["ids", "shapes", "member"],
        output_names=["classes", "broken"],
        dynamic_axes={
            "ids": {1: "n"},
            "shapes": {1: "n"},
            "member": {1: "s", 2: "n"},
            "classes": {1: "s"},
            "broken": {1: "n"},
        },
        opset_version=17,
        dynamo=False,
    )


def eight_bit_table(model: onnx.ModelProto, name: str) -> None:
    """
    Store an embedding table in eight bits with a scale for every row.

    Gather reads the bytes of a row and its scale; the product is the row. The
    quantiser would use one scale for the whole table.
    """
    (table,) = (t for t in model.graph.initializer if t.name == name)
    values = numpy_helper.to_array(table).astype(np.float32)
    scale = np.maximum(np.abs(values).max(1, keepdims=True), 1e-8) / 127
    model.graph.initializer.remove(table)
    model.graph.initializer.append(numpy_helper.from_array(np.round(values / scale).astype(np.int8), name + ".rows"))
    model.graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), name + ".scale"))
    for at, node in enumerate(list(model.graph.node)):
        if node.op_type == "Gather" and node.input[0] == name:
            index, out = node.input[1], node.output[0]
            made = [
                helper.make_node("Gather", [name + ".rows", index], [out + ".bytes"], name=out + ".rows"),
                helper.make_node("Cast", [out + ".bytes"], [out + ".float"], name=out + ".cast", to=1),
                helper.make_node("Gather", [name + ".scale", index], [out + ".scale"], name=out + ".scales"),
                helper.make_node("Mul", [out + ".float", out + ".scale"], [out], name=out + ".mul"),
            ]
            model.graph.node.remove(node)
            for k, new in enumerate(made):
                model.graph.node.insert(at + k, new)
            return
    msg = f"no Gather reads {name}"
    raise ValueError(msg)


def matrices(model: onnx.ModelProto) -> list[str]:
    """The multiplications by a weight matrix: those that are worth eight bits."""
    weights = {t.name for t in model.graph.initializer if len(t.dims) == 2 and min(t.dims) >= 384}
    return [n.name for n in model.graph.node if n.op_type in ("MatMul", "Gemm") and set(n.input) & weights]


def write_folder(network: Network, tokenizer: Path, folder: Path, **facts: object) -> None:
    """
    The folder that `detector.encoder` reads.

    The ranges of activations are taken call by call (a call is one chunk at its
    exact length, so no other text has a say in them): fixed ranges lost far more.
    Weights keep to seven of the eight bits, which sums without overflow on CPUs
    that lack VNNI.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain, whole = Path(scratch) / "float.onnx", Path(scratch) / "quantised.onnx"
        write_float(network, plain)
        quantize_dynamic(
            str(plain),
            str(whole),
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_quantize=matrices(onnx.load(str(plain))),
        )
        done = onnx.load(str(whole))
    table = next(t.name for t in done.graph.initializer if t.dims and t.dims[0] == network.size.vocabulary)
    eight_bit_table(done, table)
    onnx.save(lean(done, network.size.as_dict()), str(folder / "model.onnx"))
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    write_manifest(folder, FORMAT, VERSION, tokens=TOKENS, classes=list(CLASSES), size=network.size.as_dict(), **facts)
