# SPDX-License-Identifier: Apache-2.0
"""A verdict as a gate-keeper reads it: a word and a sign, then who, what, by whom, how old.

    ✔ 有效 VALID  ok
      证书真实有效，在该机构备案范围之内，本地区认可。
      Genuine, inside the issuer's filed scope, in force, and recognised here.
      下一步 next          核对本人与屏幕所示姓名一致后放行；…
      姓名 name            张三
      …

Every text that came from outside is escaped before it is shown.
"""

from typing import Final

from verifier import words
from verifier.verdict import Outcome, Verdict
from verifier.words import printable

SIGNS: Final = {Outcome.VALID: "✔", Outcome.INVALID: "✘", Outcome.INDETERMINATE: "？"}
COLOURS: Final = {Outcome.VALID: "green", Outcome.INVALID: "red", Outcome.INDETERMINATE: "yellow"}
_MARKS: Final = {"pass": "✔", "fail": "✘", "unknown": "？", "not_asked": "-", "skipped": "·"}
_DAY: Final = 86_400
_HOUR: Final = 3_600

Row = tuple[str, str]


def headline(verdict: Verdict) -> str:
    """Return sign, outcome and reason, and the environment where it is not production."""
    line = f"{SIGNS[verdict.outcome]} {_both('outcomes', verdict.outcome)}  {verdict.reason}"
    if verdict.environment not in {None, "production"}:
        line += f"  [{verdict.environment}: {_label('environment')}]"
    return line


def short(verdict: Verdict) -> str:
    """Return one verdict of many: who and what on one line; what to do, unless it is VALID."""
    lines = [headline(verdict)]
    claims = verdict.facts.claims
    if claims:
        level = words.of("levels", claims.level, "zh") if claims.level else ""
        about = (claims.name, claims.occupation_name, level, claims.certificate_number)
        lines[0] += "  " + " ".join(text for text in about if text)
    if not verdict:
        lines += [f"  {line}" for line in explanation(verdict)]
    return "\n".join(printable(line) for line in lines)


def explanation(verdict: Verdict) -> list[str]:
    """Return what the reason means and what to do next, Chinese first."""
    texts = [words.of_reason(verdict.reason, verdict.outcome, lang) for lang in words.LANGUAGES]
    arrows = [f"→ {text.next_step}" for text in texts]
    return [
        line for text, arrow in zip(texts, arrows, strict=True) for line in (text.meaning, arrow)
    ]


def facts(verdict: Verdict) -> list[Row]:
    """Return label and value of everything that may be shown about the certificate."""
    rows: list[tuple[str, str | None]] = []
    claims = verdict.facts.claims
    issuer = verdict.issuer
    if claims and issuer:
        trade = f"（{claims.trade}）" if claims.trade else ""
        rows += [
            ("name", claims.name),
            ("occupation", f"{claims.occupation_name}{trade} {claims.occupation_code}"),
            ("level", _both("levels", claims.level) if claims.level else None),
            ("kind", _both("kinds", claims.kind)),
            ("certificate_number", claims.certificate_number),
            ("evaluated_on", claims.evaluated_on),
            ("issuer", f"{issuer.name} {claims.body_code}"),
            ("filing", issuer.filing),
            ("standing_now", _both("standings", issuer.standing_now)),
            ("recognition", issuer.recognition),
        ]
    age = verdict.age_seconds
    rows += [
        ("knowledge", None if age is None else f"{verdict.knowledge} ({_age(age)})"),
        ("anchor", verdict.anchor),
    ]
    return [(_label(name), printable(value)) for name, value in rows if value]


def checks(verdict: Verdict) -> list[tuple[str, str, str]]:
    """Return for each check its label, its mark, and reason or detail."""
    return [
        (
            _both("checks", check.name),
            f"{_MARKS[check.outcome]} {words.of('marks', check.outcome, 'zh')}",
            printable("  ".join(text for text in (check.reason, check.detail) if text)),
        )
        for check in verdict.checks
    ]


def plain(verdict: Verdict) -> str:
    """Return the whole report as lines of plain text."""
    lines = [printable(headline(verdict)), *(f"  {line}" for line in explanation(verdict))]
    lines += [f"  {_pad(label, 26)}{value}" for label, value in facts(verdict)]
    lines += [
        f"  {_pad(label, 26)}{_pad(mark, 12)}{note}".rstrip()
        for label, mark, note in checks(verdict)
    ]
    return "\n".join(lines)


def _label(name: str) -> str:
    return _both("labels", name)


def _both(table: str, key: str) -> str:
    chinese, english = (words.of(table, key, language) for language in words.LANGUAGES)
    return chinese if chinese == english else f"{chinese} {english}"


def _age(seconds: int) -> str:
    if abs(seconds) >= _DAY:
        return f"{seconds / _DAY:.1f} 天 days"
    return f"{seconds / _HOUR:.1f} 小时 hours"


def _pad(text: str, columns: int) -> str:
    """Fill up to a width; an ideograph takes two columns."""
    return text + " " * max(1, columns - sum(2 if ord(one) > 0x2E80 else 1 for one in text))
