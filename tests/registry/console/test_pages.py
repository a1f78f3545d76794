# SPDX-License-Identifier: Apache-2.0
"""Every page as every role: what is another tenant's is nowhere."""

import pytest

from tests.registry.console.town import CANARY, ROLES, Town
from tests.registry.console.web import Office

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
