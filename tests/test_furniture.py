"""The line model: silence on articles, speech on pages, the same alone and in a batch, nothing for a second pass."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.assets import find_folder
from detector.batch import cut
from detector.errors import ModelError
from detector.furniture import Network, furniture, kind_of, load
from detector.lineviews import LineViews, again, full_lines
from detector.pagenetwork import REACH, PageNetwork

ARTICLE = [
    "The river Wend rose by two metres in the night, and the old bridge at Harnley was closed to all traffic.",
    "The council said that it had asked engineers to look at the piers before anyone was let across again.",
    "“We have not seen the Wend as high as this since my father was a boy,” said Tom Hill, who keeps the mill.",
    "Engineers will go down to the piers on Thursday, when the water is expected to fall, the council said.",
]
MENU = ["Skip to content", "Home", "News", "Sport", "Weather", "Travel", "Subscribe"]
FOOT = ["Most read", "Ten gardens to see this summer", "Why the ferry was late again", "Privacy policy", "Terms of use"]
PAGE = "\n".join([*MENU, *ARTICLE, *FOOT])


def _kept(text: str) -> list[str]:
    marked = furniture(cut([text])).marked
    return [line for line, gone in zip(text.split("\n"), marked, strict=True) if not gone]


def test_an_article_loses_nothing() -> None:
    assert _kept("\n".join(ARTICLE)) == ARTICLE
    assert _kept("\n\n".join(ARTICLE)) == "\n\n".join(ARTICLE).split("\n")


def test_a_page_is_left_with_its_article() -> None:
    assert _kept(PAGE) == ARTICLE


def test_a_second_pass_finds_nothing() -> None:
    once = "\n".join(_kept(PAGE))
    assert "\n".join(_kept(once)) == once


def test_only_a_page_with_something_odd_is_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    article = "\n".join(ARTICLE)
    looked: list[int] = []

    def watched(views: LineViews, rows: NDArray[np.int64], probability: NDArray[np.float32]) -> NDArray[np.float32]:
        looked.extend(views.document[rows].tolist())
        return again(views, rows, probability)

    monkeypatch.setattr("detector.furniture.again", watched)
    once = furniture(cut([article, PAGE, article]))
    assert set(looked) == {1}
    monkeypatch.setattr("detector.furniture._WORTH_A_SECOND_LOOK", 0.0)
    twice = furniture(cut([article, PAGE, article]))
    assert set(looked) == {0, 1, 2}
    assert once.marked.tolist() == twice.marked.tolist()


def test_what_is_not_read_in_order_would_not_be_marked_if_it_were(monkeypatch: pytest.MonkeyPatch) -> None:
    article = "\n".join(ARTICLE)
    texts = [article, PAGE, f"Chapter One\n{article}", f"{article}\nMost read", f"Photo: Ann\n{article}", MENU[3]]
    read: list[int] = []
    answer = PageNetwork.answer

    def watched(
        self: PageNetwork, rows: NDArray[np.float32], document: NDArray[np.int64], at: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        read.extend(document.tolist())
        return answer(self, rows, document, at)

    monkeypatch.setattr(PageNetwork, "answer", watched)
    some = furniture(cut(texts))
    assert 1 in read
    assert 0 not in read
    monkeypatch.setattr("detector.furniture._of_pages_with", lambda _, document: np.arange(len(document)))
    everything = furniture(cut(texts))
    assert set(read) == set(range(len(texts)))
    assert some.marked.tolist() == everything.marked.tolist()
    assert some.probability[some.marked].tolist() == everything.probability[some.marked].tolist()


def test_empty_lines_are_never_marked_and_change_nothing() -> None:
    spread = PAGE.replace("\n", "\n \n\n")
    assert [line for line in _kept(spread) if line.strip()] == ARTICLE
    assert not furniture(cut(["\n \n"])).marked.any()


def test_a_line_is_named_by_its_words() -> None:
    batch = cut(
        ["Accept cookies\nShare on Facebook\nHome\n12 comments\nPhoto: Ann\n© 2020 The Wend. All rights reserved."]
    )
    assert [kind_of(batch, i) for i in range(6)] == [
        "cookie",
        "share",
        "navigation",
        "comments",
        "caption",
        "copyright",
    ]


LINES = st.sampled_from([*ARTICLE, *MENU, *FOOT, "", " ", "…", "| »", "\x00", "𝔘 \ud800", "a" * 300, "12:30"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(LINES, max_size=30).map("\n".join), min_size=1, max_size=6))
def test_a_document_is_judged_the_same_alone_and_in_any_batch(texts: list[str]) -> None:
    together = furniture(cut(texts))
    alone = [furniture(cut([text])) for text in texts]
    assert np.array_equal(together.probability, np.concatenate([f.probability for f in alone]))
    assert np.array_equal(together.marked, np.concatenate([f.marked for f in alone]))


@given(st.text(max_size=80))
def test_full_lines_are_those_with_something_on_them(text: str) -> None:
    batch = cut([text])
    line, start, end = full_lines(batch)
    shown = [batch.string(a, b) for a, b in zip(start, end, strict=True)]
    assert all(shown)
    assert all(x[0] not in " \t" and x[-1] not in " \t" for x in shown)
    assert len(line) >= sum(bool(x.strip()) for x in text.split("\n") if x.isascii() and x.isprintable())


def _network(inputs: int) -> Network:
    rng = np.random.default_rng(0)
    sizes = [(inputs, 40), (40, 30), (30, 1)]
    return Network(
        np.zeros(inputs, np.float32),
        np.ones(inputs, np.float32),
        tuple(rng.normal(size=(2, *s)).astype(np.float32) for s in sizes),
        tuple(rng.normal(size=(2, s[1])).astype(np.float32) for s in sizes),
    )


def test_a_network_answers_each_row_the_same_wherever_it_stands() -> None:
    network, rng = _network(300), np.random.default_rng(1)
    rows = (3 * rng.normal(size=(700, 300))).astype(np.float32)
    together = network.answer(rows)
    assert np.array_equal(together[650:], network.answer(rows[650:]))
    assert np.array_equal(together[::7], np.concatenate([network.answer(rows[i : i + 1]) for i in range(0, 700, 7)]))
    # Sums do not depend on their order: the columns turned round give the same bits.
    turned = Network(
        network.mean,
        network.scale,
        (network.weights[0][:, ::-1], *network.weights[1:]),
        network.biases,
    )
    assert np.array_equal(turned.answer(rows[:, ::-1]), together)
    assert network.answer(rows[:0]).shape == (0,)


def test_a_network_answers_what_its_weights_say() -> None:
    network, rng = _network(300), np.random.default_rng(2)
    rows = rng.normal(size=(200, 300)).clip(-5, 5)
    expected = np.zeros(200)
    for i in range(2):
        value = rows
        for weights, bias in zip(network.weights, network.biases, strict=True):
            value = value.clip(0, 16) if value is not rows else value
            value = value @ weights[i].astype(float) + bias[i]
        expected += 1 / (1 + np.exp(-value[:, 0])) / 2
    assert np.abs(network.answer(rows.astype(np.float32)) - expected).mean() < 0.02


def _page_network(inputs: int) -> PageNetwork:
    rng = np.random.default_rng(0)
    sizes = [(inputs, 40), (40, 12), *[(36, 12)] * len(REACH), (12 + 40 + 24, 8), (8, 1)]
    return PageNetwork(
        np.zeros(inputs, np.float32),
        np.ones(inputs, np.float32),
        tuple((rng.normal(size=(2, *s)) / s[0] ** 0.5).astype(np.float32) for s in sizes),
        tuple(rng.normal(size=(2, s[1])).astype(np.float32) for s in sizes),
    )


def _page_rows(rng: np.random.Generator, inputs: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    document = np.repeat(np.arange(6), [1, 2, 90, 3, 1200, 40])
    return (2 * rng.normal(size=(len(document), inputs))).astype(np.float32), document


def test_a_network_in_order_answers_each_page_the_same_alone_and_in_any_batch() -> None:
    network, rng = _page_network(300), np.random.default_rng(1)
    rows, document = _page_rows(rng, 300)
    together = network.answer(rows, document, np.arange(len(rows)))
    for page in range(6):
        at = np.flatnonzero(document == page)
        assert np.array_equal(network.answer(rows, document[at], at), together[at])
        assert np.array_equal(network.answer(rows[at], document[at], np.arange(len(at))), together[at])
    # Sums do not depend on their order: the columns turned round give the same bits.
    turned = replace(network, weights=(network.weights[0][:, ::-1], *network.weights[1:]))
    assert np.array_equal(turned.answer(rows[:, ::-1], document, np.arange(len(rows))), together)
    assert network.answer(rows, document[:0], np.arange(0)).shape == (0,)


def test_a_network_in_order_answers_what_its_weights_say() -> None:
    network, rng = _page_network(30), np.random.default_rng(2)
    rows, document = _page_rows(rng, 30)
    answer = network.answer(rows, document, np.arange(len(rows)))
    for page in range(6):
        at = np.flatnonzero(document == page)
        expected = np.zeros(len(at))
        for i in range(2):
            layers = [(w[i].astype(float), b[i]) for w, b in zip(network.weights, network.biases, strict=True)]

            def lit(x: NDArray[np.float64], layer: int, layers: list[Any] = layers) -> NDArray[np.float64]:
                return (x @ layers[layer][0] + layers[layer][1]).clip(0, 16)

            own = lit(rows[at].clip(-5, 5), 0)
            value = lit(own, 1)
            for k, reach in enumerate(REACH):
                padded = np.pad(value, ((reach, reach), (0, 0)))
                beside = np.concatenate([padded[: -2 * reach], value, padded[2 * reach :]], axis=1)
                value = (value + lit(beside, 2 + k)).clip(0, 16)
            whole = np.tile(np.concatenate([value.mean(0), value.max(0)]), (len(at), 1))
            joined = lit(np.concatenate([value, own, whole], axis=1), len(layers) - 2)
            expected += 1 / (1 + np.exp(-(joined @ layers[-1][0] + layers[-1][1])[:, 0])) / 2
        assert np.abs(answer[at] - expected).max() < 0.05


def test_a_damaged_model_is_not_used(tmp_path: Path) -> None:
    folder = find_folder("furniture")
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "bias.npy").write_bytes(b"no")
    with pytest.raises(ModelError, match="changed or damaged"):
        load(tmp_path)
