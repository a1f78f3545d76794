# SPDX-License-Identifier: Apache-2.0
"""What everybody may read, and what they learn from asking."""

import re
from typing import Any

import pytest
from sqlalchemy.event import listen

from credential import certificate, statement_bodies
from registry import database, store_certificates, store_log
from registry.console import enquiry
from tests.registry.console.town import HOLDER, STATION, Town
from tests.registry.console.web import Clerk, Office
from tests.registry.world import CATALOGUE, PEOPLE


@pytest.fixture
def office(town: Town) -> Office:
    return Office(town)


def ask(clerk: Clerk, number: str, name: str) -> str:
    answer = clerk.post("/public", number=number, name=name)
    assert answer.status_code == 200
    page = answer.text.replace(number, "N").replace(name, "M")
    return re.sub(r'name="csrf" value="[^"]*"', "", page)


def test_number_and_name_together_find_a_certificate(office: Office, town: Town) -> None:
    clerk = office.enter("anonymous")
    number = f"{town.first.prefix}263000001"
    page = ask(clerk, number.lower(), PEOPLE[0].name)
    assert "有效" in page
    assert "砌筑工" in page
    assert "示例职业技能评价中心" in page
    subject = f"{town.url}/certificates/skill_level/{number}"
    town.state("revoke", subject, {"reason": "fraud 弄虚作假"}, [town.lead])
    assert "已撤销" in ask(clerk, number, f" {PEOPLE[0].name} ")


def test_whoever_lacks_one_of_both_learns_nothing(office: Office, town: Town) -> None:
    clerk = office.enter("anonymous")
    known = f"{town.first.prefix}263000001"
    pages = {
        ask(clerk, known, "陆知微"),
        ask(clerk, known, HOLDER.name),
        ask(clerk, f"{town.first.prefix}263009999", PEOPLE[0].name),
        ask(clerk, "=1+1", "…"),
        ask(clerk, known, "--"),
    }
    assert len(pages) == 1
    assert "未查到" in pages.pop()


def test_a_wrong_number_and_a_wrong_name_cost_the_same(
    office: Office, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, unknown = (f"{town.first.prefix}26300{serial}" for serial in ("0001", "9999"))
    done: list[str] = []
    read = certificate.read

    def counted(token: str) -> Any:
        done.append("a certificate is read")
        return read(token)

    monkeypatch.setattr(certificate, "read", counted)
    engine = office.registry.engine

    def work(number: str, name: str) -> list[str]:
        with database.read(engine) as connection:
            directory = office.registry.directory(connection, store_log.tail(connection))
            done.clear()
            assert not enquiry.enquire(connection, directory, number, name, office.town.clock.now)
            return list(done)

    listen(engine, "before_cursor_execute", lambda *given: done.append(given[2]))
    expected = work(unknown, PEOPLE[0].name)
    assert expected.count("a certificate is read") == enquiry.COMPARED
    assert work(known, "陆知微") == expected
    # What was erased has no text to be read; another's is read in its place.
    erased = statement_bodies.certificate_subject(town.host, "skill_level", known)
    with database.read(engine) as connection:
        (row,) = store_certificates.named(connection, known)
    said = {"list": "1", "index": read(row.token)[1].status_index, "document": "删〔2026〕1号"}
    town.state("erase", erased, said)
    assert work(known, PEOPLE[0].name) == expected


def test_asking_is_limited(office: Office) -> None:
    clerk = office.enter("anonymous")
    codes = [clerk.post("/public", number="1", name="x").status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]


def test_directories_and_projects_are_public(office: Office, town: Town) -> None:
    project = {
        "form": "project",
        "title": "垂直绿化养护",
        "version": "1",
        "sha256": "ef" * 32,
        "body": town.first.code,
        "occupations": [{"code": "lyg2020:39", "levels": []}],
    }
    subject = f"{town.url}/standards/Z-1"
    town.state("standard", subject, project, [town.first.statement], town.first.id)
    clerk = office.enter("anonymous")
    assert "垂直绿化养护" not in clerk.get("/public/projects").text  # a draft
    office_id = f"{town.url}/authorities/11310000MB2F30022R"
    from tests.registry.world import key

    for step, by, signer in (
        ("reviewed", town.party("official"), town.authority),
        ("filed", office_id, key("statement", "office")),
        ("in_force", town.party("official"), town.authority),
    ):
        said = {"step": step, "from": town.clock.now, "document": "x"}
        town.state("standard_step", subject, said, [signer], by)
    assert "垂直绿化养护" in clerk.get("/public/projects").text
    assert "示例职业技能评价中心" in clerk.get("/public/bodies").text
    assert "浦东示范站点" in clerk.get("/public/stations?q=示范").text
    assert "浦东示范站点" not in clerk.get("/public/stations?q=没有").text
    assert clerk.get("/public/operators").status_code == 200
    assert clerk.get("/public/assessors").status_code == 404
    assert "沈砚秋" not in clerk.get("/public/stations").text


def test_the_catalogue_is_public_with_its_days(office: Office, town: Town) -> None:
    clerk = office.enter("anonymous")
    page = clerk.get("/public/occupations").text
    assert "lyg2020:39" in page
    bricklayer, *others = CATALOGUE["occupations"]
    same = [{"code": "lyg2020:182", "relation": "broader"}]
    mason = {**bricklayer, "code": "lyg2020:182", "name": "建筑砌筑工", "from": "2026-09-02"}
    robots = {**bricklayer, "code": "lyg2020:183", "name": "建筑机器人操作员", "from": "2027-01-01"}
    ended = {**bricklayer, "equivalent": same, "to": "2026-09-01"}
    body = {**CATALOGUE, "version": 2, "occupations": [ended, *others, mason, robots]}
    town.state("catalogue", f"{town.url}/catalogues/lyg2020", body, [town.lead])

    def row(name: str, query: str = "") -> list[str]:
        page = clerk.get(f"/public/occupations{query}").text
        (found,) = re.findall(rf"<tr><td>{name}</td>.*?</tr>", page)
        return [re.sub("<[^>]*>", "", cell) for cell in re.findall("<td.*?</td>", found)]

    aliases, trades = "瓦工", "建筑瓦工"
    assert row("砌筑工") == [
        *("砌筑工", "已到期", "lyg2020:39", aliases, trades, "", "2026-09-01", "lyg2020:182")
    ]
    assert row("建筑砌筑工")[1] == "生效"
    assert row("建筑机器人操作员")[1] == "未生效"
    assert row("焊工", "?q=lyg2020:21")[5:7] == ["", ""]
    assert row("砌筑工", f"?q={aliases}")[2] == "lyg2020:39"
    assert "焊工" not in clerk.get(f"/public/occupations?q={aliases}").text
    # Wherever an occupation is named in a directory, its days stand with it.
    assert "砌筑工 lyg2020:39 (～2026-09-01)" in clerk.get("/public/stations").text


def test_credit_notices_are_public(office: Office, town: Town) -> None:
    clerk = office.enter("anonymous")
    assert "目前没有公示信息" in clerk.get("/public/notices").text
    said = {"from": town.clock.now, "state": "suspended", "document": "停1", "notice": "超范围"}
    town.state("standing", town.first.id, said, [town.lead])
    order = {"from": town.clock.now, "state": "suspended", "document": "停2", "notice": "无资质"}
    town.state("entry_standing", STATION, order, [town.lead])
    page = clerk.get("/public/notices").text
    assert "超范围" in page
    assert "无资质" in page
    assert page.index("示例") < page.rindex("浦东示范站点") or "浦东示范站点" in page
