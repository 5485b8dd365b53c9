"""What the markup of a web page says of its lines, and that what is read, judged and stripped stays one text."""

import importlib.util
import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pytest

from detector import Detector
from detector.document import Document
from detector.errors import UsageError
from detector.io import Options, Read, Source
from detector.strip import restore, strip

pytest.importorskip("resiliparse", reason="the extra html is not installed")
pytest.importorskip("fastwarc", reason="the extra html is not installed")

from resiliparse.parse.html import HTMLTree

from detector.io import html, warc
from detector.io.markup import EVIDENCE, WEIGHTS, evidence, mark_blocks
from detector.training.html_peers import Page, overlap, pages
from detector.training.markup import labels

ARTICLE = [
    "The river Wend rose by two metres in the night, and the old bridge at Harnley was closed to all traffic.",
    "The council said that it had asked engineers to look at the piers before anyone was let across again.",
    "“We have not seen the Wend as high as this since my father was a boy,” said Tom Hill, who keeps the mill.",
    "Engineers will go down to the piers on Thursday, when the water is expected to fall, the council said.",
]
# Furniture that reads like an article: only the markup tells.
COMMENT = "I crossed that bridge every day for thirty years, and nobody ever looked at the piers in all that time."
RELATED = "The ferry at Ludbury was late again on Monday, and passengers waited for two hours in the rain for a bus."
CAPTION = "The old bridge at Harnley on Tuesday, a few hours before it was closed to traffic by the council."
COOKIE = "This site keeps small files on your machine so that it can count how many people read each of its pages."
FURNITURE = ["Home", "News", "Weather", COMMENT, RELATED, COOKIE, "© 2021 The Harbour"]

SPECIMEN = f"""<!DOCTYPE html><html lang="en"><head><title>The river rose</title></head><body class="has-comments">
<header class="site-header"><nav><ul><li><a href="/">Home</a><li><a href="/n">News</a><li><a href="/w">Weather</a></ul>
</nav></header><div id="wrap"><main><article class="story"><h1>The river rose</h1>
<div class="story-body"><p>{ARTICLE[0]}</p><p>{ARTICLE[1]}</p>
<div class="photo"><div class="photo-caption">{CAPTION}</div></div>
<p>{ARTICLE[2]}</p><p>{ARTICLE[3]}</p></div>
<div class="share-bar"><a href="#">Tweet</a></div></article></main>
<section id="comments"><div class="comment-body"><p>{COMMENT}</p></div></section>
<aside class="related-stories"><p>{RELATED}</p></aside></div>
<div class="cookie-consent"><p>{COOKIE}</p></div><footer>© 2021 The Harbour</footer></body></html>"""


def _document(markup: str) -> Document:
    text, facts, odds = html.page(markup)
    return Document("a", text, "", facts, odds)


def _left(document: Document) -> list[str]:
    return strip(document, Detector(deep="never").judge_batch([document])[0]).text.split("\n")


def _holds(markup: str) -> dict[str, set[str]]:
    tree = HTMLTree.parse(markup)
    text = html.visible_text(tree)
    found = html.line_evidence(tree, text)
    assert found is not None
    lines = zip(text.split("\n"), found, strict=True)
    return {line: {name for name, so in zip(EVIDENCE, row, strict=True) if so} for line, row in lines}


def test_the_markup_of_an_article_says_nothing_against_it() -> None:
    found = _holds(SPECIMEN)
    assert all(not found[line] for line in ARTICLE)


def test_blocks_say_what_they_are() -> None:
    found = _holds(SPECIMEN)
    for line in ("Home", "News", "Weather", COMMENT, RELATED, COOKIE, "© 2021 The Harbour"):
        assert {"best", "named"} <= found[line]
    assert found[CAPTION] == {"beside"}


def test_a_page_is_left_with_its_article_though_its_furniture_reads_like_one() -> None:
    document = _document(SPECIMEN)
    assert len(document.markup) == document.text.count("\n") + 1
    assert [line for line in _left(document) if line in ARTICLE] == ARTICLE
    assert not set(_left(document)) & set(FURNITURE)
    without = _left(Document("a", document.text))
    assert {COMMENT, RELATED} <= set(without), "the words alone do not tell"


def test_what_was_taken_out_can_be_put_back() -> None:
    document = _document(SPECIMEN)
    stripped = strip(document, Detector(deep="never").judge_batch([document])[0])
    assert restore(stripped.text, stripped.removed) == document.text
    assert "".join(document.text[a:b] for a, b in stripped.kept) == stripped.text


def test_an_article_cut_into_parts_is_whole() -> None:
    parts = "".join(f'<div class="part"><p>{a}</p><p>{b}</p></div>' for a, b in (ARTICLE[:2], ARTICLE[2:]))
    assert all("best" not in held for held in _holds(f"<body><div>{parts}</div></body>").values())


FILED = "post-7 post type-post status-publish format-image hentry category-media tag-photo"


@pytest.mark.parametrize("name", [FILED, FILED.replace("hentry", "")])
def test_what_a_post_was_filed_under_says_nothing_of_it(name: str) -> None:
    agenda = ["Two short talks", "Questions", "What is next?"]
    items = "".join(f"<li>{line}</li>" for line in agenda)
    comments = "".join(f"<p>{COMMENT}</p><p>{RELATED}</p>" for _ in range(3))
    post = f'<article class="{name}"><ul>{items}</ul></article>'
    found = _holds(f'<body>{post}<div id="comments">{comments}</div></body>')
    assert all(not found[line] & {"named", "beside"} for line in agenda)


def test_an_opinion_that_leaves_out_much_of_the_article_is_not_heard() -> None:
    tree = HTMLTree.parse(SPECIMEN)
    lines = html.visible_text(tree).split("\n")
    blocks = mark_blocks(tree)
    nothing = evidence(lines, [], html.visible_text(tree), blocks)
    most = evidence(lines, [x for x in lines if x != ARTICLE[0]], html.visible_text(tree), blocks)
    assert nothing is not None
    assert most is not None
    main = EVIDENCE.index("main")
    assert not nothing[:, main].any()
    assert most[lines.index(ARTICLE[0]), main]


def test_a_page_is_judged_alike_alone_and_in_a_batch() -> None:
    page, plain, bare = _document(SPECIMEN), Document("b", "\n".join(ARTICLE)), Document("c", "")
    judge = Detector(deep="never")
    together = judge.judge_batch([plain, page, bare, page])
    assert together[1] == together[3] == judge.judge_batch([page])[0]
    assert together[0] == judge.judge_batch([plain])[0]


HEADLINES = ("Council votes to reopen riverside pool", "Storm leaves thousands without power", "Shares slide again")
FRONT = f"""<html><body><nav><ul>{"".join(f"<li><a href=x>{w}</a></li>" for w in FURNITURE[:3])}</ul></nav><div>{
    "".join(f"<div class=teaser><a href=x><h3>{h}</h3></a><span>3 hours ago</span></div>" for h in HEADLINES * 4)
}</div><footer><p>© 2021 The Harbour. All rights reserved.</p><a href=x>Privacy policy</a></footer></body></html>"""


def test_the_furniture_of_a_page_with_an_article_weighs_nothing_and_is_shown() -> None:
    page = _document(SPECIMEN)
    plain = Document("a", page.text)
    judge = Detector(deep="never")
    excused, as_it_stands = judge.judge_batch([page, plain])
    assert excused.action == "keep"
    assert excused.assessment.boilerplate < as_it_stands.assessment.boilerplate
    furniture = [r for r in excused.reasons if r.axis == "boilerplate"]
    assert furniture
    assert all(r.contribution == 0 for r in furniture)
    told = excused.assessment
    logit = math.log(told.p_low_quality / (1 - told.p_low_quality))
    assert told.base + sum(told.contributions.values()) == pytest.approx(logit)


@pytest.mark.skipif(importlib.util.find_spec("onnxruntime") is None, reason="the extra [deep] is not installed")
def test_that_holds_where_the_neural_model_reads_too() -> None:
    verdict = Detector(deep="always").judge_batch([_document(SPECIMEN)])[0]
    assert verdict.action == "keep"
    assert not any(r.contribution for r in verdict.reasons if r.axis == "boilerplate")


def test_a_page_that_is_nothing_but_furniture_is_dropped_for_it() -> None:
    page = _document(FRONT)
    assert page.markup
    verdict = Detector(deep="never").judge_batch([page])[0]
    assert verdict.action == "drop"
    assert verdict.reasons[0].axis == "boilerplate"


def test_markup_of_another_text_is_refused() -> None:
    with pytest.raises(UsageError, match="2 numbers for 1 lines"):
        Detector(deep="never").judge_batch([Document("a", "The river rose.", "", {}, (0.0, 1.0))])


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "plain words only",
        "<svg><text>x</text></svg>",
        "<frameset><frame></frameset>",
        "<!-- " + ARTICLE[0],
        "\x00\x01<p>" + ARTICLE[0],
        "<body><nav><ul><li>Home<li>News</nav><article><p>" + "<p>".join(ARTICLE) + "<footer>©",
        "<p>" + " ".join(ARTICLE) * 2500,  # 1 MB in a line
        "<div class=menu>" * 3000 + "<p>" + ARTICLE[0],
        "<div>" * 30000 + ARTICLE[0],
        "<table><tr>" + "<td class=share>1</td>" * 500 + "</table><p>" + ARTICLE[0],
        f"<div class=menu>Menu</div><p>{ARTICLE[0]}\U000f0001 and \U00100001 more.</p>",
        f"<div>&#xF0000;{ARTICLE[0]}</div>",
    ],
    ids=range(13),
)
def test_whatever_a_page_is_its_text_stays_and_has_a_number_for_each_line_or_none(markup: str) -> None:
    page = html.page(markup)
    assert page.text == html.visible_text(HTMLTree.parse(markup))
    assert len(page.markup) in (0, page.text.count("\n") + 1)
    assert np.isfinite(page.markup).all()
    _left(_document(markup))


@pytest.mark.parametrize("markup", ["", "<ul><li>Home</li></ul>", "<div>" * 30000 + ARTICLE[0]], ids=range(3))
def test_a_page_without_paragraphs_or_without_end_says_nothing(markup: str) -> None:
    assert html.page(markup).markup == ()


def _archive(markup: str) -> bytes:
    body = markup.encode()
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0>\r\nContent-Length: {len(http)}\r\n"
    return f"{head}Content-Type: application/http; msgtype=response\r\n\r\n".encode() + http + b"\r\n\r\n"


def test_an_archive_reads_a_page_as_a_file_does() -> None:
    stream = cast("BinaryIO", io.BytesIO(_archive(SPECIMEN)))
    (answer,) = warc.read(stream, Source("a.warc", "a.warc", "warc"), Options())
    assert isinstance(answer, Read)
    assert (answer.document.text, answer.document.markup) == (_document(SPECIMEN).text, _document(SPECIMEN).markup)


def test_pages_of_files_and_archives_are_cleaned_alike(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(SPECIMEN, "utf-8")
    (tmp_path / "in" / "w.warc").write_bytes(_archive(SPECIMEN))
    out = tmp_path / "out"
    command = ["clean", str(tmp_path / "in"), "--out", str(out), "--deep", "never"]
    subprocess.run([sys.executable, "-m", "detector", *command], check=True, capture_output=True)  # noqa: S603 - ours
    kept = (out / "kept" / "a.html.txt").read_text("utf-8")
    assert kept.split("\n") == _left(_document(SPECIMEN))
    assert json.loads((out / "kept" / "w.warc.jsonl").read_text("utf-8"))["text"] == kept
    removed = [json.loads(line)["removed"] for line in (out / "removed.jsonl").read_text("utf-8").splitlines()]
    assert removed[0] == removed[1]
    text = _document(SPECIMEN).text
    assert all(piece["text"] == text[piece["start"] : piece["end"]] for piece in removed[0])


def test_the_command_gives_what_the_library_gives(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(SPECIMEN, "utf-8")
    command = [sys.executable, "-m", "detector", "score", str(page), "--deep", "never"]
    record = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603 - ours
    verdict = Detector(deep="never").judge_batch([_document(SPECIMEN)])[0]
    assert record["p_low_quality"] == verdict.assessment.p_low_quality
    assert "markup" not in record


def test_more_evidence_never_speaks_for_a_line() -> None:
    assert min(WEIGHTS) > 0


def test_runs_of_four_words_are_compared() -> None:
    assert overlap("a b c d e", "a b c d f") == (0.5, 0.5, 0.5)
    assert overlap("A b, c d!", "a b c d") == (1.0, 1.0, 1.0)
    assert overlap("", "a b c d")[0] == 0.0


def test_lines_are_labelled_by_the_reference() -> None:
    lines = ["Home", "The river rose in the night", "The river", "Short line", "…"]
    assert labels(lines, "The river rose in the night\nand fell.\nShort line") == [1, 0, -1, 0, -1]


def test_pages_of_a_site_are_in_one_half(tmp_path: Path) -> None:
    for name, site in (("a", "x"), ("b", "x"), ("c", None)):
        (tmp_path / f"{name}.html").write_text("<p>x", "utf-8")
        (tmp_path / f"{name}.txt").write_text("x", "utf-8")
        if site:
            (tmp_path / f"{name}.site").write_text(site, "utf-8")
    found = pages(tmp_path)
    assert found[2] == Page("c", "c", "<p>x", "x")
    assert found[0].half == found[1].half
