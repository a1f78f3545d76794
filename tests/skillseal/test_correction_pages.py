# SPDX-License-Identifier: Apache-2.0
"""Correcting one certificate from its page: looked at first, cut off, released, printed."""

import re

import pytest

from credential import certificate
from issuer import release, submit
from tests.issuer.sheets import number as number_of
from tests.skillseal.desk_place import SECRET, Place, place, result

__all__ = ["place"]


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit, "PAUSES", ())


def issue(place: Place, serial: int) -> str:
    place.upload(result(serial))
    place.choose()
    place.issue()
    found = place.visitor.post("/history", q=number_of(serial)).text
    (number,) = re.findall("/certificates/([0-9A-Z]+)", found)
    return str(number)


def form_of(page: str) -> dict[str, str]:
    """Read what stands in the form."""
    form = page[page.index('data-act="correct"') :]
    return dict(re.findall('<input name="([a-z_]+)" value="([^"]*)"', form))


def check(place: Place, number: str, **changes: str) -> str:
    """Type what is right, and choose what the batch stands on as the old one did."""
    visitor = place.visitor
    at = f"/certificates/{number}/correct"
    typed = {**form_of(visitor.get(at).text), "reason": "data_error", **changes}
    answer = visitor.post(at, **typed)
    if answer.url.path.startswith("/jobs/"):
        visitor.at = answer.url.path
        assert visitor.site.clerk.wait(visitor.job, 60)
        return visitor.get(visitor.at).text
    return answer.text


def correct(place: Place, secret: str = SECRET) -> str:
    visitor = place.visitor
    visitor.act("correct", secret_statement=secret)
    assert visitor.site.clerk.wait(visitor.job, 60)
    return visitor.get(visitor.at).text


def successor(place: Place, number: str) -> str:
    page = place.visitor.get(f"/certificates/{number}").text
    found = re.findall('data-state="superseded">.*?href="/certificates/([0-9A-Z]+)"', page)
    return found[0] if found else ""


def test_a_name_is_corrected(place: Place) -> None:
    number = issue(place, 0)
    page = place.visitor.get(f"/certificates/{number}").text
    assert f'href="/certificates/{number}/correct"' in page
    page = place.visitor.get(f"/certificates/{number}/correct").text
    typed = form_of(page)
    assert (typed["id_number"], typed["theory"], typed["level"]) == ("", "合格", "3")
    page = check(place, number, name="欧阳青禾", id_number=number_of(0))
    assert 'data-field="name">欧阳青禾' in page
    assert 'data-act="correct"' in page  # that the person has this very certificate is no fault
    assert page.count("data-field=") == 1
    assert place.status_of(number) == 0  # nothing was done
    assert 'data-act="file"' not in page
    # A correction is no roster: the old one would stand beside the new one.
    for act, role in (("file", "statement"), ("issue", "certificate")):
        form = {"act": act, f"secret_{role}": SECRET}
        told = place.visitor.post(f"{place.visitor.at}/act", {"x": ("", b"")}, **form).text
        assert "desk.correction" in told
    told = place.visitor.post(f"{place.visitor.at}/roster", {"roster": ("r.csv", b"x")}).text
    assert "desk.correction" in told
    form = {"act": "correct", "secret_statement": "wrong"}
    told = place.visitor.post(f"{place.visitor.at}/act", {"x": ("", b"")}, **form).text
    assert "key.passphrase" in told
    page = correct(place)
    assert place.visitor.stage == "registered"
    assert 'data-act="print"' in page
    new = successor(place, number)
    assert (place.status_of(number), place.status_of(new)) == (3, 0)
    item = place.visitor.site.clerk.ask(lambda ledger: ledger.numbered(new))
    assert item is not None
    assert certificate.read(item.token or "")[1].name == "欧阳青禾"
    archive = place.visitor.get(f"{place.visitor.at}/files/codes.zip").content
    assert new.encode() in archive
    # The old one cannot be corrected again; the new one can.
    assert "/correct" not in place.visitor.get(f"/certificates/{number}").text
    assert "status.move" in place.visitor.get(f"/certificates/{number}/correct").text
    assert "/correct" in place.visitor.get(f"/certificates/{new}").text
    # What has a document number in it goes by the same act as of any roster.
    place.visitor.post(f"{place.visitor.at}/clear")
    folder = place.folder / "desk" / "jobs" / place.visitor.job
    left = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert number_of(0).encode() not in left


def test_what_is_wrong_is_said_before_anything_is_signed(place: Place) -> None:
    number = issue(place, 10)
    page = check(place, number, id_number=number_of(10)[:-1])
    assert page.count('<td class="bad">') == 1
    assert 'data-act="correct"' not in page
    page = check(place, number, name="林某某", id_number=number_of(11))
    assert "correct.other_person" in page
    assert 'data-act="correct"' not in page
    page = check(place, number, name="林某某", id_number=number_of(10), evaluated_on="2027-01-01")
    assert page.count('<td class="bad">') == 1
    assert "reason.unknown" in check(place, number, reason="fraud")
    assert "form.field" in check(place, number, name="x" * 201)
    # What was typed before stands in the form, and one job is enough for it.
    right = {"name": "林某某", "evaluated_on": "2026-09-23"}
    page = check(place, number, id_number=number_of(10), **right)
    assert 'data-act="correct"' in page
    typed = form_of(place.visitor.get(f"/certificates/{number}/correct").text)
    assert (typed["name"], typed["id_number"]) == ("林某某", number_of(10))
    corrections = [each for each in place.visitor.site.jobs.newest() if each.corrects == number]
    assert len(corrections) == 1
    assert place.status_of(number) == 0


def test_cut_off_it_goes_on(place: Place) -> None:
    number = issue(place, 20)
    check(place, number, name="林某某", id_number=number_of(20))
    place.line.is_cut = True
    page = correct(place)
    assert "registry.unreachable" in page
    assert successor(place, number) == ""
    place.line.is_cut = False
    page = correct(place)
    assert "registry.unreachable" not in page
    assert place.visitor.stage == "registered"
    assert place.status_of(number) == 3


def test_what_was_revoked_meanwhile_is_not_corrected(place: Place) -> None:
    number = issue(place, 30)
    check(place, number, name="林某某", id_number=number_of(30))
    form = {"type": "revoke", "reason": "fraud", "secret_statement": SECRET}
    place.visitor.post(f"/certificates/{number}/status", **form)
    assert place.visitor.site.clerk.wait(f"certificate {number}", 60)
    assert "status.final" in correct(place)
    assert place.visitor.site.jobs.get(place.visitor.job).counts.batches == 0
    assert "status.final" in place.visitor.get(f"/certificates/{number}/correct").text


def test_where_every_roster_is_released_a_correction_is_too(place: Place) -> None:
    number = issue(place, 40)
    check(place, number, name="林某某", id_number=number_of(40))
    place.visitor.site.clerk.ask(lambda ledger: ledger.lower_release(0))
    correct(place)
    visitor = place.visitor
    assert visitor.stage == "unreleased"
    assert place.status_of(number) == 0
    page = visitor.get(visitor.at).text
    (batch,) = set(re.findall(r"/release\?batch=([^\"]+)", page))
    content = visitor.get(f"{visitor.at}/release?batch={batch}").content
    token = release.sign(place.world.first.second, content)
    visitor.post(f"{visitor.at}/release", {"x": ("", b"")}, token=token)
    assert visitor.stage == "released"
    correct(place)
    assert visitor.stage == "registered"
    assert place.status_of(number) == 3
