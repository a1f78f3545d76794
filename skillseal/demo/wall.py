# SPDX-License-Identifier: Apache-2.0
"""The wall: one page with a code for every verdict, each under a flap that says what it should be.

Point any scanner at it. The page stands alone: no script, no request, and everything that came
from a certificate is escaped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

from verifier import words

_STYLE: Final = """
:root{font-family:"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:#1c2430}
body{margin:2rem auto;max-width:78rem;padding:0 1rem;background:#fff}
h1{font-size:1.7rem;margin:0 0 .3rem}p{max-width:46rem;line-height:1.6;margin:.3rem 0 1rem}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(15.5rem,1fr));gap:1rem}
article{border:1px solid #c9d1db;border-radius:.5rem;padding:.8rem;break-inside:avoid}
article svg{width:100%;height:auto;background:#fff}h2{font-size:1rem;margin:.2rem 0}
summary{cursor:pointer;padding:.3rem .5rem;background:#eef2f6;border-radius:.3rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem .6rem;font-size:.86rem;margin:.5rem 0 0}
dt{color:#5b6673}dd{margin:0;overflow-wrap:anywhere}
details[open] .VALID{border-left:.5rem solid #16794c}
details[open] .INVALID{border-left:.5rem solid #b3261e}
details[open] .INDETERMINATE{border-left:.5rem dashed #8a6100}
details dl{padding-left:.6rem}
.outcome{font-weight:700}.demo{letter-spacing:.3em;color:#b3261e;font-weight:700}
@media print{details>*{display:block}summary{display:none}}
""".strip()


@dataclass(frozen=True, slots=True)
class Tile:
    """One code of the wall."""

    title: str
    """What is wrong with it, or right: under the flap, for nobody should know beforehand."""
    svg: str
    """The symbol, made by us."""
    outcome: str
    reason: str
    asked: tuple[tuple[str, str], ...]
    """How it must be asked, where not in the usual way: label and value."""
    text: str = ""
    """What the code says."""


def page(tiles: Iterable[Tile], anchor: str) -> str:
    """Write the page.

    Args:
        tiles: One for each verdict, in the order of the checks.
        anchor: `REGION:HEX`, the usual one.
    """
    articles = "\n".join(_article(number, tile) for number, tile in enumerate(tiles, 1))
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>技印 验证墙</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        '<p class="demo">演示环境 DEMO</p>\n<h1>验证墙：每一种结论各一枚二维码</h1>\n'
        "<p>用任意扫码设备对准一枚，先看结论，再翻开纸角核对。人名、证件号码和机构均为虚构；"
        "二维码只在本次演示的信任锚下有意义。</p>\n"
        "<p>One code for every verdict. Scan first, then lift the flap. People and bodies are "
        f"fictional. Anchor: <code>{escape(anchor)}</code></p>\n"
        f"<main>\n{articles}\n</main>\n</body></html>\n"
    )


def _article(number: int, tile: Tile) -> str:
    said = words.of_reason(tile.reason, tile.outcome, "zh")
    told = words.of_reason(tile.reason, tile.outcome, "en")
    expected = (
        ("情形", tile.title),
        ("结论", tile.outcome),
        ("理由", tile.reason),
        ("含义", said.meaning),
        ("下一步", said.next_step),
        ("In English", told.meaning),
    )
    return (
        f"<article><h2>第 {number} 枚</h2>\n{tile.svg}\n<dl>{_terms(tile.asked)}</dl>\n"
        "<details><summary>应有的结论 · expected</summary>"
        f'<dl class="{escape(tile.outcome)}">{_terms(expected)}</dl></details></article>'
    )


def _terms(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in pairs)
