# SPDX-License-Identifier: Apache-2.0
"""What the demonstration prints when it is done: the table of verdicts, one code, what to try."""

from typing import Final

from issuer import terminal_code
from skillseal.demo.cases import Judged
from skillseal.demo.run import TABLE, Result
from verifier import words

_WIDTH: Final = 24


def show(result: Result) -> None:
    """Print it."""
    print(f"\n{'结论 outcome':<16}{'理由 reason':<{_WIDTH}}{'枚':>4}  含义")
    for (outcome, reason), count in sorted(result.reasons.items(), key=_order):
        meaning = words.of_reason(reason, outcome, "zh").meaning
        print(f"{outcome:<16}{reason:<{_WIDTH}}{count:>6}  {meaning}")
    for each in result.wrong:
        print(_complaint(each))
    verdict = (
        "全部符合预期 · all as expected" if not result.wrong else "与预期不符 · NOT as expected"
    )
    print(
        f"\n签发 {result.issued} 枚，核验 {len(result.judged)} 枚，"
        f"{result.seconds:.0f} 秒：{verdict}"
    )
    if result.wrong:
        return
    sample = result.sample
    print(f"\n{terminal_code.show(sample.text)}")
    print(f"{sample.name}  {sample.number}  VALID")
    folder = result.folder
    is_printed = (folder / "wall.pdf").exists()
    printed = f"\n  {folder}/wall.pdf       同上，供打印 · the same, to print" if is_printed else ""
    print(
        f"\n  {folder}/wall.html      每一种结论各一枚 · one code for every verdict"
        f"{printed}"
        f"\n  {folder}/{TABLE}\n\n试一试 · try:"
        f"\n  .venv/bin/skillseal verify {folder}/qr/{result.sample_file} \\"
        f"\n      --snapshot {folder}/snapshot.json --anchor $(cat {folder}/anchor.txt)\n"
    )


def _order(entry: tuple[tuple[str, str], int]) -> tuple[int, str]:
    (outcome, reason), _ = entry
    return ("VALID", "INDETERMINATE", "INVALID").index(outcome), reason


def _complaint(judged: Judged) -> str:
    case, verdict = judged.case, judged.verdict
    return (
        f"!! {case.title or case.number}: expected {case.outcome} {case.reason}, "
        f"got {verdict.outcome} {verdict.reason}"
    )
