# SPDX-License-Identifier: Apache-2.0
"""Every reason has words in both languages, and a line in docs/errors.md."""

import json
import re
from pathlib import Path

import pytest

from credential import certificate, levels
from verifier import words
from verifier.marks import CHECKS, FAIL_CODES, SOFTENED, UNKNOWN_CODES
from verifier.verdict import Outcome
from verifier.words import of, of_reason, printable

ROOT = Path(__file__).parents[2]
ALL = sorted({"ok", "freshness.stale", *FAIL_CODES, *UNKNOWN_CODES})
TABLES = json.loads((ROOT / "verifier" / "words.json").read_bytes())


@pytest.mark.parametrize("code", ALL)
@pytest.mark.parametrize("outcome", Outcome)
def test_every_reason_has_meaning_and_next_step_in_both_languages(
    code: str, outcome: Outcome
) -> None:
    chinese, english = (of_reason(code, outcome, language) for language in words.LANGUAGES)
    assert all(re.search("[\u4e00-\u9fff]", text) for text in chinese)
    assert all(text.endswith("。") for text in chinese)
    assert all(re.fullmatch("[ -~]+[.]", text) for text in english)


def test_no_words_are_for_reasons_that_do_not_exist() -> None:
    softened = {f"{mark.reason}:unknown" for mark in SOFTENED.values()}
    assert {code.removesuffix(":unknown") for code in TABLES["reasons"]} == set(ALL)
    assert {code for code in TABLES["reasons"] if code.endswith(":unknown")} <= softened


@pytest.mark.parametrize("code", sorted(set(FAIL_CODES) & set(UNKNOWN_CODES)))
def test_a_code_that_is_refused_or_only_not_known_yet_says_which(code: str) -> None:
    refused = of_reason(code, Outcome.INVALID, "en")
    not_known = of_reason(code, Outcome.INDETERMINATE, "en")
    assert "not accept" in refused.next_step
    assert "efresh" in not_known.next_step


def test_an_unknown_registry_is_refused_and_not_put_off() -> None:
    text = of_reason("issuer.unknown", Outcome.INDETERMINATE, "zh")
    assert text.meaning == "不予认可：不是本地区认得的任何登记机构所管的证书。"
    assert "Do not accept" in of_reason("issuer.unknown", Outcome.INDETERMINATE, "en").meaning


@pytest.mark.parametrize("code", ALL)
def test_every_reason_is_documented(code: str) -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    section = text.partition("## Verdict reasons")[2].partition("\n## ")[0]
    assert f"| `{code}` |" in section


def test_every_value_that_is_shown_has_words() -> None:
    wanted = {
        "outcomes": set(Outcome),
        "marks": {"pass", "fail", "unknown", "not_asked", "skipped"},
        "checks": set(CHECKS),
        "kinds": set(certificate.KINDS),
        "levels": set(levels.LEVELS),
    }
    for table, keys in wanted.items():
        assert TABLES[table].keys() == keys


def test_a_value_without_words_stands_for_itself() -> None:
    assert of("levels", "9", "zh") == "9"
    assert of("levels", "3", "zh") == "三级/高级工"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张三·阿卜杜拉", "张三·阿卜杜拉"),
        ("\x1b[32m✔", "\\u{1b}[32m✔"),
        ("a\r\nb", "a\\u{d}\\u{a}b"),
        ("\u202eVALID", "\\u{202e}VALID"),
        ("a\u200bb\U000e0041", "a\\u{200b}b\\u{e0041}"),
        ("\x9b2J\u2066\u2028\ue863", "\\u{9b}2J\\u{2066}\\u{2028}\\u{e863}"),
    ],
)
def test_what_could_steer_a_terminal_is_shown_as_its_code_point(text: str, shown: str) -> None:
    assert printable(text) == shown
