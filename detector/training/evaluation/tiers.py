"""What a tier of text is for: whether it is garble, and what it is compared with. The names are the referee's."""

import math
from collections.abc import Collection
from typing import Literal

__all__ = ["HUMAN", "Role", "reference", "role", "truth"]

Role = Literal["machine", "news", "translation", "source", "genre", "learner", "other"]
HUMAN: tuple[Role, ...] = ("news", "translation", "source", "genre", "learner")

_HEADS: dict[str, Role] = {
    "mt": "machine",
    "garble": "machine",
    "ref": "translation",
    "genre": "genre",
    "learner": "learner",
}
# Whose human text is of the same kind where the names do not say so; the first that is there.
_REFERENCE = {
    "mt.turkish_weak": ("ref.flores", "ref.web"),
    "mt.turkish_nmt": ("ref.flores", "ref.web"),
    "mt.word_salad": ("ref.nmt_2022",),
}
# Machine translation that is garble as a rule: rule-based and statistical systems, small neural ones where they are
# weak, and whatever people or chrF called poor. Of the rest nobody knows it for a single document.
_GARBLED = ("mt.apertium", "mt.smt", "mt.word_salad", "garble.")
_GARBLED_ENDS = ("_poor", "_weak")


def role(tier: str) -> Role:
    """What documents of a tier are: `news` and `clean.*` are native text that draws the line."""
    if tier.endswith("_src"):
        return "source"
    if tier.startswith(("native.", "clean.")):
        return "news"
    return _HEADS.get(tier.partition(".")[0], "other")


def truth(tier: str) -> float:
    """1 garble, 0 sound, NaN: not known of its single documents."""
    if role(tier) in HUMAN:
        return 0.0
    garbled = tier.startswith(_GARBLED) or (tier.startswith("mt.") and tier.endswith(_GARBLED_ENDS))
    return 1.0 if garbled else math.nan


def reference(tier: str, present: Collection[str]) -> list[str]:
    """The human tiers of the same kind.

    `mt.web_weak` is compared with `ref.web`, `mt.mafand_poor` with `native.mafand_src`; without such a tier, a tier is
    compared with native news.
    """
    for wanted in _REFERENCE.get(tier, ()):
        if wanted in present:
            return [wanted]
    parts = tier.partition(".")[2].split("_")
    for n in range(len(parts), 0, -1):
        stem = "_".join(parts[:n])
        for wanted in (f"ref.{stem}", f"native.{stem}_src", f"clean.{stem}"):
            if wanted in present:
                return [wanted]
    return ["native.news"] if "native.news" in present else sorted(t for t in present if role(t) == "news")
