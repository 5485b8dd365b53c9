"""The cleaning engine: nothing is lost, a killed run goes on where it was, and the bytes that come out are the same.

There is one way, for one process and for many:

1. `plan`: the inputs fall into chunks, which depend on nothing but the inputs and the chunk size;
2. `work`: a chunk is read, judged and filed into a folder of parts with its account, which appears all at once;
3. `finish`: parts are put together in order, and read = kept + review + dropped + abstained + unreadable is checked.

What is not finished lies in a folder `.unfinished`. The same command goes on with it, and refuses to if inputs,
options, model or code have changed.

What this package names is loaded when it is first used: to score a file or two nothing of the engine is needed.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detector.corpus.account import PILES, Tally, total
    from detector.corpus.engine import Event, Result, run
    from detector.corpus.job import Job, Judging
    from detector.corpus.work import judged

__all__ = ["PILES", "Event", "Job", "Judging", "Result", "Tally", "judged", "run", "total"]

_HOME = {
    "PILES": "account",
    "Event": "engine",
    "Job": "job",
    "Judging": "job",
    "Result": "engine",
    "Tally": "account",
    "judged": "work",
    "run": "engine",
    "total": "account",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(f"detector.corpus.{_HOME[name]}"), name)
    globals()[name] = value
    return value
