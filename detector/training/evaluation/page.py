"""One HTML page with everything in it: no scripts, no other files. A function of the JSON alone."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from detector.training.evaluation.plots import plots
from detector.training.evaluation.tables import tables

__all__ = ["page"]

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; color: #1d1d1f;
  background: #fff; margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2.6rem 0 .3rem; }
p { margin: .3rem 0 .8rem; max-width: 60rem; } .small { color: #5b5b60; font-size: .87rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0; }
dt { color: #5b5b60; } dd { margin: 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .7rem .28rem 0; text-align: right; border-bottom: 1px solid #ececec;
  vertical-align: bottom; white-space: nowrap; }
th { font-weight: 600; border-bottom: 2px solid #bbb; white-space: normal; min-width: 3.2rem; }
th:first-child, td:first-child { text-align: left; } tbody tr:hover { background: #f6f8fa; }
td b { font-weight: 600; } svg { max-width: 100%; height: auto; display: block; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr)); gap: 0 2rem; }
"""


def _cell(value: object) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(str(value))).replace(" %", "&nbsp;%")


def _table(table: Mapping[str, Any]) -> str:
    head = "".join(f"<th>{_cell(h)}</th>" for h in table["header"])
    rows = "\n".join(f"<tr>{''.join(f'<td>{_cell(c)}</td>' for c in row)}</tr>" for row in table["rows"])
    note = f'<p class="small">{_cell(table["note"])}</p>' if table["note"] else ""
    return (
        f'<section><h2>{escape(table["title"])}</h2>\n<div class="wide"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>{note}</section>"
    )


def _own_ids(svg: str, number: int) -> str:
    """The SVG with ids that no other SVG of the page has."""
    svg = re.sub(r'\bid="', f'id="p{number}-', svg)
    return re.sub(r'(href="#|url\(#)', rf"\g<1>p{number}-", svg)


def _plot(number: int, title: str, sentence: str, svg: str) -> str:
    labelled = _own_ids(svg, number).replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)
    return f'<section><h2>{escape(title)}</h2><p class="small">{escape(sentence)}</p>{labelled}</section>'


def _summary(content: Mapping[str, Any]) -> str:
    line = content["lines"]["detector"]["honest"]
    facts = {
        "model": content.get("model") or "ready scores",
        "version": content["version"],
        "inputs": ", ".join(content.get("inputs", ())),
        "documents": f"{content['documents']:,}, {content['graded']:,} of them in the tables of tiers",
        "read by the deep model": f"{content['deep']:,} ({content['deep'] / max(1, content['documents']):.0%})",
        "without a score": f"{content['missing']:,}",
        "honest line": "none: there is no native text" if line is None else f"{line:.4g}",
    }
    return "<dl>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(str(v))}</dd>" for k, v in facts.items()) + "</dl>"


def page(content: Mapping[str, Any]) -> str:
    """The page."""
    pictures = "\n".join(_plot(i, *found) for i, found in enumerate(plots(content)))
    figures = "\n".join(_table(t) for t in tables(content))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>detector: evaluation</title><style>{_STYLE}</style></head>\n<body>\n<h1>Evaluation</h1>\n"
        "<p>What the scores are worth on labelled text, with 95 % intervals, beside simple methods.</p>\n"
        f'{_summary(content)}\n<div class="plots">\n{pictures}\n</div>\n{figures}\n</body></html>\n'
    )
