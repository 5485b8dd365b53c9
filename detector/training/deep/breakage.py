"""
Made-up breakage: what bad translation does, done to good sentences.

Each operation takes words and returns words of which some are marked broken.
The operations follow what real engines do: they keep foreign words, take the
wrong sense, lose the order, the articles, the subject or a clause, and loop.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Word = tuple[str, bool]  # a word with its punctuation, and whether it is broken
Operation = Callable[[list[Word], "Stock", random.Random], list[Word]]

FUNCTION = {
    "of": "for in from to at with by on".split(),
    "in": "on at of to into for by".split(),
    "on": "in at over of about to".split(),
    "to": "for at in of until on".split(),
    "for": "to of by during in from".split(),
    "with": "by of for in from at".split(),
    "by": "from with for of to".split(),
    "at": "in on to of for".split(),
    "from": "of by since to in".split(),
    "as": "like how so for".split(),
    "that": "which what who it".split(),
    "who": "which that what whom".split(),
    "which": "who what that it".split(),
    "when": "if where while as".split(),
    "if": "when whether because".split(),
    "but": "and or if because".split(),
    "because": "for why so but".split(),
    "he": "it she they him one".split(),
    "she": "it he they her".split(),
    "they": "it he we them".split(),
    "it": "he she that them this".split(),
    "his": "its her their your the".split(),
    "her": "his its their she".split(),
    "their": "its his your the".split(),
    "its": "his their her the".split(),
    "is": "are was be has it is".split(),
    "are": "is were be have".split(),
    "was": "were is be has".split(),
    "were": "was are be had been".split(),
    "has": "have is had was".split(),
    "have": "has are had of".split(),
    "had": "has have was been".split(),
    "will": "would shall is wants".split(),
    "would": "will had is wanted".split(),
    "not": "no none don't".split(),
    "a": "the an one".split(),
    "an": "a the one".split(),
    "the": "a an this those".split(),
    "this": "these that it the".split(),
    "these": "this those the".split(),
}
INSERTED = "the of the in the to that which it is for a by be will has".split()
CORE = re.compile(r"^([\"'(\[]*)(.*?)([\"')\],.;:!?]*)$", re.DOTALL)


@dataclass(frozen=True)
class Stock:
    """What the operations draw from."""

    foreign: Sequence[Sequence[str]]  # a list of words for each language
    near: Mapping[str, Sequence[str]]  # words of a similar meaning, from the encoder's own embeddings
    donors: Sequence[str]  # other sentences


def dressed(old: str, new: str) -> str:
    """A new word in the punctuation and the capital of an old one."""
    found = CORE.match(old)
    before, core, after = found.groups() if found else ("", old, "")
    if core[:1].isupper() and not new[:1].isupper():
        new = new[:1].upper() + new[1:]
    return before + new + after


def core(word: str) -> str:
    """A word without its punctuation."""
    found = CORE.match(word)
    return found.group(2) if found else word


def reordered(words: list[Word], _: Stock, rng: random.Random) -> list[Word]:
    """A run of words moves a little way."""
    if len(words) < 6:
        return words
    size = rng.choice([1, 1, 2, 2, 3])
    at = rng.randrange(len(words) - size)
    run = [(w.rstrip(",.;") if rng.random() < 0.5 else w, True) for w, _ in words[at : at + size]]
    rest = words[:at] + words[at + size :]
    to = max(0, min(len(rest), at + rng.choice([-6, -4, -3, -2, -1, 1, 2, 3, 4, 6])))
    return rest[:to] + run + rest[to:]


def wrong_function(words: list[Word], _: Stock, rng: random.Random) -> list[Word]:
    """A preposition, pronoun, article or auxiliary is the wrong one."""
    places = [i for i, (w, _) in enumerate(words) if core(w).lower() in FUNCTION]
    out = list(words)
    for i in rng.sample(places, min(len(places), rng.choice([1, 1, 2]))):
        out[i] = (dressed(words[i][0], rng.choice(FUNCTION[core(words[i][0]).lower()])), True)
    return out


def lost_word(words: list[Word], _: Stock, rng: random.Random) -> list[Word]:
    """A word goes missing; its neighbours look wrong."""
    if len(words) < 5:
        return words
    i = rng.randrange(1, len(words) - 1)
    out = list(words)
    del out[i]
    out[i] = (out[i][0], True)
    out[i - 1] = (out[i - 1][0], True)
    return out


def stray_function(words: list[Word], _: Stock, rng: random.Random) -> list[Word]:
    """An article or preposition too many."""
    i = rng.randrange(1, len(words)) if len(words) > 1 else 0
    return [*words[:i], (rng.choice(INSERTED), True), *words[i:]]


def wrong_sense(words: list[Word], stock: Stock, rng: random.Random) -> list[Word]:
    """Content words become neighbours of theirs."""
    places = [i for i, (w, _) in enumerate(words) if core(w) in stock.near]
    out = list(words)
    for i in rng.sample(places, min(len(places), rng.choice([1, 2, 2, 3]))):
        out[i] = (dressed(words[i][0], rng.choice(stock.near[core(words[i][0])])), True)
    return out


def foreign_word(words: list[Word], stock: Stock, rng: random.Random) -> list[Word]:
    """One to three words stay in another language."""
    language = rng.choice(stock.foreign)
    out = list(words)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        i = rng.randrange(len(out))
        word = rng.choice(language)
        if rng.random() < 0.25:
            word = word[:1].upper() + word[1:]
        if rng.random() < 0.6 and not core(out[i][0])[:1].isupper():
            out[i] = (dressed(out[i][0], word), True)
        else:
            out.insert(i, (word, True))
    return out


def loop(words: list[Word], _: Stock, rng: random.Random) -> list[Word]:
    """A decoder loses its place and says a phrase again."""
    if len(words) < 4:
        return words
    size = rng.choice([1, 2, 2, 3, 4])
    at = rng.randrange(max(1, len(words) - size))
    run = [(w.rstrip(".,"), True) for w, _ in words[at : at + size]]
    times = rng.choice([1, 1, 2, 3, 5])
    return words[: at + size] + run * times + words[at + size :]


def grafted(words: list[Word], stock: Stock, rng: random.Random) -> list[Word]:
    """The sentence goes on as another one."""
    other = rng.choice(stock.donors).split()
    if len(other) < 6 or len(words) < 6:
        return words
    at = rng.randrange(3, len(words) - 1)
    start = rng.randrange(1, len(other) - 3)
    tail = [(w, i < 3) for i, w in enumerate(other[start : start + rng.randint(3, 12)])]
    keep = words[at:] if rng.random() < 0.3 else []
    return words[:at] + tail + keep


def echoed(words: list[Word], _: Stock, rng: random.Random) -> list[Word]:
    """A clause of the sentence comes back in another place: "there was an agreement until there was an agreement"."""
    if len(words) < 9:
        return words
    size = rng.randint(3, 6)
    at = rng.randrange(len(words) - size)
    to = rng.randrange(len(words))
    bridge = [(rng.choice("until that and which when of if to".split()), True)]
    return words[:to] + bridge + [(w.rstrip(".,"), True) for w, _ in words[at : at + size]] + words[to:]


def wrong_name(words: list[Word], stock: Stock, rng: random.Random) -> list[Word]:
    """A name or a title stands where another belongs: "US President Moscow said"."""
    places = [i for i, (w, _) in enumerate(words) if i and core(w)[:1].isupper()]
    other = [w for w in rng.choice(stock.donors).split()[1:] if core(w)[:1].isupper() and len(core(w)) > 3]
    if not places or not other:
        return words
    out = list(words)
    i = rng.choice(places)
    name = core(rng.choice(other))
    if rng.random() < 0.5:
        out.insert(i + 1, (name, True))
    else:
        out[i] = (dressed(out[i][0], name), True)
    return out


def genitive(words: list[Word], _: Stock, rng: random.Random) -> list[Word]:
    """A compound comes apart the way Romance languages have it: "control of the gun"."""
    places = [
        i
        for i in range(len(words) - 1)
        if words[i][0].islower() and words[i][0].isalpha() and core(words[i + 1][0]).islower() and len(words[i][0]) > 3
    ]
    if not places:
        return words
    i = rng.choice(places)
    link = rng.choice(["of", "of the", "of"])
    swapped = [(core(words[i + 1][0]), True), *((w, True) for w in link.split())]
    return [*words[:i], *swapped, (dressed(words[i + 1][0], words[i][0]), True), *words[i + 2 :]]


OPERATIONS: tuple[tuple[Operation, float], ...] = (
    (reordered, 3),
    (wrong_function, 3),
    (lost_word, 1.5),
    (stray_function, 1.5),
    (wrong_sense, 4),
    (foreign_word, 2.5),
    (loop, 1),
    (grafted, 1.5),
    (echoed, 0.8),
    (wrong_name, 1),
    (genitive, 1.5),
)


def broken(sentence: str, stock: Stock, rng: random.Random) -> tuple[str, tuple[tuple[int, int, float], ...], float]:
    """A broken version of a sentence, the spans that are broken, and how broken it is, 0 to 1."""
    words: list[Word] = [(w, False) for w in sentence.split()]
    count = 1 + min(6, int(rng.expovariate(1 / (0.6 + len(words) / 9))))
    for operation in rng.choices([o for o, _ in OPERATIONS], [w for _, w in OPERATIONS], k=count):
        if words:
            words = operation(words, stock, rng)
    spans, at = [], 0
    for word, wrong in words:
        if wrong:
            spans.append((at, at + len(word), 1.0))
        at += len(word) + 1
    share = len(spans) / max(1, len(words))
    degree = 0.0 if not spans else min(0.95, 0.45 + 0.12 * count + share)
    return " ".join(w for w, _ in words), tuple(spans), degree


def misspelt(sentence: str, pairs: Mapping[str, Sequence[str]], rng: random.Random) -> str:
    """One or two typing errors, which are no garble."""
    words = sentence.split(" ")
    for _ in range(rng.choice([1, 1, 2])):
        i = rng.randrange(len(words))
        word = words[i]
        if word.lower() in pairs and rng.random() < 0.7:
            words[i] = dressed(word, rng.choice(pairs[word.lower()]))
        elif len(word) > 4:
            k = rng.randrange(1, len(word) - 2)
            words[i] = rng.choice(
                [
                    word[:k] + word[k + 1] + word[k] + word[k + 2 :],
                    word[:k] + word[k + 1 :],
                    word[: k + 1] + word[k:],
                    word[:k] + rng.choice("aeiounrst") + word[k + 1 :],
                ]
            )
    return " ".join(words)
