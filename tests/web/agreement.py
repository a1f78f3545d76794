# SPDX-License-Identifier: Apache-2.0
"""Asks both languages and demands the same answer."""

from collections.abc import Iterable
from typing import Any

from tests.web import node
from tests.web.answers import Session

Questions = Iterable[dict[str, Any]]


def agree(questions: Questions) -> list[Any]:
    """Ask both and return the answers, which must be the same."""
    asked = list(questions)
    answers = node.ask(asked)
    assert len(answers) == len(asked)
    session = Session()
    for question, theirs in zip(asked, answers, strict=True):
        ours = _comparable(session.answer(question))
        assert _comparable(theirs) == ours, f"TypeScript answers {theirs} to {question}"
    return answers


def _comparable(answer: Any) -> Any:
    """Take out what is for people."""
    for check in answer.get("checks", ()) if isinstance(answer, dict) else ():
        check.pop("detail", None)
    return answer
