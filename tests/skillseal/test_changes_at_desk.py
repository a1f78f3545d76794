# SPDX-License-Identifier: Apache-2.0
"""Changing the status of many certificates from the desk's pages, with a second person."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from credential import envelope
from issuer import act_post, desk_token, submit
from keys.signing_key import SigningKey
from tests.skillseal.desk_place import SECRET, Place, place, result

__all__ = ["place"]

NUMBER = re.compile("/certificates/([0-9A-Z]+)")


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit, "PAUSES", ())


def issue(place: Place, first: int, count: int) -> tuple[list[str], str]:
    """Issue some certificates; gives their numbers and their batch."""
    place.upload(*(result(first + n) for n in range(count)))
    place.choose()
    place.issue()
    job = place.visitor.site.jobs.get(place.visitor.job)
    (batch,) = place.visitor.site.clerk.ask(lambda led: led.batches_of(job.roster or b""))
    items = place.visitor.site.clerk.ask(lambda led: led.items(batch.batch))
    return [item.number or "" for item in items], batch.batch


def look(place: Place, what: str, **form: str) -> str:
    answer = place.visitor.post("/changes/look", {"x": ("", b"")}, what=what, **form)
    return answer.text


def outcomes(page: str) -> list[str]:
    return re.findall('<tr data-outcome="([a-z]+)"', page)


def order(place: Place, what: str, numbers: Sequence[str], secret: str = SECRET) -> tuple[str, str]:
    """Order what was looked at; gives the page of the change and its address."""
    visitor = place.visitor
    form = {"what": what, "numbers": " ".join(numbers), "secret_statement": secret}
    answer = visitor.post("/changes", **form)
    at = answer.url.path
    assert visitor.site.clerk.wait(f"change {at.rpartition('/')[2]}", 60)
    return (visitor.get(at).text if at != "/changes" else answer.text), at


def lower(place: Place, above: int) -> None:
    place.visitor.site.clerk.ask(lambda ledger: ledger.lower_second(above))


def signed(place: Place, at: str, key: SigningKey, page: str) -> str:
    """Sign what a page gives, as the agent does."""
    typ = re.findall('data-agent-typ="([^"]+)"', page)[0]
    content = place.visitor.get(f"{at}/payload").content
    sign = envelope.sign if typ == envelope.STATEMENT else desk_token.sign
    return sign(key, typ, content)


def agree(place: Place, at: str, token: str) -> str:
    answer = place.visitor.post(f"{at}/consent", {"x": ("", b"")}, token=token)
    assert place.visitor.site.clerk.wait(f"change {at.rpartition('/')[2]}", 60)
    return answer.text if answer.status_code != 200 else place.visitor.get(at).text


def test_it_is_looked_at_first_and_only_what_can_be_done_is_done(
    place: Place, tmp_path: Path
) -> None:
    numbers, batch = issue(place, 0, 3)
    page = look(place, "suspend inquiry", numbers=f" {numbers[0]}，{numbers[1]}\r\nY1")
    assert outcomes(page) == ["refused", "ready", "ready"]
    assert "certificate.unknown" in page
    assert place.status_of(numbers[0]) == 0  # nothing was done
    # From a workbook, from text, from a batch: each the same list.
    book = openpyxl.Workbook()
    for line in (["证书编号"], *([each] for each in numbers)):
        assert book.active is not None
        book.active.append(line)
    book.save(tmp_path / "list.xlsx")
    for files in (
        {"list": ("list.xlsx", (tmp_path / "list.xlsx").read_bytes())},
        {"list": ("list.txt", "\n".join(numbers).encode())},
        {"x": ("", b"")},
    ):
        named = batch if "x" in files else ""
        form = {"what": "suspend inquiry", "batch": named}
        page = place.visitor.post("/changes/look", files, **form).text
        assert outcomes(page) == ["ready"] * 3
    assert not list((tmp_path / "desk").glob("tmp*"))
    offered = re.findall('name="numbers" value="([^"]+)"', page)[0].split()
    page, at = order(place, "suspend inquiry", offered[:2])
    assert outcomes(page) == ["done", "done"]
    assert [place.status_of(each) for each in numbers] == [2, 2, 0]
    page = look(place, "suspend inquiry", batch=batch)
    assert outcomes(page) == ["refused", "refused", "ready"]
    # The change stands in the list, and each certificate leads to it and back.
    assert at in place.visitor.get("/changes").text
    assert NUMBER.findall(place.visitor.get(at).text) == sorted(numbers[:2])


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"what": "suspend inquiry"}, "act.nothing"),
        ({"what": "suspend inquiry", "numbers": "张三"}, "certificate.unknown"),
        ({"what": "suspend inquiry", "numbers": "<b>"}, "number.malformed"),
        ({"what": "suspend inquiry", "batch": "B0"}, "batch.unknown"),
        ({"what": "suspend cleared", "numbers": "Y1"}, "reason.unknown"),
        ({"what": "suspend other", "numbers": "Y1"}, "reason.remark"),
        ({"what": "supersede data_error", "numbers": "Y1"}, "desk.upload"),
        ({"what": "suspend inquiry", "numbers": "Y1", "kind": "odd"}, "desk.upload"),
    ],
)
def test_what_cannot_be_asked(place: Place, form: dict[str, str], code: str) -> None:
    assert code in look(place, **form)


def test_what_has_moved_since_it_was_looked_at_stops_all_of_it(place: Place) -> None:
    numbers, _ = issue(place, 10, 2)
    assert outcomes(look(place, "revoke fraud", numbers=" ".join(numbers))) == ["ready"] * 2
    order(place, "revoke fraud", numbers[1:])
    page, at = order(place, "revoke fraud", numbers)
    assert at == "/changes"
    assert "status.final" in page
    assert [place.status_of(each) for each in numbers] == [0, 1]
    page, _ = order(place, "suspend inquiry", numbers[:1], "wrong")
    assert "key.passphrase" in page
    assert place.status_of(numbers[0]) == 0


def test_a_list_that_is_cut_off_is_sent_again(place: Place) -> None:
    numbers, _ = issue(place, 20, 1)
    place.line.is_cut = True
    page, at = order(place, "suspend inquiry", numbers)
    assert outcomes(page) == ["waiting"]
    assert "registry.unreachable" in page
    assert 'data-act="send"' in page
    place.line.is_cut = False
    page = place.visitor.post(f"{at}/send", secret_statement=SECRET).text
    assert place.visitor.site.clerk.wait(f"change {at.rpartition('/')[2]}", 60)
    page = place.visitor.get(at).text
    assert outcomes(page) == ["done"]
    assert "registry.unreachable" not in page
    assert "data-act" not in page
    assert "act.nothing" in _after_sending(place, at)


def _after_sending(place: Place, at: str) -> str:
    place.visitor.post(f"{at}/send")
    assert place.visitor.site.clerk.wait(f"change {at.rpartition('/')[2]}", 60)
    return place.visitor.get(at).text


def test_no_such_change(place: Place) -> None:
    for path in ("/changes/C20260101-00000000", "/changes/x", "/changes/x/payload"):
        answer = place.visitor.get(path)
        assert (answer.status_code, "act.unknown" in answer.text) == (404, True)


@pytest.mark.parametrize("what", ["revoke fraud", "suspend inquiry"])
def test_above_the_threshold_a_second_person_agrees(place: Place, what: str) -> None:
    numbers, _ = issue(place, 30 if what.startswith("revoke") else 40, 2)
    lower(place, 1)
    page = look(place, what, numbers=" ".join(numbers))
    assert "第二个人" in page
    page, at = order(place, what, numbers)
    assert 'data-act="consent"' in page
    assert outcomes(page) == ["waiting"] * 2
    assert [place.status_of(each) for each in numbers] == [0, 0]
    # Everything that is signed stands on the page, and the digest that the agent shows.
    content = place.visitor.get(f"{at}/payload").content
    assert all(each in page for each in numbers)
    assert json.loads(content)
    first, second = place.world.first.statement, place.world.first.second
    assert "consent.same_person" in agree(place, at, signed(place, at, first, page))
    other = content.replace(numbers[0].encode(), numbers[1].encode())
    typ = re.findall('data-agent-typ="([^"]+)"', page)[0]
    sign = envelope.sign if typ == envelope.STATEMENT else desk_token.sign
    assert "consent.mismatch" in agree(place, at, sign(second, typ, other))
    assert re.search("malformed|key.not_registered", agree(place, at, "x"))
    assert "proposal.nothing" in agree(place, at, "")
    assert [place.status_of(each) for each in numbers] == [0, 0]
    page = agree(place, at, signed(place, at, second, page))
    assert outcomes(page) == ["done"] * 2
    assert {place.status_of(each) for each in numbers} == {1 if "revoke" in what else 2}
    assert "consent.nothing" in place.visitor.get(f"{at}/payload").text


def test_one_is_withdrawn_a_killed_one_goes_on_and_a_single_one_waits_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, _ = issue(place, 50, 2)
    lower(place, 1)
    _, at = order(place, "suspend inquiry", numbers)
    answer = place.visitor.post(f"{at}/withdraw")
    assert answer.url.path == "/changes"
    assert "已取消" in answer.text
    assert f'href="{at}"' not in answer.text
    assert outcomes(look(place, "suspend inquiry", numbers=" ".join(numbers))) == ["ready"] * 2
    # Of the next one the desk dies after the first statement.
    page, at = order(place, "suspend inquiry", numbers)
    sent: list[int] = []
    real = act_post._send

    def once(*given: object) -> object:
        if sent:
            raise ConnectionResetError  # as a fault of the desk
        sent.append(1)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(act_post, "_send", once)
    token = signed(place, at, place.world.first.second, page)
    assert sorted(outcomes(agree(place, at, token))) == ["done", "waiting"]
    monkeypatch.setattr(act_post, "_send", real)
    page = _after_sending(place, at)
    assert outcomes(page) == ["done"] * 2
    assert [place.status_of(each) for each in numbers] == [2, 2]
    # Where the desk asks for two people for any change, a single certificate's page leads there.
    lower(place, 0)
    at = f"/certificates/{numbers[0]}"
    form = {"type": "reinstate", "reason": "cleared", "secret_statement": SECRET}
    place.visitor.post(f"{at}/status", **form)
    assert place.visitor.site.clerk.wait(f"certificate {numbers[0]}", 60)
    page = place.visitor.get(at).text
    assert place.status_of(numbers[0]) == 2
    (change,) = re.findall('href="(/changes/C[^"]+)"', page)
    assert "data-act" not in page  # nothing else can be begun meanwhile
    page = place.visitor.get(change).text
    page = agree(place, change, signed(place, change, place.world.first.second, page))
    assert outcomes(page) == ["done"]
    assert place.status_of(numbers[0]) == 0
