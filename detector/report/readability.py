"""Readability by textstat, for reports. The only module that imports textstat."""

import importlib
import importlib.resources
import io
import sys
import types
from typing import IO, Any

__all__ = ["readability"]

_INDICES = (
    "flesch_reading_ease",
    "flesch_kincaid_grade",
    "gunning_fog",
    "smog_index",
    "coleman_liau_index",
    "automated_readability_index",
    "dale_chall_readability_score",
)


def _resource_stream(package: str, name: str) -> IO[bytes]:
    return io.BytesIO(importlib.resources.files(package).joinpath(name).read_bytes())


def _textstat() -> Any:  # noqa: ANN401 - textstat has no types
    """Textstat 0.7.4, the last that works offline, imports `pkg_resources`, which setuptools 82 took away.

    It asks it for one thing, a file of its own, which the standard library can open; so we hand it a stand-in.
    """
    if "textstat" not in sys.modules:
        stand_in = types.ModuleType("pkg_resources")
        stand_in.resource_stream = _resource_stream  # type: ignore[attr-defined]
        before = sys.modules.get("pkg_resources")
        sys.modules["pkg_resources"] = stand_in
        try:
            importlib.import_module("textstat")
        finally:
            del sys.modules["pkg_resources"]
            if before is not None:
                sys.modules["pkg_resources"] = before
    return sys.modules["textstat"].textstat


def readability(text: str) -> dict[str, float]:
    """Seven published indices of a text. Flesch reading ease: up is easier; the others are grades, up is harder."""
    textstat = _textstat()
    return {name: float(getattr(textstat, name)(text)) for name in _INDICES}
