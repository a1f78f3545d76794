# SPDX-License-Identifier: Apache-2.0
"""Readiness: every reason for which a process is not to be sent requests."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from registry import app, database
from tests.registry.world import DAY, YEAR, World


def ready(world: World) -> tuple[int, str]:
    with TestClient(app.build(world.registry)) as client:
        answer = client.get("/readyz")
    said = answer.json()
    return answer.status_code, said.get("code") or said["status"]


def test_a_registry_in_order_is_ready(world: World) -> None:
    assert ready(world) == (200, "ready")


def behind(world: World) -> None:
    world.clock.now -= DAY


def ended(world: World) -> None:
    world.clock.now += YEAR


def unsigned(world: World) -> None:
    world.registry.signers = ()


def other_schema(world: World) -> None:
    with database.write(world.registry.engine) as connection:
        connection.execute(text("update alembic_version set version_num = '0001'"))


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (behind, "registry.clock"),
        (ended, "registry.receipt_key"),
        (unsigned, "registry.receipt_key"),
        (other_schema, "registry.schema"),
    ],
)
def test_what_is_wrong_is_said(world: World, harm: Callable[[World], None], code: str) -> None:
    harm(world)
    assert ready(world) == (503, code)


def test_asking_needs_no_lock(world: World) -> None:
    with database.write(world.registry.engine):
        assert ready(world) == (200, "ready")
