"""datatrove: a filter that drops what the policy drops, and an annotator that drops nothing."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from datatrove.data import Document as Record
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.utils.batching import batched

from detector.adapters.rows import Rows
from detector.corpus import Judging

__all__ = ["DetectorAnnotator", "DetectorFilter"]

_BATCH = 256


def _annotate(rows: Rows, batch: Sequence[Record], *, strip: bool) -> list[dict[str, Any]]:
    """Judge documents and write what was found into their metadata."""
    answers = rows.judge([record.text for record in batch])
    for record, answer in zip(batch, answers, strict=True):
        cleaned = answer.pop("cleaned")
        record.metadata.update({f"detector_{name}": value for name, value in answer.items()})
        if strip and cleaned is not None:
            record.text = cleaned
    return answers


class DetectorFilter(BaseFilter):  # type: ignore[misc] # datatrove has no types
    """
    Keeps documents whose verdict is one of `keep_verdicts`, without their boilerplate unless `strip` is False.

    The reason for the others, for datatrove's statistics and its exclusion writer, is the verdict with the code of its
    first reason: `drop_MT102`.
    """

    name = "detector"

    def __init__(
        self,
        judging: Judging | None = None,
        *,
        keep_verdicts: Sequence[str] = ("keep", "review"),
        strip: bool = True,
        exclusion_writer: Any = None,  # noqa: ANN401 - datatrove's
        batch_size: int = _BATCH,
    ) -> None:
        super().__init__(exclusion_writer, batch_size)
        self._rows = Rows(judging)
        self._keep_verdicts = frozenset(keep_verdicts)
        self._strip = strip

    def filter(self, doc: Record) -> bool | tuple[bool, str]:
        """Judge one document."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Record]) -> list[bool | tuple[bool, str]]:
        """Judge documents together."""
        out: list[bool | tuple[bool, str]] = []
        for answer, record in zip(_annotate(self._rows, batch, strip=self._strip), batch, strict=True):
            verdict = answer["verdict"]
            if verdict in self._keep_verdicts:
                out.append(True)
            else:
                codes = json.loads(record.metadata["detector_reasons"])
                out.append((False, f"{verdict}_{codes[0]['code']}" if codes else verdict))
        return out


class DetectorAnnotator(PipelineStep):  # type: ignore[misc] # datatrove has no types
    """Writes verdict, scores and reasons into the metadata of all documents and lets them pass unchanged."""

    name = "detector"
    type = "annotator"

    def __init__(self, judging: Judging | None = None) -> None:
        super().__init__()
        self._rows = Rows(judging)

    def run(self, data: Iterator[Record], rank: int = 0, world_size: int = 1) -> Iterator[Record]:  # noqa: ARG002
        """Pass documents on."""
        for batch in batched(data, _BATCH):
            with self.track_time("batch"):
                for answer in _annotate(self._rows, batch, strip=False):
                    self.stat_update(answer["verdict"])
            yield from batch
