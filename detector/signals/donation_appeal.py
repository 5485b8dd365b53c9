"""BP103 donation-appeal."""

import numpy as np
from numpy.typing import NDArray

from detector.batch import Batch
from detector.phrases import count_by_sentence, phrase_words, quoted, words_in
from detector.registry import Marks, signal

__all__ = ["donation_appeal"]

# How far apart, in sentences of one line, two asking sentences still belong to one appeal. The Independent's has five
# between its second and its last.
_REACH = 6

_GIVE = (
    "support",
    "donate",
    "donation",
    "donations",
    "contribution",
    "contributions",
    "gift",
    "pledge",
    "membership",
    "generosity",
)
_YOU = ("you", "your", "please")
_US = ("us", "we", "our")
_PURPOSE = (
    "journalism journalist journalists reporting reporter reporters newsroom newsrooms coverage paywall paywalls "
    "ad-free nonprofit"
).split()
_ASKING = (
    "your support makes all the difference",
    "your support helps us",
    "your donation helps us",
    "your donation allows us",
    "your contribution helps us",
    "your contribution allows us",
    "support independent journalism",
    "support our journalism",
    "support our reporting",
    "support quality journalism",
    "support local journalism",
    "make a donation today",
    "make a tax deductible donation",
    "make a contribution today",
    "please donate",
    "please consider donating",
    "please consider making a donation",
    "please consider supporting",
    "please consider becoming a member",
    "consider making a contribution",
    "consider making a donation",
    "become a member today",
    "become a supporter",
    "become a patron",
    "donate now",
    "donate today",
    "support us now",
    "please chip in",
    "chip in today",
    "we need your support",
    "we rely on readers like you",
    "we rely on your support",
    "readers like you",
    "listeners like you",
    "viewers like you",
    "keep our journalism free",
    "our journalism free",
)
# Asking only where little else is said: so many words at most.
_BRIEF = 12
_BRIEFLY = ("support our work",)


def _together(strong: NDArray[np.bool_], line: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Fill the gaps of at most _REACH sentences between asking ones of the same line."""
    at = np.flatnonzero(strong)
    out = strong.copy()
    near = np.flatnonzero((np.diff(at) <= _REACH) & (np.diff(line[at]) == 0))
    for i in near.tolist():
        out[at[i] : at[i + 1]] = True
    return out


@signal(
    "BP103",
    axis="boilerplate",
    unit="sentence",
    joined=True,
    message="an appeal for money by the publisher",
    flagged=[
        "Your support helps us to tell the story.",
        "Your gift lets our reporters stay in the courtroom.",
        "If everyone who reads our reporting helped to pay for it, our future would be safe. Please donate today.",
    ],
    clean=[
        "The charity said donations had doubled, and that your support and mine had made the work possible.",
        "“We need your support,” the minister told the crowd.",
        "He donated the money to the museum.",
    ],
)
def donation_appeal(batch: Batch) -> Marks:
    """
    Sentences in which the publisher asks the reader for money.

    "Your donation allows us to keep sending journalists" is not about the news. Such an appeal often comes as one
    long line, glued to a date or to the first paragraph.

    A sentence asks when it uses a phrase that appeals use (one of them only in twelve words at most), or speaks of
    giving, of "you", of "us" and of journalism at once; a sentence with a quotation mark in it is left alone, since
    politicians and charities appeal too. What stands between two asking sentences of one line, at most six sentences
    apart, belongs to the appeal. The last sentence of such a line goes with it if it has at most three words ("Read
    more"). A charity's own page about itself is wrongly flagged.

        >>> from detector.registry import evidence
        >>> evidence(donation_appeal, "Your donation helps us to report. It rained on Monday.")
        ['Your donation helps us to report.']
    """
    s = batch.sentences
    if not len(s):
        return Marks(np.zeros(0, np.float32))
    phrase = count_by_sentence(batch, phrase_words(batch, _ASKING)) > 0
    phrase |= (count_by_sentence(batch, phrase_words(batch, _BRIEFLY)) > 0) & (s.words <= _BRIEF)
    cues = [count_by_sentence(batch, words_in(batch, tuple(c))) > 0 for c in (_GIVE, _YOU, _US, _PURPOSE)]
    plain = ~quoted(batch, s.start, s.end)
    strong = (phrase | (cues[0] & cues[1] & cues[2] & cues[3])) & plain
    line = batch.words.line[s.first_word]
    marked = _together(strong, line)
    tail = np.flatnonzero(marked[:-1] & ~marked[1:] & (line[:-1] == line[1:])) + 1
    last = np.append(line[1:] != line[:-1], [True])
    marked[tail[last[tail] & (s.words[tail] <= 3)]] = True
    return Marks(marked.astype(np.float32), detail=lambda _: {"kind": "donation"})
