# SPDX-License-Identifier: Apache-2.0
"""What a key may sign: exactly one kind of token (docs/format.md).

| role | held by | signs |
|---|---|---|
| `certificate` | body | certificates |
| `submit` | body | the authority of one request to the registry |
| `statement` | body, authority, official | any other change |
| `receipt` `status` `log` | registry | receipts; status lists; checkpoints |
| `list` `publish` | registry | trust list and catalogues; manifests |
| `root` | k of n people | the root |

The registry's keys are ES256 only, which every browser verifies natively; bodies may choose
Ed25519.
"""

from typing import Final

from keys.algorithms import ALGORITHMS, ES256
from keys.errors import KeyMaterialError

ROLES: Final = (
    "certificate",
    "receipt",
    "status",
    "list",
    "publish",
    "log",
    "root",
    "statement",
    "submit",
)
REGISTRY_ROLES: Final = frozenset({"receipt", "status", "list", "publish", "log", "root"})


def check(role: str, alg: str) -> None:
    """Refuse a role that does not exist and an algorithm that it may not use.

    Raises:
        KeyMaterialError: `key.role` or `key.algorithm`.
    """
    if role not in ROLES:
        message = f"there is no key role of that name: choose one of {', '.join(ROLES)}"
        raise KeyMaterialError("key.role", message)
    if alg not in ALGORITHMS:
        message = f"that algorithm is not allowed: choose one of {', '.join(ALGORITHMS)}"
        raise KeyMaterialError("key.algorithm", message)
    if role in REGISTRY_ROLES and alg != ES256:
        message = f"a key of role {role} must be {ES256}, not {alg}"
        raise KeyMaterialError("key.algorithm", message)
