"""Hugging Face datasets: a function for `Dataset.map(batched=True)`."""

from collections.abc import Mapping, Sequence
from typing import Any

from detector.adapters.rows import Rows
from detector.corpus import Judging

__all__ = ["annotator"]


class _Annotator:
    """Adds columns to a batch; pickles, so that `num_proc` and the fingerprints of datasets work."""

    def __init__(self, text_field: str, rows: Rows) -> None:
        self._text_field = text_field
        self._rows = rows

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Columns for a batch."""
        return self._rows.columns(batch[self._text_field])


def annotator(text_field: str = "text", judging: Judging | None = None, *, keep: Sequence[str] = ()) -> _Annotator:
    """
    What adds the columns `detector_verdict`, `detector_p_low_quality`, ... to a dataset (see `rows.COLUMNS`).

    `dataset.map(annotator(), batched=True, batch_size=256).filter(lambda row: row["detector_verdict"] == "keep")`
    """
    return _Annotator(text_field, Rows(judging, keep=keep))
