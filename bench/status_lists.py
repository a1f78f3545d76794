# SPDX-License-Identifier: Apache-2.0
"""One full status list at 0.5 % revoked: bytes against the entropy of its capacity."""

import gzip
import math
import random
import zlib

from bench.report import Row
from credential import envelope, status_list
from credential.members import LIST_ENTRIES
from credential.status_list import StatusList
from keys.signing_key import SigningKey

SHARE = 0.005
_KEY = SigningKey.from_seed("status", b"bench status")


def rows() -> list[Row]:
    """Measure."""
    drawn = random.Random(3).sample(range(LIST_ENTRIES), int(LIST_ENTRIES * SHARE))
    bits = bytes(status_list.put(status_list.blank(), dict.fromkeys(drawn, 1)))
    entropy = LIST_ENTRIES * -(SHARE * math.log2(SHARE) + (1 - SHARE) * math.log2(1 - SHARE)) / 8
    said = StatusList.of("https://registry.example/status/1", 1, 2, bits)
    token = envelope.sign(_KEY, envelope.STATUS_LIST, said.to_bytes())
    packed = len(zlib.compress(bits, 9))
    served = len(gzip.compress(token.encode(), 9))
    return [
        Row(
            f"status list, 2²⁰ entries, {SHARE:.1%} revoked: zlib",
            f"{packed:,} bytes, {packed / entropy:.2f} × the entropy",
            f"entropy of the capacity: {entropy:,.0f} bytes",
            "≤ 1.5",
            packed / entropy <= 1.5,
        ),
        Row(
            "the same as served, token in gzip",
            f"{served:,} bytes, {served / entropy:.2f} × the entropy",
            "the same entropy",
            "≤ 1.9",
            served / entropy <= 1.9,
        ),
    ]
