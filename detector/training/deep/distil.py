"""
Teach the small network by a larger one: `python -m detector.training.deep.distil --data DIR --out DIR --lm FILE.gguf`.

First a language model learns from the packed rows what kind each sentence is (`teacher`). Then it reads fresh rows,
and the network that ships learns from them what the teacher says, beside what the labels say. A GPU does both in ten
minutes; two cores would need days. A phase ends after its steps, or after its minutes where they are given: the rate
follows whichever is further, so that it always falls to nothing at the end. What ships is the mean of the weights that
it began with and of those of every student. Killed, the same command goes on from the last checkpoint.
"""

import argparse
import copy
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from detector.training.deep import export, prepare, published_lm, shards, start, train
from detector.training.deep.network import Network, Size
from detector.training.deep.teacher import NOBODY, Said, Teacher

LENGTH = 144  # the teacher's tokens in a row of 128 word pieces; what has no room it does not read
WAITING = 2000  # batches that lie ready at most
Batch = dict[str, Tensor]
Rows = dict[str, np.ndarray]


@dataclass(frozen=True)
class Phase:
    """One training: when it ends, and its rates for AdamW at their highest."""

    steps: int
    rate: float
    head_rate: float
    minutes: float = 1e6
    warm: float = 0.04  # the share over which the rate rises

    def share(self, step: int, began: float) -> float:
        """How much of the phase is over."""
        return max(step / self.steps, (time.time() - began) / (60 * self.minutes))

    def height(self, done: float) -> float:
        """The share of the highest rate: up, then down in a straight line."""
        return max(0.0, min(1.0, done / self.warm, (1 - done) / (1 - self.warm)))


@dataclass(frozen=True)
class Weights:
    """What the parts of the losses weigh against that of the sentences. Words and pairs as in `train.Recipe`; what is
    foretold a tenth, so that it lives on and no more (not searched).
    """

    word: float = 0.5
    pair: float = 0.5
    foretold: float = 0.1


class Mill:
    """Processes that write batches of rows into a folder, in a fixed order whatever their number."""

    def __init__(self, make: Callable[[int], Rows], folder: Path, workers: int, first: int = 0) -> None:
        self.make, self.folder, self.workers = make, folder, workers
        folder.mkdir(parents=True, exist_ok=True)
        context = multiprocessing.get_context("fork")  # what is drawn from is large, and shared so
        self.read = context.Value("q", first)
        self.processes = [context.Process(target=self.grind, args=(first + k,), daemon=True) for k in range(workers)]

    def begin(self) -> None:
        """Start the processes."""
        for process in self.processes:
            process.start()

    def grind(self, first: int) -> None:
        """Write every so manieth batch."""
        number = first
        while True:
            while number > self.read.value + WAITING:
                time.sleep(0.05)
            path = self.folder / f"{number:06d}.npz"
            content: dict[str, Any] = dict(self.make(number))
            np.savez(path.with_suffix(".part.npz"), **content)
            path.with_suffix(".part.npz").replace(path)
            number += self.workers

    def take(self) -> Rows:
        """The next batch."""
        number = self.read.value
        path = self.folder / f"{number:06d}.npz"
        while not path.exists():
            if not all(process.is_alive() for process in self.processes):
                msg = "a process that writes training rows has died"
                raise RuntimeError(msg)
            time.sleep(0.01)
        with np.load(path) as kept:
            rows = {name: kept[name] for name in kept.files}
        path.unlink()
        self.read.value = number + 1
        return rows

    def end(self) -> None:
        """Stop the processes."""
        for process in self.processes:
            process.terminate()


def on_device(rows: Rows, device: torch.device) -> Batch:
    """Tensors of a batch for both networks, with the masks that packing needs."""
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    batch = train.inputs(rows, dtype, device)
    for name in ("t_ids", "t_segment", "t_sentence"):
        batch[name] = torch.from_numpy(rows[name].astype(np.int64)).to(device)
    batch["t_human"] = torch.from_numpy(rows["t_human"]).to(device)
    batch["t_word"] = torch.from_numpy(rows["t_word"].astype(np.float32)).to(device)
    numbers = torch.arange(shards.SENTENCES, device=device)
    batch["t_member"] = (batch["t_sentence"][:, None, :] == numbers[None, :, None]).float()
    return batch


def batches(mill: Mill, device: torch.device) -> Iterator[Batch]:
    """Batches on the device, a few of them ahead."""
    with ThreadPoolExecutor(1) as ahead:
        waiting = [ahead.submit(lambda: on_device(mill.take(), device)) for _ in range(3)]
        while True:
            waiting.append(ahead.submit(lambda: on_device(mill.take(), device)))
            yield waiting.pop(0).result()


def fuse(*networks: Teacher | Network) -> None:
    """Compile the layers, each kind once; without it a batch does not fit into 80 GB."""
    for network in networks:
        for layer in [*network.layers, *getattr(network, "mixers", [])]:
            layer.compile()


def said(teacher: nn.Module, batch: Batch) -> Said:
    """What the teacher says of a batch."""
    told: Said = teacher(batch["t_ids"], batch["t_segment"], batch["t_member"], batch["t_human"])
    return told


def optimiser(trunk: list[nn.Parameter], network: nn.Module, phase: Phase) -> torch.optim.AdamW:
    """AdamW with the highest rates in `full`."""
    low = {id(p) for p in trunk}
    heads = [p for p in network.parameters() if id(p) not in low]
    groups = [{"params": trunk, "full": phase.rate}, {"params": heads, "full": phase.head_rate}]
    return torch.optim.AdamW(
        [group | {"lr": 0.0} for group in groups], betas=(0.9, 0.98), eps=1e-6, weight_decay=0.01, fused=True
    )


def descend(network: nn.Module, steps: torch.optim.AdamW, loss: Tensor, height: float) -> None:
    """One step against the gradient of a loss."""
    for group in steps.param_groups:
        group["lr"] = group["full"] * height
    steps.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    steps.step()


def autocast(device: torch.device) -> torch.autocast:
    """Sixteen bits where a GPU computes."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")


@dataclass(frozen=True)
class Course:
    """What both trainings read from, weigh by and report to, and the folder of their checkpoints."""

    mill: Mill
    device: torch.device
    weights: Weights
    folder: Path

    def log(self, line: dict[str, float]) -> None:
        """Write down how far it is."""
        with (self.folder / "log.jsonl").open("a") as handle:
            handle.write(json.dumps(line) + "\n")


EVERY = 200  # steps between checkpoints


class State:
    """Networks and their optimisers, and where they stand: kept in a file, and taken from it."""

    def __init__(self, path: Path, networks: Sequence[nn.Module], steps: Sequence[torch.optim.AdamW]) -> None:
        self.path, self.networks, self.optimisers = path, networks, steps
        self.step = 0
        if path.exists():
            kept = torch.load(path, weights_only=True, map_location="cpu")
            self.step = kept["step"]
            for network, weights in zip(networks, kept["networks"], strict=True):
                network.load_state_dict(weights)
            for each, state in zip(steps, kept["optimisers"], strict=True):
                full = [group["full"] for group in each.param_groups]
                each.load_state_dict(state)
                for group, value in zip(each.param_groups, full, strict=True):
                    group["full"] = value

    def save(self, step: int) -> None:
        """Write beside the old file, then replace it."""
        self.step = step
        part = self.path.with_suffix(".part")
        torch.save(
            {
                "step": step,
                "networks": [network.state_dict() for network in self.networks],
                "optimisers": [each.state_dict() for each in self.optimisers],
            },
            part,
        )
        part.replace(self.path)


def coming(course: Course, phase: Phase, state: State) -> Iterator[tuple[int, float, Batch]]:
    """The steps that a phase has left: number, height of the rate, batch; keeps the state on the way."""
    began = time.time()
    for step, batch in enumerate(batches(course.mill, course.device), state.step):
        done = phase.share(step, began)
        if done >= 1:
            state.save(step)
            return
        if step > state.step and step % EVERY == 0:
            state.save(step)
        yield step, phase.height(done), batch


def teach(teacher: Teacher, course: Course, phase: Phase) -> int:
    """Train the teacher on the labels; returns the steps taken."""
    device, weights = course.device, course.weights
    steps = optimiser(teacher.trunk(), teacher, phase)
    state = State(course.folder / "teacher.pt", [teacher], [steps])
    for step, height, batch in coming(course, phase, state):
        with autocast(device):
            told = said(teacher, batch)
            known = (batch["t_word"] >= 0) & (batch["t_segment"] != NOBODY)
            sentence, pair = train.of_sentences(told.classes, batch["target"], batch)
            word = train.of_words(told.broken, batch["t_word"], known)
            loss = sentence + weights.pair * pair + weights.word * word + weights.foretold * told.foretold
        descend(teacher, steps, loss, height)
        if step % 50 == 0:
            parts = torch.stack((sentence, pair, word, told.foretold)).tolist()
            names = ("sentence", "pair", "word", "foretold")
            course.log({"step": step, **dict(zip(names, parts, strict=True))})
    return state.step


def learn(teacher: Teacher, students: list[tuple[Network, float]], course: Course, phase: Phase) -> int:
    """
    Train students by a teacher's opinion, each with a share of it (0: by the labels alone); returns the steps taken.
    All see the same rows.
    """
    device, weights = course.device, course.weights
    heads = {"shapes", "pool", "mixed", "classes", "broken"}
    trunks = [[p for n, p in s.named_parameters() if n.split(".")[0] not in heads] for s, _ in students]
    each = [optimiser(trunk, s, phase) for trunk, (s, _) in zip(trunks, students, strict=True)]
    state = State(course.folder / "students.pt", [s for s, _ in students], each)
    teacher.eval()
    for step, height, batch in coming(course, phase, state):
        with torch.no_grad(), autocast(device):
            opinion = torch.softmax(said(teacher, batch).classes.float(), -1)
            heard = (batch["t_member"].sum(-1) > 0).float()[..., None]
        parts = []
        for (student, share), steps in zip(students, each, strict=True):
            with autocast(device):
                x = student.encode(batch["ids"], batch["shape"], batch["place"], batch["mask"])
                classes, broken = student.judge(x, batch["member"])
                target = batch["target"] + share * heard * (opinion - batch["target"])
                sentence, pair = train.of_sentences(classes, target, batch)
                word = train.of_words(broken, batch["word"], (batch["word"] >= 0) & (batch["segment"] != NOBODY))
                loss = sentence + weights.pair * pair + weights.word * word
            descend(student, steps, loss, height)
            parts += [sentence.detach(), pair.detach(), word.detach()]
        if step % 50 == 0:
            course.log({"step": step} | {f"part{k}": value for k, value in enumerate(torch.stack(parts).tolist())})
    return state.step


def mean(networks: Sequence[Network], shares: Sequence[float]) -> Network:
    """A network whose weights are the mean of others', weighted (Wortsman et al. 2022), in 32 bits on the CPU."""
    whole = Network(networks[0].size)
    states = [network.state_dict() for network in networks]
    whole.load_state_dict(
        {
            name: sum(share * state[name].float().cpu() for share, state in zip(shares, states, strict=True))
            for name in states[0]
        }
    )
    return whole.eval()


class Maker:
    """Makes the batch of a number: rows for the network and the same for the teacher."""

    def __init__(self, drawer: Callable[[int], shards.Drawer], small: Tokenizer, large: Tokenizer, rows: int) -> None:
        self.drawer, self.small, self.large, self.rows = drawer, small, large, rows

    def __call__(self, number: int) -> Rows:
        """The arrays of `shards.packed` and of `shards.reread`."""
        rows, laid = shards.packed(self.drawer(number), self.small, self.rows)
        return rows | shards.reread(laid, self.large, LENGTH)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m detector.training.deep.distil", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds train/")
    parser.add_argument("--out", type=Path, required=True, help="folder for the rows, the log and the model")
    parser.add_argument("--lm", type=Path, required=True, help="SmolLM2-135M-Instruct.Q4_1.gguf")
    parser.add_argument("--start", type=Path, required=True, help="the model folder that the student starts from")
    parser.add_argument("--encoder", type=Path, required=True, help="e5-small-v2 as ONNX")
    parser.add_argument("--tokenizer", type=Path, required=True, help="its tokenizer")
    parser.add_argument("--roundtrips", type=Path, help="made by python -m detector.training.deep.roundtrips")
    parser.add_argument("--damaged", type=Path, help="made by python -m detector.training.deep.damaged")
    parser.add_argument("--rows", type=int, default=256, help="rows in a batch")
    parser.add_argument("--teacher-steps", type=int, default=2520)
    parser.add_argument("--steps", type=int, default=2852)
    parser.add_argument(
        "--opinions",
        type=float,
        nargs="+",
        default=[0.8, 0.0],
        help="of each student: the teacher's share in what it learns",
    )
    parser.add_argument(
        "--old", type=float, default=0.3, help="the share of the weights that it began with in the mean"
    )
    parser.add_argument("--workers", type=int, default=max(1, multiprocessing.cpu_count() - 1))
    parser.add_argument("--seed", type=int, default=21)
    options = parser.parse_args()
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    prepare.adopt(options.start / "tokenizer.json", options.tokenizer, out)
    sources = prepare.Sources(
        options.data,
        options.roundtrips,
        options.encoder,
        options.tokenizer,
        options.seed,
        damaged=options.damaged,
    )
    drawer = prepare.drawers(sources, out)
    maker = Maker(
        drawer,
        Tokenizer.from_file(str(out / "tokenizer.json")),
        published_lm.tokenizer(options.lm),
        options.rows,
    )
    # Rows that were read before a kill are not made again.
    done = sum(steps_kept(out / name) for name in ("teacher.pt", "students.pt"))
    mill = Mill(maker, out / "rows", options.workers, done)
    mill.begin()
    torch.manual_seed(options.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    course = Course(mill, device, Weights(), out)
    teacher = Teacher()
    begin_from(teacher, published_lm.weights(options.lm))
    manifest = json.loads((options.start / "manifest.json").read_text("utf-8"))
    first = Network(Size(**(manifest["size"] | {"frozen": 0})))
    start.fill(first, options.encoder, json.loads((out / "keep.json").read_text()))
    start.resume_from(first, options.start)
    students = [copy.deepcopy(first).to(device) for _ in options.opinions]
    teacher.to(device)
    if device.type == "cuda":
        fuse(teacher, *students)
    teach(teacher, course, Phase(options.teacher_steps, 1.5e-4, 6e-4))
    taken = learn(teacher, list(zip(students, options.opinions, strict=True)), course, Phase(options.steps, 3e-4, 6e-4))
    mill.end()
    new = (1 - options.old) / len(students)
    export.write_folder(
        mean([first, *students], [options.old, *[new] * len(students)]),
        out / "tokenizer.json",
        out / "model",
        steps=manifest["steps"] + taken,
        tokens_seen=manifest["tokens_seen"] + taken * options.rows * shards.TOKENS,
        seed=options.seed,
    )


def steps_kept(path: Path) -> int:
    """The steps that a checkpoint has behind it; 0 where there is none."""
    if not path.exists():
        return 0
    # Mapped: of gigabytes of weights nothing is read here.
    return int(torch.load(path, weights_only=True, map_location="cpu", mmap=True)["step"])


def begin_from(teacher: Teacher, published: dict[str, np.ndarray]) -> None:
    """Copy a language model's weights into the trunk; all of it must be there."""
    own = dict(teacher.named_parameters())
    trunk = {id(p) for p in teacher.trunk()}
    wanted = {name for name, p in own.items() if id(p) in trunk}
    if wanted != set(published):
        lacks, more = sorted(wanted - set(published)), sorted(set(published) - wanted)
        msg = f"this language model is another one: it lacks {lacks[:3]}, and has {more[:3]}"
        raise ValueError(msg)
    with torch.no_grad():
        for name in wanted:
            own[name].copy_(torch.tensor(published[name]))


if __name__ == "__main__":
    main()
