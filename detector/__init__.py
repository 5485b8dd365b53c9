"""Says which English articles are low quality, why, and where: translation garble, typos, boilerplate.

    >>> from detector import Detector
    >>> verdict = Detector(deep="never").judge("Mr Smith said that the talks would go on until Friday.")
    >>> verdict.action
    'abstain'

`import detector` is light: what it names is loaded when it is first used, the models at the first judgement.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detector.document import Document, Span
    from detector.errors import DetectorError
    from detector.features import Measurement
    from detector.pipeline import Detector
    from detector.policy import Policy, Reason, Verdict
    from detector.registry import Signal
    from detector.scorer import Assessment

__version__ = "0.1.0"

__all__ = [
    "Assessment",
    "Detector",
    "DetectorError",
    "Document",
    "Measurement",
    "Policy",
    "Reason",
    "Signal",
    "Span",
    "Verdict",
]

_HOME = {
    "Assessment": "scorer",
    "Detector": "pipeline",
    "DetectorError": "errors",
    "Document": "document",
    "Measurement": "features",
    "Policy": "policy",
    "Reason": "policy",
    "Signal": "registry",
    "Span": "document",
    "Verdict": "policy",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(f"detector.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
