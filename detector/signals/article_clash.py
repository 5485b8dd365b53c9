"""MT107 article-clash."""

import functools

import numpy as np
from numpy.typing import NDArray

from detector.batch import LOWERCASE, Batch, Hashes, hash_words
from detector.lexicon import facts
from detector.registry import Marks, signal
from detector.surroundings import gaps, is_word, type_is

__all__ = ["article_clash"]

_VOWELS = np.array([ord(c) for c in "aeiou"], np.uint32)
_U, _E, _O, _H = (ord(c) for c in "ueoh")
# Vowels that are spoken as consonants, and the other way round (CMU dictionary, the usual words).
_LIKE_YOU = (
    "use used useful user users using usual usually usage useless unicorn uniform unified unify union unions unionist "
    "unique uniquely unit unitary united unites units unity universal universally universe university universities "
    "unilateral unilaterally utopia utopian uranium urinary urine urinal us utensil uterus utility utilitarian "
    "ubiquitous ufo usurper unanimous unanimously eulogy euphemism euphoria euro euros european europeans eunuch ewe "
    "one ones once ouija one's uk un usb user's usher usher's unisex unison ukulele ute yew unicameral univariate "
    "eucalyptus usurious o ou uni unimodal unidirectional unidentate unipolar unix url uterine ureter urologist "
    "euphemistic euphoric eugenic euclidean usable usability unionized unionised unifying uniting a i e u x"
).split()
_LIKE_OUR = (
    "hour hours hourly hour's hourlong honest honestly honesty honor honors honorable honorary honour honours "
    "honourable heir heirs heiress heirloom herb herbs herbal hors historic historical historian hotel habitual "
    "hereditary heroic hysterical hallucination hallucinatory horrific hilarious homage hypothesis hypnotic harmonic "
    "hierarchical harmonious h href html http hypothetical habitually hyperbolic horrendous honorific history "
    "horizontal hypocrisy humble hundred"
).split()
# Before these "a" is a letter ("a and b are equal"), not an article.
_PREDICATES = ("and", "are")


@functools.cache
def _table(words: tuple[str, ...]) -> Hashes:
    return np.sort(hash_words(words))


def _sounds_like_a_vowel(batch: Batch) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which types surely begin with the sound of a vowel, and which with that of a consonant; lower-case words only."""
    types = batch.types
    start = batch.words.start[types.first]
    letter = batch.lower[start]
    # Nobody knows how an unknown word is spoken: "an ssh address", "a urlconf".
    plain = (types.shape == LOWERCASE) & (letter < ord("{")) & (letter >= ord("a")) & facts(batch).known
    vowel = np.isin(letter, _VOWELS)
    like_you = type_is(batch, _table((*_LIKE_YOU, *_PREDICATES)))
    like_our = type_is(batch, _table(tuple(_LIKE_OUR)))
    long = types.length > 2
    sure_vowel = plain & vowel & ~like_you & long
    return sure_vowel, plain & ~vowel & ~like_our & long


@signal(
    "MT107",
    axis="garble",
    unit="word",
    joined=True,
    message="an article that does not fit the next word, or two articles in a row",
    flagged=["His clothes became a irritation point for them.", "It was the a new plan.", "She read an book."],
    clean=[
        "a European, a one-off, a UN vote, an MP, an hour, an honest man",
        "an historic hotel",
        "the A team",
        "a use of an X-ray",
        "If a and b are equal, an rxvt opens; a urlconf does not.",
    ],
)
def article_clash(batch: Batch) -> Marks:
    """
    Articles that clash with what follows.

    "A irritation point": the engine chose the article for a word that it then replaced.

    "a" before a vowel and "an" before a consonant count where the sound is beyond doubt: known lower-case words of at
    least three letters; "a use", "a one-off", "an hour" and the British "an historic" are listed. Two different
    articles in a row ("the a") count too.

    Learners and hasty writers do this as well: it proves no translation, only a slip.

        >>> from detector.registry import evidence
        >>> evidence(article_clash, "His clothes became a irritation point.")
        ['a irritation']
    """
    words, gap = batch.words, gaps(batch)
    marked = np.zeros(len(words), bool)
    if not len(words):
        return Marks(marked.astype(np.float32))
    at = np.flatnonzero(is_word(batch, "a", "an", "the") & gap.plain & (batch.types.shape[words.type] == LOWERCASE))
    at = at[at + 1 < len(words)]
    vowel, consonant = _sounds_like_a_vowel(batch)
    following = words.type[at + 1]
    length = words.end[at] - words.start[at]
    article = (is_word(batch, "a", "an", "the") & (batch.types.shape[words.type] == LOWERCASE))[at + 1]
    other = batch.types.key[words.type[at]] != batch.types.key[following]
    clash = ((length == 1) & vowel[following]) | ((length == 2) & consonant[following]) | (article & other)
    at = at[clash]
    marked[at] = marked[at + 1] = True
    return Marks(marked.astype(np.float32))
