"""BP109 caption."""

import re

import numpy as np

from detector.batch import Batch, ordered
from detector.phrases import phrase_words, words_in
from detector.registry import Marks, signal

__all__ = ["caption"]

# A caption and its credit; longer lines are paragraphs that mention an agency.
_LONGEST = 60

_LABEL = (
    "photo",
    "photos",
    "photograph",
    "photographs",
    "image",
    "images",
    "picture",
    "credit",
    "caption",
    "file",
    "photographer",
    "illustration",
)
_AGENCY = ("reuters", "afp", "epa", "getty", "alamy", "shutterstock", "credit")
_CREDIT = (
    "getty images",
    "getty images via",
    "ap photo",
    "ap images",
    "associated press photo",
    "reuters photo",
    "afp getty images",
    "afp via getty images",
    "courtesy photo",
    "file photo",
    "file photograph",
    "image credit",
    "photo credit",
    "image courtesy of",
    "photo courtesy of",
    "photo by",
    "photos by",
    "image source",
    "image via",
    "photo via",
    "picture by",
    "picture credit",
    "shutterstock com",
    "istock photo",
    "pa wire",
    "wikimedia commons",
    "toggle caption",
    "hide caption",
    "enlarge image",
    "enlarge this image",
)
_LABELLED = re.compile(
    r"\W*(?:photo|photograph|image|picture|illustration|caption|credit|photo credit|image credit|file photo)s?"
    r"\s*(?::|by\b|\|).{0,120}",
    re.IGNORECASE,
)
_CREDITED = re.compile(
    r".*(?:"
    r"(?:[(\[]|[/|–—-]\s?|\.\s+)"
    r"(?:(?:file )?(?:(?:photo|image|picture)s?[:/ ]|credits?[:/])"
    r"|[^()\[\]]{0,40}(?:AP Photo|Getty Images|Shutterstock))"
    r"|(?:[(\[][^()\[\]]{0,40}|/)(?:AFP|Reuters|PA Wire|EPA)"
    r")[^.()\[\]]{0,60}[)\].]*\s*",
    re.IGNORECASE,
)


@signal(
    "BP109",
    axis="boilerplate",
    unit="line",
    message="a picture's caption or credit",
    flagged=[
        "The ferry leaves the harbour on Monday. (AP Photo/Anna Weber)",
        "Photo: Anna Weber",
        "Photo credit: Harbour News",
        "A crowd waits at the gate. Tom Hill/Getty Images",
        "A crowd waits at the gate. Photograph: Tom Hill/Reuters",
    ],
    clean=[
        "He took a photo of the harbour.",
        "Getty Images said on Monday that it would sue.",
        "The photo by the bed showed her mother.",
        "The shop made a profit of a million in June. — Reuters",
        "The bridge is closed, the mayor told Reuters by phone from Harnley.",
        "There are machines in the town. Credit cards are not taken in some shops.",
    ],
)
def caption(batch: Batch) -> Marks:
    r"""
    Lines that describe or credit a picture.

    "A crowd waits at the gate. (AP Photo/Anna Weber)" was set under a picture that is not here. Some readers want
    it kept: `--keep caption`.

    A line of at most 60 words counts when it opens with a label ("Photo:") or closes with a credit, in brackets or
    after a stroke or full stop. The bare name of an agency is a credit in brackets and after a stroke only: wire
    stories end with it. A caption without a credit looks like any sentence and is missed.

        >>> from detector.registry import evidence
        >>> evidence(caption, "Photo: Anna Weber\nHe took a photo.")
        ['Photo: Anna Weber']
    """
    lines, words = batch.lines, batch.words
    values = np.zeros(len(lines), np.float32)
    label = words_in(batch, _LABEL)
    label = label[label - lines.first_word[words.line[label]] <= 1]
    cue = np.concatenate([phrase_words(batch, _CREDIT), words_in(batch, _AGENCY), label])
    at = ordered(words.line[cue])
    for i in at[lines.words[at] <= _LONGEST].tolist():
        text = batch.string(lines.start[i], lines.end[i]).strip()
        if _LABELLED.fullmatch(text) or _CREDITED.fullmatch(text):
            values[i] = 1
    return Marks(values, detail=lambda _: {"kind": "caption"})
