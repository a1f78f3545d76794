# SPDX-License-Identifier: Apache-2.0
"""Every route with every role: nothing of another tenant, the same 404 as for nothing at all."""

import re

from starlette.routing import BaseRoute, Route

from tests.registry.console.town import CANARY, ROLES, Town
from tests.registry.console.web import Clerk, Office

OPEN = {
    *("/sign-in", "/sign-out", "/set-up", "/language/{chosen}"),
    *("/public", "/public/{kind}", "/public/notices"),
}
"""For everybody; public pages show what is public of every tenant."""
OWN = {"/account/password", "/account/totp", "/accounts", "/accounts/{name}"}
"""Of the account itself, or of administrators: no registry's data stands there."""
ADMINISTRATORS = {
    *("/parties", "/accounts", "/accounts/{name}", "/accounts/{name}/password"),
    "/accounts/{name}/totp",
}
OF_EVERYBODY = {
    *("/directories/{kind}", "/directories/{kind}.{form}", "/batches.{form}", "/acts/{type_}"),
}
"""Lists, in which each sees what is theirs, and empty forms."""
SEARCHING = {"/holders": {"lead", "official"}}
"""Pages that only some roles have; an empty form is refused there."""


def routes(office: Office) -> list[Route]:
    def walk(found: list[BaseRoute]) -> list[Route]:
        flat: list[Route] = []
        for one in found:
            inner = getattr(getattr(one, "original_router", None), "routes", None)
            if isinstance(one, Route):
                flat.append(one)
            elif inner:
                flat += walk(inner)
        return flat

    found = walk(office.app.routes)
    assert len(found) > 30
    return found


def foreign(town: Town, path: str, values: dict[str, str]) -> str:
    """Fill a path in with what is another tenant's."""
    return re.sub(r"{(\w+)(?::\w+)?}", lambda match: values[match[1]], path)


def fillings(town: Town) -> list[dict[str, str]]:
    """Give values of path parameters: another tenant's things, and things that are not."""
    theirs = {
        "code": town.other.code,
        "body": town.other.code,
        "number": f"{town.other.prefix}263000001",
        "kind": "skill_level",
        "name": f"{CANARY}-1",
        "form": "csv",
        "type_": "standing",
        "log_index": str(place_of_theirs(town)),
        "key": "A" * 22,
        "chosen": "zh",
    }
    return [
        theirs,
        {**theirs, "kind": "stations"},
        {**theirs, "kind": "applications"},
        {**theirs, "kind": "standards", "name": CANARY},
        {**theirs, "kind": "assessors", "name": f"{CANARY}-2"},
        {**theirs, "number": f"{CANARY}-B", "name": CANARY},
    ]


def place_of_theirs(town: Town) -> int:
    from registry import database, store_statements

    with database.read(town.registry.engine) as connection:
        return store_statements.about(connection, [town.other.id])[0].log_index


def clerks(office: Office) -> dict[str, Clerk]:
    office.hire()
    return {role: office.enter(role) for role in ("anonymous", *ROLES)}


def test_no_route_shows_anything_of_another_tenant(town: Town) -> None:
    office = Office(town)
    everybody = clerks(office)
    walked = 0
    for route in routes(office):
        if route.path in OPEN | OWN or route.path.startswith("/static"):
            continue
        paths = sorted({foreign(town, route.path, values) for values in fillings(town)})
        for role, clerk in everybody.items():
            for path in paths:
                answer = (clerk.get if "GET" in (route.methods or ()) else clerk.post)(path)
                walked += 1
                assert answer.status_code in allowed(role, route, path), (role, path)
                if not (role == "administrator" and route.path in ADMINISTRATORS):
                    text = re.sub(r"next=[^\"]*", "", answer.text.replace(path, ""))
                    assert CANARY not in text, (role, path)
                    assert "金丝雀" not in text, (role, path)
    assert walked > 300


def allowed(role: str, route: Route, path: str) -> set[int]:
    """Tell which answers a path that names another tenant's things may have."""
    if role == "anonymous":
        return {303} if "GET" in (route.methods or ()) else {401, 303}
    if route.path in ADMINISTRATORS:
        return {200, 303, 404, 422} if role == "administrator" else {403}
    if route.path in SEARCHING:
        return {200, 422} if role in SEARCHING[route.path] else {404}
    if "{" in route.path:
        return {200, 404, 422} if route.path in OF_EVERYBODY else {404}
    return {200, 303, 404} if role == "administrator" else {200}


def test_queries_that_name_another_tenant_find_nothing(town: Town) -> None:
    office = Office(town)
    number = f"{town.other.prefix}263000001"
    gone = [
        f"/batches?body={town.other.code}",
        f"/batches.csv?body={town.other.code}",
        f"/certificates?body={town.other.code}",
        f"/certificates?body={town.other.code}&name=金丝雀",
        f"/acts/standing?subject={town.other.id}",
    ]
    empty = [
        f"/certificates?number={number}",
        f"/statements?about={town.other.id}",
        "/statements?type=station",
        "/directories/bodies?region=310104",
        "/directories/bodies?q=CANA",
        "/directories/stations?at=2026-09-22",
        "/directories/assessors.csv",
    ]
    for role, clerk in clerks(office).items():
        if role == "anonymous":
            continue
        for path in gone:
            assert clerk.get(path).status_code == 404, (role, path)
        for path in empty:
            answer = clerk.get(path)
            assert answer.status_code == 200, (role, path)
            assert f"{CANARY}评价中心" not in answer.text, (role, path)
            assert f"{CANARY}assessor" not in answer.text, (role, path)


def test_not_yours_and_not_there_are_one_page(town: Town) -> None:
    office = Office(town)
    office.hire("official")
    clerk = office.enter("official")
    pairs = [
        (f"/bodies/{town.other.code}", "/bodies/91310115MA1K3YJ99A"),
        (f"/stations/{CANARY}-1", "/stations/NOTHING"),
        (f"/statements/{place_of_theirs(town)}", "/statements/99999"),
        (f"/certificates/skill_level/{town.other.prefix}263000001", "/certificates/skill_level/1"),
    ]
    for theirs, nothing in pairs:
        pages = [clerk.get(path) for path in (theirs, nothing)]
        assert {page.status_code for page in pages} == {404}
        bodies = [re.sub(r"next=[^\"]*", "", page.text) for page in pages]
        assert bodies[0] == bodies[1]
