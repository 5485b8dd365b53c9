"""
The training loop: packed rows in, a checkpoint every few minutes, resumable.

Weights live in bfloat16 where the machine computes them so, with a 32-bit
master copy in the optimiser. The learning rate rises, stays, and falls linearly over
the last part of the steps; when a run stops early, the fall can be asked for later
(`--steps` at the next start).
"""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from detector.encoder import CLASSES
from detector.training.deep.network import Network
from detector.training.deep.shards import NOBODY, SENTENCES

Rows = dict[str, np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """How to train. Rates are for AdamW at `rows` x 128 tokens a step."""

    steps: int
    rows: int = 16
    rate: float = 1.5e-4
    head_rate: float = 8.0e-4
    warm: int = 200
    fall: float = 0.35  # the share of the steps over which the rate falls to nothing
    word_weight: float = 0.5  # the word head's loss against the sentence head's
    pair_weight: float = 0.5  # the pairs' loss against the sentence head's
    every: int = 150  # steps between checkpoints


def inputs(rows: Rows, dtype: torch.dtype, device: torch.device) -> dict[str, Tensor]:
    """Tensors of a batch, with the masks that packing needs."""
    got = {
        name: torch.from_numpy(rows[name].astype(np.int64)).to(device)
        for name in ("ids", "shape", "place", "segment", "sentence")
    }
    same = got["segment"][:, :, None] == got["segment"][:, None, :]
    got["mask"] = torch.zeros(same.shape, dtype=dtype, device=device).masked_fill_(~same, -1e4)[:, None]
    numbers = torch.arange(SENTENCES, device=device)
    got["member"] = (got["sentence"][:, None, :] == numbers[None, :, None]).to(dtype)
    got["better"] = torch.from_numpy(rows["better"].astype(np.int64)).to(device)
    for name in ("word", "target", "weight"):
        got[name] = torch.from_numpy(rows[name].astype(np.float32)).to(device)
    return got


def against_human(classes: Tensor) -> Tensor:
    """The log-odds of garble against the three human classes, which is what is read of the model; [B, S]."""
    human = [CLASSES.index(name) for name in ("native", "human_translation", "learner")]
    return classes[..., CLASSES.index("garble")] - torch.logsumexp(classes[..., human], -1)


def losses(network: Network, batch: dict[str, Tensor], recipe: Recipe) -> tuple[Tensor, Tensor, Tensor]:
    """The loss of the sentence classes, of the words, and of the pairs (RankNet: Burges et al. 2005)."""
    x = network.encode(batch["ids"], batch["shape"], batch["place"], batch["mask"])
    classes, broken = network.judge(x, batch["member"])
    sentence, pair = of_sentences(classes, batch["target"], batch)
    word = of_words(broken, batch["word"], (batch["word"] >= 0) & (batch["segment"] != NOBODY))
    return sentence, recipe.word_weight * word, recipe.pair_weight * pair


def of_words(broken: Tensor, degree: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy of the tokens of which it is known how broken they are; those that are count twice."""
    pull = torch.where(degree > 0, 2.0, 1.0) * known
    each = fn.binary_cross_entropy_with_logits(broken.float(), degree.clamp(min=0), reduction="none")
    return (each * pull).sum() / known.sum().clamp(min=1)


def of_sentences(classes: Tensor, target: Tensor, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Cross-entropy of the classes with a target [B, S, C], and the loss of the pairs."""
    each = -(target * torch.log_softmax(classes.float(), -1)).sum(-1)
    sentence = (each * batch["weight"]).sum() / batch["weight"].sum().clamp(min=1)
    margin = against_human(classes.float())
    paired = batch["better"] < SENTENCES
    better = margin.gather(1, torch.where(paired, batch["better"], 0))
    each_pair = fn.softplus(better - margin) * paired
    return sentence, each_pair.sum() / paired.sum().clamp(min=1)


def rate(step: int, recipe: Recipe) -> float:
    """The share of the full learning rate at a step."""
    fall = int(recipe.steps * recipe.fall)
    return min(1.0, (step + 1) / recipe.warm, max(0.0, (recipe.steps - step) / max(1, fall)))


def computes_bf16() -> bool:
    """Whether the CPU multiplies bfloat16 itself; where it does not, 32 bits are several times as fast."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


class Trainer:
    """A network, its optimiser, and where it stands."""

    def __init__(self, network: Network, recipe: Recipe, folder: Path, device: torch.device, threads: int) -> None:
        self.recipe, self.folder, self.device = recipe, folder, device
        self.dtype = torch.bfloat16 if device.type == "cuda" or computes_bf16() else torch.float32
        self.network = network.to(device=device, dtype=self.dtype)
        frozen = [network.words, network.places, network.norm, *network.layers[: network.size.frozen]]
        for module in frozen:
            module.requires_grad_(requires_grad=False)
        heads = {"shapes", "pool", "mixed", "classes", "broken"}
        self.live = [(n, p) for n, p in self.network.named_parameters() if p.requires_grad]
        self.master = [p.detach().float().clone() for _, p in self.live]
        groups = []
        for head in (False, True):
            chosen = [m for m, (n, _) in zip(self.master, self.live, strict=True) if (n.split(".")[0] in heads) == head]
            groups.append({"params": chosen, "lr": 0.0, "full": recipe.head_rate if head else recipe.rate})
        self.optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.01, fused=True)
        self.step = 0
        # On a CPU each thread takes part of the batch: where others share the cores, threads that wait for one
        # another within every operation lose half their time. The parts are the same for any number of threads.
        self.parts = 1 if device.type == "cuda" else 2
        torch.set_num_threads(1)
        self.workers = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))

    def checkpoint(self) -> Path:
        """Where the state of the run is kept."""
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Write the state beside the old one, then replace it."""
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "master": self.master,
            "optimiser": self.optimiser.state_dict(),
        }
        part = self.checkpoint().with_suffix(".part")
        torch.save(state, part)
        part.replace(self.checkpoint())

    def resume(self) -> None:
        """Go on from the last checkpoint, if there is one."""
        if not self.checkpoint().exists():
            return
        state = torch.load(self.checkpoint(), weights_only=True, map_location=self.device)
        self.network.load_state_dict(state["network"])
        for mine, kept in zip(self.master, state["master"], strict=True):
            mine.copy_(kept)
        full = [group["full"] for group in self.optimiser.param_groups]
        self.optimiser.load_state_dict(state["optimiser"])
        for group, value in zip(self.optimiser.param_groups, full, strict=True):
            group["full"] = value
        self.step = state["step"]

    def trained(self) -> Network:
        """The network in 32 bits, with the master copy's weights."""
        network = Network(self.network.size)
        network.load_state_dict({name: value.float().cpu() for name, value in self.network.state_dict().items()})
        with torch.no_grad():
            named = dict(network.named_parameters())
            for master, (name, _) in zip(self.master, self.live, strict=True):
                named[name].copy_(master)
        return network.eval()

    def learn(self, rows: Rows) -> tuple[float, ...]:
        """One step."""
        share = rate(self.step, self.recipe)
        for group in self.optimiser.param_groups:
            group["lr"] = group["full"] * share
        parts = [{name: values[at :: self.parts] for name, values in rows.items()} for at in range(self.parts)]
        done = list(self.workers.map(self.gradients, parts))
        for k, master in enumerate(self.master):
            master.grad = torch.stack([grads[k] for grads, _ in done]).float().mean(0)
        torch.nn.utils.clip_grad_norm_(self.master, 1.0)
        self.optimiser.step()
        with torch.no_grad():
            for master, (_, parameter) in zip(self.master, self.live, strict=True):
                parameter.copy_(master)
        self.step += 1
        return tuple(np.mean([loss for _, loss in done], 0).tolist())

    def gradients(self, rows: Rows) -> tuple[list[Tensor], tuple[float, ...]]:
        """The gradients of a part of a batch, on the calling thread."""
        parts = losses(self.network, inputs(rows, self.dtype, self.device), self.recipe)
        grads = torch.autograd.grad(torch.stack(parts).sum(), [p for _, p in self.live])
        return list(grads), tuple(part.item() for part in parts)

    def run(self, batches: Callable[[int], Iterator[Rows]], until: float) -> None:
        """Train to the last step, or to a clock time (seconds since the epoch)."""
        torch.manual_seed(self.step)
        began, seen, mean = time.time(), 0, np.zeros(3)
        for done, rows in enumerate(batches(self.step), 1):
            loss = self.learn(rows)
            seen += int((rows["segment"] != NOBODY).sum())
            mean += (np.array(loss) - mean) * max(0.02, 1 / done)
            late = time.time() > until
            if self.step % 20 == 0:
                line = {
                    "step": self.step,
                    "tokens": seen,
                    "seconds": round(time.time() - began),
                    "sentence": round(float(mean[0]), 4),
                    "word": round(float(mean[1]), 4),
                    "pair": round(float(mean[2]), 4),
                }
                with (self.folder / "log.jsonl").open("a") as log:
                    log.write(json.dumps(line) + "\n")
            if self.step % self.recipe.every == 0 or self.step >= self.recipe.steps or late:
                self.save()
            if self.step >= self.recipe.steps or late:
                return
