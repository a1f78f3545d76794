# SPDX-License-Identifier: Apache-2.0
"""Write what the registry has acknowledged to this desk as a feed (`credential.feed`).

After a loss, a registry asks its bodies for it: receipts and leaf salts that a desk keeps put back
what a restored copy does not know. It has names in it; it goes to the registry and to nobody else.
"""

import json
from collections.abc import Iterator

from credential import base64url
from credential.feed import Fed
from issuer.ledger import Ledger


def walk(ledger: Ledger) -> Iterator[bytes]:
    """Write a line for each filed batch, registered certificate and accepted statement."""
    for counts in ledger.counts():
        batch = ledger.batch_named(counts.batch)
        if batch is not None and batch.receipt and batch.leaf_salt:
            attachment = json.loads(batch.attachment)
            salt = base64url.decode(batch.leaf_salt)
            yield Fed(batch.receipt, salt, None, (batch.signature,), attachment).to_line()
        for item in ledger.items(counts.batch):
            if item.token and item.receipt and item.leaf_salt:
                salt = base64url.decode(item.leaf_salt)
                yield Fed(item.receipt, salt, f"{item.token}~").to_line()
    for act in ledger.accepted_acts():
        if act.receipt and act.leaf_salt:
            salt = base64url.decode(act.leaf_salt)
            yield Fed(act.receipt, salt, None, act.signatures).to_line()
