"""Every declared signal keeps what it declares: silent on its clean samples, marking its flagged ones, documented."""

import doctest
import importlib.util
import inspect
import itertools
import pickle
import pkgutil
import re

import numpy as np
import pytest

import detector.signals
from detector.batch import cut
from detector.features import measure
from detector.registry import Signal, all_signals, find_signal, spans

MODULES = sorted(m.name for m in pkgutil.iter_modules(detector.signals.__path__))
SIGNALS = all_signals()
CLEAN = [pytest.param(s, text, id=f"{s.code}-{i}") for s in SIGNALS for i, text in enumerate(s.clean)]
FLAGGED = [pytest.param(s, text, id=f"{s.code}-{i}") for s in SIGNALS for i, text in enumerate(s.flagged)]
EACH = [pytest.param(s, id=s.code) for s in SIGNALS]

# Texts in which something is odd for every family, and texts that are odd themselves.
ODD = [
    "",
    " ",
    "word",
    "\n\n\n",
    "...!?",
    "« »",
    "“",
    "”",
    "0",
    "’ ‘",
    "a -",
    "- b",
    "The the",
    "the",
    "12 3.5 1,000",
    "\x00\x01 NUL \x7f",
    "\ud800 lone \udfff surrogates",
    "\u202eright to left\u202c שלום עולם مرحبا بالعالم",
    "👩‍👩‍👧 family 🇬🇧 flag",
    "dedi dedi dedi Orum dedi",
    "the use of the use of the use of the use of",
    "a" * 5000,
    "No spaces after.Full stops.At all.",
    "Read more\n\nSubscribe now\n![x](http://a.example/b.jpg)\nCopyright 2020",
    "“Quote ‘nested’ ” unclosed “ (bracket ] three -way “ ”",
    "Zelensky met Zelenskyy and Zelenski; Voldyyyr Zelensky said “ ready ”. teh recieve negotiaitons",
]


def _needs_what_is_here(declared: Signal) -> None:
    wanted = {"deep": "onnxruntime", "languagetool": "language_tool_python", None: "numpy"}[declared.needs]
    if importlib.util.find_spec(wanted) is None or declared.needs == "languagetool":
        pytest.skip(f"{declared.code} needs the extra {declared.needs}")


def _value(declared: Signal, text: str) -> float:
    return float(measure(cut([text]), [declared]).values[0, 0])


@pytest.mark.parametrize(("declared", "text"), CLEAN)
def test_a_clean_sample_is_not_marked(declared: Signal, text: str) -> None:
    _needs_what_is_here(declared)
    batch = cut([text])
    assert [s.of(text) for s in spans(declared, batch, declared.mark(batch))[0]] == []
    if declared.abstain_at is not None:
        assert _value(declared, text) < declared.abstain_at
    elif declared.unit == "document" and declared.axis is not None:
        # A value on a scale: what is sound lies below what is not.
        assert _value(declared, text) < min(_value(declared, flagged) for flagged in declared.flagged)


@pytest.mark.parametrize(("declared", "text"), FLAGGED)
def test_a_flagged_sample_is_marked_with_evidence(declared: Signal, text: str) -> None:
    _needs_what_is_here(declared)
    batch = cut([text])
    if declared.abstain_at is not None:
        assert _value(declared, text) >= declared.abstain_at
    elif declared.unit == "document":
        assert _value(declared, text) > 0
    else:
        assert any(s.of(text) for s in spans(declared, batch, declared.mark(batch))[0])


def test_there_are_at_least_25_signals_on_every_axis_and_family() -> None:
    assert len(SIGNALS) >= 25
    assert {s.axis for s in SIGNALS} == {"garble", "typos", "boilerplate", None}
    assert {s.code[:2] for s in SIGNALS} >= {"EN", "MT", "WD", "RP", "BP", "LG"}


def test_every_module_holds_one_signal_of_its_name() -> None:
    assert sorted(s.name.replace("-", "_") for s in SIGNALS) == MODULES
    for name in MODULES:
        module = importlib.import_module(f"detector.signals.{name}")
        declared = [x for x in vars(module).values() if isinstance(x, Signal)]
        assert [d.name for d in declared] == [name.replace("_", "-")]
        assert name in module.__all__


@pytest.mark.parametrize("declared", EACH)
def test_a_signal_is_found_by_code_and_by_name(declared: Signal) -> None:
    assert find_signal(declared.code.lower()) is declared
    assert find_signal(declared.name) is declared


@pytest.mark.parametrize("declared", EACH)
def test_a_signal_is_named_for_the_fault_as_a_noun(declared: Signal) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", declared.name)
    assert not re.match(r"(is|has|bad|check)-", declared.name)
    assert not declared.name.endswith("-ratio")


@pytest.mark.parametrize("declared", EACH)
def test_the_message_is_a_phrase_for_a_reader(declared: Signal) -> None:
    assert declared.message
    assert not declared.message.endswith(".")
    assert declared.message.strip() == declared.message
    assert declared.message[0].islower() or declared.message[:2].isupper() or not declared.message[0].isalpha()


@pytest.mark.parametrize("declared", EACH)
def test_signals_with_an_axis_or_a_veto_declare_samples_of_both_kinds(declared: Signal) -> None:
    judged = declared.axis is not None or declared.abstain_at is not None
    if judged and declared.needs != "languagetool" and declared.beyond is None:
        assert declared.flagged
        assert declared.clean


@pytest.mark.parametrize("declared", EACH)
def test_the_docstring_says_what_why_and_limits_and_ends_in_a_doctest(declared: Signal) -> None:
    paragraphs = declared.doc.split("\n\n")
    assert len(paragraphs) >= 3, "what the evidence is; why, and what it misses; a doctest"
    assert ">>>" not in "".join(paragraphs[:2]), "the doctest comes last"
    assert ">>>" in declared.doc or declared.needs, "one doctest"
    assert len(paragraphs[0]) < 200, "the first paragraph is a noun phrase"


@pytest.mark.parametrize("name", MODULES)
def test_the_doctest_of_a_signal_is_true(name: str) -> None:
    module = importlib.import_module(f"detector.signals.{name}")
    declared = getattr(module, name)
    _needs_what_is_here(declared)
    example = doctest.DocTestParser().get_doctest(declared.doc, {name: declared}, name, module.__file__, 0)
    failures = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example)
    assert failures.failed == 0


@pytest.mark.parametrize("declared", EACH)
def test_marks_are_finite_not_negative_and_one_per_unit(declared: Signal) -> None:
    _needs_what_is_here(declared)
    batch = cut(ODD)
    units = {"word": batch.words, "line": batch.lines, "sentence": batch.sentences, "document": batch}[declared.unit]
    values = np.asarray(declared.mark(batch).values, float)
    assert values.shape == (len(units),)
    assert np.isfinite(values).all()
    assert (values >= 0).all()


@pytest.mark.parametrize("declared", EACH)
def test_evidence_is_sorted_inside_the_text_and_does_not_overlap(declared: Signal) -> None:
    _needs_what_is_here(declared)
    texts = [*ODD, *declared.flagged, *declared.clean]
    batch = cut(texts)
    for text, found in zip(texts, spans(declared, batch, declared.mark(batch)), strict=True):
        at = 0
        for span in found:
            assert at <= span.start < span.end <= len(text)
            assert span.mark > 0
            at = span.end


@pytest.mark.parametrize("declared", EACH)
def test_a_document_is_measured_alike_alone_and_among_others(declared: Signal) -> None:
    _needs_what_is_here(declared)
    texts = [*declared.flagged, *ODD, *declared.clean]
    together = measure(cut(texts), [declared])
    for i, text in enumerate(texts):
        alone = measure(cut([text]), [declared])
        assert together.values[i, 0] == alone.values[0, 0], text
        assert together.evidence[0][i] == alone.evidence[0][0], text


def test_neighbours_at_either_side_change_nothing() -> None:
    """Every pair of odd texts: what stands at the very start or end of a text is where signals look beyond it."""
    fast = [s for s in SIGNALS if s.cost == "fast"]
    alone = {text: measure(cut([text]), fast) for text in ODD}
    for one, other in itertools.permutations(ODD, 2):
        together = measure(cut([one, other]), fast)
        for at, text in enumerate((one, other)):
            different = np.flatnonzero(together.values[at] != alone[text].values[0])
            assert [fast[i].code for i in different] == [], (one, other)
            for i, declared in enumerate(fast):
                assert together.evidence[i][at] == alone[text].evidence[i][0], (declared.code, one, other)


def test_an_empty_batch_is_measured() -> None:
    assert measure(cut([]), [s for s in SIGNALS if s.needs is None]).values.shape[0] == 0


@pytest.mark.parametrize("declared", EACH)
def test_a_signal_survives_pickling(declared: Signal) -> None:
    again = pickle.loads(pickle.dumps(declared))  # noqa: S301 - our own bytes
    assert again is declared


def test_documentation_is_not_indented_by_accident() -> None:
    for declared in SIGNALS:
        assert declared.doc == inspect.cleandoc(declared.doc)
