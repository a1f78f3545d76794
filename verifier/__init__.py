# SPDX-License-Identifier: Apache-2.0
"""Decides offline whether a certificate holds, and says why.

from verifier import verify
verdict = verify(text, snapshot, at=now, region="310115")
"""

from verifier.demand import Demand
from verifier.verdict import Check, Issuer, Outcome, Verdict
from verifier.verify import verify

__all__ = ["Check", "Demand", "Issuer", "Outcome", "Verdict", "verify"]
