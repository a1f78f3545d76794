# SPDX-License-Identifier: Apache-2.0
"""The whole table of state × event × actor, written out a second time and compared."""

from itertools import product

import pytest

from registry import status_rules

# state, event: what follows for the issuing body, for an authority
EXPECTED = """
valid                     revoke     revoked                    revoked
valid                     suspend    suspended_by_body          suspended_by_authority
valid                     reinstate  status.move                status.move
valid                     supersede  superseded                 statement.actor
suspended_by_body         revoke     revoked                    revoked
suspended_by_body         suspend    status.move                suspended_by_authority
suspended_by_body         reinstate  valid                      valid
suspended_by_body         supersede  status.move                statement.actor
suspended_by_authority    revoke     revoked                    revoked
suspended_by_authority    suspend    status.move                status.move
suspended_by_authority    reinstate  statement.actor            valid
suspended_by_authority    supersede  status.move                statement.actor
revoked                   revoke     status.final               status.final
revoked                   suspend    status.final               status.final
revoked                   reinstate  status.final               status.final
revoked                   supersede  status.final               statement.actor
superseded                revoke     revoked                    revoked
superseded                suspend    status.move                status.move
superseded                reinstate  status.move                status.move
superseded                supersede  status.move                statement.actor
"""
STATES = {
    "valid": status_rules.VALID,
    "suspended_by_body": status_rules.SUSPENDED_BY_BODY,
    "suspended_by_authority": status_rules.SUSPENDED_BY_AUTHORITY,
    "revoked": status_rules.REVOKED,
    "superseded": status_rules.SUPERSEDED,
}
ROWS = [line.split() for line in EXPECTED.strip().splitlines()]


@pytest.mark.parametrize(("state", "event", "body", "authority"), ROWS)
def test_every_move_is_as_the_table_says(state: str, event: str, body: str, authority: str) -> None:
    found = [status_rules.after(STATES[state], event, actor) for actor in ("body", "authority")]
    assert found == [STATES.get(body, body), STATES.get(authority, authority)]


def test_the_table_is_whole() -> None:
    assert {(STATES[state], event) for state, event, *_ in ROWS} == set(
        product(status_rules.STATES, status_rules.EVENTS)
    )
    assert set(status_rules.STATUS_OF_STATE) == set(status_rules.STATES)


@pytest.mark.parametrize("state", status_rules.STATES)
@pytest.mark.parametrize("event", status_rules.EVENTS)
def test_to_a_stranger_the_certificate_does_not_exist(state: str, event: str) -> None:
    assert status_rules.after(state, event, "stranger") == "certificate.unknown"


@pytest.mark.parametrize("actor", status_rules.ACTORS)
@pytest.mark.parametrize("event", status_rules.EVENTS)
def test_revoked_is_final(event: str, actor: str) -> None:
    assert status_rules.is_refusal(status_rules.after(status_rules.REVOKED, event, actor))
