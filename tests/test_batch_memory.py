"""What is worked out for a batch goes with it: memory is that of one batch, not of those since the last sweep."""

import gc
import weakref

from detector.batch import cut
from detector.features import measure
from detector.registry import all_signals

TEXTS = ["Home\nNews\nRead more: Ten pictures\n© 2021 Harbour News Ltd.\nThey recieve negotiaitons.", "An article."]


def test_nothing_that_a_batch_remembers_holds_the_batch() -> None:
    signals = [s for s in all_signals() if s.cost == "fast"]
    gc.collect()
    gc.disable()
    try:
        batch = cut(TEXTS)
        table = measure(batch, signals)
        assert any(any(found) for found in table.evidence)
        gone = weakref.ref(batch)
        del batch, table
        assert gone() is None
    finally:
        gc.enable()
