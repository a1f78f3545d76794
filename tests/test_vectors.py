# SPDX-License-Identifier: Apache-2.0
"""The vectors hold, are made again alike, and leave nothing of docs/format.md §6 out."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from credential import carrier
from tests.vectors import generate, ops
from verifier.marks import CHECKS, FAIL_CODES, UNKNOWN_CODES

MADE_BY_THE_MACHINE = {"internal", "signature.unsupported"}
"""Reasons that no text and no snapshot can bring about by itself."""
STANDARD = re.compile(r"(RFC \d{4}|FIPS 186-5|Token Status List)( §\d+(\.\d+)*)?|CVE-\d{4}-\d{4,}")


@cache
def _vectors() -> dict[str, dict[str, Any]]:
    return {
        path: json.loads(data)
        for path, data in generate.committed().items()
        if not path.startswith(generate.SNAPSHOTS)
    }


def _snapshot(name: str) -> bytes:
    return (generate.FOLDER / generate.SNAPSHOTS / name).read_bytes()


@pytest.mark.parametrize("path", _vectors())
def test_the_vector_holds(path: str) -> None:
    vector = _vectors()[path]
    assert ops.answer(vector, _snapshot) == vector["expect"], vector["comment"]


def test_they_are_made_again_alike() -> None:
    made, there = generate.files(), generate.committed()
    assert made.keys() == there.keys(), "run `make vectors`"
    assert [path for path, data in made.items() if there[path] != data] == []


def test_there_are_enough_and_most_are_refusals() -> None:
    vectors = _vectors().values()
    refused = [
        each
        for each in vectors
        if "code" in each["expect"] or each["expect"].get("outcome") in {"INVALID", "INDETERMINATE"}
    ]
    assert len(vectors) >= 150
    assert len(refused) > len(vectors) / 2


def test_each_says_what_it_is() -> None:
    for path, vector in _vectors().items():
        assert re.fullmatch(r"[a-z0-9_]+/[a-z0-9-]+\.json", path)
        assert vector["comment"]
        assert vector["op"] in ops.NAMES


def test_each_names_a_rule_that_stands_in_the_specification() -> None:
    text = (Path(__file__).parents[1] / "docs" / "format.md").read_text("utf-8")
    sections = {f"§{one}" for one in re.findall(r"^##+ (\d+(?:\.\d+)?)", text, re.MULTILINE)}
    steps = {f"§6.2 step {one}" for one in re.findall(r"^(\d+)\. \*\*", text, re.MULTILINE)}
    assert {"§1.3", "§10", "§6.2 step 15"} <= sections | steps
    for path, vector in _vectors().items():
        rules, *standards = vector["source"].split("; ")
        assert rules.startswith("docs/format.md "), path
        named = set(rules.removeprefix("docs/format.md ").split(", "))
        assert named <= sections | steps, path
        assert [one for one in standards if not STANDARD.fullmatch(one)] == [], path


def test_an_unknown_question_is_an_error() -> None:
    with pytest.raises(KeyError):
        ops.answer({"op": "guess"}, _snapshot)


def test_every_question_has_a_vector() -> None:
    assert {vector["op"] for vector in _vectors().values()} == ops.NAMES


def test_verdicts_are_of_the_closed_set() -> None:
    for path, vector in _vectors().items():
        if vector["op"] != "verify":
            continue
        expect = vector["expect"]
        assert list(expect) == ["outcome", "reason", "shown", "checks"], path
        assert expect["outcome"] in {"VALID", "INVALID", "INDETERMINATE"}
        assert list(expect["checks"]) == list(CHECKS)
        for outcome, reason in expect["checks"].values():
            known: dict[str, set[str | None]] = {
                "fail": set(FAIL_CODES),
                "unknown": set(UNKNOWN_CODES),
                "pass": {None, "freshness.stale"},
            }
            assert reason in known.get(outcome, {None}), path


def test_every_reason_has_a_vector() -> None:
    seen = Counter(
        (outcome, reason)
        for vector in _vectors().values()
        if vector["op"] == "verify"
        for outcome, reason in vector["expect"]["checks"].values()
    )
    wanted = {("pass", "freshness.stale"), ("skipped", None), ("not_asked", None)}
    wanted |= {("fail", code) for code in FAIL_CODES}
    wanted |= {("unknown", code) for code in UNKNOWN_CODES if code not in MADE_BY_THE_MACHINE}
    assert sorted(wanted - seen.keys(), key=str) == []


def test_what_is_read_is_written_again() -> None:
    written = 0
    for vector in _vectors().values():
        expect = vector["expect"]
        if vector["op"] != "decode" or "code" in expect:
            continue
        token, counter, host = expect["certificate"], expect["receipt"], expect["host"]
        if host is None:
            assert carrier.text_form(token, counter) == vector["text"]
        else:
            page = re.match("https://([^/]+)/", vector["text"])
            text = carrier.encode(token, counter, page_host=page[1] if page else None)
            again = carrier.decode(text)
            assert (again.certificate, again.receipt) == (token, counter)
            written += 1
    assert written


def test_the_guide_names_every_question() -> None:
    guide = (Path(__file__).parents[1] / "docs" / "vectors.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z0-9_]+)` \|", guide, re.MULTILINE)) == ops.NAMES


def test_they_stay_small() -> None:
    sizes = {path: len(data) for path, data in generate.committed().items()}
    assert sum(sizes.values()) < 2_000_000
    assert max(sizes.values()) < 64_000
