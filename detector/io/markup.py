"""What the markup of a web page says of each visible line: how likely it is to be furniture, whatever its words say.

Three opinions on where the article is, and two on what a block calls itself:

- `main`: resiliparse's extraction of main content leaves the line out;
- `best`: the line is outside the block with most paragraphs, counted as Arc90's Readability did (a paragraph counts
  fully for the block that it is in, half for the next, a sixth, a ninth, ... for those around), and outside all blocks
  beside it that hold a third as much: an article cut into parts;
- `most`: it is outside the smallest block that holds four fifths of all paragraphs;
- `named`, `beside`: a block around it that does not hold the article is by its tag, class, id or role a menu, a footer,
  a list of related links, ...; or is what stands beside an article's own text (a caption, a byline, a hidden block).

Each that holds adds its log-odds (`WEIGHTS`), learned by `detector.training.markup` on 50 pages of 33 sites beside a
line model that had not seen these sites; on folds by site that were left out, F1 of the content's characters rose from
0.931 to 0.969 (precision 0.909 to 0.963, recall 0.972 to 0.983). Tags of figures, lists, links and tables, the share of
links, and words for sidebars, log-ins and pop-ups were tried too; they added nothing there. A page without a paragraph
says nothing.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from resiliparse.parse.html import HTMLTree

__all__ = ["EVIDENCE", "WEIGHTS", "evidence", "is_readable", "log_odds", "mark_blocks"]

EVIDENCE = ("main", "best", "most", "named", "beside")
WEIGHTS = (1.57, 2.41, 1.28, 2.23, 2.34)
_BIAS = -0.73

Bools = NDArray[np.bool_]

# A block's first and last child become a character of the private planes 15 and 16 with its number, so that the text of
# the page, read again, says where each block begins and ends. They are in no font, and all but never in a page.
_FIRST, _LAST = 0xF0000, 0x100000
# Pages with more elements say nothing: where they are nested that deep, finding main content takes ten seconds. Of 90
# articles' pages the largest has 10,000, the next 4,000.
_MOST_ELEMENTS = 20_000
_MARK = re.compile("[\U000f0000-\U0010ffff]")

_HOLDERS = ("div", "section", "article", "main", "table", "td")
_FURNITURE = ("nav", "header", "footer", "aside", "form")
_BLOCKS = ",".join(
    (*_HOLDERS, *_FURNITURE, *(f"{tag}[{name}]" for tag in ("ul", "ol", "dl", "li") for name in ("class", "id")))
)
_NAMED = re.compile(
    r"comment|disqus|livefyre|discussion|respond|\breplies"
    r"|\bshar(?:e|ing)|[-_]shar(?:e|ing)|social|follow|addthis"
    r"|relat|recommend|read-?more|trending|popular|most[-_]|outbrain|taboola|recirc|teaser|promo|up-?next|latest"
    r"|headlines|carousel|playlist"
    r"|\bads?\b|\bad[-_]|[-_]ads?\b|advert|sponsor|newsletter|cookie|consent|gdpr"
    r"|\bnav|nav\b|[-_]nav|menu|crumb|toolbar|dropdown|\bskip|pagination|pager|\btoc\b"
    r"|foot(?:er)?\b|foot(?:er)?[-_]|copyright|legal|disclaimer|contentinfo"
    r"|masthead|topbar|\bheader|banner|logo\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"byline|author|\bmeta|[-_]meta|dateline|time-?stamp|\bdate|publi|\btags?\b|[-_]tags?\b|topics|categor|kicker|eyebrow"
    r"|\bbio\b|source"
    r"|hidden|hide|sr-only|screen-?reader|print|collapsed"
    r"|caption|credit|photo|gallery|slide|media|video|player|image",
    re.IGNORECASE,
)

# What WordPress calls any post, after what it was filed under: "post-7 post type-post status-publish format-image
# hentry category-media tag-photo".
_POST = re.compile(r"\bhentry\b|\bstatus-publish\b", re.IGNORECASE)

_PARAGRAPH = 40  # a line of so many characters that ends as a sentence does
_SHARES = (1, 1 / 2, 1 / 6, 1 / 9, 1 / 12, 1 / 15, 1 / 18, 1 / 21, 1 / 24)
_ARTICLE = 0.5  # a block with so much of the paragraphs holds the article
_MOST = 0.8
# An opinion on where the article is that leaves out more of the paragraphs than this, of those that are in no block of
# furniture, is not heard: where one left out so much, on seven of the 50 pages, it was all but always wrong.
_DISOWNED = 0.3
_AS_WELL = 0.35  # of what the best block is worth: 0.5 does as well, at 0.2 and 0.1 readers' comments come in
_ENOUGH = 200  # characters of paragraphs that main content has at least; if not, all paragraphs count
_CLOSING = "\"'”’)] "
_ENDS = ".!?:…"


@dataclass(frozen=True)
class Block:
    """An element: lines `start` to `end`, the tag, and what it calls itself."""

    start: int
    end: int
    tag: str
    name: str
    order: int


@lru_cache(4096)
def _calls_itself(name: str) -> tuple[bool, bool]:
    """Whether a block's names are those of furniture, and of what stands beside an article's text."""
    if _POST.search(name):
        return False, False
    return _NAMED.search(name) is not None, _BESIDE.search(name) is not None


def is_readable(tree: HTMLTree) -> bool:
    """Whether a page has elements, and no more than can be looked at."""
    return tree.document is not None and 0 < len(tree.document.query_selector_all("*")) <= _MOST_ELEMENTS


def mark_blocks(tree: HTMLTree) -> list[tuple[str, str]]:
    """Write the numbers of all blocks into a page; return their tags and names. The page is changed."""
    found: Sequence[Any] = tree.document.query_selector_all(_BLOCKS)[:] if tree.document is not None else ()
    out = []
    for number, element in enumerate(found):
        first = tree.create_text_node(chr(_FIRST + number))
        child = element.first_child
        if child is None:
            element.append_child(first)
        else:
            element.insert_before(first, child)
        element.append_child(tree.create_text_node(chr(_LAST + number)))
        names = (element.getattr(attribute) for attribute in ("class", "id", "role"))
        out.append((element.tag, " ".join([name for name in names if name])))
    return out


def _read(marked: str, blocks: Sequence[tuple[str, str]]) -> tuple[list[str], list[Block], list[list[int]]]:
    """The lines of a marked text without its marks, its blocks, and of each line the holders around it, the last first.

    A block has the lines that begin in it.
    """
    lines: list[str] = []
    starts, out = [-1] * len(blocks), []
    holders: list[int] = []
    around: list[list[int]] = []
    for line in marked.split("\n"):
        text, at, begun = "", 0, False
        inside: list[int] = []
        for mark in [*_MARK.finditer(line), None]:
            piece = line[at : mark.start() if mark else None]
            text += piece
            if not begun and piece.strip():
                begun, inside = True, holders[: -len(_SHARES) - 1 : -1]
            if mark is None:
                break
            at = mark.end()
            number = ord(mark.group()) - _FIRST
            here = len(lines) + begun
            if number < len(blocks):
                starts[number] = here
                if blocks[number][0] in _HOLDERS:
                    holders.append(number)
                continue
            number -= _LAST - _FIRST
            if 0 <= number < len(blocks) and starts[number] >= 0:
                out.append(Block(starts[number], here, *blocks[number], number))
                if holders and holders[-1] == number:
                    holders.pop()
        text = " ".join(text.split())
        if text:
            lines.append(text)
            around.append(inside)
    return lines, [b for b in out if b.start < b.end], around


def _paragraphs(lines: Sequence[str]) -> NDArray[np.int64]:
    """The characters of the lines that are paragraphs, 0 for the others; [lines]."""
    return np.array(
        [len(x) if len(x) >= _PARAGRAPH and x.rstrip(_CLOSING)[-1:] in _ENDS else 0 for x in lines], np.int64
    )


def _kept(lines: Sequence[str], main: Sequence[str]) -> Bools:
    """Which lines are those of the main content: both are in the page's order."""
    places: dict[str, list[int]] = {}
    for i, line in enumerate(lines):
        places.setdefault(line, []).append(i)
    out, at = np.zeros(len(lines), bool), 0
    for line in main:
        among = places.get(line, ())
        next_ = bisect_left(among, at)
        if next_ < len(among):
            out[among[next_]] = True
            at = among[next_] + 1
    return out


def _worth(lines: Sequence[str], paragraphs: NDArray[np.int64], around: Sequence[Sequence[int]]) -> dict[int, float]:
    """What the paragraphs of each block are worth together, by its number."""
    scores: dict[int, float] = {}
    for i in np.flatnonzero(paragraphs).tolist():
        worth = 1 + lines[i].count(",") + min(len(lines[i]) / 100, 3)
        for number, share in zip(around[i], _SHARES, strict=False):
            scores[number] = scores.get(number, 0.0) + worth * share
    return scores


def evidence(
    lines: Sequence[str], main: Sequence[str], marked: str, blocks: Sequence[tuple[str, str]]
) -> NDArray[np.bool_] | None:
    """What holds of each line of a page, bool [lines, EVIDENCE]; None for a page that says nothing.

    `main`: the lines of its main content; `marked`: its visible text with marks; `blocks`: what the marks stand for.
    """
    read, found, around = _read(marked, blocks)
    paragraphs = _paragraphs(lines)
    if read != list(lines) or not paragraphs.any():
        return None
    kept = _kept(lines, main)
    inside = np.where(kept, paragraphs, 0)
    if inside.sum() < _ENOUGH:
        inside = paragraphs
    article = np.concatenate([[0], np.cumsum(inside)])
    every = np.concatenate([[0], np.cumsum(paragraphs)])
    worth = _worth(lines, paragraphs, around)
    best = max(worth, key=lambda number: (worth[number], -number), default=-1)
    place = next((b for b in found if b.order == best), None)
    out = np.zeros((len(lines), len(EVIDENCE)), bool)
    out[:, 0] = ~kept
    out[:, 1:3] = [place is not None, False]
    most: Block | None = None
    for block in found:
        lies = slice(block.start, block.end)
        if block is place or (
            place is not None
            and worth.get(block.order, 0.0) >= _AS_WELL * worth[best]
            and not block.start <= place.start < place.end <= block.end
        ):
            out[lies, 1] = False
        if block.tag in _HOLDERS and every[block.end] - every[block.start] >= _MOST * every[-1]:
            most = block if most is None or block.order > most.order else most
        if article[block.end] - article[block.start] < _ARTICLE * article[-1]:
            named, beside = _calls_itself(block.name)
            if named or block.tag in _FURNITURE:
                out[lies, 3] = True
            if beside:
                out[lies, 4] = True
    if most is not None:
        out[: most.start, 2] = out[most.end :, 2] = True
    unnamed = np.where(out[:, 3], 0, paragraphs)
    out[:, :3] &= unnamed @ out[:, :3] <= _DISOWNED * unnamed.sum()
    return out


def log_odds(found: NDArray[np.bool_] | None) -> tuple[float, ...]:
    """The log-odds that the evidence adds to each line; empty where there is none."""
    if found is None:
        return ()
    return tuple((found @ np.array(WEIGHTS) + _BIAS).tolist())
