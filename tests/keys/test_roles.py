# SPDX-License-Identifier: Apache-2.0
"""Roles and the algorithms they may use."""

import pytest

from keys import roles
from keys.errors import KeyMaterialError


@pytest.mark.parametrize("role", roles.ROLES)
def test_every_role_may_use_es256(role: str) -> None:
    roles.check(role, "ES256")


@pytest.mark.parametrize("role", ["certificate", "statement", "submit"])
def test_a_body_may_use_ed25519(role: str) -> None:
    roles.check(role, "EdDSA")


@pytest.mark.parametrize("role", ["receipt", "status", "list", "publish", "log", "root"])
def test_the_registry_may_not_use_ed25519(role: str) -> None:
    with pytest.raises(KeyMaterialError, match=f"role {role} must be ES256") as caught:
        roles.check(role, "EdDSA")
    assert caught.value.code == "key.algorithm"


@pytest.mark.parametrize("alg", ["none", "HS256", "es256", "ES384", "Ed448", "RS256", ""])
def test_other_algorithms_do_not_exist(alg: str) -> None:
    with pytest.raises(KeyMaterialError, match="not allowed") as caught:
        roles.check("certificate", alg)
    assert caught.value.code == "key.algorithm"


@pytest.mark.parametrize("role", ["", "Receipt", "admin"])
def test_other_roles_do_not_exist(role: str) -> None:
    with pytest.raises(KeyMaterialError, match="no key role") as caught:
        roles.check(role, "ES256")
    assert caught.value.code == "key.role"
