"""
Train the sentence model: `python -m detector.training.deep --data DIR --out DIR`.

The published encoder (e5-small-v2, ONNX and tokenizer) lies in --out or is
named. Started again with the same --out, the run goes on where it was; what it
has by then is in `model/` of --out. Reproducible from one seed, on one kind of machine.
"""

import argparse
import json
import time
from multiprocessing import get_context
from pathlib import Path

import torch

from detector.training.deep import export, prepare, shards, start
from detector.training.deep.network import Network, Size
from detector.training.deep.train import Recipe, Trainer


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m detector.training.deep", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds train/")
    parser.add_argument("--out", type=Path, required=True, help="folder for shards, checkpoints and the model")
    parser.add_argument("--encoder", type=Path, help="e5-small-v2 as ONNX; default: e5-small-v2.onnx in --out")
    parser.add_argument("--tokenizer", type=Path, help="its tokenizer; default: e5-small-v2-tokenizer.json in --out")
    parser.add_argument("--roundtrips", type=Path, help="made by python -m detector.training.deep.roundtrips")
    parser.add_argument("--damaged", type=Path, help="made by python -m detector.training.deep.damaged")
    parser.add_argument("--start", type=Path, help="a model folder that was shipped, to train it on")
    parser.add_argument("--without", nargs="+", default=[], metavar="POOL", help="leave these kinds of text out")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--fall", type=float, default=0.35, help="the share of the steps over which the rate falls")
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--frozen", type=int, default=3)
    parser.add_argument("--vocabulary", type=int, default=24000)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after so long; start again to go on")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=4)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    out: Path = options.out
    (out / "shards").mkdir(parents=True, exist_ok=True)
    encoder = options.encoder or out / "e5-small-v2.onnx"
    cutter = options.tokenizer or out / "e5-small-v2-tokenizer.json"
    sources = prepare.Sources(
        options.data, options.roundtrips, encoder, cutter, options.seed, frozenset(options.without), options.damaged
    )
    if options.start is not None:
        prepare.adopt(options.start / "tokenizer.json", cutter, out)
    prepare.vocabulary(sources, out, options.vocabulary)
    recipe = Recipe(steps=options.steps, rate=options.rate, fall=options.fall)
    last = -(-recipe.steps * recipe.rows // prepare.SHARD)
    writer = get_context("spawn").Process(target=prepare.write_shards, args=(sources, out, last), daemon=True)
    if not all((out / "shards" / f"{number:04d}.npz").exists() for number in range(last)):
        writer.start()
    size = Size(options.vocabulary, options.layers, frozen=options.frozen)
    network = Network(size)
    start.fill(network, encoder, json.loads((out / "keep.json").read_text()))
    if options.start is not None:
        start.resume_from(network, options.start)
    (out / "size.json").write_text(json.dumps(size.as_dict()))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    trainer = Trainer(network, recipe, out, device, options.threads)
    trainer.resume()
    until = time.time() + 60 * options.minutes
    trainer.run(lambda step: prepare.reader(out / "shards", recipe.rows, recipe.steps, step), until)
    if writer.is_alive():
        writer.terminate()
    before = {} if options.start is None else json.loads((options.start / "manifest.json").read_text("utf-8"))
    steps = trainer.step + before.get("steps", 0)
    export.write_folder(
        trainer.trained(),
        out / "tokenizer.json",
        out / "model",
        steps=steps,
        tokens_seen=steps * recipe.rows * shards.TOKENS,
        seed=options.seed,
    )


if __name__ == "__main__":
    main()
