"""`Detector`: the public API. One text, many texts, and the cascade of fast and slow signals."""

import importlib.util
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detector.articles import Articles, articles, of_articles
from detector.batch import Taught, cut
from detector.cascade import Doubts, doubts, looks, read_on_above
from detector.document import Document, Span
from detector.errors import MissingExtraError
from detector.features import Table, joined, measure
from detector.languagetool import LanguageToolError, LanguageToolWarning, connect
from detector.policy import Policy, Verdict, decide
from detector.reading import read_on
from detector.registry import all_signals, find_signal
from detector.scorer import Assessment, Model, Scores, load_model
from detector.sites import Recurring
from detector.webpages import excuse_pages, markup

__all__ = ["Detector"]

When = Literal["auto", "always", "never"]
Ints = NDArray[np.int64]

# A batch is full at so many documents or characters: large enough that what is done once a batch costs little per
# document (256 news articles take a seventh less time a word than 128), small enough for memory.
BATCH_DOCUMENTS = 256
BATCH_CHARACTERS = 1_600_000


class Detector:
    """Judges English texts.

    - `deep`: "auto" reads with the neural model what the fast signals leave in doubt (whole documents, and sentences
      that stand out of a sound one), if its extra is installed;
      "always" reads everything (MissingExtraError without the extra); "never" does without.
    - `languagetool`: "never", "auto", "always", or the URL of a server.
    - `policy`: where the lines are; the bundled policy by default.
    - `ignore`: codes or names of signals that shall not count and not show.
    - `words`: names and terms to accept as spelled; `dialect`: "any", "us" or "gb".
    - `model`: a folder with another model.
    - `site_lines`: the lines that recur on their sites, from a counting pass (`detector.sites`), or the file that such
      a pass saved; `site_field`: the field of a document's metadata that names its site.

    Same text, same answer: alone, in any batch, in any process.
    """

    def __init__(  # noqa: PLR0913 - the options of the command, under the same names
        self,
        *,
        deep: When = "auto",
        languagetool: str = "never",
        policy: Policy | None = None,
        ignore: Iterable[str] = (),
        words: Sequence[str] = (),
        dialect: Literal["any", "us", "gb"] = "any",
        model: Path | None = None,
        site_lines: Recurring | Path | None = None,
        site_field: str = "",
    ) -> None:
        self._site_lines = Recurring.load(site_lines, site_field) if isinstance(site_lines, Path) else site_lines
        self._model: Model = load_model(model)
        self._policy = policy or Policy.from_json(self._model.policy["lines"])
        self._ignore = frozenset(find_signal(name).code for name in ignore)
        self._taught = Taught.from_words(words, dialect)
        signals = [s for s in all_signals() if s.code not in self._ignore or s.abstain_at is None]
        self._fast = [s for s in signals if s.cost == "fast"]
        self._deep = [s for s in signals if s.needs == "deep"]
        self._languagetool = [s for s in signals if s.needs == "languagetool"] if languagetool != "never" else []
        self._languagetool_when = languagetool
        self._when: When = deep
        if deep != "never" and not (self._deep and _installed("onnxruntime") and _installed("tokenizers")):
            if deep == "always":
                msg = "--deep always needs the neural model's runtime: pip install 'detector[deep]'"
                raise MissingExtraError(msg)
            self._when = "never"

    @property
    def model(self) -> str:
        """Name and hash of the model: part of every answer."""
        return self._model.name

    @property
    def policy(self) -> Policy:
        """Where the lines are."""
        return self._policy

    @property
    def deep(self) -> str:
        """Whether the neural model reads: "auto", "always" or "never" (also if its extra is not installed)."""
        return self._when

    def judge(self, text: str) -> Verdict:
        """Judge one text."""
        return self.judge_batch([Document("", text)])[0]

    def judge_many(self, texts: Iterable[str]) -> Iterator[Verdict]:
        """Judge texts as they come; memory is bounded by a batch."""
        return (verdict for _, verdict in self.stream(Document("", text) for text in texts))

    def stream(self, documents: Iterable[Document]) -> Iterator[tuple[Document, Verdict]]:
        """Judge documents as they come, in order; memory is bounded by a batch."""
        waiting: list[Document] = []
        characters = 0
        for document in documents:
            waiting.append(document)
            characters += len(document.text)
            if len(waiting) >= BATCH_DOCUMENTS or characters >= BATCH_CHARACTERS:
                yield from zip(waiting, self.judge_batch(waiting), strict=True)
                waiting, characters = [], 0
        yield from zip(waiting, self.judge_batch(waiting), strict=True)

    def judge_batch(self, documents: Sequence[Document]) -> list[Verdict]:
        """Judge documents together: the unit of work. The answers do not depend on who shares the batch."""
        if not documents:
            return []
        article, fast = self._measured(documents)
        scores = self._score(fast, "fast")
        verdicts = self._verdicts(fast, scores, ("fast",))
        if self._when != "never":
            self._read_deep(article, fast, scores, verdicts)
        if self._languagetool:
            self._read_languagetool(documents, verdicts)
        return verdicts

    def _measured(self, documents: Sequence[Document]) -> tuple[Articles, Table]:
        """The articles of documents, and their fast measurements. What only these need is freed with this."""
        batch = cut([d.text for d in documents], self._taught)
        batch = replace(batch, facts=tuple(d.metadata for d in documents), ignored=self._ignore)
        if any(d.markup for d in documents):
            batch = replace(batch, markup=markup(batch, documents))
        if self._site_lines is not None:
            batch = replace(batch, recurring=self._site_lines.lines(batch, documents))
        page = measure(batch, [s for s in self._fast if s.axis != "typos" and not of_articles(s)])
        article = articles(batch, page)
        typos = measure(batch, [s for s in self._fast if s.axis == "typos"], counted=article.counted)
        garble = article.located(measure(article.batch, [s for s in self._fast if of_articles(s)]))
        return article, excuse_pages(batch, article.words, joined(self._fast, page, typos, garble))

    def _read_languagetool(self, documents: Sequence[Document], verdicts: list[Verdict]) -> None:
        """Add what LanguageTool says: evidence that weighs nothing. If it fails, say so once and go on without it."""
        everything = self._languagetool_when != "auto"
        at = [i for i, v in enumerate(verdicts) if everything or v.action == "review"]
        if not at:
            return
        try:
            connect(self._languagetool_when)
            batch = replace(cut([documents[i].text for i in at], self._taught), ignored=self._ignore)
            slow = measure(batch, self._languagetool)
        except (LanguageToolError, MissingExtraError) as error:
            self._languagetool = []
            warnings.warn(f"{error}. The verdicts are given without it.", LanguageToolWarning, stacklevel=2)
            return
        for row, i in zip(slow.rows(), at, strict=True):
            verdict = verdicts[i]
            told = replace(verdict.assessment, measurements=(*verdict.assessment.measurements, *row))
            verdicts[i] = replace(verdict, assessment=told, ran=(*verdict.ran, "languagetool"))

    def _score(self, table: Table, profile: str) -> Scores:
        codes = [s.code for s in table.signals]
        return self._model.score(table.values, codes, profile, self._ignore, table.excused)

    def _verdicts(self, table: Table, scores: Scores, ran: tuple[str, ...]) -> list[Verdict]:
        p = {name: values.tolist() for name, values in scores.probabilities.items()}
        codes = [s.code for s in table.signals]
        added: list[dict[str, float]] = [{} for _ in range(len(table.values))]
        at = np.nonzero(scores.contributions)
        for i, signal, x in zip(*(x.tolist() for x in (*at, scores.contributions[at])), strict=True):
            added[i][codes[signal]] = x
        out = []
        for i, row in enumerate(table.rows()):
            assessment = Assessment(
                garble=p["garble"][i],
                typos=p["typos"][i],
                boilerplate=p["boilerplate"][i],
                p_low_quality=p["verdict"][i],
                measurements=row,
                contributions=added[i],
                base=scores.base,
                model=self._model.name,
            )
            out.append(decide(assessment, self._policy, table.signals, ran, self._ignore))
        return out

    def _read_deep(self, article: Articles, fast: Table, scores: Scores, verdicts: list[Verdict]) -> None:
        """Let the neural model read some articles, or all, and replace their documents' verdicts."""
        if self._when == "always":
            at = np.arange(len(verdicts))
            together, scores = self._deepened(article, fast, at)
        else:
            batch = article.batch
            doubt = doubts(batch, scores.probabilities["garble"], float(self._model.policy["doubtful_above"]))
            at = np.flatnonzero(doubt.read)
            if not len(at):
                return
            together, scores = self._read_doubtful(article.of(at), fast, at, doubt.of(batch))
        for i, verdict in zip(at.tolist(), self._verdicts(together, scores, ("fast", "deep")), strict=True):
            verdicts[i] = verdict

    def _read_doubtful(self, some: Articles, fast: Table, at: Ints, doubt: Doubts) -> tuple[Table, Scores]:
        """Read the articles of documents: first what is most telling, and on where that does not clear them."""
        first, every = looks(some.batch, doubt)
        some = replace(some, batch=read_on(some.batch, first))
        together, scores = self._deepened(some, fast, at)
        review = self._policy.lines["deep"].garble_review_above
        on = (scores.probabilities["garble"] > read_on_above(doubt, some.batch, review)) & ~doubt.whole
        if on.any():
            some = replace(some, batch=read_on(some.batch, first | (every & on[some.batch.sentences.document])))
            together, scores = self._deepened(some, fast, at)
        return together, scores

    def _deepened(self, some: Articles, fast: Table, at: Ints) -> tuple[Table, Scores]:
        """The fast measurements of the documents `at`, and what the neural model adds to them."""
        slow = some.located(measure(some.batch, self._deep))
        together = Table(
            (*fast.signals, *slow.signals),
            np.concatenate([fast.values[at], slow.values], axis=1),
            (*_still_shown(fast, {s.replaces for s in self._deep}, at), *slow.evidence),
            None if fast.excused is None else np.pad(fast.excused[at], ((0, 0), (0, len(slow.signals)))),
        )
        return together, self._score(together, "deep")


def _still_shown(fast: Table, replaced: set[str | None], at: Ints) -> list[list[Sequence[Span]]]:
    """The evidence of the fast signals for some documents, but for those that a slow signal replaces."""
    return [
        [() if signal.code in replaced else found[i] for i in at]
        for signal, found in zip(fast.signals, fast.evidence, strict=True)
    ]


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
