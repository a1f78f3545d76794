# SPDX-License-Identifier: Apache-2.0
"""Snapshots told by what they differ in: a file, and the members that stand in its place.

Hundreds of files that are alike but for one part would hide that part, and fill the repository.
"""

import json
from collections.abc import Mapping
from functools import cache

from credential import canonical
from tests.credential.world import credit_code
from tests.vectors.world import DAY, HOME, PEER, PUBLISHED, Steady, file, of_three, slim

OLD, PEERED = "old.json", "slim-with-peer.json"


def first() -> Steady:
    """Build the region at the publication that others are to replace."""
    home = slim()
    home.statuses = {"1": {1: 1, 2: 2, 3: 3}}
    home.checkpoint = home.checkpoint._replace(size=10, root=bytes(32))
    certificate, statement = home.body.keys
    filing = home.body.filings[0]
    gone = filing._replace(number="备〔2026〕8号", void="撤〔2026〕8号")
    home.set_body(
        keys=(certificate, statement._replace(distrusted_after=PUBLISHED - DAY)),
        filings=(filing, gone),
    )
    code = credit_code("91310115MA1K3YJ99")
    annulled = home.body._replace(
        id=f"https://{HOME}/bodies/{code}",
        code=code,
        void="撤〔2026〕9号",
        keys=(),
        filings=(),
        blocks=(),
    )
    home.set_list(bodies=(home.body, annulled))
    return home


def with_peer() -> tuple[Steady, Steady]:
    """Build the region and a peer that its root names."""
    home, other = slim(), slim("320000", PEER)
    home.peers(other)
    return home, other


@cache
def files() -> dict[str, bytes]:
    """Give the files that others are told by."""
    return {
        "slim.json": file(slim()),
        "three.json": file(of_three()),
        OLD: file(first()),
        PEERED: file(*with_peer()),
    }


def put(data: bytes, members: Mapping[str, object]) -> bytes:
    """Put members in the place of a file's."""
    return canonical.encode({**json.loads(data), **members})


def told(name: str, data: bytes, member: str) -> tuple[dict[str, object], dict[str, bytes]]:
    """Say which file a vector is about, as shortly as can be.

    Args:
        name: Of the file, where it has to be one of its own.
        data: What is in it.
        member: Of the question that names the file.

    Returns:
        Members of the question, and the files that it needs.
    """
    choices = []
    for base, there in files().items():
        before = json.loads(there)
        try:
            now = json.loads(data)
        except ValueError:
            break
        if not isinstance(now, dict) or list(now) != list(before):
            continue
        changed = {key: value for key, value in now.items() if before[key] != value}
        if put(there, changed) == data:
            choices.append((len(str(changed)), base, changed))
    if not choices:
        return {member: name}, {name: data}
    _, base, changed = min(choices, key=lambda choice: choice[0])
    return {member: base, **({"with": changed} if changed else {})}, {base: files()[base]}
