"""Compare what is left of web pages with what extractors give: `python -m detector.training.html_peers --pages DIR`.

DIR holds, for each page, `NAME.html` (as it was served, UTF-8), `NAME.txt` (the text that should be left) and, if two
pages are of one site, `NAME.site` (its name). Sites are dealt into two halves, dev and test, by a hash of their names.

What is compared are runs of four words, counted as often as they occur, as in Zyte's benchmark of article extraction:
precision, recall and their harmonic mean F1 for each page, then the mean over pages. Intervals are of 2,000 samples of
the sites (bootstrap). trafilatura, jusText, readability-lxml are asked if they are installed; none is among the extras.
"""

import argparse
import hashlib
import importlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.document import Document
from detector.io.html import page as read_page
from detector.pipeline import Detector
from detector.strip import strip

__all__ = ["Page", "main", "overlap", "pages"]

Floats = NDArray[np.float64]
System = Callable[[str], str]

_RUN = 4
_SAMPLES = 2000
_HALVES = ("dev", "test")


@dataclass(frozen=True)
class Page:
    """A page with the text that should be left of it."""

    name: str
    site: str
    markup: str
    reference: str

    @property
    def half(self) -> str:
        """The half that its site was dealt into."""
        return _HALVES[int(hashlib.sha1(self.site.encode(), usedforsecurity=False).hexdigest(), 16) % 2]


def pages(folder: Path) -> list[Page]:
    """All pages of a folder, by name."""
    out = []
    for path in sorted(folder.glob("*.html")):
        site = path.with_suffix(".site")
        named = site.read_text("utf-8").strip() if site.is_file() else path.stem
        out.append(Page(path.stem, named, path.read_text("utf-8"), path.with_suffix(".txt").read_text("utf-8")))
    return out


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return Counter(tuple(words[i : i + _RUN]) for i in range(max(len(words) - _RUN + 1, 1)))


def overlap(found: str, reference: str) -> tuple[float, float, float]:
    """F1, precision and recall of a text's runs of four words."""
    left, right = _runs(found), _runs(reference)
    both = (left & right).total()
    precision, recall = both / max(left.total(), 1), both / max(right.total(), 1)
    return 2 * precision * recall / max(precision + recall, 1e-9), precision, recall


def systems() -> dict[str, System]:
    """What can be asked here, by name: a page's markup goes in, the text that is left comes out."""
    detector = Detector(deep="never")

    def visible(markup: str) -> str:
        return read_page(markup).text

    def ours(markup: str) -> str:
        text, facts, odds = read_page(markup)
        document = Document("", text, "", facts, odds)
        return strip(document, detector.judge_batch([document])[0]).text

    def plain(markup: str) -> str:
        document = Document("", visible(markup))
        return strip(document, detector.judge_batch([document])[0]).text

    out: dict[str, System] = {"visible text": visible, "ours": ours, "ours, lines only": plain}
    for name, module, ask in _PEERS:
        try:
            library = importlib.import_module(module)
        except ImportError:
            continue
        out[name] = partial(ask, library)
    return out


def _trafilatura(library: Any, markup: str) -> str:  # noqa: ANN401 - untyped libraries
    return library.extract(markup, include_comments=False) or ""


def _resiliparse(library: Any, markup: str) -> str:  # noqa: ANN401
    return str(
        library.extract_plain_text(
            markup, main_content=True, preserve_formatting=True, list_bullets=False, alt_texts=False
        )
    )


def _justext(library: Any, markup: str) -> str:  # noqa: ANN401
    found = library.justext(markup.encode(), library.get_stoplist("English"), encoding="utf-8")
    return "\n".join(p.text for p in found if not p.is_boilerplate)


def _readability(library: Any, markup: str) -> str:  # noqa: ANN401
    return read_page(library.Document(markup).summary()).text


_PEERS: tuple[tuple[str, str, Callable[[Any, str], str]], ...] = (
    ("trafilatura", "trafilatura", _trafilatura),
    ("resiliparse, main content", "resiliparse.extract.html2text", _resiliparse),
    ("jusText", "justext", _justext),
    ("readability-lxml", "readability", _readability),
)


def _ask(system: System, markup: str) -> str:
    """What a system gives; nothing where it fails, as some do on some pages."""
    try:
        return system(markup)
    except Exception:  # noqa: BLE001 - whatever another's library raises
        return ""


def _interval(values: Floats, sites: Sequence[str]) -> tuple[float, float]:
    """The bounds between which 95 % of the means over samples of sites lie."""
    names = sorted(set(sites))
    member = np.array([[s == name for s in sites] for name in names], float)
    drawn = np.random.default_rng(0).integers(0, len(names), (_SAMPLES, len(names)))
    times = np.stack([np.bincount(row, minlength=len(names)) for row in drawn]) @ member
    low, high = np.quantile((times @ values) / times.sum(axis=1), (0.025, 0.975))
    return float(low), float(high)


def main() -> None:
    """Print a table for the pages of a folder, or of one half of it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--half", choices=_HALVES, help="the pages of one half of the sites only")
    parser.add_argument("--each", action="store_true", help="also print F1 for each page")
    arguments = parser.parse_args()
    found = [p for p in pages(arguments.pages) if arguments.half in (None, p.half)]
    sites = [p.site for p in found]
    table = {
        name: np.array([overlap(_ask(system, p.markup), p.reference) for p in found])
        for name, system in systems().items()
    }
    best = table.get("trafilatura")
    print(f"{len(found)} pages of {len(set(sites))} sites")
    print("| system | F1 | 95 % | P | R | F1 less trafilatura's |\n|---|---|---|---|---|---|")
    for name, values in table.items():
        low, high = _interval(values[:, 0], sites)
        beside = ""
        if best is not None and name != "trafilatura":
            less, more = _interval(values[:, 0] - best[:, 0], sites)
            beside = f"{(values[:, 0] - best[:, 0]).mean():+.3f} ({less:+.3f} to {more:+.3f})"
        f1, precision, recall = values.mean(axis=0)
        print(f"| {name} | {f1:.3f} | {low:.3f} to {high:.3f} | {precision:.3f} | {recall:.3f} | {beside} |")
    if arguments.each:
        for i, p in enumerate(found):
            print(p.name, *(f"{name} {values[i, 0]:.3f}" for name, values in table.items()), sep="; ")


if __name__ == "__main__":
    main()
