# SPDX-License-Identifier: Apache-2.0
"""Whatever breaks inside, and whatever is left out, is never VALID."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from credential import carrier, certificate_number, holder, levels, recognition, scope
from tests.verifier.asking import ask, marks
from tests.verifier.world import BRICKLAYER, NOW, clock, jiangsu, shanghai
from verifier import Outcome, freshness, steps, verify
from verifier.marks import CHECKS, NOT_ASKED, PASS, SKIPPED

judge = import_module("verifier.verify")  # the name in the package is the function

KNOWN = shanghai(jiangsu()).snapshot()
ASKED: dict[str, Any] = {"holder": "AAAA", "demand": f"skill_level/{BRICKLAYER}/3"}
CODE = jiangsu().issue(holder_tag="AAAA").code


def functions(module: ModuleType) -> Iterator[tuple[ModuleType, str]]:
    """Yield the functions that a module defines itself."""
    for name, value in vars(module).items():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            yield module, name


DEPENDENCIES = [
    *functions(steps),
    *functions(freshness),
    *((module, name) for module, name in functions(judge) if name not in {"verify", "_conclude"}),
    (carrier, "decode"),
    (scope, "standing_at"),
    (scope, "scope_of"),
    (recognition, "judge"),
    (certificate_number, "check"),
    (holder, "is_tag"),
    (levels, "at_least"),
]
UNUSED_HERE = {"hosts"}


@pytest.mark.parametrize(
    ("module", "name"), DEPENDENCIES, ids=lambda value: getattr(value, "__name__", value)
)
@pytest.mark.parametrize("error", [ValueError, KeyError, RecursionError, MemoryError, TypeError])
def test_a_step_that_breaks_is_never_valid(
    module: ModuleType, name: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise error("secret 310199199003071236")

    assert ask(KNOWN, CODE, **ASKED)
    monkeypatch.setattr(module, name, break_down)
    verdict = ask(KNOWN, CODE, **ASKED)
    if name in UNUSED_HERE:
        verdict = ask(KNOWN, CODE.partition("#")[2], **ASKED)
    assert (verdict.outcome, verdict.reason) == (Outcome.INDETERMINATE, "internal")
    assert not verdict
    assert "secret" not in str(verdict.to_members())
    assert marks(verdict) == "S" * (len(CHECKS) - 1) + "U"


@pytest.mark.parametrize("name", ["_register", "_judge_claims"])
def test_a_step_that_is_left_out_is_never_valid(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, name, lambda *_: None)
    verdict = ask(KNOWN, CODE, **ASKED)
    assert (verdict.outcome, verdict.reason) == (Outcome.INDETERMINATE, "internal")


@pytest.mark.parametrize("check", range(len(CHECKS)))
@pytest.mark.parametrize("mark", [SKIPPED, NOT_ASKED])
def test_valid_needs_every_check(check: int, mark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave_out(facts: Any) -> None:
        facts.marks[:] = [PASS] * len(CHECKS)
        facts.marks[check] = mark

    monkeypatch.setattr(freshness, "soften", leave_out)
    verdict = ask(KNOWN, CODE)
    may_be_unasked = CHECKS[check] in {"recognition", "holder", "fitness"}
    assert bool(verdict) is (mark is NOT_ASKED and may_be_unasked)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": None},
        {"at": "2026-11-18"},
        {"region": None},
        {"holder": 7},
        {"holder": (1,)},
        {"demand": "skill_level"},
        {"demand": 7},
        {"max_age": 24},
        {"snapshot": None},
        {"snapshot": object()},
    ],
)
def test_a_caller_who_asks_wrongly_gets_no_valid_verdict(wrong: dict[str, Any]) -> None:
    asked = {"snapshot": KNOWN, "at": clock(NOW), "region": "310115", **wrong}
    verdict = verify(CODE, **asked)
    assert (verdict.outcome, verdict.reason) == (Outcome.INDETERMINATE, "internal")
    assert verdict.to_members()["knowledge"] is None


def test_an_interruption_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(carrier, "decode", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ask(KNOWN, CODE)
