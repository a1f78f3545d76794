# SPDX-License-Identifier: Apache-2.0
"""The verdict as a value, as JSON, and as words on a screen."""

import json
from typing import Any

import pytest
from rich.console import Console

from skillseal import screen
from tests.verifier.asking import ask
from tests.verifier.world import (
    BRICKLAYER,
    CODES,
    FILING,
    NOW,
    K,
    body,
    jiangsu,
    shanghai,
)
from verifier import Check, Demand, Outcome, report
from verifier.marks import CHECKS

HOME = shanghai()
KNOWN = shanghai(jiangsu())
ID_NUMBER = "310199199003071236"


def test_the_json_object_has_its_members_in_their_order() -> None:
    members = ask(HOME, HOME.issue()).to_members()
    assert list(members) == [
        *("outcome", "reason", "environment", "checks", "certificate", "issuer"),
        *("knowledge", "age_seconds", "anchor"),
    ]
    assert members["outcome"] == "VALID"
    assert members["environment"] == "test"
    assert members["knowledge"] == "2026-11-18T10:06:40Z"
    assert members["age_seconds"] == NOW - K
    assert members["anchor"] == HOME.anchor
    assert members["certificate"] == HOME.claims().to_members()
    assert members["issuer"] == {
        "id": f"{HOME.iss}/bodies/{CODES[0]}",
        "name": "浦江第1技能评价中心",
        "filing": FILING.number,
        "standing_now": "active",
        "recognition": None,
    }
    checks = members["checks"]
    assert isinstance(checks, list)
    assert [check["name"] for check in checks] == list(CHECKS)
    assert all(list(check) == ["name", "outcome", "reason", "detail"] for check in checks)
    assert json.loads(json.dumps(members)) == members


def test_what_is_recognised_names_its_basis() -> None:
    issuer = ask(KNOWN, jiangsu().issue()).issuer
    assert issuer is not None
    assert issuer.recognition == "沪苏〔2026〕3号"


def test_what_is_not_recognised_names_none() -> None:
    issuer = ask(shanghai(jiangsu(), recognitions=()), jiangsu().issue()).issuer
    assert issuer is not None
    assert issuer.recognition is None


def test_out_of_scope_names_no_filing() -> None:
    verdict = ask(HOME, HOME.issue(region="310117"))
    assert verdict.issuer is not None
    assert verdict.issuer.filing is None


@pytest.mark.parametrize("text", ["weixin://x", HOME.issue(1).code])
def test_no_claim_is_shown_unless_the_signature_held(text: str) -> None:
    verdict = ask(HOME, text)
    assert verdict.certificate is None
    assert verdict.issuer is None
    assert "欧阳青禾" not in str(verdict.to_members())
    assert "欧阳青禾" not in report.plain(verdict)
    assert "欧阳青禾" not in report.short(verdict)


def test_a_document_number_is_nowhere_in_the_verdict() -> None:
    for holder in ((1, ID_NUMBER), (1, "31019919900307123")):
        verdict = ask(HOME, HOME.issue(holder_tag="AAAA"), holder=holder)
        assert verdict.reason.startswith("holder.")
        shown = f"{verdict!r} {verdict.to_members()} {report.plain(verdict)}"
        assert "19900307" not in shown


def test_without_an_anchor_nothing_is_claimed() -> None:
    from credential.snapshot import Snapshot

    members = ask(Snapshot.from_bytes(HOME.data(), None), HOME.issue()).to_members()
    assert [members[name] for name in ("environment", "anchor", "knowledge", "age_seconds")] == [
        None
    ] * 4


def test_a_verdict_is_true_for_valid_alone() -> None:
    assert {bool(ask(HOME, text)) for text in (HOME.issue().code, HOME.issue().text)} == {True}
    assert not ask(HOME, "x")
    assert not ask(HOME, HOME.issue(), at=K + 8 * 86_400)


def test_details_are_there_when_somebody_looks() -> None:
    checks = {check.name: check for check in ask(HOME, HOME.issue()).checks}
    assert checks["receipt"] == Check(
        "receipt", "pass", None, "registered 2026-11-08T11:06:40Z, log index 41, epoch 3"
    )
    assert checks["dates"].detail == "issued 2026-11-08T10:06:40Z"
    assert checks["scope"].detail == FILING.number
    assert checks["carrier"].detail is None


def test_a_date_of_expiry_is_shown() -> None:
    issued = HOME.issue(
        kind="special_operation", level=None, exp=NOW + 5, certificate_number="沪A012026000001"
    )
    checks = {check.name: check for check in ask(HOME, issued).checks}
    assert checks["dates"].detail == "issued 2026-11-08T10:06:40Z, expires 2026-11-18T11:06:45Z"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "active"),
        ({"void": "撤"}, "void"),
        ({"standing": ()}, "none"),
    ],
)
def test_the_standing_of_today_is_named(changes: dict[str, Any], expected: str) -> None:
    issuer = ask(shanghai(bodies=(body(HOME.host, **changes),)), HOME.issue()).issuer
    assert issuer is not None
    assert issuer.standing_now == expected


def test_a_demand_can_be_a_value_or_a_text() -> None:
    for demand in (Demand("skill_level", BRICKLAYER, "4"), f"skill_level/{BRICKLAYER}/4"):
        assert ask(HOME, HOME.issue(), demand=demand).reason == "ok"


def test_the_report_says_it_in_words_with_sign_name_and_age() -> None:
    text = report.plain(ask(HOME, HOME.issue(holder_tag="AAAA"), holder="AAAA"))
    for expected in (
        "✔ 有效 VALID  ok",
        "非正式环境",
        "→ 核对本人",
        "欧阳青禾",
        "砌筑工",
        "三级/高级工",
        "Y000031000101263000001",
        "浦江第1技能评价中心",
        FILING.number,
        "1.0 小时 hours",
        HOME.anchor,
        "持证人 holder",
    ):
        assert expected in text


def test_a_production_verdict_carries_no_warning() -> None:
    verdict = ask(shanghai(environment="production"), HOME.issue())
    assert verdict.environment == "production"
    assert "非正式环境" not in report.plain(verdict)


def test_old_knowledge_is_shown_in_days() -> None:
    assert "2.0 天 days" in report.plain(ask(HOME, HOME.issue(), at=K + 2 * 86_400))


def test_a_trade_is_shown_behind_the_occupation() -> None:
    text = report.plain(ask(HOME, HOME.issue(trade="砌砖")))
    assert "砌筑工（砌砖）" in text


def test_one_of_many_is_one_line_and_what_to_do_unless_valid() -> None:
    good = report.short(ask(HOME, HOME.issue()))
    assert good.count("\n") == 0
    assert "欧阳青禾 砌筑工 三级/高级工" in good
    bad = report.short(ask(HOME, "weixin://x")).splitlines()
    assert bad[0].startswith("✘ 不予认可 INVALID  malformed.url  [test: 非正式环境")
    assert bad[1] == "  这不是技能证书的二维码（可能是普通网址或其他二维码）。"
    assert len(bad) == 5


def test_a_certificate_without_level_is_shown_without() -> None:
    issued = HOME.issue(kind="training_completion", level=None, certificate_number="1")
    verdict = ask(HOME, issued)
    assert "等级 level" not in report.plain(verdict)
    assert "砌筑工 1" in report.short(verdict)


@pytest.mark.parametrize("at", [NOW, K - 400, K + 8 * 86_400])
def test_a_terminal_gets_the_same_words(at: int) -> None:
    verdict = ask(HOME, HOME.issue(), at=at)
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    screen.show(verdict, console)
    console.file.close()
    text = console.export_text()
    assert verdict.reason in text
    assert "欧阳青禾" in text
    assert all(line in text for line in report.explanation(verdict))


def test_the_outcome_is_text_too() -> None:
    assert Outcome.VALID == "VALID"
    assert f"{ask(HOME, 'x').outcome}" == "INVALID"
