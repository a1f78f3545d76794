# SPDX-License-Identifier: Apache-2.0
"""The desk's pages over a real registry under the full gate: papers, closing, changes of status."""

import re

import pytest

from issuer import submit
from tests.issuer.sheets import csv_file
from tests.issuer.sheets import number as number_of
from tests.skillseal.desk_place import PICKED, SECRET, Place, place, result

__all__ = ["place"]


def test_from_the_pickers_to_a_closed_batch(place: Place) -> None:
    page = place.upload(result(0), result(1))
    # What leaves no choice is chosen already; filing waits until somebody has said so.
    assert page.count(" checked") == 3
    assert '<option value="2026" selected>' in page
    assert 'data-act="file"' not in page
    visitor = place.visitor
    told = visitor.post(f"{visitor.at}/act", act="file", secret_statement=SECRET).text
    assert "还没有选定评价依据" in told
    assert "papers.missing" in told
    assert visitor.stage == "checked"
    assert 'data-act="file"' in place.choose()
    page = place.issue()
    assert visitor.stage == "registered"
    assert "papers" not in re.findall('data-act="([a-z]+)"', page)
    (batch,) = re.findall('name="batch" value="([^"]+)"', page)
    told = visitor.post(
        f"{visitor.at}/act", act="close", batch=batch, failed="x", secret_statement=SECRET
    ).text
    assert "close.results" in told
    told = visitor.act("close", batch=batch, failed="2", secret_statement=SECRET).text
    assert "close.results" in told
    told = visitor.act("close", batch=batch, failed="0", secret_statement=SECRET).text
    assert f'data-closed="{batch}"' in told
    # Another desk, or this one before a kill, may have closed it: the registry says so.
    visitor.site.jobs.change(visitor.job, closed=())
    told = visitor.act("close", batch=batch, secret_statement=SECRET).text
    assert f'data-closed="{batch}"' in told
    assert visitor.site.jobs.get(visitor.job).error is None
    assert "batch.unknown" in visitor.act("close", batch="B0", secret_statement=SECRET).text


def test_what_the_gate_refuses_stands_in_the_sheet(place: Place) -> None:
    place.upload(result(10), result(11, 技能等级="五级"))
    page = place.choose()
    assert page.count('<td class="bad">') == 1
    assert "年度计划没有列这一类证书、职业或等级" in page
    page = place.choose(**{"assessor:A-001": ""})
    assert page.count('<td class="bad">') == 2
    assert "没有选考评员" in page
    # The choice is kept: a check of the same or a corrected workbook is made with it.
    visitor = place.visitor
    assert visitor.act("look").text.count('<td class="bad">') == 2
    assert "papers.missing" in place.choose(**dict.fromkeys(PICKED, ""))
    with csv_file(place.folder / "r.csv", [result(10)]).open("rb") as file:
        visitor.post(f"{visitor.at}/roster", {"roster": ("r.csv", file)})
    assert "没有选考评员" in visitor.get(visitor.at).text
    assert '<td class="bad">' not in place.choose()
    visitor.act("file", secret_statement=SECRET)
    assert "desk.filed" in place.choose()


def test_evidence_is_asked_for_where_somebody_was_not_examined(place: Place) -> None:
    page = place.upload([*result(20), "直接认定"], more=("评价方式",))
    assert 'name="basis"' in page
    assert 'name="station"' not in page
    assert "没有上传认定依据清单" in place.choose()
    visitor = place.visitor
    files = {"basis": ("名单.pdf", b"evidence")}
    visitor.post(f"{visitor.at}/papers", files, **PICKED)
    assert visitor.site.clerk.wait(visitor.job, 30)
    assert "已上传" in visitor.get(visitor.at).text
    assert visitor.site.jobs.get(visitor.job).counts.good == 1
    visitor.post(f"{visitor.at}/clear")
    assert not visitor.site.uploads.of(visitor.job, "basis").exists()


def test_a_certificate_is_suspended_reinstated_and_revoked(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit, "PAUSES", ())
    place.upload(result(30))
    place.choose()
    place.issue()
    visitor = place.visitor
    found = visitor.post("/history", q=number_of(30)).text
    assert number_of(30) not in found
    (number,) = re.findall("/certificates/([0-9A-Z]+)", found)
    at = f"/certificates/{number}"

    def change(type_: str, reason: str, **form: str) -> str:
        secret = {"secret_statement": SECRET}
        told = visitor.post(f"{at}/status", type=type_, reason=reason, **{**secret, **form})
        assert visitor.site.clerk.wait(f"certificate {number}", 60)
        return told.text

    page = visitor.get(at).text
    assert re.findall('data-act="([a-z]+)"', page) == ["suspend", "revoke"]
    assert str(place.folder) not in page
    assert "reason.unknown" in change("suspend", "cleared")
    assert "reason.remark" in change("suspend", "other")
    assert "key.passphrase" in change("suspend", "inquiry", secret_statement="wrong")
    assert "status.move" in change("reinstate", "cleared")
    assert 'data-state="suspended"' in change("suspend", "inquiry", remark="投诉 12 号")
    assert place.status_of(number) == 2
    assert "inquiry 核查期间：投诉 12 号" in visitor.get(at).text
    assert 'data-state="valid"' in change("reinstate", "cleared")
    assert place.status_of(number) == 0
    # Offline: it is signed and waits; nothing else can be begun, and it is sent without a key.
    place.line.is_cut = True
    change("revoke", "fraud")
    page = visitor.get(at).text
    assert "registry.unreachable" in page
    assert re.findall('data-act="([a-z]+)"', page) == ["again"]
    assert "act.waiting" in change("suspend", "inquiry")
    place.line.is_cut = False
    visitor.post(f"{at}/status", again="1")
    assert visitor.site.clerk.wait(f"certificate {number}", 60)
    page = visitor.get(at).text
    assert 'data-state="revoked"' in page
    assert "registry.unreachable" not in page
    assert "data-act" not in page
    assert place.status_of(number) == 1
    assert "certificate.unknown" in visitor.post("/certificates/%3Cx/status").text
