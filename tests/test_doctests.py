"""The examples in docstrings are true."""

import doctest
import importlib
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Signals' docstrings belong to what `@signal` makes of a function: test_signals.py runs theirs.
WITH_EXAMPLES = [
    path
    for path in sorted((ROOT / "detector").rglob("*.py"))
    if ">>> " in path.read_text("utf-8") and path.parent.name != "signals"
]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_examples_of_a_module_are_true(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert found.attempted > 0
    assert found.failed == 0
