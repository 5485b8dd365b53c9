"""
One layout for all classes, so that format never tells which class a text is.

Quotes, dashes, entities and spaces are folded; text that was tokenised is put
together again; marks that only one engine leaves behind are taken away on
every side. The sentence cutter is the one that the outside referee uses.
"""

import hashlib
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard

Row = dict[str, Any]

FOLD = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "\u200b": None,
        "\ufeff": None,
        "\xa0": " ",
        "\ufffd": '"',
        "#": None,  # Apertium's marks are stripped from its output,
        "@": None,  # so they are stripped from everybody's text
        "*": None,
    }
)
SENTENCE_END = re.compile(r"(?<=[.!?][\"')\]]) +(?=[\"'(A-Z0-9])|(?<=[.!?]) +(?=[\"'(A-Z0-9])")
ABBREVIATED = re.compile(
    r"(?:^|[\s\"'(])(?:Mr|Mrs|Ms|Dr|Prof|Sens?|Reps?|Gov|Gen|Lt|Col|Sgt|Capt|Maj|St|Rev|Hon|vs|No|[A-Z])\.$"
)
TOKENISED = re.compile(r" (?:[,.;:!?)]|n't\b|'(?:s|re|ve|ll|d|m|t)\b)|\( |``|''|-LRB-| @-@ ")


def rows(path: Path) -> Iterator[Row]:
    """The records of a zstd-compressed JSON lines file."""
    with path.open("rb") as handle:
        stream = zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(handle)
        for line in io.TextIOWrapper(stream, encoding="utf8"):
            yield json.loads(line)


def digest(text: str) -> bytes:
    """The SHA-1 of a text, which decides what is set aside."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).digest()


def apart(row: Row) -> bool:
    """Whether a row belongs to the tenth of the groups that is kept for dev: never train on these."""
    return int.from_bytes(digest(str(row["group"])), "big") % 10 == 0


def plain(text: str) -> str:
    """Fold what only tells where a text comes from."""
    text = html.unescape(text).translate(FOLD)
    text = re.sub(r"[ \t\r]+", " ", text)
    return re.sub(r" +([,.;:!?])", r"\1", text).strip()


def detokenised(text: str) -> str:
    r"""
    Put tokenised text together, as far as rules can.

        >>> detokenised("He did n't say ( as she 's told ) : `` yes '' .")
        'He didn\'t say (as she\'s told): "yes".'
    """
    text = text.replace("``", '"').replace("''", '"')
    text = text.replace("-LRB-", "(").replace("-RRB-", ")").replace(" @-@ ", "-")
    text = re.sub(
        r"(?i)\b(ca|wo|do|did|does|is|was|are|were|have|has|had|could|would|should|must|need|ai) n't\b", r"\1n't", text
    )
    text = re.sub(r" '(s|re|ve|ll|d|m|t)\b", r"'\1", text)
    text = re.sub(r"(\w) ' (s|t|re|ve|ll|d|m)\b", r"\1'\2", text)
    text = re.sub(r" +([,.;:!?%)\]])", r"\1", text)
    text = re.sub(r"([(\[$£€]) +", r"\1", text)
    text = re.sub(r'" ([^"]*?) "', r'"\1"', text)
    return re.sub(r"(\w) - (?=(?:year|old|time|term|based|called|known|day|style|class)\b)", r"\1-", text)


def sentences(text: str, *, at_least: int = 3, titles: bool = False) -> list[str]:
    """
    The sentences of a text with a minimum number of words.

    With `titles`, one does not end at "Mr." and the like; else it does, as the referee has it.
    """
    found: list[str] = []
    for line in plain(text).split("\n"):
        first = len(found)
        for piece in SENTENCE_END.split(line.strip()):
            if titles and len(found) > first and ABBREVIATED.search(found[-1]):
                found[-1] = f"{found[-1]} {piece.strip()}"
            else:
                found.append(piece.strip())
    return [piece for piece in found if len(piece.split()) >= at_least]
