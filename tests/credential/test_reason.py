# SPDX-License-Identifier: Apache-2.0
"""Reasons for a change of status: the fixed list, and the text of a statement."""

import pytest

from credential import reason, statement_bodies
from credential.errors import MalformedError
from credential.statement import Statement


@pytest.mark.parametrize("each", reason.REASONS, ids=lambda each: each.code)
def test_every_reason_is_written_and_read_again(each: reason.Reason) -> None:
    for act in each.acts:
        said = reason.text(act, each.code, "沪人社函〔2026〕12号")
        assert reason.read(said) is each
        body: dict[str, object] = {"reason": said}
        if act == "supersede":
            body = {"by": "Y1", "reason": said}
        subject = statement_bodies.certificate_subject("a.example", "skill_level", "Y0")
        stated = Statement(
            "https://a.example", "https://a.example", "A" * 22, 0, act, subject, None, body
        )
        statement_bodies.read(Statement.from_bytes(stated.to_bytes()))


def test_the_text_without_and_with_a_remark() -> None:
    assert reason.text("revoke", "fraud") == "fraud 弄虚作假"
    assert reason.text("revoke", "fraud", "替考") == "fraud 弄虚作假：替考"
    assert reason.read("differently said") is None
    assert reason.read("fraudulent 弄虚作假") is None


@pytest.mark.parametrize(
    ("act", "code", "remark", "refused"),
    [
        ("revoke", "boredom", "", "reason.unknown"),
        ("revoke", "cleared", "", "reason.unknown"),
        ("reinstate", "fraud", "", "reason.unknown"),
        ("suspend", "other", "", "reason.remark"),
        ("revoke", "fraud", "x" * 72, "reason.remark"),
        ("revoke", "fraud", 'a "quote"', "reason.remark"),
        ("revoke", "fraud", "line\nline", "reason.remark"),
        ("revoke", "fraud", "space ", "reason.remark"),
    ],
)
def test_what_is_refused(act: str, code: str, remark: str, refused: str) -> None:
    with pytest.raises(MalformedError) as caught:
        reason.text(act, code, remark)
    assert caught.value.code == refused


def test_the_list_names_every_code_once_and_an_act_for_each() -> None:
    found = [each.code for each in reason.REASONS]
    assert len(set(found)) == len(found)
    assert set().union(*(each.acts for each in reason.REASONS)) == {
        "revoke",
        "suspend",
        "reinstate",
        "supersede",
    }
    assert reason.codes("reinstate") == ("cleared", "remedied", "mistake", "other")
