"""What goes in: a document, and a place in one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Document", "Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open place in `Document.text`, in code points, with what was found there.

    `mark` is the signal's number for the place (0 = nothing wrong, up is worse); `detail` is open: suggestions,
    confidence, kind.
    """

    start: int
    end: int
    mark: float = 1.0
    detail: Mapping[str, Any] = field(default_factory=dict)

    def of(self, text: str) -> str:
        """The characters that the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Document:
    r"""One text to judge.

    `text` is the text as read: decoded, otherwise unchanged (a byte order mark is taken off; `\r\n` stays). `source`
    says where it came from, in words for a person. `metadata` passes through untouched. `markup`, where the text is a
    web page's: for each of its lines, the log-odds that the page's markup adds to its being furniture. Furniture weighs
    nothing against a page that holds an article beside it.
    """

    id: str
    text: str
    source: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    markup: tuple[float, ...] = ()
