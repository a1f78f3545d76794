# SPDX-License-Identifier: Apache-2.0
"""One vector: what is asked, and what every implementation must answer (docs/vectors.md).

A case table writes the expected answer by hand. Of a verdict it writes outcome and reason, and the
marks that matter; all fourteen are recorded once the judge agrees with what was written.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Members = Mapping[str, object]

_UNSEEN = re.compile(r"[^\n -~§²³⁴·—、。〇-】〔〕\u3400-\u4dbf\u4e00-\u9fff！-～]")
_PAIR = re.compile(r'\[\s+("[a-z_]+"),\s+(null|"[a-z_.]+")\s+\]')


@dataclass(frozen=True)
class Case:
    """One vector."""

    name: str
    """`<layer>/<deviation>`."""
    comment: str
    source: str
    """Section of docs/format.md; after a semicolon the standard or the CVE behind it."""
    op: str
    inputs: Members
    expect: Members
    """By hand; of a verdict only what matters."""
    snapshots: Mapping[str, bytes] = field(default_factory=dict)
    """Files that it needs, by name."""

    def question(self) -> dict[str, object]:
        """Give what is asked."""
        return {"op": self.op, **self.inputs}

    def text(self, expect: Members) -> str:
        """Write the file."""
        about = {"comment": self.comment, "source": self.source}
        return dump({**about, **self.question(), "expect": expect})


def dump(value: object) -> str:
    """Write JSON that people can read and that hides nothing: what cannot be seen is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return _UNSEEN.sub(_escape, _PAIR.sub(r"[\1, \2]", text)) + "\n"


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]
