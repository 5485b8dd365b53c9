"""`python -m detector.training --data DIR --out models`: train everything that scikit-learn trains, in order.

The deep model has a command of its own (`python -m detector.training.deep`) and must be there before the deep profile
can be fitted; so must the lexicon (`detector.training.lexicon`), the sequences (`detector.training.sequences`) and the
furniture model (`detector.training.furniture`). The grammar model (`detector.training.grammar`) comes after: it uses
the fast sentence model's symbols, and no document model reads it.
"""

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np

from detector.scorer import AXES, load_model
from detector.training import fluency, lines, part_broken, verdict
from detector.training.measuring import measure_documents, measure_once

__all__ = ["main"]


def main() -> int:
    """Fit the fast sentence model, then the document models of both profiles; write both folders."""
    parser = argparse.ArgumentParser(prog="python -m detector.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the labelled data (train/ and dev/)")
    parser.add_argument("--out", type=Path, default=Path("models"), help="where the model folders are")
    parser.add_argument(
        "--roundtrips", type=Path, help="more rule-based garble: what detector.training.deep.roundtrips wrote"
    )
    parser.add_argument("--no-deep", action="store_true", help="fit the fast profile only; the deep one is its copy")
    parser.add_argument("--jobs", type=int, default=1, help="processes that measure; the models do not depend on it")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[*AXES, "verdict"],
        help="fit these document models; the other ones, their lines, and the sentence model stay as they are in --out",
    )
    parser.add_argument(
        "--deep-alone",
        action="store_true",
        help="with --only: fit the deep profile's models; the fast ones and their lines stay as they are in --out",
    )
    parser.add_argument("--kept", type=Path, help="folder that keeps what the neural model read, for another try")
    options = parser.parse_args()
    if options.only and options.no_deep:
        parser.error("--only needs both profiles: with --no-deep the deep one is a copy of the fast one")
    if options.deep_alone and not options.only:
        parser.error("--deep-alone needs --only: which models of the deep profile are fitted")
    jobs = options.jobs

    parts, whole = fluency.fit(options.data, verdict.FOLDS, options.roundtrips)
    if not options.only:
        fluency.save(whole, options.out / "fluency")
    print("fluency: done", file=sys.stderr)

    train = verdict.choose_documents(options.data, "train", options.roundtrips)
    dev = verdict.choose_documents(options.data, "dev")
    fast = verdict.fast_signals()
    values = measure_documents(train, fast, parts, jobs), measure_documents(dev, fast, None, jobs)
    fitted = {"fast": verdict.fit_profile((train, values[0]), (dev, values[1]), fast)}
    drawn = {"fast": lines.lines_for(fitted["fast"].models, dev, values[1], fast)}
    print("fast profile: done", file=sys.stderr)

    deep = verdict.deep_signals()
    if options.no_deep or not deep or importlib.util.find_spec("onnxruntime") is None:
        fitted["deep"], drawn["deep"] = fitted["fast"], drawn["fast"]
    else:
        both = (*fast, *deep)
        caps = verdict.DEEP_CAPS
        some = verdict.subsample(train, values[0], caps["train"]), verdict.subsample(dev, values[1], caps["dev"])
        if options.kept is not None:
            options.kept.mkdir(parents=True, exist_ok=True)
        read = [
            measure_once(documents, deep, models, jobs, options.kept and options.kept / f"{name}.npz")
            for name, (documents, _), models in zip(("train", "dev"), some, (parts, None), strict=True)
        ]
        wide = [(d, np.concatenate([v, added], axis=1)) for (d, v), added in zip(some, read, strict=True)]
        half = part_broken.broken_in_part(some[0][0])
        rows = measure_once(half, both, parts, jobs, options.kept and options.kept / "part.npz")
        wide[0] = part_broken.joined(wide[0][0], half), np.concatenate([wide[0][1], rows])
        fitted["deep"] = verdict.deepened(fitted["fast"], wide[0], wide[1], both)
        garble = lines.garble_lines(fitted["deep"].models["garble"], *wide[1], both)
        drawn["deep"] = drawn["fast"] | garble
    policy: dict[str, Any] = {
        "lines": drawn,
        "doubtful_above": verdict.doubtful_above(fitted["fast"], dev, values[1], fast),
    }
    if options.only:
        old = load_model(options.out / "verdict")
        verdict.keep_others(fitted, policy, old, options.only, ("fast",) if options.deep_alone else ())
    verdict.save(
        fitted, policy, options.out / "verdict", trained_on=verdict.digest(train), calibrated_on=verdict.digest(dev)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
