# SPDX-License-Identifier: Apache-2.0
"""The read side as each role sees it: queues, lists, a body, batches, certificates, statements."""

from typing import Any

import pytest

from credential.errors import ConflictError
from registry import store_statements
from registry.console import batches, body_view, certificates, lists, queues, statement_views
from registry.console.lists import Filter
from registry.console.sight import Sight, look
from tests.registry.console.town import (
    APPLICATION,
    CANARY,
    OTHERS_APPLICATION,
    OTHERS_STATION,
    STATION,
    Town,
)
from tests.registry.entries import ORDER
from tests.registry.examined import AUTHORITY, OFFICE, Examined
from tests.registry.world import DAY, START

ALL = ["lead", "official", "intake", "guidance", "supervisor", "auditor", "body_staff"]


def unseen(see: Any) -> str:
    with pytest.raises(ConflictError) as caught:
        see()
    return caught.value.code


def everything(sight: Sight) -> list[object]:
    """Read every list as far as it goes."""
    filed, _ = batches.page(sight, None, before=None)
    stated, _ = statement_views.page(sight, before=None, limit=500)
    issued = [certificates.page(sight, body.code, before=None)[0] for body in sight.bodies]
    listed = [lists.rows(sight, kind, Filter()) for kind in lists.KINDS]
    return [queues.waiting(sight), listed, filed, stated, issued]


@pytest.mark.parametrize("role", [*ALL, "administrator"])
def test_no_list_shows_anything_of_another_tenant(town: Town, role: str) -> None:
    seen = repr(town.see(role, everything))
    assert CANARY not in seen
    assert "金丝雀" not in seen
    assert (APPLICATION in seen) == (role not in {"guidance", "administrator"})


@pytest.mark.parametrize("role", [*ALL, "administrator"])
def test_what_is_anothers_is_refused_like_what_is_not_there(town: Town, role: str) -> None:
    number = f"{town.other.prefix}263000001"
    asked = [
        lambda s: body_view.body_view(s, town.other.code),
        lambda s: body_view.body_view(s, "91310115MA1K3YJ99A"),
        lambda s: batches.batch(s, town.other.code, f"{CANARY}-B"),
        lambda s: batches.page(s, town.other.code, before=None),
        lambda s: certificates.page(s, town.other.code, before=None),
        lambda s: certificates.view(s, "skill_level", number),
        lambda s: s.target(OTHERS_STATION),
        lambda s: s.target(OTHERS_APPLICATION),
    ]
    assert {unseen(lambda see=see: town.see(role, see)) for see in asked} == {"request.not_found"}
    assert town.see(role, lambda s: certificates.numbered(s, number)) == []


def test_the_lead_of_all_regions_sees_both(town: Town) -> None:
    account = town.account("lead")
    seen = look(town.registry, type(account)("lead.sh", "示例", account.roles), None, everything)
    assert CANARY in repr(seen)


def test_queues_have_deadlines_and_say_whose_turn_it_is(town: Town) -> None:
    def queue(role: str) -> list[tuple[str, str, bool]]:
        return [(w.queue, w.subject, w.mine) for w in town.see(role, queues.waiting)]

    assert queue("official") == [("acceptance", APPLICATION, True)]
    assert queue("intake") == [("acceptance", APPLICATION, True)]
    assert queue("supervisor") == [("acceptance", APPLICATION, False)]
    assert queue("guidance") == []
    (one,) = town.see("official", queues.waiting)
    assert (one.due, one.overdue) == ("2026-09-29", False)  # five working days, 25 September is off
    town.clock.now = START + 10 * DAY
    assert town.see("official", queues.waiting)[0].overdue


def test_a_review_waits_for_who_reviews_not_for_who_accepts(town: Town) -> None:
    town.state("acceptance", APPLICATION, {"result": "accepted"})
    assert [(w.queue, w.mine) for w in town.see("intake", queues.waiting)] == [("review", False)]
    assert [(w.queue, w.mine) for w in town.see("official", queues.waiting)] == [("review", True)]


def test_plans_standards_and_orders_wait_too(town: Town) -> None:
    made = Examined(town)
    plan = {**made.planned(), "recipients": [AUTHORITY, OFFICE]}
    town.state("plan", made.plan, plan, [town.first.statement], town.first.id)
    order = {**ORDER, "from": town.clock.now, "until": town.clock.now + DAY}
    town.state("entry_standing", STATION, order, [town.lead])
    found = {w.queue: w for w in town.see("official", queues.waiting)}
    assert set(found) == {"acceptance", "plan", "rectifying"}
    assert [w.queue for w in town.see("guidance", queues.waiting)] == ["plan"]
    town.state("plan_receipt", made.plan, {"document": "收2"}, [town.authority], AUTHORITY)
    assert town.see("guidance", queues.waiting) == []
    town.clock.now += 3 * DAY
    assert town.see("official", queues.waiting)[0].queue == "rectifying"
    assert town.see("official", queues.waiting)[0].overdue


def test_a_body_with_its_whole_history(town: Town) -> None:
    body = f"{town.first.id}"
    said = {"from": town.clock.now, "state": "suspended", "document": "沪停1", "notice": "通报"}
    town.state("standing", body, said, [town.lead])
    view = town.see("official", lambda s: body_view.body_view(s, town.first.code))
    assert [step.state for step in view.steps] == ["active", "suspended"]
    assert [step.notice for step in view.steps] == [None, "通报"]
    assert (view.certificates, view.batches) == (3, 1)
    assert [filed.state for filed in view.filings] == ["in_force"]
    assert {known.state for known in view.keys} == {"in_force"}
    assert [row["id"] for row in view.applications] == [APPLICATION]
    assert (len(view.plans), len(view.standards), len(view.stations)) == (1, 1, 1)


def test_lists_are_filtered_and_go_back_in_time(town: Town) -> None:
    def names(wanted: Filter, at: int | None = None) -> list[object]:
        found = town.see("official", lambda s: lists.rows(s, "stations", wanted, at))
        return [row["name"] for row in found]

    assert names(Filter()) == ["浦东示范站点"]
    assert names(Filter(text="示范")) == names(Filter(region="310000")) == names(Filter())
    assert names(Filter(text="绿化")) == names(Filter(state="removed")) == []
    town.state(
        "entry_standing",
        STATION,
        {"from": town.clock.now, "state": "removed", "document": "撤1"},
        [town.lead, town.lead_two],
    )
    assert names(Filter(state="removed")) == ["浦东示范站点"]
    assert names(Filter(state="active"), START + DAY) == ["浦东示范站点"]
    assert names(Filter(), START - DAY) == []


def test_batches_and_certificates_page_by_page(town: Town) -> None:
    def page(before: int | None) -> Any:
        return town.see(
            "official", lambda s: certificates.page(s, town.first.code, before=before, limit=2)
        )

    first, more = page(None)
    second, end = page(more)
    assert [one.claims.name for one in (*first, *second)] == ["沈砚秋", "陆知远", "欧阳青禾"]
    assert end is None
    (view,), _ = town.see("official", lambda s: batches.page(s, None, before=None))
    assert (view.row.number, view.row.headcount, view.row.taken, view.closed) == ("B1", 10, 3, None)
    found, _ = town.see(
        "official",
        lambda s: certificates.page(s, town.first.code, before=None, name="知远"),
    )
    assert [one.claims.name for one in found] == ["陆知远"]


def test_a_certificate_with_what_happened_to_it(town: Town) -> None:
    number = f"{town.first.prefix}263000001"
    subject = f"{town.url}/certificates/skill_level/{number}"
    town.state("suspend", subject, {"reason": "inquiry 核查期间"}, [town.authority], AUTHORITY)
    view = town.see("official", lambda s: certificates.view(s, "skill_level", number))
    assert view.listed.status == "suspended"
    assert [(one.type, one.by) for one in view.history] == [("suspend", "示例区人社局")]
    assert view.receipt is not None
    assert view.subject == subject
    bulk = {
        "certificates": [{"kind": "skill_level", "number": number}],
        "reason": "fraud 弄虚作假",
    }
    town.state("revoke_bulk", town.first.id, bulk)
    view = town.see("auditor", lambda s: certificates.view(s, "skill_level", number))
    assert view.listed.status == "revoked"
    assert [one.type for one in view.history] == ["suspend", "revoke_bulk"]


def test_statements_with_signers_payload_and_receipt(town: Town) -> None:
    about = town.first.id
    found, _ = town.see(
        "official", lambda s: statement_views.page(s, before=None, type_="filing", about=about)
    )
    (filing,) = found
    assert len(filing.signers) == 2
    assert {one.owner for one in filing.signers} == {"lead_authority"}
    view, receipt, signatures = town.see(
        "official", lambda s: statement_views.view(s, filing.log_index)
    )
    assert (receipt.state, len(signatures)) == ("signed", 2)
    assert ("grants[1].levels", "5、4、3") in view.members
    assert statement_views.laid_out({"a": None, "b": 1, "c": []}) == [
        ("a", "—"),
        ("b", "1"),
        ("c", "—"),
    ]


def test_a_statement_of_another_tenant_is_not_there(town: Town) -> None:
    def theirs(sight: Sight) -> int:
        (record,) = store_statements.about(sight.connection, [OTHERS_APPLICATION])
        return record.log_index

    place = town.see("official", theirs)
    for index in (place, 10_000):
        see = lambda s, index=index: statement_views.view(s, index)  # noqa: E731 # two cases
        assert unseen(lambda see=see: town.see("official", see)) == "request.not_found"
