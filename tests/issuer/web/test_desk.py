# SPDX-License-Identifier: Apache-2.0
"""A roster through the desk's pages, without a browser: what is shown, kept, refused, deleted."""

import hashlib
import json
import os
import re
import stat
from base64 import b32decode
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from console import database, totp
from console.account import Account
from console.accounts import Accounts
from credential.errors import ConflictError
from issuer import release
from issuer.layout import Layout
from issuer.web import home_pages, words
from issuer.web.chosen import Chosen
from issuer.web.job_table import JobTable
from issuer.web.print_form import layout_of
from issuer.web.settings import demand_private
from issuer.web.site import HERE
from tests.issuer import world
from tests.issuer.printing import typeface
from tests.issuer.refusals import code_of
from tests.issuer.sheets import HEADINGS, csv_file, name, number, row, rows
from tests.issuer.test_release import SECOND, records
from tests.issuer.web.visitor import PASSWORD, token, visiting

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
        for column in ("papers", "closed", "corrects", "reason"):
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


def test_a_desk_may_ask_for_a_second_person_sooner_and_never_later(tmp_path: Path) -> None:
    with visiting(tmp_path, second_above=3) as visitor:
        assert "一次超过 3 张" in visitor.get("/changes").text
    with pytest.raises(ConflictError, match="never raised"), visiting(tmp_path, second_above=4):
        pass


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
        assert client.get("/", headers={"host": "rebound.example"}).status_code == 421
        visitor.post("/sign-out")
        answer = client.get("/history")
        assert (answer.url.path, answer.url.query) == ("/sign-in", b"next=%2Fhistory")
        form = {"name": "wang", "password": PASSWORD}
        # Nobody's form has a token too: another site cannot sign somebody in as somebody else.
        assert "form.csrf" in client.post("/sign-in", data=form).text
        form["csrf"] = token(answer.text)
        refused = client.post("/sign-in", data={**form, "password": "wrong"})
        assert "account.refused" in refused.text
        assert client.post("/sign-in", data={**form, "next": "/history"}).url.path == "/history"


def test_its_cookies_are_not_those_of_a_console_on_this_machine(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        assert "desk-session" in visitor.client.cookies
        assert all(name.startswith("desk-") for name in visitor.client.cookies)
        visitor.client.cookies.set("session", "of a console", domain="127.0.0.1")
        assert visitor.get("/new").url.path == "/new"
        session = visitor.client.cookies["desk-session"]
        visitor.client.cookies.clear()
        visitor.client.cookies.set("session", session, domain="127.0.0.1")
        assert visitor.get("/new").url.path == "/sign-in"


def test_every_answer_has_the_headers(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        roster = visitor.upload(csv_file(tmp_path / "r.csv", rows(1)))
        visitor.client.cookies.clear()
        paths = ("/static/desk/desk.css", "/static/console/console.css", "/nowhere", "/sign-in")
        for answer in (roster, *(visitor.client.get(path) for path in paths)):
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
        assert visitor.client.get("/nowhere").status_code == 404


@pytest.mark.parametrize("path", ["/", "/new", "/history", "/empty.xlsx", "/accounts", "/jobs/x"])
def test_nothing_is_shown_to_whom_has_not_signed_in(tmp_path: Path, path: str) -> None:
    with visiting(tmp_path) as visitor:
        visitor.client.cookies.clear()
        assert visitor.get(path).url.path == "/sign-in"


def test_every_way_in_demands_a_session(tmp_path: Path) -> None:
    """Walk through all routes: what is open to all is known by name."""
    free = {"/sign-in", "/set-up", "/sign-out", "/language/{chosen}"}
    with visiting(tmp_path) as visitor:
        visitor.client.cookies.clear()
        form = {"csrf": token(visitor.get("/sign-in").text)}
        seen = 0
        made = visitor.client.app
        assert isinstance(made, FastAPI)
        for called, methods in made.openapi()["paths"].items():
            path = re.sub("{[a-z_]+}", "1", called)
            for method in methods if called not in free else ():
                seen += 1
                if method == "get":
                    answer = visitor.client.get(path, follow_redirects=False)
                    assert answer.headers["location"].startswith("/sign-in"), path
                else:
                    answer = visitor.client.post(path, data=form)
                    assert (answer.status_code, "account.sign_in" in answer.text) == (401, True)
        assert seen > 25


def test_every_form_demands_its_token(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        made = visitor.client.app
        assert isinstance(made, FastAPI)
        forms = {path for path, methods in made.openapi()["paths"].items() if "post" in methods}
        assert len(forms) > 15
        for called in forms:
            path = re.sub("{[a-z_]+}", "1", called)
            for form in ({"a": "b"}, {"csrf": "x"}, {"csrf": token(visitor.get("/").text)[:-1]}):
                answer = visitor.client.post(path, data=form)
                assert (answer.status_code, "form." in answer.text) == (403, True), called


def test_names_are_tried_slower_and_slower(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        visitor.post("/sign-out")
        form = {"name": "li", "password": "x", "csrf": token(visitor.get("/sign-in").text)}
        answers = [visitor.client.post("/sign-in", data=form) for _ in range(24)]
        codes = [re.findall("<code>([a-z._]+)</code>", answer.text) for answer in answers]
        assert codes[:3] == [["account.refused"]] * 3
        assert codes[3:20] == [["account.wait"]] * 17
        assert codes[20:] == [["limit.reached"]] * 4  # of whatever name, from one address
        assert answers[-1].status_code == 429


def test_a_second_factor_and_accounts_are_there(tmp_path: Path) -> None:
    clock = [world.AT]
    with visiting(tmp_path, clock=lambda: clock[0]) as visitor:
        page = visitor.get("/account/totp").text
        secret = b32decode("".join(re.findall("<code>([A-Z2-7 ]+)</code>", page)[0].split()))
        visitor.post("/account/totp", totp=totp.code(secret, clock[0]))
        visitor.post(
            "/accounts", name="li", display="李", roles="clerk", password="another good password"
        )
        assert "李" in visitor.get("/accounts").text
        visitor.post("/sign-out")
        clock[0] += 60
        form = {"name": "wang", "password": PASSWORD}
        form["csrf"] = token(visitor.get("/sign-in").text)
        assert "account.refused" in visitor.client.post("/sign-in", data=form).text
        form["totp"] = totp.code(secret, clock[0])
        assert visitor.client.post("/sign-in", data=form).url.path == "/"
        visitor.post("/sign-out")
        form = {"name": "li", "password": "another good password"}
        form["csrf"] = token(visitor.get("/sign-in").text)
        answer = visitor.client.post("/sign-in", data=form)
        assert answer.url.path == "/account/password"  # it was given by somebody else
        assert "account.temporary" in visitor.client.post("/new", data=form).text
        form = {"old": "another good password", "new": PASSWORD + "!", "again": PASSWORD + "!"}
        form["csrf"] = token(answer.text)
        assert visitor.client.post("/account/password", data=form).url.path == "/"
        assert visitor.get("/new").status_code == 200
        assert visitor.get("/accounts").status_code == 403  # a clerk makes no accounts


def test_a_refusal_leads_back_to_its_page_in_either_language(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        visitor.upload(csv_file(tmp_path / "r.csv", rows(1)))
        page = visitor.post(f"{visitor.at}/act", act="file", secret_statement="wrong").text
        assert "口令不对，或密钥文件被改过。重新输入口令。" in page
        assert f'href="{visitor.at}"' in page
        assert f"next={visitor.at.replace('/', '%2F')}" in page
        answer = visitor.get(f"/language/en?next={visitor.at}")
        assert (answer.url.path, "File the batch" in answer.text) == (visitor.at, True)
        page = visitor.post(f"{visitor.at}/act", act="file", secret_statement="wrong").text
        assert "the passphrase does not open the statement key" in page
        page = visitor.get("/certificates/X1").text
        assert 'href="/certificates' not in page
        assert 'href="/">' in page


def test_accounts_of_an_earlier_desk_are_let_in(tmp_path: Path) -> None:
    """As the desk of before made them: the same tables, the one role that there was."""
    (tmp_path / "desk").mkdir()
    engine = database.open_file(tmp_path / "desk" / "desk.sqlite")
    before = Account("wang", "王", frozenset({"administrator"}))
    Accounts(engine, lambda: world.AT, os.urandom).create(before, PASSWORD)
    engine.dispose()
    with visiting(tmp_path) as visitor:  # signs in
        assert "王" in visitor.get("/").text
        assert visitor.get("/accounts").status_code == 200


def test_what_is_too_large_is_refused_while_it_arrives(tmp_path: Path) -> None:
    with visiting(tmp_path) as visitor:
        data = {"csrf": token(visitor.get("/new").text), "x": "a" * (1 << 20)}
        assert "form.too_large" in visitor.client.post("/history", data=data).text
        # Two files where one may come; and more bytes than a roster and its form may have.
        files = {"roster": ("r.csv", b"a"), "other": ("s.csv", b"b")}
        assert "form.malformed" in visitor.post("/new", files, kind="skill_level").text
        large = {"roster": ("r.csv", bytes(home_pages.MAX_UPLOAD))}
        assert "form.too_large" in visitor.post("/new", large, kind="skill_level").text
        assert visitor.site.jobs.newest() == []


def test_another_address_needs_tls() -> None:
    demand_private("127.0.0.1", tls=False)
    demand_private("0.0.0.0", tls=True)
    assert code_of(lambda: demand_private("0.0.0.0", tls=False)) == "desk.host"


def test_both_languages_say_the_same_and_templates_say_nothing_by_themselves() -> None:
    texts = [json.loads((HERE / "texts" / f"{n}.json").read_text("utf-8")) for n in ("zh", "en")]
    assert texts[0].keys() == texts[1].keys()
    for path in (HERE / "templates").iterdir():
        assert not any("\u4e00" <= each <= "\u9fff" for each in path.read_text("utf-8")), path


def test_every_text_is_used_and_there() -> None:
    texts = json.loads((HERE / "texts" / "zh.json").read_text("utf-8"))
    sources = [*HERE.glob("*.py"), *(HERE / "templates").iterdir()]
    written = "".join(path.read_text("utf-8") for path in sources)
    families = ("role.", "notice.", "stage.", "next.", "kind.", "step.", "standing.", "papers.")
    put = (
        *families,
        "status.",
        "secret.",
        "issue.why.",
        "steps.",
        "print.format.",
        "column.",
        "correct.",
        "app.",
    )
    unused = {key for key in texts if f'"{key}"' not in written and f"'{key}'" not in written}
    assert {key for key in unused if not key.startswith(put)} == set()


def test_every_code_of_the_pages_is_explained() -> None:
    found: set[str] = set()
    for path in HERE.glob("*.py"):
        found |= set(re.findall('"(desk\\.[a-z_]+)"', path.read_text("utf-8")))
    explained = (HERE.parents[1] / "docs" / "errors.md").read_text("utf-8")
    assert found >= {"desk.upload", "desk.cleared"}
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
