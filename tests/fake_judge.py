"""A judge that does what the text tells it to, for tests of everything around the judging."""

import os
import signal
import time

from detector.document import Document, Span
from detector.features import Measurement
from detector.policy import Policy, Reason, Verdict
from detector.registry import all_signals
from detector.scorer import AXES, Assessment


class Judge:
    """Drops what says DROP, abstains from what is shorter than 3 words, and so on; dies of KILL, fails over CRASH."""

    model = "fake@1"
    deep = "never"
    policy = Policy.from_json(
        {p: {f"{a}_{w}_above": 0.5 for a in AXES for w in ("review", "drop")} for p in ("fast", "deep")}
    )

    def __init__(self, **_: object) -> None:
        self._furniture = next(s.code for s in all_signals() if s.axis == "boilerplate" and s.unit == "line")

    def judge_batch(self, documents: list[Document]) -> list[Verdict]:
        """Judge."""
        return [self._judge(d.text) for d in documents]

    def _judge(self, text: str) -> Verdict:
        if "KILL" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "CRASH" in text:
            msg = "what is that?"
            raise ValueError(msg)
        if "SLOW" in text:
            time.sleep(0.05)
        if "FOREVER" in text:
            time.sleep(600)
        action = "keep"
        for word, meaning in (("REVIEW", "review"), ("DROP", "drop")):
            if word in text:
                action = meaning
        if len(text.split()) < 3:
            action = "abstain"
        reasons = () if action == "keep" else (Reason("MT102", "oscillation", "garble", "because", 1.0, 2.0),)
        spans, at = [], 0
        for line in text.split("\n"):
            if line.startswith("[ad]"):
                spans.append(Span(at, at + len(line), detail={"kind": "advertisement"}))
            at += len(line) + 1
        p = 0.9 if action == "drop" else 0.1
        measured = (Measurement(self._furniture, float(len(spans)), tuple(spans)),)
        assessment = Assessment(p, 0.0, 0.0, p, measured, {}, 0.0, self.model)
        return Verdict(action, reasons, assessment, ("fast",))  # type: ignore[arg-type]
