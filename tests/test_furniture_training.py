"""What the network that reads in order is trained on, and that NumPy reads its weights as PyTorch does."""

from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra train is not installed")
pytest.importorskip("torch", reason="PyTorch is not installed")

import torch

from detector.batch import cut
from detector.lineviews import HEADS, TABLE_BITS, context, look
from detector.pagenetwork import PageNetwork
from detector.training.furniture_order import Network, Rows, fit
from detector.training.furniture_short import Origin, Pool, short_pages

COLUMNS = 20


def _rows() -> Rows:
    rng = np.random.default_rng(0)
    size = rng.integers(1, 90, 500)
    columns = rng.normal(size=(size.sum(), COLUMNS))
    label = (columns[:, 0] + 0.3 * rng.normal(size=len(columns)) > 0).astype(np.int64)
    return Rows(columns.astype(np.float16), label, np.ones(len(columns)), size)


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    """Training leaves one thread to PyTorch; the other tests get back what they had."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_training_learns_and_gives_the_same_weights_again() -> None:
    rows = _rows()
    trained = fit(rows)
    document = np.repeat(np.arange(len(rows.size)), rows.size)
    answer = trained.answer(rows.columns.astype(np.float32), document, np.arange(len(document)))
    assert np.mean((answer > 0.5) == (rows.label == 1)) > 0.7
    for (name, one), (_, other) in zip(trained.arrays(), fit(rows).arrays(), strict=True):
        assert np.array_equal(one, other), name


def test_numpy_reads_the_weights_as_pytorch_does() -> None:
    torch.manual_seed(0)
    network = Network(COLUMNS).eval()
    layers = list(network.arrays())
    rows = _rows()
    columns = rows.columns[:80].astype(np.float32)
    with torch.no_grad():
        logits = network(torch.tensor(columns[None]), torch.ones(1, 80)).numpy()[0]
    read = PageNetwork(
        np.zeros(COLUMNS, np.float32),
        np.ones(COLUMNS, np.float32),
        tuple(w[None] for w, _ in layers),
        tuple(b[None] for _, b in layers),
    )
    answer = read.answer(columns, np.zeros(80, np.int64), np.arange(80))
    assert np.abs(answer - 1 / (1 + np.exp(-logits))).max() < 0.01


def test_short_pages_are_made_of_lines_of_their_own_fold_and_look_like_pages() -> None:
    texts = [
        "\n".join(
            [*["Home", "News", "Subscribe"], *[f"The council met on day {i} and spoke." for i in range(n)], "Top"]
        )
        for n in (2, 20, 5, 40)
    ]
    table = np.random.default_rng(0).normal(size=(1 << TABLE_BITS, HEADS)).astype(np.float32)
    views = [look(cut(texts[:2]), table), look(cut(texts[2:]), table)]
    labels = [tuple([1, 1, 1] + [0] * n + [1]) for n in (2, 20, 5, 40)]
    first = np.cumsum([0, *(len(x) for x in labels)]).tolist()
    origins = [Origin(x, first[i], i % 2, whole=True, clean=False) for i, x in enumerate(labels)]
    pool = Pool(views)
    made = short_pages(origins, pool.chars, 2)
    fold = np.repeat([0, 1, 0, 1], [len(x) for x in labels])
    furniture = np.concatenate([np.array(x) for x in labels])
    assert all(len(set(fold[page].tolist())) == 1 for page in made)
    assert any(furniture[page].all() for page in made)
    assert any(not furniture[page].any() for page in made)
    # A page put together anew is seen as the same lines of one text are.
    page = np.arange(first[1], first[2])
    (again,) = pool.views([page])
    alone = look(cut([texts[1]]), table)
    rows = np.arange(len(page))
    assert np.array_equal(context(again, rows), context(alone, rows))
