"""Tables of numbers are an article's, as far as lines without markup say."""

import numpy as np
import pytest

from detector.batch import cut
from detector.document import Document
from detector.pipeline import Detector
from detector.strip import strip
from detector.tables import in_tables

ARTICLE = (
    "Rovers held on to second place in the northern league on Saturday with a 2-1 win at home against Marlow.\n"
    "Tom Ashby scored twice in the first half, and the visitors, who had a man sent off, pulled one back at the end.\n"
    "“We made it hard for ourselves, but I am proud of how the lads dug in,” said the manager, Ian Webb, after it."
)
TEAMS = ("Harbour Town", "Rovers", "Kenton", "Ludbury", "Marlow", "St Anne's", "Wexley", "Oldfield", "Thorpe", "Dene")
ROWS = [f"{team} 22 {15 - i} 4 {3 + i} {44 - i} {18 + i} {49 - 3 * i}" for i, team in enumerate(TEAMS)]


def _which(text: str) -> list[bool]:
    batch = cut(["A line.", text])
    places = zip(batch.lines.start.tolist(), batch.lines.end.tolist(), strict=True)
    full = np.flatnonzero([batch.string(a, b).strip() != "" for a, b in places])
    document = batch.lines.document[full]
    rows = np.flatnonzero(document == 1)
    return in_tables(batch, full, document, rows).tolist()


def test_standings_below_a_report_are_left_whole() -> None:
    text = "\n".join([ARTICLE, "League standings", "Team P W D L F A Pts", *ROWS])
    document = Document("a", text)
    left = strip(document, Detector(deep="never").judge_batch([document])[0]).text.split("\n")
    assert [line for line in left if line in ROWS] == ROWS


def test_a_run_of_rows_is_a_table_and_two_are_none() -> None:
    assert _which("\n".join([ARTICLE, *ROWS[:3]])) == [False] * 3 + [True] * 3
    assert not any(_which("\n".join([ARTICLE, *ROWS[:2]])))
    assert not any(_which("\n".join([ROWS[0], ROWS[1], "Goals", ROWS[2], ROWS[3]])))


def test_empty_lines_part_no_table() -> None:
    assert all(_which("\n\n".join(ROWS[:4])))


@pytest.mark.parametrize(
    "rows",
    [
        ["1 2 3 4 5 6 7", "8 9 10 11 12 13 14", "15 16 17 18 19 20 21"],
        ["May 1, 2006 - May 8, 2006", "May 9, 2006 - May 16, 2006", "May 17, 2006 - May 24, 2006"],
        ["Home News Sport", "Contact us", "© 2024 The Harbour 1 2 3"],
        ["Posted 3 4 5 6 " + "x" * 300] * 3,
        ["a " + "1 " * 50_000] * 3,
    ],
)
def test_calendars_archives_and_long_lines_are_no_tables(rows: list[str]) -> None:
    assert not any(_which("\n".join(rows)))


def test_a_table_is_its_own_documents() -> None:
    batch = cut([ROWS[0], ROWS[1], ROWS[2]])
    rows = np.arange(3)
    assert not in_tables(batch, rows, batch.lines.document, rows).any()
