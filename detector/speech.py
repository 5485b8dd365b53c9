"""What speaks for words written down as they are spoken: hesitation, dialect, cries, spellings by sound. Floor 2.

A transcript has "the the" because people say so, a novel lets a carter speak ("'tis ower now, an' tha'll be livin'"),
and "bing, bing, bing" is a noise. None of it is a slip of the pen. As in `detector.jargon` each answer is given for
words by their indices, or for documents.
"""

import numpy as np
from numpy.typing import NDArray

from detector.batch import APOSTROPHE, LOWERCASE, Batch, hash_words, per_batch
from detector.lexicon import GB, KNOWN, US, lexicon
from detector.surroundings import keys_of, marks, words_of

__all__ = ["dialect", "dropped_h", "hesitant", "in_dialect", "said_again", "spoken_spelling"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# What only a transcript writes down, and how often it must: an article may quote one "um".
_HESITATION = tuple("uh um uhm umm uhh erm mhm uh-huh unhunh".split())
_HESITANT = 2

# How the parts of a verb or an "of", "to", "a" are spelt where they run together, and a few more words of talk.
_SPOKEN = frozenset(
    "coulda woulda shoulda musta mighta oughta hadda hafta useta supposta lotta loada kinda sorta outta wanna wanta "
    "gonna gotta gotcha betcha whatcha watcha whaddya dontcha doncha lemme gimme dunno innit ain aint cuz coz cos "
    "tho thru hon nope yep yup yeah nah meh bleh ugh eek shush shoosh haha hehe".split()
)

# Words that dialect and old speech are written with, in novels above all, and no pupil ("wos", "owt" and "fer" are what
# a child writes for was, out and for); those of one syllable lose a sound and get an apostrophe behind ("an'", "o'") or
# before ("'em").
_DIALECT = tuple(
    "thou thee thy thine hath doth ye unto nay aye yon yonder frae nae ain't yer yeh gwine t'other ower summat nowt "
    "mebbe feller massa marster o'er e'er ne'er warn't y'all twixt betwixt "
    # Middle English; Scots, Caribbean and West African English.
    "whan thanne swich eek "
    "cannae dinnae didnae wisnae wasnae isnae hasnae couldnae wouldnae willnae oot aboot doon hoose fae tae noo "
    "oor hame mair naw auld wis whit ken bairn bairns gie gies dem dey dat dis di wey wetin dia nuh cyaan inna "
    "pon mek seh yuh fi pickney pikin deh unnu abeg wahala".split()
)
_CUT_BEHIND = tuple("an o th t wi fro ol mo ha thi tha jus las mus fo fu mysel hersel himsel".split())
_CUT_BEFORE = tuple(
    "em tis twas twill twere twould un ere er im is ad ave eard bout nough tain neath ow ouse ome pon".split()
)
# Of these an article may quote so many.
_QUOTED = 2
# Where there are so many of them, one word in 25, the text is in dialect: what looks like a slip is its spelling.
_FEWEST, _ALL_THROUGH = 6, 0.04


def hesitant(batch: Batch) -> Bools:
    """Which documents write hesitation down, as transcripts do; shape [documents]."""
    found = words_of(batch, keys_of(_HESITATION))
    answer: Bools = np.bincount(batch.words.document[found], minlength=len(batch)) >= _HESITANT
    return answer


def said_again(batch: Batch, at: Ints) -> Bools:
    """Words with the same word before or behind them: "bing, bing, bing"."""
    words, last = batch.words, len(batch.words) - 1
    out = np.zeros(len(at), bool)
    for near in ((at - 1).clip(0), (at + 1).clip(max=last)):
        same = batch.types.key[words.type[near]] == batch.types.key[words.type[at]]
        out |= same & (near != at) & (words.document[near] == words.document[at])
    return out


def spoken_spelling(batch: Batch, at: Ints) -> Bools:
    """Words of a short list of spellings of how it sounds: "coulda", "lotta", "dunno"."""
    return np.array([batch.word(w).lower() in _SPOKEN for w in at.tolist()], bool)


def dropped_h(batch: Batch, at: Ints) -> Bools:
    """Words that an apostrophe opens in the place of an h: "'appens", "'anging"."""
    apart = batch.kind[batch.words.start[at] - 1] == APOSTROPHE
    table = lexicon()
    rows = table.rows(hash_words([f"h{batch.word(w).lower()}" for w in at.tolist()]))
    answer: Bools = apart & (rows >= 0) & (table.flags[rows] & (KNOWN | US | GB) > 0)
    return answer


def in_dialect(batch: Batch, at: Ints) -> Bools:
    """All words of documents that are in dialect from end to end, not those that let somebody speak it."""
    signs = _signs(batch)
    through = (signs >= _FEWEST) & (signs >= _ALL_THROUGH * batch.words_per_document())
    answer: Bools = through[batch.words.document[at]]
    return answer


def dialect(batch: Batch, documents: Ints) -> Floats:
    """How many signs of dialect or old speech a document has in 1,000 words, but for the first few."""
    many = batch.words_per_document()
    answer: Floats = (1000 * (_signs(batch) - _QUOTED).clip(0) / np.maximum(many, 1))[documents]
    return answer


@per_batch
def _signs(batch: Batch) -> Ints:
    """How many words of dialect or old speech each document has; shape [documents]."""
    words, kind = batch.words, batch.kind
    whole = words_of(batch, keys_of(_DIALECT))
    behind = words_of(batch, keys_of(_CUT_BEHIND))
    behind = behind[kind[words.end[behind]] == APOSTROPHE]
    before = words_of(batch, keys_of(_CUT_BEFORE))
    before = before[kind[words.start[before] - 1] == APOSTROPHE]
    # "doin'": a g that is not spoken.
    dropped = marks(batch)
    dropped = dropped[kind[dropped] == APOSTROPHE]
    own = (np.searchsorted(words.end, dropped)).clip(max=len(words) - 1)
    own = own[(words.end[own] == dropped) & (batch.types.shape[words.type[own]] == LOWERCASE)]
    own = own[(words.end[own] - words.start[own] > 3)]
    own = own[(batch.chars[words.end[own] - 1] == ord("n")) & (batch.chars[words.end[own] - 2] == ord("i"))]
    signs: Ints = np.bincount(words.document[np.concatenate([whole, behind, before, own])], minlength=len(batch))
    return signs
