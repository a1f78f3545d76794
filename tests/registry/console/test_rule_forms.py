# SPDX-License-Identifier: Apache-2.0
"""Acts over rules and examination by real forms: catalogue, holidays, lists, plans, recognition."""

import html
import io
import json
import re
import zipfile
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser, Route

from console.account import Account
from console.exports import to_xlsx
from credential.errors import MalformedError
from credential.statement import Statement
from registry.console import act_catalogue, act_rows, act_values, sheet_file
from registry.console.act_forms import EVENTS
from tests.registry.console.clerks import UNSAID
from tests.registry.console.test_acts import act, begun, proposed, sign
from tests.registry.console.town import Town
from tests.registry.console.web import PASSWORD, PLACE, Clerk, Office
from tests.registry.examined import OFFICE
from tests.registry.world import BRICKLAYER, CATALOGUE, WELDER

SCHEME = "lyg2020"
RULES = (
    *("catalogue", "holidays", "national_list", "rating_formula", "recognition", "competition"),
    *("gate", "deadlines"),
)
OF_BODIES = ("plan", "batch_close", "standard", "supersede")


@pytest.fixture
def office(town: Town) -> Office:
    made = Office(town)
    made.hire("official", "body_staff")
    lead = Account("lead.sh", "牵头", frozenset({"lead"}))
    made.app.state.console.accounts.create(lead, PASSWORD)
    return made


@pytest.fixture
def lead(office: Office) -> Clerk:
    clerk = office.enter("anonymous")
    assert clerk.post("/sign-in", name="lead.sh", password=PASSWORD).status_code == 303
    return clerk


def upload(clerk: Clerk, path: str, files: dict[str, bytes], **form: Any) -> Any:
    token = re.search('name="csrf" value="([^"]*)"', clerk.get("/account/password").text)
    assert token
    sent = {name: (f"{name}.bin", content) for name, content in files.items()}
    return clerk.client.post(path, data={"csrf": token[1], **form}, files=sent)


def fields_of(page: str) -> dict[str, Any]:
    return {
        name: html.unescape(value) if isinstance(value, str) else value
        for name, value in begun(page).items()
    }


def compared(page: str) -> str:
    found = re.search('name="compared" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


# Catalogue --------------------------------------------------------------------------------------


def test_a_catalogue_is_shown_as_a_difference_before_it_is_drafted(
    office: Office, town: Town, lead: Clerk
) -> None:
    form = fields_of(lead.get(f"/acts/catalogue?subject={SCHEME}").text)
    assert form["version"] == str(CATALOGUE["version"] + 1)
    lines = form["occupations"].split("\n")
    assert len(lines) == len(CATALOGUE["occupations"])
    at = next(n for n, line in enumerate(lines) if line.startswith(f"{WELDER}\t"))
    cells = [*lines[at].split("\t"), *[""] * 7][:7]
    lines[at] = "\t".join([*cells[:6], "2027-12-31"])
    form["occupations"] = "\n".join([*lines, f"{SCHEME}:999，绿道养护工，养路工"])
    page = lead.post("/acts/catalogue", subject=SCHEME, **form)
    assert page.status_code == 200
    assert "新增 1，设定截止日期 1，修改 0，缺少 0" in page.text
    assert "绿道养护工" in page.text
    assert "→ ～2027-12-31" in page.text
    assert "职业目录" not in lead.get("/proposals").text
    form["compared"] = compared(page.text)
    # What was not compared is not drafted.
    other = {**form, "version": str(CATALOGUE["version"] + 2)}
    assert lead.post("/acts/catalogue", subject=SCHEME, **other).status_code == 200
    # Nor what was compared with another version than the one in force by then.
    form["version"] = str(CATALOGUE["version"] + 3)
    early = compared(lead.post("/acts/catalogue", subject=SCHEME, **form).text)
    meanwhile = {**CATALOGUE, "version": CATALOGUE["version"] + 1}
    town.state("catalogue", f"{town.url}/catalogues/{SCHEME}", meanwhile)
    late = {**form, "compared": early}
    assert lead.post("/acts/catalogue", subject=SCHEME, **late).status_code == 200
    form["compared"] = compared(lead.post("/acts/catalogue", subject=SCHEME, **form).text)
    proposal = act(office, lead, "catalogue", SCHEME, **form)
    sign(lead, proposal, town.lead)
    known = town.see("official", lambda s: s.directory.catalogues[SCHEME])
    assert known.version == CATALOGUE["version"] + 3
    assert known.by_code[WELDER].last_day == "2027-12-31"
    assert known.by_code[f"{SCHEME}:999"].aliases == ("养路工",)
    assert [rule.to_members() for rule in known.numbers] == CATALOGUE["numbers"]


def test_what_a_catalogue_drops_is_refused(town: Town, lead: Clerk) -> None:
    form = fields_of(lead.get(f"/acts/catalogue?subject={SCHEME}").text)
    kept = [one for one in form["occupations"].split("\n") if not one.startswith(f"{WELDER}\t")]
    form["occupations"] = "\n".join(kept)
    page = lead.post("/acts/catalogue", subject=SCHEME, **form)
    assert "缺少 1" in page.text
    assert "不能删除" in page.text
    assert 'name="compared"' not in page.text
    # Nor with the digest that a page without the dropped one would have given.
    body = {
        "version": int(form["version"]),
        "exp": act_values.moment(form["exp"]),
        "occupations": act_catalogue.entries(form["occupations"]),
        "numbers": json.loads(form["numbers"]),
    }
    digest = town.see(
        "official", lambda s: act_catalogue.compared(s.directory, SCHEME, body, s.at).digest
    )
    forced = lead.post("/acts/catalogue", subject=SCHEME, **form, compared=digest)
    assert "<code>catalogue.vanished</code>" in forced.text
    assert 'id="occupations-wrong"' in forced.text
    low = lead.post("/acts/catalogue", subject=SCHEME, **{**form, "version": "1"})
    assert "<code>catalogue.version</code>" in low.text


def test_a_catalogue_comes_as_the_file_of_the_command_or_as_a_sheet(lead: Clerk) -> None:
    new = {**CATALOGUE, "version": 9}
    content = json.dumps(new, ensure_ascii=False).encode()
    page = upload(lead, "/acts/catalogue", {"occupations-file": content}, subject=SCHEME)
    assert "缺少 0" in page.text
    form = fields_of(page.text)
    assert form["version"] == "9"
    assert act_catalogue.entries(form["occupations"]) == [
        {"aliases": [], "trades": [], "equivalent": [], **one} for one in CATALOGUE["occupations"]
    ]
    rows = [line.split("\t") for line in form["occupations"].split("\n")]
    sheet = to_xlsx(act_catalogue.HEAD, rows)
    again = upload(
        lead,
        "/acts/catalogue",
        {"occupations-file": sheet},
        subject=SCHEME,
        version="9",
        exp=form["exp"],
        numbers=form["numbers"],
    )
    assert fields_of(again.text)["occupations"].split("\n")[1:] == form["occupations"].split("\n")
    assert "缺少 0" in again.text


def test_a_line_that_is_wrong_is_named_beside_the_field(lead: Clerk) -> None:
    form = fields_of(lead.get(f"/acts/catalogue?subject={SCHEME}").text)
    form["occupations"] += "\nonly-a-code"
    page = lead.post("/acts/catalogue", subject=SCHEME, **form)
    assert page.status_code == 422
    assert 'id="occupations-wrong"' in page.text
    assert f"第 {len(CATALOGUE['occupations']) + 1} 行" in page.text
    assert fields_of(page.text)["occupations"] == form["occupations"]
    alien = {**form, "occupations": "other:1,name"}
    assert "malformed.profile" in lead.post("/acts/catalogue", subject=SCHEME, **alien).text
    odd = upload(lead, "/acts/catalogue", {"occupations-file": b"{]"}, subject=SCHEME, **form)
    assert "<code>act.file</code>" in odd.text
    assert fields_of(odd.text)["numbers"] == form["numbers"]


# The others -------------------------------------------------------------------------------------

DONE: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    (
        "holidays",
        "2027",
        {"off": "2027-02-08 至 2027-02-10\n2027/5/3", "work": "2027年2月20日", "document": "放1"},
        {
            "off": ["2027-02-08", "2027-02-09", "2027-02-10", "2027-05-03"],
            "work": ["2027-02-20"],
        },
    ),
    (
        "national_list",
        "",
        {"codes": f"砌筑工\n{WELDER}\ngbm2022:6-01", "document": "目1"},
        {"codes": [BRICKLAYER, WELDER, "gbm2022:6-01"]},
    ),
    (
        "rating_formula",
        "",
        {
            "initial": "100",
            "days": "365",
            "events-removed": "-60",
            "events-recheck_passed": "5",
            "grades": "A 90\nB 60\nC -200",
            "document": "评1",
        },
        {
            "events": [
                {"event": "removed", "points": -60},
                {"event": "recheck_passed", "points": 5},
            ],
            "grades": [
                {"grade": "A", "from": 90},
                {"grade": "B", "from": 60},
                {"grade": "C", "from": -200},
            ],
        },
    ),
    (
        "recognition",
        "320000",
        {
            "document": "沪苏1号",
            "to": "2027-12-31",
            "issued_from": "2026-01-01T00:00",
            "existing": "keep",
            "terms-1-kind": "skill_level",
            "terms-1-occupations": f"js2020:7 {BRICKLAYER}\njs2020:8 {WELDER} 较宽",
            "terms-1-levels": ["3", "5"],
            "terms-2-kind": "training_completion",
            "terms-2-occupations": "*",
        },
        {
            "existing": "keep",
            "issued_until": None,
            "terms": [
                {
                    "kind": "skill_level",
                    "occupations": [
                        {"theirs": "js2020:7", "ours": BRICKLAYER, "relation": "same"},
                        {"theirs": "js2020:8", "ours": WELDER, "relation": "broader"},
                    ],
                    "levels": ["5", "3"],
                },
                {"kind": "training_completion", "occupations": "*", "levels": []},
            ],
        },
    ),
    (
        "competition",
        "JS-27",
        {
            "name": "砌筑工竞赛",
            "tier": "city",
            "organiser": "市总工会",
            "year": "2027",
            "occupations-1-occupations": "砌筑工",
            "occupations-1-levels": ["3"],
            "ranks": "3",
            "from": "2027-05-01",
            "to": "2027-05-02",
            "document": "赛1",
        },
        {"from": "2027-05-01", "to": "2027-05-02", "ranks": 3},
    ),
]


@pytest.mark.parametrize(("type_", "typed", "form", "said"), DONE, ids=[one[0] for one in DONE])
def test_a_rule_is_made_by_its_form_and_begins_the_next(
    office: Office,
    town: Town,
    lead: Clerk,
    type_: str,
    typed: str,
    form: dict[str, Any],
    said: dict[str, Any],
) -> None:
    fixed = re.search('name="subject" value="([^"]*)"', lead.get(f"/acts/{type_}").text)
    assert fixed
    proposal = act(office, lead, type_, typed or fixed[1], **form)
    statement = Statement.from_bytes(proposal.payload)
    assert {name: statement.body[name] for name in said} == said
    assert sign(lead, proposal, town.lead).status_code == 303
    # The next one begins with what is in force, but for the document and when it began.
    again = lead.get(f"/acts/{type_}?subject={typed or fixed[1]}").text
    fields = {**fields_of(again), "document": "新1"}
    town.clock.now += 60
    if "issued_from" in fields:
        assert fields["issued_from"] == "2026-01-01T00:00"
    second = Statement.from_bytes(act(office, lead, type_, statement.subject, **fields).payload)
    assert {name: second.body[name] for name in said} == said
    assert second.body["document"] == "新1"
    assert second.after == town.head(statement.subject)


def test_the_holidays_of_a_year_begin_with_those_that_are_known(lead: Clerk) -> None:
    assert "/acts/holidays?subject=2026" in lead.get("/acts/holidays").text
    assert "2026-10-01" in fields_of(lead.get("/acts/holidays?subject=2026").text)["off"]


def test_days_come_as_a_file(lead: Clerk) -> None:
    files = {
        "off-file": "日期,说明\r\n2027-02-08,春节\r\n2027-02-09,\r\n".encode("gb18030"),
        "work-file": to_xlsx(["日期"], [["2027-02-20"], [46439]]),
    }
    page = upload(lead, "/acts/holidays", files, subject="2027")
    assert page.status_code == 422  # the document is missing, and what the files said is there
    fields = fields_of(page.text)
    assert act_rows.days(fields["off"]) == ["2027-02-08", "2027-02-09"]
    assert act_rows.days(fields["work"]) == ["2027-02-20", "2027-02-21"]


def test_bodies_state_plans_results_standards_and_successors(office: Office, town: Town) -> None:
    staff = office.enter("body_staff")
    page = staff.get("/acts/plan").text
    assert f'value="{OFFICE}"' in page
    form = {
        "year": "2027",
        "items": f"职业技能等级，砌筑工，三级、四级，40\n职业技能等级\t焊工 {WELDER}\t5\t8",
        "recipients": [OFFICE, town.url],
    }
    plan = Statement.from_bytes(act(office, staff, "plan", "2027", **form).payload)
    assert plan.subject == f"{town.first.id}/plans/2027"
    assert plan.body["items"] == [
        {"kind": "skill_level", "occupation": BRICKLAYER, "levels": ["4", "3"], "headcount": 40},
        {"kind": "skill_level", "occupation": WELDER, "levels": ["5"], "headcount": 8},
    ]
    one = staff.post("/acts/plan", subject="2027", **{**form, "recipients": [OFFICE]})
    assert 'id="recipients-wrong"' in one.text
    bad = {**form, "items": "职业技能等级,砌筑工,三级,40\n职业技能等级,炼丹工,三级,40"}
    told = staff.post("/acts/plan", subject="2027", **bad).text
    assert "第 2 行" in told
    assert "炼丹工" in told
    results = {"passed": "2", "failed": "1", "absent": "0"}
    closed = act(office, staff, "batch_close", "B1", **results)
    said = Statement.from_bytes(closed.payload)
    assert said.subject == f"{town.first.id}/batches/B1"
    assert said.body == {"passed": 2, "failed": 1, "absent": 0}
    text = b"the standard itself"
    standard = upload(
        staff,
        "/acts/standard",
        {"sha256-file": text},
        subject="GF-7",
        form="enterprise",
        title="示例砌筑规范",
        version="1",
        body=town.first.code,
        **{"occupations-1-occupations": "砌筑工", "occupations-1-levels": ["3"]},
    )
    said = Statement.from_bytes(proposed(office, standard).payload)
    assert said.body["sha256"] == sha256(text).hexdigest()
    number = f"{town.first.prefix}263000001"
    old = f"{town.url}/certificates/skill_level/{number}"
    new = {"by": f"{number[:-1]}2", "reason": "data_error"}
    replaced = Statement.from_bytes(act(office, staff, "supersede", old, **new).payload)
    assert replaced.body == {"by": new["by"], "reason": "data_error 证书信息有误"}


def test_the_form_counts_what_a_rating_counts() -> None:
    from registry import rating

    assert set(EVENTS) == set(re.findall(r"\w+", (rating.__doc__ or "").split("\n\n")[2]))


# Files ------------------------------------------------------------------------------------------


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(sheet: str, strings: str = "") -> bytes:
    """Put a sheet of one's own into a workbook that another program wrote."""
    new = {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings}
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(to_xlsx(["a"], [["b"]]))) as base,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book,
    ):
        for name in base.namelist():
            book.writestr(name, new.get(name) or base.read(name))
    return content.getvalue()


def cells(inside: str) -> str:
    return f"<worksheet {_MAIN}><sheetData><row>{inside}</row></sheetData></worksheet>"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\3\4 no archive", "cannot be read"),
        (workbook(cells('<c r="A1"><f>1+1</f><v>2</v></c>')), "row 1 has a formula"),
        (workbook(cells('<c r="A1" t="e"><v>#REF!</v></c>')), "row 1 shows an error"),
        (workbook(cells('<c r="XFD1"><v>1</v></c>')), "beyond 64 columns"),
        (workbook(cells("") + "<!-- -->").replace(b"PK\1\2", b"PK\1\3"), "cannot be read"),
        (workbook(cells('</row><row r="1048576"><c r="A1048576"><v>1</v></c>')), "below row"),
        (workbook(cells('<c r="A1" t="s"><v>7</v></c>')), "cannot be read"),
        (workbook(f'<!DOCTYPE a [<!ENTITY b "c">]><a {_MAIN}>&b;</a>'), "a document type"),
        (workbook(cells('<c r="A1"><v>1</v></c>')[:-5]), "cannot be read"),
        (workbook(cells(" " * (17 << 20))), "too large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0", "neither text"),
        (b'"open\n', "quotes"),
    ],
)
def test_a_hostile_file_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why) as refused:
        sheet_file.to_lines(content)
    assert refused.value.code == "act.file"


def test_what_a_workbook_claims_about_its_size_is_not_believed() -> None:
    claims = f'<worksheet {_MAIN}><dimension ref="A1:XFD1048576"/>'
    sheet = cells('<c r="B1"><v>1.5</v></c>').replace(f"<worksheet {_MAIN}>", claims)
    assert sheet_file.to_lines(workbook(sheet)) == "\t1.5"


def test_a_real_day_is_read_as_one() -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0].append([datetime(2027, 2, 20), "调休"])  # noqa: DTZ001  # as sheets have it
    book.save(content)
    assert sheet_file.to_lines(content.getvalue()) == "2027-02-20\t调休"


def test_a_sheet_is_read_as_lines() -> None:
    phonetic = '<rPh sb="0" eb="1"><t>qi</t></rPh>'
    strings = f"<sst {_MAIN}><si><t>砌筑工</t>{phonetic}</si></sst>"
    sheet = cells('<c r="A1" t="s"><v>0</v></c><c r="C1"><v>40.0</v></c>')
    assert sheet_file.to_lines(workbook(sheet, strings)) == "砌筑工\t\t40"
    assert sheet_file.to_lines("\ufeffa,b\r\n".encode()) == "a\tb"
    assert sheet_file.to_lines("a;b\n".encode("utf-16")) == "a\tb"


def test_every_form_fits_an_office_and_a_telephone(
    office: Office, lead: Clerk, browser: Browser
) -> None:
    """What each form, a difference and a refusal look like: no wider than the screen."""
    staff = office.enter("body_staff")
    form = fields_of(lead.get(f"/acts/catalogue?subject={SCHEME}").text)
    form["occupations"] = f"{SCHEME}:999,绿道养护工\n" + form["occupations"].split("\n")[0]
    wrong = {"subject": "2027", "off": "2027-02-30", "document": "1"}
    pages = {
        **{one: lead.get(f"/acts/{one}").text for one in RULES},
        **{one: staff.get(f"/acts/{one}").text for one in OF_BODIES},
        "difference": lead.post("/acts/catalogue", subject=SCHEME, **form).text,
        "refusal": lead.post("/acts/holidays", **wrong).text,
    }
    context = browser.new_context(base_url=PLACE)
    page = context.new_page()

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            answer = lead.get(path)
            kind = answer.headers["content-type"]
            route.fulfill(body=answer.content, content_type=kind)
        else:
            route.fulfill(body=pages[path[1:]], content_type="text/html; charset=utf-8")

    context.route("**/*", serve)
    for name in pages:
        page.goto(f"/{name}")
        for width in (390, 1_280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        text = page.locator("body").inner_text()
        unsaid = set(UNSAID.findall(text)) - ({"act.row"} if name == "refusal" else set())
        assert not unsaid, name
    context.close()
