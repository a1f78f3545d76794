# SPDX-License-Identifier: Apache-2.0
"""Acts: filled in, drafted with their exact payload, signed elsewhere, recorded, seen."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from console.account import Account
from console.proposals import Proposal, Proposals
from credential import base64url, envelope, statement_bodies
from credential.statement import Statement
from credential.statement_bodies import PROFILES
from keys.signing_key import SigningKey
from registry.console import act_forms, act_places, body_view, certificates
from registry.console.act_forms import FORMS
from tests.registry.console.town import APPLICATION, OTHERS_APPLICATION, OTHERS_STATION, Town
from tests.registry.console.web import PASSWORD, Clerk, Office
from tests.registry.test_applications import NUMBER
from tests.registry.world import BRICKLAYER, WELDER, key

ROOM = Path(__file__).parents[3] / "registry" / "console"


@pytest.fixture
def office(town: Town) -> Office:
    made = Office(town)
    made.hire("official", "body_staff", "supervisor", "intake")
    return made


def proposed(office: Office, answer: Any) -> Proposal:
    """Find what an answer leads to."""
    assert answer.status_code == 303, re.findall("<code>[a-z._]*</code>", answer.text)
    console = office.app.state.console
    made = Proposals(console.engine, console.clock, console.random)
    return made.get(answer.headers["location"].rpartition("/")[2])


def sign(clerk: Clerk, proposal: Proposal, *keys: SigningKey) -> Any:
    answer = None
    for one in keys:
        token = envelope.sign(one, envelope.STATEMENT, proposal.payload)
        answer = clerk.post(f"/proposals/{proposal.id}/sign", token=token)
    return answer


def act(office: Office, clerk: Clerk, type_: str, subject: str, **form: Any) -> Proposal:
    return proposed(office, clerk.post(f"/acts/{type_}", subject=subject, **form))


def begun(page: str) -> dict[str, Any]:
    """Read what a form begins with, but for what it is about."""
    fields: dict[str, Any] = dict(
        re.findall(r'(?s)<textarea id="([\w-]+)"[^>]*>(.*?)</textarea>', page)
    )
    fields.update(
        re.findall(r'<input id="([\w-]+)" name="[\w-]+"(?: type="[\w-]+")? value="([^"]+)"', page)
    )
    fields.update(re.findall(r'<select id="([\w-]+)".*?value="(\w+)" selected', page))
    for name, value in re.findall(r'type="checkbox" name="([\w-]+)" value="([^"]+)" checked', page):
        fields.setdefault(name, []).append(value)
    del fields["subject"]
    return fields


def test_a_body_is_suspended_through_the_console(office: Office, town: Town) -> None:
    clerk = office.enter("official")
    assert clerk.get(f"/acts/standing?subject={town.first.id}").status_code == 200
    proposal = act(
        office,
        clerk,
        "standing",
        town.first.id,
        state="suspended",
        document="沪停1",
        notice="超范围评价",
    )
    said = Statement.from_bytes(proposal.payload)
    assert (said.iss, said.after) == (town.party("official"), town.head(town.first.id))
    page = clerk.get(f"/proposals/{proposal.id}").text
    assert "超范围评价" in page
    assert sign(clerk, proposal, town.authority).status_code == 303
    view = town.see("official", lambda s: body_view.body_view(s, town.first.code))
    assert view.row["state"] == "suspended"
    assert "超范围评价" in clerk.get(f"/bodies/{town.first.code}").text
    stated = clerk.get("/statements?type=standing").text
    place = re.search(r'href="(/statements/\d+)"', stated)
    assert place
    assert "待服务器签署" in clerk.get(place[1]).text
    assert "回执" in clerk.get("/").text  # the first page tells that a receipt waits


def test_a_rectifying_deadline_is_the_day_that_was_typed(office: Office, town: Town) -> None:
    clerk = office.enter("official")
    fields = {"state": "rectifying", "document": "改1", "until": "2027-03-31", "notice": "限期整改"}
    proposal = act(office, clerk, "standing", town.first.id, **fields)
    for place in ("/proposals", f"/proposals/{proposal.id}"):
        assert "示例 (official.pd)" in clerk.get(place).text
    sign(clerk, proposal, town.authority)
    town.clock.now += 60
    for place in ("/", "/directories/bodies", f"/bodies/{town.first.code}"):
        page = clerk.get(place).text
        assert "2027-03-31" in page, place
        assert "2027-04-01" not in page, place
    assert "限期整改" in office.enter("anonymous").get("/public/notices").text


def test_a_removal_takes_two_different_keys(office: Office, town: Town) -> None:
    clerk = office.enter("official")
    proposal = act(office, clerk, "standing", town.first.id, state="removed", document="撤1")
    assert proposal.needed == 2
    sign(clerk, proposal, town.authority)
    again = sign(clerk, proposal, town.authority)
    assert "proposal.signed" in again.text
    assert town.see("official", lambda s: body_view.body_view(s, town.first.code)).row["state"] == (
        "active"
    )
    sign(clerk, proposal, town.authority_two)
    view = town.see("official", lambda s: body_view.body_view(s, town.first.code))
    assert view.row["state"] == "removed"


def test_who_came_second_is_told_to_look_again(office: Office, town: Town) -> None:
    clerk = office.enter("official")
    proposal = act(office, clerk, "standing", town.first.id, state="suspended", document="停1")
    town.state("selection", town.first.id, {"from": town.clock.now, "to": None, "document": "x"})
    answer = sign(clerk, proposal, town.authority)
    assert answer.status_code == 409
    assert "重新拟稿" in answer.text
    assert "statement.after" in answer.text


@pytest.mark.parametrize("stranger", ["of another body", "of nobody", "over something else"])
def test_a_wrong_signature_is_refused(office: Office, town: Town, stranger: str) -> None:
    clerk = office.enter("official")
    proposal = act(office, clerk, "standing", town.first.id, state="suspended", document="停1")
    code = {
        "of another body": "statement.actor",
        "of nobody": "key.unknown",
        "over something else": "proposal.other",
    }[stranger]
    signer = {"of another body": town.other.statement, "of nobody": key("statement", "nobody")}
    payload = proposal.payload if stranger != "over something else" else b"{}"
    token = envelope.sign(signer.get(stranger, town.authority), envelope.STATEMENT, payload)
    answer = clerk.post(f"/proposals/{proposal.id}/sign", token=token)
    assert f"<code>{code}</code>" in answer.text
    view = town.see("official", lambda s: body_view.body_view(s, town.first.code))
    assert view.row["state"] == "active"


def test_from_acceptance_to_filing_by_forms(office: Office, town: Town) -> None:
    intake, clerk = office.enter("intake"), office.enter("official")
    accepted = act(office, intake, "acceptance", APPLICATION, result="accepted")
    sign(intake, accepted, town.authority)
    passed = act(office, clerk, "review", APPLICATION, result="passed", reviewer="陆知远")
    sign(clerk, passed, town.authority)
    form = clerk.get(f"/acts/filing?subject={APPLICATION}").text
    fields = begun(form)
    assert fields["grants-1-levels"] == ["5", "4", "3"]
    assert f'value="{town.first.id}"' in form
    filing = act(
        office,
        clerk,
        "filing",
        town.first.id,
        **{**fields, "number": NUMBER, "to": "2027-09-20"},
    )
    sign(clerk, filing, town.authority, town.authority_two)
    view = town.see("official", lambda s: body_view.body_view(s, town.first.code))
    assert [filed.filing.number for filed in view.filings][-1] == NUMBER
    assert [row["state"] for row in view.applications] == ["filed"]
    # The last day is shown as it was typed, not the midnight after it.
    assert "有效期至 2027-09-20 " in clerk.get(f"/bodies/{town.first.code}").text


def test_a_key_is_registered_with_its_proof(office: Office, town: Town) -> None:
    clerk = office.enter("official")
    new = key("certificate", "new one")
    proof = new.sign(statement_bodies.possession(town.first.id, new.role, new.public))
    fields = {
        "proven": proven(new, proof),
        "to": "2027-09-20",
    }
    proposal = act(office, clerk, "key", town.first.id, **fields)
    sign(clerk, proposal, town.authority, town.authority_two)
    view = town.see("official", lambda s: body_view.body_view(s, town.first.code))
    assert new.kid in {known.record.kid for known in view.keys}
    other = {**fields, "proven": proven(new, b"\1" * 64)}
    wrong = clerk.post("/acts/key", subject=town.first.id, **other)
    second = proposed(office, wrong)
    answer = sign(clerk, second, town.authority, town.authority_two)
    assert answer.status_code != 303
    part = clerk.post("/acts/key", subject=town.first.id, proven='{"role":"submit"}')
    assert "<code>act.proven</code>" in part.text


def proven(one: SigningKey, proof: bytes) -> str:
    """Write what `skillseal registry prove` prints."""
    said = {"jwk": one.public.members, "role": one.role, "proof": base64url.encode(proof)}
    return json.dumps(said)


def test_many_are_tried_before_they_are_revoked(office: Office, town: Town) -> None:
    clerk = office.enter("official")
    mine = [f"{town.first.prefix}26300000{n}" for n in (1, 2)]
    listed = "\n".join([*mine, f"{town.other.prefix}263000001", "nothing"])
    form = {
        "subject": town.first.id,
        "kind": "skill_level",
        "certificates": listed,
        "reason": "void_exam",
    }
    answer = clerk.post("/acts/revoke_bulk", do="try", **form)
    assert "4 个编号中有 2 个可以撤销" in answer.text
    assert answer.text.count("本机构没有此证书") == 2
    form["certificates"] = "\n".join(mine)
    proposal = proposed(office, clerk.post("/acts/revoke_bulk", **form))
    sign(clerk, proposal, town.authority, town.authority_two)
    for number in mine:
        view = town.see(
            "official", lambda s, number=number: certificates.view(s, "skill_level", number)
        )
        assert view.listed.status == "revoked"


def test_body_staff_suspend_what_is_theirs(office: Office, town: Town) -> None:
    staff = office.enter("body_staff")
    number = f"{town.first.prefix}263000001"
    subject = f"{town.url}/certificates/skill_level/{number}"
    proposal = act(office, staff, "suspend", subject, reason="inquiry", remark="")
    sign(staff, proposal, town.first.statement)
    view = town.see("body_staff", lambda s: certificates.view(s, "skill_level", number))
    assert view.listed.status == "suspended"


NOT_THEIRS = [
    ("official", "acceptance", OTHERS_APPLICATION),
    ("official", "entry_standing", OTHERS_STATION),
    ("official", "gate", "{url}/gate"),
    ("official", "batch", "{first}/batches/B9"),
    ("official", "standing", "{other}"),
    ("official", "standing", "{url}/bodies/91310115MA1K3YJ99A"),
    ("official", "revoke", "{url}/certificates/skill_level/Y000031000202263000001"),
    ("official", "revoke", "{url}/certificates/skill_level"),
    ("supervisor", "standing", "{first}"),
    ("intake", "review", APPLICATION),
    ("body_staff", "standing", "{first}"),
    ("body_staff", "plan", "{other}/plans/2027"),
]


def test_what_one_may_not_state_is_not_there(office: Office, town: Town) -> None:
    clerks = {role: office.enter(role) for role in {role for role, _, _ in NOT_THEIRS}}
    for role, type_, subject in NOT_THEIRS:
        about = subject.format(url=town.url, first=town.first.id, other=town.other.id)
        filled = {"document": "1", "reviewer": "陆知远", "body": "{}"}
        fields = {one.name: one.choices[0] for one in FORMS.get(type_, ()) if one.choices}
        answers = [
            clerks[role].get(f"/acts/{type_}?subject={about}"),
            clerks[role].post(f"/acts/{type_}", subject=about, **filled, **fields),
        ]
        assert {answer.status_code for answer in answers} == {404}, (role, type_, subject)


def test_a_draft_of_one_district_is_not_there_for_another(office: Office, town: Town) -> None:
    clerk = office.enter("official")
    proposal = act(office, clerk, "standing", town.first.id, state="suspended", document="停1")
    for role in ("supervisor", "body_staff", "intake"):
        other = office.enter(role)
        assert other.get(f"/proposals/{proposal.id}").status_code == 404
        assert proposal.id not in other.get("/proposals").text
        assert other.post(f"/proposals/{proposal.id}/withdraw").status_code == 404


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"state": "suspended", "document": "停1", "from": "soon"}, "act.field"),
        ({"state": "suspended", "document": ""}, "malformed.profile"),
        ({"state": "closed", "document": "停1"}, "malformed.profile"),
    ],
)
def test_what_is_filled_in_wrongly_is_told_on_the_form(
    office: Office, town: Town, form: dict[str, str], code: str
) -> None:
    answer = office.enter("official").post("/acts/standing", subject=town.first.id, **form)
    assert answer.status_code == 422
    assert f"<code>{code}</code>" in answer.text
    assert f'value="{town.first.id}"' in answer.text  # nothing has to be typed again


ENTERED: list[tuple[str, str, dict[str, Any]]] = [
    (
        "station",
        "PD-77",
        {
            "name": "川沙站点",
            "host": "示例公司",
            "base": "school",
            "region": "310115",
            "pilot": "yes",
            "occupations-1-occupations": f"砌筑工\n{WELDER}",
            "occupations-1-levels": ["3", "5"],
            "document": "站77",
        },
    ),
    (
        "assessor",
        "A-77",
        {
            "name": "贺知章",
            "certificate": "K77",
            "role": "assessor",
            "region": "310115",
            "occupations": "砌筑工",
            "document": "考77",
        },
    ),
    (
        "unit",
        "green-9",
        {"name": "绿化站", "industry": "绿化", "region": "310115", "document": "1"},
    ),
    (
        "operator",
        "ks-9",
        {"name": "考务甲", "region": "310115", "document": "1", "to": "2027-09-30"},
    ),
    (
        "application",
        "2026-77",
        {
            "applicant": "91310115MA1K3YJ12X",
            "name": "示例职业技能评价中心",
            "region": "310115",
            "form": "employer",
            "audience": "own",
            "kind": "new",
            "districts": "310115",
            "grants-1-kind": "skill_level",
            "grants-1-occupations": "砌筑工",
            "grants-1-levels": ["5", "4"],
            "grants-2-kind": "skill_level",
            "grants-2-occupations": WELDER,
            "grants-2-levels": ["3"],
            "documents": f"申请 表.pdf {'AB' * 32}",
        },
    ),
]


@pytest.mark.parametrize(("type_", "number", "form"), ENTERED, ids=lambda one: str(one)[:12])
def test_entries_are_made_by_forms(
    office: Office, town: Town, type_: str, number: str, form: dict[str, Any]
) -> None:
    clerk = office.enter("official")
    proposal = act(office, clerk, type_, number, **form)
    said = Statement.from_bytes(proposal.payload)
    assert said.subject == f"{town.url}/{act_places.PLACES[type_]}{number}"
    sign(clerk, proposal, town.authority)
    kind = act_places.PLACES[type_].rstrip("/")
    assert form["name"] in clerk.get(f"/directories/{kind}?q={number}").text
    if type_ == "station":
        offers = [{"code": code, "levels": ["5", "3"]} for code in (BRICKLAYER, WELDER)]
        assert said.body["occupations"] == offers
        assert said.body["pilot"] is True
    if type_ == "assessor":
        assert (said.body["occupations"], said.body["cap"]) == ([BRICKLAYER], None)
    if type_ == "application":
        documents = [{"name": "申请 表.pdf", "sha256": "ab" * 32}]
        assert said.body["documents"] == documents
        assert [grant["occupations"] for grant in said.body["grants"]] == [  # type: ignore[attr-defined]
            [BRICKLAYER],
            [WELDER],
        ]


def test_an_occupation_that_is_not_listed_is_told_and_the_rest_is_kept(office: Office) -> None:
    _, number, form = ENTERED[0]
    odd = {**form, "occupations-1-occupations": "砌筑工\n炼丹工"}
    answer = office.enter("official").post("/acts/station", subject=number, **odd)
    assert answer.status_code == 422
    assert "<code>act.occupation</code>" in answer.text
    assert "炼丹工" in answer.text
    assert begun(answer.text)["occupations-1-levels"] == ["5", "3"]


def test_every_type_has_a_form_for_who_may_make_it(office: Office) -> None:
    accounts = office.app.state.console.accounts
    accounts.create(Account("lead.sh", "牵头", frozenset({"lead"})), PASSWORD)
    lead, staff = office.enter("anonymous"), office.enter("body_staff")
    assert lead.post("/sign-in", name="lead.sh", password=PASSWORD).status_code == 303
    for type_ in sorted(set(PROFILES) - set(act_forms.LEFT_OUT)):
        clerk = staff if PROFILES[type_].by == {"body"} else lead
        answer = clerk.get(f"/acts/{type_}")
        assert answer.status_code == 200, type_
        assert f'action="/acts/{type_}"' in answer.text


def test_no_module_of_the_console_loads_a_key() -> None:
    for path in ROOM.glob("*.py"):
        text = path.read_text("utf-8")
        assert "key_file" not in text
        assert "signing_key" not in text
        assert "keyring" not in text
