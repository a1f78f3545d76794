# SPDX-License-Identifier: Apache-2.0
"""A verdict on a terminal, with rich: the words of the plain report in a frame."""

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from verifier import report
from verifier.verdict import Verdict
from verifier.words import printable


def show(verdict: Verdict, console: Console | None = None) -> None:
    """Print a verdict.

    Args:
        verdict: What was decided.
        console: Where to; standard output where not given.
    """
    colour = report.COLOURS[verdict.outcome]
    facts = Table.grid(padding=(0, 2))
    for label, value in report.facts(verdict):
        facts.add_row(Text(label, style="dim"), Text(value, style="bold"))
    checks = Table.grid(padding=(0, 2))
    for label, mark, note in report.checks(verdict):
        checks.add_row(Text(label), Text(mark), Text(note, style="dim"))
    explanation = Text("\n".join(report.explanation(verdict)))
    headline = Text(printable(report.headline(verdict)), style=f"bold {colour}")
    frame = Panel(
        Group(explanation, Text(), facts, Text(), checks),
        title=headline,
        title_align="left",
        border_style=colour,
    )
    (console or Console()).print(frame)
