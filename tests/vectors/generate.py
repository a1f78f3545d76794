# SPDX-License-Identifier: Apache-2.0
"""Write every vector again: `python -m tests.vectors.generate`.

What is expected stands in the case tables; a case whose answer in Python is another stops here.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.vectors import (
    agreements,
    bags,
    carriers,
    catalogues,
    certificates,
    chains,
    envelopes,
    judged_carriers,
    judged_dates,
    judged_issuers,
    judged_knowledge,
    judged_people,
    logs,
    people,
    replacements,
    rules,
    signatures,
    statuses,
    texts,
    world,
)
from tests.vectors.case import Case
from tests.vectors.ops import Answer, answer

FOLDER = Path(__file__).parent
SNAPSHOTS = "snapshots"

_TABLES = (
    texts,
    envelopes,
    signatures,
    certificates,
    carriers,
    people,
    rules,
    agreements,
    catalogues,
    statuses,
    logs,
    judged_carriers,
    judged_issuers,
    judged_dates,
    judged_people,
    judged_knowledge,
    bags,
    chains,
    replacements,
)


def cases() -> Iterator[Case]:
    """Give every case of every table."""
    for table in _TABLES:
        yield from table.cases()


def files() -> dict[str, bytes]:
    """Make every file, by its path under this folder.

    Raises:
        ValueError: A name stands twice, or Python's answer is not what the table says.
    """
    made = {f"{SNAPSHOTS}/{world.USUAL}": world.usual_file()}
    for case in cases():
        for name, data in case.snapshots.items():
            if made.setdefault(f"{SNAPSHOTS}/{name}", data) != data:
                raise ValueError(f"two snapshots are named {name}")
        path = f"{case.name}.json"
        if path in made:
            raise ValueError(f"two cases are named {case.name}")
        found = answer(case.question(), lambda name: made[f"{SNAPSHOTS}/{name}"])
        if not agrees(found, case.expect):
            raise ValueError(f"{case.name}: expected {dict(case.expect)}, Python says {found}")
        made[path] = case.text(found).encode()
    return made


def agrees(found: Answer, expect: Mapping[str, object]) -> bool:
    """Tell whether an answer is what a table says: all of it, of a verdict what it names."""
    if "outcome" not in expect:
        return found == expect
    marks = expect.get("checks", {})
    checks = found.get("checks", {})
    if not isinstance(marks, Mapping) or not isinstance(checks, Mapping):
        return False
    named = {name: value for name, value in expect.items() if name != "checks"}
    return all(found.get(name) == value for name, value in named.items()) and all(
        checks.get(name) == value for name, value in marks.items()
    )


def committed() -> dict[str, bytes]:
    """Read what stands in this folder, by path under it."""
    found = sorted(FOLDER.glob("*/*.json"))
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in found}


def write() -> int:
    """Write what changed, remove what is made no more, and count the vectors."""
    made, before = files(), committed()
    for path in before.keys() - made.keys():
        (FOLDER / path).unlink()
    for path, data in made.items():
        if before.get(path) != data:
            (FOLDER / path).parent.mkdir(exist_ok=True)
            (FOLDER / path).write_bytes(data)
    return sum(not path.startswith(SNAPSHOTS) for path in made)


if __name__ == "__main__":
    sys.stdout.write(f"{write()} vectors\n")
