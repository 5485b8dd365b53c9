"""What is exported of the neural model reads as the network does that was trained."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("onnx", reason="the extra [train] is not installed")
pytest.importorskip("onnxruntime", reason="the extra [deep] is not installed")

import onnxruntime
import torch

from detector.training.deep import export
from detector.training.deep.network import Network, Size
from detector.training.deep.shards import TOKENS
from detector.training.deep.start import resume_from

SHARE = 0.05
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def network() -> Network:
    """Two layers in which some tokens have an entry a hundred times as large as the others, as trained ones do."""
    torch.manual_seed(3)
    made = Network(Size(vocabulary=200, layers=2))
    with torch.no_grad():
        for layer in made.layers:
            layer.up.weight[7, :40] *= 200
            for norm in (layer.norm1, layer.norm2):
                norm.bias.normal_(0, 0.1)
                norm.weight.normal_(1, 0.1)
    return made


@pytest.fixture(scope="module")
def folder(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The network, exported."""
    made = tmp_path_factory.mktemp("exported")
    (made / "any.json").write_text("{}")
    export.write_folder(network, made / "any.json", made / "model", steps=1)
    return made / "model"


def test_eight_bits_read_as_thirty_two_where_a_token_has_an_outlier(network: Network, folder: Path) -> None:
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(5)
    ids, shapes = generator.integers(0, 200, (1, 40)), generator.integers(0, 9, (1, 40))
    member = np.zeros((1, 4, 40), np.float32)
    for k in range(4):
        member[0, k, 10 * k : 10 * k + 10] = 1
    classes, broken = session.run(None, {"ids": ids, "shapes": shapes, "member": member})
    with torch.no_grad():
        hidden = network.encode(torch.from_numpy(ids), torch.from_numpy(shapes), torch.arange(40)[None], None)
        wanted, marked = network.judge(hidden, torch.from_numpy(member))
    for found, exact in ((classes, wanted.numpy()), (broken, marked.numpy())):
        assert np.sqrt(np.mean((found - exact) ** 2)) < SHARE * exact.std()


def test_a_shipped_model_can_be_trained_on(network: Network, folder: Path) -> None:
    again = Network(network.size)
    resume_from(again, folder)
    for name, weight in again.layers[1].up.named_parameters():
        exact = dict(network.layers[1].up.named_parameters())[name]
        assert torch.allclose(weight, exact, atol=float(exact.abs().max()) / 100), name
    for whole, exact in ((again.words, network.words), (again.norm, network.norm)):
        assert torch.allclose(whole.weight, exact.weight, atol=float(exact.weight.abs().max()) / 100)
    assert torch.equal(again.places.weight[:TOKENS], network.places.weight[:TOKENS])


def test_what_was_frozen_stays_exact(network: Network, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "model")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["size"]["frozen"] = 1
    (tmp_path / "model" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    again = Network(network.size)
    words, lowest, above = (x.weight.clone() for x in (again.words, again.layers[0].up, again.layers[1].up))
    resume_from(again, tmp_path / "model")
    assert torch.equal(again.words.weight, words)
    assert torch.equal(again.layers[0].up.weight, lowest)
    assert not torch.equal(again.layers[1].up.weight, above)
