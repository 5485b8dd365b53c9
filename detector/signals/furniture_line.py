"""BP115 furniture-line."""

from collections.abc import Mapping

import numpy as np

from detector.batch import Batch
from detector.furniture import furniture, kind_of
from detector.registry import Marks, signal

__all__ = ["furniture_line"]


@signal(
    "BP115",
    axis="boilerplate",
    unit="line",
    message="a line that belongs to the page around the article",
    flagged=[
        "Home\nNews\nSport\nWeather\nTravel\nAbout us\nContact\nPrivacy policy\nTerms of use\n© 2021 Harbour News Ltd.",
    ],
    clean=[
        "The river rose by two metres in the night.\nThe old bridge was closed to all traffic, the council said.",
        "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate.\nRough winds do shake.",
    ],
)
def furniture_line(batch: Batch) -> Marks:
    """
    Lines that a model takes for the page's furniture: menus, lists of other articles, readers' comments.

    Most furniture has no words of its own: "Why Blind Mole Rats Don't Get Cancer" is a headline here and a link there.
    What gives it away is where it stands, what stands beside it, and whether the article speaks of it elsewhere. A
    model learned that from pages whose lines people had labelled (see the card in models/furniture).

    A line goes from the probability on at which all boilerplate signals together lose less than 2 % of the
    articles' characters on dev; a text in which every line is a paragraph is left alone. Its share of a document
    is by characters. Of web pages the markup is heard too (see `detector.io.markup`). It takes some captions and
    bylines, lists of references and short lists in articles for furniture, and readers' comments that are long for
    an article.

        >>> from detector.registry import evidence
        >>> evidence(furniture_line, "The river rose in the night, and the old bridge was closed to all traffic.")
        []
    """
    found = furniture(batch)
    lines = batch.lines

    def detail(line: int) -> Mapping[str, object]:
        return {"kind": kind_of(batch, line), "confidence": round(float(found.probability[line]), 3)}

    return Marks(
        np.where(found.marked, found.probability, 0),
        detail=detail,
        weight=(lines.end - lines.start).astype(np.float64),
    )
