"""From what was collected to the figures, as JSON: by tier and group, at the lines, in places."""

import math
from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector import __version__
from detector.training.evaluation.collect import DETECTOR, Collected
from detector.training.evaluation.metrics import (
    NEWS_SHARE,
    area,
    at_most,
    calibration,
    honest_line,
    rank_correlation,
    rounded,
    share_above,
)
from detector.training.evaluation.read import RATINGS
from detector.training.evaluation.tiers import HUMAN, reference, role
from detector.training.verdict import CLEAN, MIX

__all__ = ["FALSE_ALARMS", "evaluate"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FORMAT = "detector-evaluation/1"
# Shares of native text above the line at which recall is given.
FALSE_ALARMS = (0.001, 0.005, 0.01)
# Where the ROC curves are drawn: the low end.
CURVE = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
# Words: around 50, 100, 200 and 400, parted at their geometric means.
_EDGES = (70, 141, 282)
LENGTHS = ("to 70", "71 to 141", "142 to 282", "from 283")
SMALL = 20  # documents: a group with fewer is not shown
RATED = 5  # sentences: a mean of fewer ratings is noise


class Evaluation:
    """The documents of the tables, with the masks that all figures need."""

    def __init__(self, found: Collected) -> None:
        self.found = found
        use = np.asarray([f.task == "garble" for f in found.facts], bool) & (found.length == 0)
        self.at = np.flatnonzero(use & ~np.isnan(found.scores[DETECTOR]))
        self.facts = [found.facts[i] for i in self.at]
        self.scores = {name: values[self.at] for name, values in found.scores.items()}
        self.tier = np.asarray([f.tier for f in self.facts], object)
        self.role = np.asarray([role(f.tier) for f in self.facts], object)
        self.truth = np.asarray([f.truth for f in self.facts], float)
        self.group = np.asarray([f.group for f in self.facts], object)
        self.length = np.asarray(LENGTHS, object)[np.searchsorted(_EDGES, found.words[self.at])]
        self.human = np.isin(self.role, HUMAN)
        self.machine = self.role == "machine"
        self.news = self.role == "news"
        self.tiers: list[str] = sorted(set(self.tier.tolist()))
        self.honest = {name: self._honest(values) for name, values in self.scores.items()}

    def _honest(self, scores: Floats) -> float:
        return honest_line(scores[self.news], scores[(self.role == "translation") | (self.role == "source")])

    def lines(self, name: str) -> dict[str, float]:
        """Where the lines of a scorer are."""
        news = self.scores[name][self.news]
        return {"honest": self.honest[name], **{f"news {share:.1%}": at_most(news, share) for share in FALSE_ALARMS}}

    def referenced(self, mine: Bools) -> Bools:
        """The human documents of the same kind as these, by their tiers."""
        tiers = {t for tier in set(self.tier[mine].tolist()) for t in reference(tier, self.tiers)}
        return np.isin(self.tier, sorted(tiers)) & self.human

    def related(self, mine: Bools) -> Bools:
        """The human documents of the very same groups: articles, for the most part."""
        return self.human & np.isin(self.group, sorted(set(self.group[mine].tolist()) - {""}))

    def figures(self, mine: Bools, sound: Bools) -> dict[str, Any]:
        """Every scorer's figures on some documents, against some human ones."""
        out: dict[str, Any] = {"n": int(mine.sum()), "human": int(sound.sum())}
        same = self.related(mine)
        if self.machine[mine].any():
            out["human_same_groups"] = int(same.sum())
        for name, scores in self.scores.items():
            row: dict[str, Any] = {"flagged": share_above(scores[mine], self.honest[name])}
            news = scores[self.news]
            row["recall"] = {f"{s:.1%}": share_above(scores[mine], at_most(news, s))["share"] for s in FALSE_ALARMS}
            if self.machine[mine].any():
                row["auc_news"], row["auc_news_error"] = area(news, scores[mine])
                row["auc_human"], row["auc_human_error"] = area(scores[sound], scores[mine])
                if out["human_same_groups"] >= SMALL:
                    row["auc_same_groups"], _ = area(scores[same], scores[mine])
                drawn = [s for s in CURVE if s * len(news) >= 1]  # a share of less than one document is none
                row["curve"] = [[s, share_above(scores[mine], at_most(news, s))["share"]] for s in drawn]
            out[name] = row
        return out

    def by(self, fact: str) -> list[dict[str, Any]]:
        """Machine translation by a fact of the documents: engine, pair, year, genre."""
        values = np.asarray([getattr(f, fact) for f in self.facts], object)
        return [
            {"name": value, **self.figures(mine, self.referenced(mine))}
            for value in sorted(set(values[self.machine].tolist()) - {""})
            if (mine := self.machine & (values == value)).sum() >= SMALL
        ]

    def by_length(self) -> list[dict[str, Any]]:
        """Machine translation by its length, against human text of the same kind that is as long."""
        return [
            {"name": name, **self.figures(mine, self.referenced(mine) & (self.length == name))}
            for name in LENGTHS
            if (mine := self.machine & (self.length == name)).sum() >= SMALL
        ]


def _tiers(e: Evaluation) -> list[dict[str, Any]]:
    out = []
    for tier in e.tiers:
        mine = e.tier == tier
        truth = np.unique(e.truth[mine])
        out.append(
            {
                "tier": tier,
                "role": role(tier),
                "truth": float(truth[0]) if len(truth) == 1 else None,
                "compared_with": reference(tier, e.tiers) if role(tier) == "machine" else [],
                **e.figures(mine, e.referenced(mine) if role(tier) == "machine" else mine),
            }
        )
    return out


_SAID = {
    "news": "native news",
    "translation": "human translations",
    "source": "English sources",
    "genre": "genres",
    "learner": "learners",
}


def _pooled(e: Evaluation) -> dict[str, Any]:
    """False alarms over all documents of a role."""
    out = {}
    for wanted, name in _SAID.items():
        mine = e.role == wanted
        if mine.any():
            out[name] = {
                s: {
                    **share_above(v[mine], e.honest[s]),
                    "share_at_news_line": share_above(v[mine], at_most(v[e.news], NEWS_SHARE))["share"],
                }
                for s, v in e.scores.items()
            }
    return out


def _mix(e: Evaluation) -> Floats:
    """Weights that make the documents the published mix: garbled tiers alike, clean ones as the model card says."""
    out = np.zeros(len(e.tier))
    garbled = [t for t in e.tiers if (e.truth[e.tier == t] == 1).any()]
    for tier in garbled:
        mine = (e.tier == tier) & (e.truth == 1)
        out[mine] = MIX["garble"] / len(garbled) / mine.sum()
    shares: dict[str, float] = {}
    sound = (e.truth == 0) & e.human
    for family, share in CLEAN.items():
        mine = sound & np.asarray([t == family or t.startswith(f"{family}.") for t in e.tier], bool)
        if mine.any():
            shares[family] = share
            out[mine] = share / mine.sum()
    if not shares and sound.any():
        out[sound] = 1 / sound.sum()
    clean = out[sound].sum()
    out[sound] *= (1 - MIX["garble"]) / clean if clean else 1
    return out


Rated = list[tuple[float, list[int]]]  # how bad people found a unit, and which documents it is made of


def _rated_documents(e: Evaluation, field: str, sign: int) -> Rated:
    """Documents with five ratings or more; shorter ones of one group and engine are put together first."""
    pools: dict[object, list[int]] = defaultdict(list)
    for i, facts in enumerate(e.facts):
        if field in facts.ratings:
            pools[i if len(facts.ratings[field]) >= RATED else (facts.group, facts.engine)].append(i)
    out = []
    for at in pools.values():
        numbers = [x for i in at for x in e.facts[i].ratings[field]]
        if len(numbers) >= RATED:
            out.append((sign * math.fsum(numbers) / len(numbers), at))
    return out


def _rated_sentences(e: Evaluation, field: str, sign: int) -> Rated:
    """Texts that have one rating."""
    one = ((i, f.ratings[field]) for i, f in enumerate(e.facts) if len(f.ratings.get(field, ())) == 1)
    return [(sign * numbers[0], [i]) for i, numbers in one]


def _ratings(e: Evaluation) -> list[dict[str, Any]]:
    """Rank correlation with people's judgements, of documents and of single sentences, in all and by year."""
    out = []
    for field, sign in RATINGS.items():
        for unit, collected in (("document", _rated_documents), ("sentence", _rated_sentences)):
            years: dict[str, Rated] = defaultdict(list)
            for badness, at in collected(e, field, sign):
                for year in {"", e.facts[at[0]].year}:
                    years[year].append((badness, at))
            for year, rated in sorted(years.items()):
                bad = np.asarray([badness for badness, _ in rated])
                row: dict[str, Any] = {"rating": field, "unit": unit, "year": year or "all", "n": len(rated)}
                for name, scores in e.scores.items():
                    row[name] = rank_correlation(np.asarray([scores[at].mean() for _, at in rated]), bad)
                if len(rated) >= SMALL:
                    out.append(row)
    return out


def _lengths(e: Evaluation) -> list[dict[str, Any]]:
    """The same documents cut to fewer words: at the line of whole documents, and at a line drawn on texts as short."""
    found = e.found
    out = []
    for n in sorted(set(found.length.tolist()) - {0}):
        at = np.flatnonzero((found.length == n) & ~np.isnan(found.scores[DETECTOR]))
        scores = found.scores[DETECTOR][at]
        roles = np.asarray([role(found.facts[i].tier) for i in at], object)
        truth = np.asarray([found.facts[i].truth for i in at])
        garbled, human, news = truth == 1, np.isin(roles, HUMAN), roles == "news"
        like = np.isin(roles, ("translation", "source"))
        own = honest_line(scores[news], scores[like])
        out.append(
            {
                "words": int(n),
                "garbled": int(garbled.sum()),
                "human": int(human.sum()),
                "auc_news": area(scores[news], scores[garbled])[0],
                "auc_human": area(scores[like], scores[garbled])[0],
                "flagged": share_above(scores[garbled], e.honest[DETECTOR]),
                "flagged_own_line": share_above(scores[garbled], own),
                "false_alarms": share_above(scores[human], e.honest[DETECTOR]),
                "own_line": own,
            }
        )
    return out


def _typos(found: Collected) -> dict[str, Any]:
    """The documents of the typos task: do their scores tell how many were planted?"""
    tier = np.asarray([f.tier for f in found.facts], object)
    clean, out = found.axes["typos"][tier == "typos.0"], {}
    for planted in ("typos.0.01", "typos.0.03"):
        if len(clean) and (tier == planted).any():
            out[f"auc {planted}"] = area(clean, found.axes["typos"][tier == planted])[0]
    if (tier == "typos.0").any():
        out |= found.localisation.pooled("typos", ("typos.0.01", "typos.0.03"))
    return out


def evaluate(found: Collected, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """All figures, as JSON (NaN is null). `facts` say what was evaluated: model, command line, inputs."""
    e = Evaluation(found)
    weight = _mix(e)
    probabilities = [s for s in (DETECTOR, "base install") if s in e.scores]
    content = {
        "format": FORMAT,
        "version": __version__,
        **facts,
        "documents": len(found.facts) - int((found.length > 0).sum()),
        "graded": len(e.at),
        "missing": found.missing,
        "deep": found.deep,
        "scorers": list(e.scores),
        "lines": {name: e.lines(name) for name in e.scores},
        "tiers": _tiers(e),
        "false_alarms": _pooled(e),
        "by": {**{fact: e.by(fact) for fact in ("engine", "pair", "year", "genre")}, "length": e.by_length()},
        "cut": _lengths(e),
        "calibration": {name: calibration(e.scores[name], e.truth, weight) for name in probabilities},
        "ratings": _ratings(e),
        "localisation": found.localisation.as_json(),
        "typos": _typos(found),
        "seeds": found.seeds,
    }
    answer: dict[str, Any] = rounded(content)
    return answer
