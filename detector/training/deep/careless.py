"""
Careless writing: what people do to their own sentences in chats, posts and forms, which is no garble.

Next to no training text is a *translation* of a chat or of a post, so a model may hold the manner for the fault. Here
the sentences of any kind, broken and sound, are written with the habits of one person.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from detector.training.deep.pools import Line

SHORT = {
    "you": "u",
    "your": "ur",
    "you're": "ur",
    "are": "r",
    "please": "pls",
    "thanks": "thx",
    "because": "cuz",
    "to": "2",
    "for": "4",
    "very": "v",
    "and": "n",
    "with": "w",
    "people": "ppl",
    "though": "tho",
    "okay": "ok",
    "about": "abt",
    "before": "b4",
    "tomorrow": "tmrw",
    "i am": "im",
    "do not": "dont",
    "cannot": "cant",
    "really": "rly",
    "something": "smth",
}
COLLOQUIAL = {"going to": "gonna", "want to": "wanna", "got to": "gotta", "kind of": "kinda", "do not know": "dunno"}
ENDS = ("!", "!!", "!!!", "...", "..", "?!", "", "", " lol", " :)", " ;)", " :D", " haha", " xD", " :(", " smh", " tbh")
OPENERS = ("So ", "Well, ", "Yeah, ", "Ok ", "Hi, ", "Hello ", "Also ", "Anyway, ", "Honestly ", "Btw ", "Lol ", "And ")
PLACES = ("PRS_ORG", "NAME", "URL", "ADDRESS", "NUMBER", "user12", "EMAIL", "xxx")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
CLAUSES = re.compile(r"(?<=\w)(?:[;:,] | - )")
DRAWN = re.compile(r"\b([a-z]*?)([aeiou])([a-z]?)\b")

Habit = Callable[[str, random.Random], str]


def small(text: str, _: random.Random) -> str:
    """Nothing but small letters."""
    return text.lower()


def small_start(text: str, _: random.Random) -> str:
    """The first letter is small."""
    return text[:1].lower() + text[1:]


def small_i(text: str, _: random.Random) -> str:
    """I is i."""
    return re.sub(r"\bI\b", "i", text)


def no_apostrophes(text: str, _: random.Random) -> str:
    """Dont, its, hes."""
    return re.sub(r"(?<=\w)'(?=\w)", "", text)


def no_commas(text: str, rng: random.Random) -> str:
    """Commas are left out."""
    return text if rng.random() < 0.3 else text.replace(", ", " ")


def replacing(forms: Mapping[str, str], share: float) -> Habit:
    """A habit of writing a share of some words, or of groups of words, in other forms."""
    longest_first = sorted(forms, key=len, reverse=True)
    found = re.compile(r"(?i)\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b")

    def habit(text: str, rng: random.Random) -> str:
        return found.sub(lambda m: forms[m.group().lower()] if rng.random() < share else m.group(), text)

    return habit


shortened = replacing(SHORT, 0.5)
loose = replacing(COLLOQUIAL, 1.0)


def other_end(text: str, rng: random.Random) -> str:
    """No full stop, many, or a smile."""
    return text.rstrip(".!") + rng.choice(ENDS) if text.endswith((".", "!")) else text


def no_end(text: str, _: random.Random) -> str:
    """The stop at the end is missing."""
    return text.rstrip(".")


def opened(text: str, rng: random.Random) -> str:
    """Begins as one speaks."""
    return rng.choice(OPENERS) + text[:1].lower() + text[1:] if rng.random() < 0.4 else text


def hidden(text: str, rng: random.Random) -> str:
    """Names are put out of sight, as in the records of a help desk."""
    return NAME.sub(lambda m: rng.choice(PLACES) if rng.random() < 0.5 else m.group(), text)


def drawn(text: str, rng: random.Random) -> str:
    """Sooo good."""
    words = text.split(" ")
    k = rng.randrange(len(words))
    if rng.random() < 0.4 and words[k].isalpha() and words[k].islower() and 1 < len(words[k]) < 7:
        words[k] = DRAWN.sub(lambda m: m.group(1) + m.group(2) * rng.randint(3, 4) + m.group(3), words[k], count=1)
    return " ".join(words)


def shouted(text: str, rng: random.Random) -> str:
    """A word or all of it in capitals."""
    if rng.random() < 0.15:
        return text.upper()
    words = text.split(" ")
    k = rng.randrange(len(words))
    words[k] = words[k].upper() if rng.random() < 0.4 else words[k]
    return " ".join(words)


def one_clause(text: str, rng: random.Random) -> str:
    """A single clause stands for the sentence, as in a list or a caption."""
    parts = [part for part in CLAUSES.split(text) if part.count(" ") >= 2]
    return rng.choice(parts) if len(parts) > 1 and rng.random() < 0.7 else text


def listed(text: str, _: random.Random) -> str:
    """Capitals on all words and no stop, as on a shop's page."""
    return re.sub(r"\b[a-z](?=[a-z]{3})", lambda m: m.group().upper(), text).rstrip(".")


HABITS: tuple[tuple[Habit, float], ...] = (
    (small, 0.16),
    (small_start, 0.25),
    (small_i, 0.3),
    (no_apostrophes, 0.35),
    (no_commas, 0.25),
    (shortened, 0.22),
    (loose, 0.3),
    (other_end, 0.3),
    (no_end, 0.3),
    (opened, 0.2),
    (hidden, 0.15),
    (drawn, 0.12),
    (shouted, 0.1),
    (one_clause, 0.3),
    (listed, 0.05),
)
# Habits that neither add nor take a character: what is known of single words stays where it is.
IN_PLACE = (small, small_start, small_i)


def somebody(rng: random.Random) -> tuple[Habit, ...]:
    """The habits of one person."""
    return tuple(habit for habit, share in HABITS if rng.random() < share)


def carelessly(line: Line, habits: Sequence[Habit], seed: int) -> Line:
    """The line as that person writes it, by draws of its own."""
    rng = random.Random(seed)
    text = line.text
    for habit in habits:
        if not line.spans or habit in IN_PLACE:
            text = habit(text, rng) or text
    return replace(line, text=text) if len(text) == len(line.text) or not line.spans else line
