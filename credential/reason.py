# SPDX-License-Identifier: Apache-2.0
"""Why the status of a certificate changes: a fixed list of codes, and the text that carries one.

    fraud 弄虚作假
    fraud 弄虚作假：沪人社函〔2026〕12号

docs/format.md §7.2. The `reason` of a statement begins with the code and, behind one space, its
Chinese words; a remark may follow behind `：`. Readers take what stands before the first space for
the code, if it is one of the list; any other text stays a text.
"""

from dataclasses import dataclass
from typing import Final

from credential.errors import MalformedError
from credential.members import is_plain
from credential.said_readers import MAX_REASON

REVOKE, SUSPEND, REINSTATE, SUPERSEDE = "revoke", "suspend", "reinstate", "supersede"
_BOTH: Final = frozenset({REVOKE, SUSPEND})


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason."""

    code: str
    chinese: str
    english: str
    acts: frozenset[str]
    """Types of statement that it can stand in; a bulk revocation counts as `revoke`."""
    needs_remark: bool = False


REASONS: Final = (
    Reason(
        "data_error", "证书信息有误", "the certificate says something wrong", _BOTH | {SUPERSEDE}
    ),
    Reason("fraud", "弄虚作假", "cheating in application or examination", _BOTH),
    Reason("impersonation", "冒名顶替", "somebody else sat the examination", _BOTH),
    Reason("irregular", "违规评价", "evaluated against the rules", _BOTH),
    Reason("void_exam", "考核作废", "the examination was annulled", _BOTH),
    Reason("ineligible", "不符合申报条件", "the conditions for this level were not met", _BOTH),
    Reason("duplicate", "重复发证", "issued twice", _BOTH),
    Reason("holder_request", "本人申请", "asked for by the holder", _BOTH),
    Reason("holder_deceased", "持证人死亡", "the holder has died", frozenset({REVOKE})),
    Reason("ordered", "主管部门决定", "decided by the authority", _BOTH),
    Reason("inquiry", "核查期间", "while it is being looked into", frozenset({SUSPEND})),
    Reason("cleared", "核查无误", "looked into and found right", frozenset({REINSTATE})),
    Reason("remedied", "整改完成", "what was missing has been made good", frozenset({REINSTATE})),
    Reason("mistake", "操作有误", "the change of status was a mistake", frozenset({REINSTATE})),
    Reason("holder_changed", "持证人信息变更", "name or document changed", frozenset({SUPERSEDE})),
    Reason(
        "other",
        "其他",
        "another reason, which the remark gives",
        frozenset({REVOKE, SUSPEND, REINSTATE, SUPERSEDE}),
        needs_remark=True,
    ),
)
_BY_CODE: Final = {each.code: each for each in REASONS}


def codes(act: str) -> tuple[str, ...]:
    """List the codes that an act can have."""
    return tuple(each.code for each in REASONS if act in each.acts)


def text(act: str, code: str, remark: str = "") -> str:
    """Write the `reason` of a statement.

    Args:
        act: Type of the statement; `revoke` for a bulk revocation too.
        code: One of the list.
        remark: What else is to be said.

    Raises:
        MalformedError: `reason.unknown`, `reason.remark`.
    """
    reason = _BY_CODE.get(code)
    if reason is None or act not in reason.acts:
        known = ", ".join(codes(act))
        raise MalformedError("reason.unknown", f"to {act} takes one of the reasons {known}")
    if reason.needs_remark and not remark:
        raise MalformedError("reason.remark", f"the reason {code} needs a remark")
    whole = f"{code} {reason.chinese}" + (f"：{remark}" if remark else "")
    if not is_plain(whole, MAX_REASON) or remark != remark.strip():
        message = f"with its remark a reason has at most {MAX_REASON} usual characters"
        raise MalformedError("reason.remark", message)
    return whole


def read(said: str) -> Reason | None:
    """Find the reason that a text names; None where it names none of the list."""
    return _BY_CODE.get(said.partition(" ")[0])
