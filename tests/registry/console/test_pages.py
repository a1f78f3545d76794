# SPDX-License-Identifier: Apache-2.0
"""Every page as every role: what is another tenant's is nowhere."""

import pytest

from credential.filing_file import FilingFile
from tests.registry.console.town import CANARY, ROLES, Town
from tests.registry.console.web import Office
from tests.registry.examined import Examined
from tests.registry.world import PEOPLE

PAGES = [
    "/",
    "/directories/bodies",
    "/directories/stations",
    "/directories/assessors",
    "/directories/supervisors",
    "/directories/units",
    "/directories/operators",
    "/directories/applications",
    "/directories/standards",
    "/directories/plans",
    "/directories/competitions",
    "/directories/bodies?at=2026-09-22",
    "/batches",
    "/certificates",
    "/statements",
    "/statements?type=body",
]


def own(town: Town) -> list[str]:
    """Paths of what Pudong has."""
    body = f"/bodies/{town.first.code}"
    number = f"{town.first.prefix}263000001"
    return [
        *(body, f"{body}/batches/B1", f"{body}/plans/2026", f"/batches?body={town.first.code}"),
        *("/stations/PD-01", "/assessors/A-001", "/applications/2026-0001", "/standards/GF-1"),
        f"/certificates?body={town.first.code}&name=知远",
        f"/certificates/skill_level/{number}",
        "/statements/3",
    ]


@pytest.fixture
def office(town: Town) -> Office:
    made = Office(town)
    made.hire("official")
    return made


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_there_in_both_languages(office: Office, language: str) -> None:
    clerk = office.enter("official", language=language)
    for path in [*PAGES, *own(office.town)]:
        answer = clerk.get(path)
        assert answer.status_code == 200, path
        assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in answer.text
        assert "word." not in answer.text
        assert CANARY not in answer.text


@pytest.mark.parametrize(("role", "paths"), [("lead", True), ("administrator", False)])
def test_who_administers_is_shown_no_way_to_the_registry(
    town: Town, role: str, paths: bool
) -> None:
    office = Office(town)
    office.hire(role)
    page = office.enter(role).get("/account/password").text
    assert ('href="/directories/bodies"' in page) == paths
    assert ('href="/accounts"' in page) != paths


def test_roles_are_known() -> None:
    assert set(ROLES)


def test_a_batch_names_what_it_stands_on(office: Office) -> None:
    town = office.town
    Examined(town).file_batch("B7", PEOPLE[:1])
    page = office.enter("official").get(f"/bodies/{town.first.code}/batches/B7").text
    for path, name in (
        (f"bodies/{town.first.code}/plans/2026", "2026"),
        ("standards/GF-1", "砌筑工评价规范"),
        ("stations/PD-01", "浦东示范站点"),
        ("assessors/A-001", "沈砚秋"),
    ):
        assert f'<a href="/{path}">{name}</a>' in page, path


@pytest.mark.parametrize(
    ("role", "status"), [("official", 200), ("lead", 200), ("body_staff", 200), ("supervisor", 404)]
)
def test_who_files_a_body_and_the_body_have_its_filing_file(
    office: Office, role: str, status: int
) -> None:
    if role != "official":
        office.hire(role)
    clerk, town = office.enter(role), office.town
    answer = clerk.get(f"/bodies/{town.first.code}/filing-file?tags=required")
    assert answer.status_code == status
    if status == 200:
        known = FilingFile.from_bytes(answer.content)
        assert (known.body.id, known.tags) == (town.first.id, "required")
    shown = clerk.get(f"/bodies/{town.first.code}").text
    assert ("filing-file" in shown) == (status == 200)
    assert clerk.get(f"/bodies/{town.other.code}/filing-file").status_code == 404
    assert clerk.get(f"/bodies/{town.first.code}/filing-file?tags=all").status_code == 404


def test_the_history_of_a_body_has_what_stands_elsewhere_and_is_its_own(office: Office) -> None:
    page = office.enter("official").get(f"/bodies/{office.town.first.code}").text
    told = page[page.index("<h2>声明</h2>") :]
    for what in ("stations/PD-01", "standards/GF-1", "applications/2026-0001", "/plans/2026"):
        assert f"{what}</code>" in told, what


def test_of_an_application_only_the_next_step_is_offered(office: Office) -> None:
    page = office.enter("official").get("/applications/2026-0001").text
    assert 'href="/acts/acceptance?' in page
    assert 'href="/acts/review?' not in page
    assert 'href="/acts/filing?' not in page
