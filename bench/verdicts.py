# SPDX-License-Identifier: Apache-2.0
"""Verdicts per second on one core, beside two raw signature checks for each."""

from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench import population
from bench.clock import side_by_side
from bench.report import Row
from credential import carrier
from keys.algorithms import der_from_raw
from tests.credential import world
from tests.credential.world import World
from verifier import verify

CODES = 2_000


def codes(made: World) -> list[str]:
    """Make distinct certificates that all differ in holder, number, index and time."""
    said = list(population.claims(made.home.host))
    return [
        made.home.code(
            t=world.RECEIVED + number,
            name=said[number].name,
            holder_tag=said[number].holder_tag,
            status_index=65_536 + number * 7,
            certificate_number=f"{made.home.body.prefix}263{number + 1:06d}",
            batch=said[number].batch,
            iat=world.ISSUED + number,
        )
        for number in range(CODES)
    ]


def rows() -> list[Row]:
    """Measure."""
    made = World()
    texts = codes(made)
    snapshot = made.snapshot()
    at = datetime.fromtimestamp(world.AT, UTC)

    def judge() -> None:
        for text in texts:
            if not verify(text, snapshot, at=at, region="310115"):
                raise AssertionError("every one of these codes is valid")

    body = made.home.body_key.public.public
    registry = made.home.epoch().public.public
    algorithm = ec.ECDSA(hashes.SHA256())
    raw = []
    for text in texts:
        carried = carrier.decode(text)
        counter = carried.receipt_unverified
        if counter is None or not isinstance(body, ec.EllipticCurvePublicKey):
            raise AssertionError("a code has a receipt, and these keys are ES256")
        for key, said in ((body, carried.unverified), (registry, counter)):
            raw.append((key, der_from_raw(said.signature), said.signing_input))

    def verify_only() -> None:
        for key, signature, data in raw:
            key.verify(signature, data, algorithm)  # type: ignore[call-arg]  # ES256 both

    pair = side_by_side(judge, verify_only, each=CODES)
    return [
        Row(
            f"verdicts from {CODES:,} distinct codes, each seen once, one core, no holder check",
            f"{1 / pair.subject:,.0f} /s, ratio {pair.ratio:.2f}",
            f"two raw verifications by cryptography: {1 / pair.limit:,.0f} /s",
            "≥ 0.70",
            pair.ratio >= 0.70,
        )
    ]
