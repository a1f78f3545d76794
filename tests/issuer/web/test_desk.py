# SPDX-License-Identifier: Apache-2.0
"""A roster through the desk's pages, without a browser: what is shown, kept, refused, deleted."""

import hashlib
import json
import os
import re
import stat
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from console import database
from issuer import release
from issuer.layout import Layout
from issuer.web import words
from issuer.web.chosen import Chosen
from issuer.web.frame import HERE
from issuer.web.job_table import JobTable
from issuer.web.print_form import layout_of
from issuer.web.settings import demand_private
from tests.issuer import world
from tests.issuer.printing import typeface
from tests.issuer.refusals import code_of
from tests.issuer.sheets import HEADINGS, csv_file, name, number, row, rows
from tests.issuer.test_release import SECOND, records
from tests.issuer.web.visitor import PASSWORD, settings, visiting

SECRET = world.PASSPHRASE.decode()


def test_a_roster_is_filed_and_issued(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        page = visitor.upload(csv_file(tmp_path / "r.csv", rows(3))).text
        assert (visitor.stage, '<td class="bad">' in page) == ("checked", False)
        assert "papers" not in page  # this registry does not ask what a batch stands on
        visitor.act("file", secret_statement=SECRET)
        assert visitor.stage == "filed"
        visitor.act("issue", secret_certificate=SECRET)
        assert visitor.stage == "registered"
        results = visitor.get(f"{visitor.at}/files/results.csv").content.decode("utf-8-sig")
        assert results.count("已登记") == 3
        assert visitor.get(f"{visitor.at}/files/codes.zip").content[:2] == b"PK"
        written = visitor.get(f"{visitor.at}/files/written.xlsx").content
        assert written[:2] == b"PK"
        job = visitor.site.jobs.get(visitor.job)
        assert (job.counts.items, job.counts.registered) == (3, 3)
        assert 'data-act="close"' not in visitor.get(visitor.at).text
        second = f"{world.PREFIX}263000002"
        for q in (second, number(1), name(1), name(1)[:1], f" {second} "):
            found = visitor.post("/history", q=q).text
            assert re.findall("/certificates/([0-9A-Z]+)", found) == [second]
            assert number(1) not in found
        for q in ("", visitor.site.clerk.ask(lambda ledger: ledger.counts()[0].batch)):
            assert visitor.post("/history", q=q).text.count("/certificates/") == 3
        for q in ("装饰", "没有此人", number(5), number(1)[:17] + "0"):
            assert "/certificates/" not in visitor.post("/history", q=q).text
        page = visitor.get(f"/certificates/{world.PREFIX}263000002").text
        assert "code-text" in page
        assert 'data-state="valid"' in page
        assert number(1) not in page
        # Deleted by an act: nothing with a document number is left.
        visitor.post(f"{visitor.at}/clear")
        left = b"".join(p.read_bytes() for p in (tmp_path / "desk").rglob("*") if p.is_file())
        assert all(number(serial).encode() not in left for serial in range(3))
        assert "desk.cleared" in visitor.get(f"{visitor.at}/files/written.xlsx").text


def test_problems_stand_in_the_sheet_and_a_corrected_one_replaces_it(tmp_path: Path) -> None:
    table = [*rows(2), row(2, 实操成绩="59"), row(3, 技能等级="九级"), row(0)]
    with visiting(tmp_path) as visitor:
        page = visitor.upload(csv_file(tmp_path / "r.csv", table)).text
        assert page.count('<td class="bad">') == 3
        assert "成绩不及格" in page
        assert "与第 2 行是同一人" in page
        assert visitor.get(f"{visitor.at}/files/marked.xlsx").content[:2] == b"PK"
        with csv_file(tmp_path / "r.csv", rows(4)).open("rb") as file:
            page = visitor.post(f"{visitor.at}/roster", {"roster": ("r.csv", file)}).text
        assert '<td class="bad">' not in page
        assert visitor.site.jobs.get(visitor.job).counts.good == 4
        visitor.act("file", secret_statement=SECRET)
        with (tmp_path / "r.csv").open("rb") as file:
            answer = visitor.post(f"{visitor.at}/roster", {"roster": ("r.csv", file)})
        assert "desk.filed" in answer.text


def test_of_several_sheets_that_fit_one_is_chosen_from_a_list(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        book = openpyxl.Workbook()
        for title, count in (("一班", 2), ("二班", 3)):
            drawn = book.create_sheet(title)
            for line in [list(HEADINGS), *rows(count)]:
                drawn.append(line)
        book.save(tmp_path / "r.xlsx")
        page = visitor.upload(tmp_path / "r.xlsx").text
        assert "roster.sheets" in page
        assert re.findall("<option>([^<]+)</option>", page) == ["一班", "二班"]
        page = visitor.post(f"{visitor.at}/roster", {"x": ("", b"")}, page="二班").text
        assert visitor.site.jobs.get(visitor.job).counts.rows == 3
        assert "<option selected>二班</option>" in page  # and may be changed


def test_a_print_form_says_where_things_go(tmp_path: Path) -> None:
    assert layout_of({}) == Layout.of("a4")
    form = {"format": "card", "sheet": "2 × 5", "stock": "on", "offset": "1.5，-0.8"}
    card = layout_of(form)
    assert (card.grid is not None, card.is_stock, card.offset) == (True, True, (1.5, -0.8))
    assert layout_of({"format": "sticker", "size": "50x50"}).size == (50, 50)
    assert layout_of({"format": "a4", "size": "50x50", "sheet": "2x5"}) == Layout.of("a4")
    for wrong in ({"format": "a5"}, {"offset": "1"}, {"format": "card", "sheet": "9x9"}):
        assert code_of(layout_of, wrong) == "layout.malformed"
    with visiting(tmp_path) as visitor:
        assert "版式填得不对" in visitor.post("/test-page.pdf", format="card", offset="x").text
        typeface()  # a loud skip where it cannot be had
        answer = visitor.post("/test-page.pdf", format="card", sheet="2x5")
        assert answer.content[:5] == b"%PDF-"
        assert "test-page-sheets-card.pdf" in answer.headers["content-disposition"]


def test_a_table_of_jobs_of_an_earlier_version_is_opened(tmp_path: Path) -> None:
    engine = database.open_file(tmp_path / "desk.sqlite")
    jobs = JobTable(engine, lambda: 7)
    made = jobs.add("r.xlsx", "skill_level", None, "wang", os.urandom)
    with engine.begin() as connection:
        for column in ("papers", "closed"):
            connection.execute(sa.text(f"ALTER TABLE desk_job DROP COLUMN {column}"))
    again = JobTable(engine, lambda: 8)
    assert again.get(made.id) == made
    assert again.change(made.id, papers=Chosen(station="PD-01")).papers == Chosen(station="PD-01")
    engine.dispose()


def test_a_choice_is_read_from_a_form_and_kept() -> None:
    form = {
        "station": " PD-01 ",
        "plan": "",
        "assessor:A-1": "on",
        "assessor:A-2": "on",
        "csrf": "x",
    }
    chosen = Chosen.of_form(form, has_basis=True)
    assert chosen == Chosen(station="PD-01", assessors=("A-1", "A-2"), has_basis=True)
    assert Chosen.from_json(chosen.to_json()) == chosen
    assert Chosen.of_form({"csrf": "x"}, has_basis=False).is_empty
    for wrong in ({"station": "x" * 201}, {f"assessor:{n}": "on" for n in range(31)}):
        assert code_of(lambda form=wrong: Chosen.of_form(form, has_basis=False)) == "desk.upload"


def test_a_wrong_passphrase_begins_nothing(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        visitor.upload(csv_file(tmp_path / "r.csv", rows(2)))
        answer = visitor.post(f"{visitor.at}/act", act="file", secret_statement="wrong")
        assert "key.passphrase" in answer.text
        assert str(tmp_path) not in answer.text
        assert visitor.stage == "checked"


def test_above_the_threshold_a_second_person_releases(tmp_path: Path) -> None:
    (tmp_path / "filing.json").write_bytes(
        world.filing(keys=records(world.record(SECOND))).to_bytes()
    )
    world.key_files(tmp_path)
    with visiting(tmp_path, release_above=1) as visitor:
        visitor.upload(csv_file(tmp_path / "r.csv", rows(2)))
        visitor.act("file", secret_statement=SECRET)
        visitor.act("issue", secret_certificate=SECRET)
        assert visitor.stage == "unreleased"
        job = visitor.site.jobs.get(visitor.job)
        (proposed,) = visitor.site.clerk.ask(lambda led: visitor.site.acts.proposals(led, job))
        digest = hashlib.sha256(proposed.payload).hexdigest()
        assert digest in visitor.get(visitor.at).text  # as the agent shows it
        path = f"{visitor.at}/release"
        given = visitor.get(f"{path}?batch={proposed.release.batch}").content
        assert given == proposed.payload
        mine = release.sign(world.STATEMENT_KEY, given)
        assert "release.same_person" in visitor.post(path, token=mine).text
        assert "release.signature" in visitor.post(path, token="x").text
        visitor.post(path, token=release.sign(SECOND, given))
        assert visitor.stage == "released"
        visitor.act("issue", secret_certificate=SECRET)
        assert visitor.stage == "registered"


def test_a_desk_that_was_ended_in_the_middle_goes_on(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        fake = visitor.fake
        visitor.upload(csv_file(tmp_path / "r.csv", rows(2)))
        visitor.act("file", secret_statement=SECRET)
        at = visitor.at
        # As a kill between the beginning of an act and its end leaves it.
        visitor.site.jobs.begun(visitor.job, "issue")
    with visiting(tmp_path, fake=fake) as visitor:
        visitor.at = at
        assert "上次办到一半中断了" in visitor.get(at).text
        visitor.act("issue", secret_certificate=SECRET)
        assert visitor.stage == "registered"
        assert len(fake.claims) == 2


def test_what_is_uploaded_is_private(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        visitor.upload(csv_file(tmp_path / "r.csv", rows(2)))
        folder = tmp_path / "desk"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert {path.name for path in files} >= {"roster", "sheet.json", "desk.sqlite"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_forms_need_a_session_its_token_and_this_origin(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        client = visitor.client
        assert client.post("/sign-out", data={"csrf": "x"}).status_code == 403
        headers = {"origin": "https://elsewhere.example"}
        assert client.post("/sign-in", data={}, headers=headers).status_code == 403
        assert client.get("/", headers={"host": "rebound.example"}).status_code == 403
        policy = client.get("/").headers["content-security-policy"]
        assert "default-src 'none'" in policy
        visitor.post("/sign-out")
        assert client.get("/history").url.path == "/sign-in"
        refused = client.post("/sign-in", data={"name": "wang", "password": "wrong"})
        assert "account.refused" in refused.text


def test_the_set_up_code_is_good_for_one_guess(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    from issuer.web import app
    from issuer.web.site import Site

    site = Site.open(settings(tmp_path, "http://127.0.0.1:1"), lambda: world.AT)
    try:
        first, client = site.set_up_code, TestClient(app.build(site), base_url="http://127.0.0.1")
        form = {"name": "wang", "password": PASSWORD}
        assert "desk.set_up" in client.post("/set-up", data={**form, "code": "0"}).text
        assert site.set_up_code != first
        assert "desk.set_up" in client.post("/set-up", data={**form, "code": first or ""}).text
        assert site.accounts.list() == ()
    finally:
        site.close()


def test_another_address_needs_tls() -> None:
    demand_private("127.0.0.1", tls=False)
    demand_private("0.0.0.0", tls=True)
    assert code_of(lambda: demand_private("0.0.0.0", tls=False)) == "desk.host"


def test_both_languages_say_the_same_and_templates_say_nothing_by_themselves() -> None:
    texts = [json.loads((HERE / "texts" / f"{n}.json").read_text("utf-8")) for n in ("zh", "en")]
    assert texts[0].keys() == texts[1].keys()
    for path in (HERE / "templates").iterdir():
        assert not any("\u4e00" <= each <= "\u9fff" for each in path.read_text("utf-8")), path


def test_every_code_of_the_pages_is_explained() -> None:
    found: set[str] = set()
    for path in HERE.glob("*.py"):
        found |= set(re.findall('"(desk\\.[a-z_]+)"', path.read_text("utf-8")))
    explained = (HERE.parents[1] / "docs" / "errors.md").read_text("utf-8")
    assert found >= {"desk.csrf", "desk.cleared"}
    assert {code for code in found - {"desk.sqlite"} if f"`{code}`" not in explained} == set()


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("row.duplicate", "as in row 7", "与第 7 行是同一人、同一职业、同一等级"),
        ("row.duplicate", "without one", "与"),
        ("scope.unheard", "as it is", "as it is"),
        ("ledger.unheard", "x", "台账打不开"),
    ],
)
def test_codes_are_said_in_chinese(code: str, message: str, expected: str) -> None:
    assert words.said(code, message, "", "zh")[0] == expected
    assert words.said(code, message, "do", "en") == (message, "do")
