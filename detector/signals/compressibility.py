"""RP107 compressibility."""

import functools
from typing import Any

import numpy as np

from detector.batch import Batch
from detector.registry import Marks, signal

__all__ = ["compressibility"]

# What zstd's fastest level makes of native news: characters per compressed byte, means over news of train/ cut to so
# many bytes. Longer texts compress better, which is no fault of theirs.
_BYTES = (300, 1_000, 3_000, 10_000)
_USUAL = (0.98, 1.06, 1.18, 1.40)
_LEVEL = -5


@functools.cache
def _compressor() -> Any:  # noqa: ANN401 - imported late
    import zstandard  # noqa: PLC0415 - only needed here

    return zstandard.ZstdCompressor(level=_LEVEL)


@signal(
    "RP107",
    axis=None,
    unit="document",
    message="how much better than an article the text can be compressed",
    flagged=["The use of the use of the use of the use of the use. " * 20],
    clean=["The river rose in the night, and the bridge fell."],
)
def compressibility(batch: Batch) -> Marks:
    """
    How much better a text can be compressed than news of its length.

    What repeats itself compresses well, whatever the unit of repetition: letters, phrases or lines. Web cleaners use
    the ratio of zlib or gzip; zstd at level -5 is ten times as fast and ranks texts alike.

    The value is the ratio of sizes less what news of that length has (the constants, straight lines between their
    logarithms), and 0 for what compresses worse than that. Markup, tables and lists of names compress differently, for
    no fault of theirs.

        >>> from detector.batch import cut
        >>> text = "The use of the use of the use of the use of the use. " * 20
        >>> bool(compressibility.mark(cut([text])).values[0] > 5)
        True
    """
    size, compressed = np.zeros(len(batch)), np.ones(len(batch))
    compress = _compressor().compress
    for i, text in enumerate(batch.texts):
        raw = text.encode("utf-8", "surrogatepass")
        if raw:
            size[i], compressed[i] = len(raw), len(compress(raw))
    usual = np.interp(np.log(np.maximum(size, 1)), np.log(_BYTES), _USUAL)
    return Marks(np.maximum(size / compressed - usual, 0.0))
