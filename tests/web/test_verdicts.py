# SPDX-License-Identifier: Apache-2.0
"""Both verifiers judge alike: snapshots, verdicts and replacements.

A disagreement that was ever found becomes a case of its own, or a vector.
"""

from collections import Counter

import pytest

from tests.web import damage, questions, successions
from tests.web.agreement import agree
from verifier.marks import FAIL_CODES, UNKNOWN_CODES

# Every reason that there is; only an engine without Ed25519 is not at hand.
REASONS = {
    *(f"fail {code}" for code in FAIL_CODES),
    *(f"unknown {code}" for code in UNKNOWN_CODES if code != "signature.unsupported"),
    "pass freshness.stale",
}


def test_worlds_are_judged_alike() -> None:
    """Every member of the verdict is the same, and every reason was met."""
    answers = agree(questions.worlds(150, 20, seed=4))
    assert questions.covered(answers) == REASONS
    outcomes = Counter(each["outcome"] for each in answers if "outcome" in each)
    assert min(outcomes.values()) > 200


@pytest.mark.long
def test_many_worlds_are_judged_alike() -> None:
    for seed in range(100, 120):
        agree(questions.worlds(250, 20, seed))


def test_damaged_snapshots_are_judged_alike() -> None:
    answers = agree(damage.damaged(400, seed=5))
    codes = Counter(each.get("code") for each in answers)
    assert codes.keys() >= {f"snapshot.{each}" for each in ("malformed", "anchor", "part", "ages")}
    assert codes[None] > 200


@pytest.mark.long
def test_many_damaged_snapshots_are_judged_alike() -> None:
    for seed in range(200, 210):
        agree(damage.damaged(1_000, seed))


def test_snapshots_replace_each_other_alike() -> None:
    answers = agree(successions.successions(25, 8, seed=6))
    codes = {each.get("code") for each in answers}
    names = ("rollback", "conflict", "rewritten", "vanished")
    assert codes >= {None, *(f"snapshot.{name}" for name in names)}
    assert any(each.get("rejected") for each in answers)


@pytest.mark.long
def test_many_snapshots_replace_each_other_alike() -> None:
    for seed in range(300, 310):
        agree(successions.successions(100, 8, seed))
