# SPDX-License-Identifier: Apache-2.0
"""Claims with a ready tag to a compact token, beside one deterministic signature."""

from bench import population
from bench.clock import side_by_side
from bench.report import Row
from issuer import sign

_CLAIMS = 2_000


def rows() -> list[Row]:
    """Measure."""
    claims = list(population.claims(population.host_of(25)))[:_CLAIMS]
    key = population.BODY
    inputs = [sign.token(key, said.to_bytes()).rpartition(".")[0].encode() for said in claims]

    def issue() -> None:
        for said in claims:
            sign.token(key, said.to_bytes())

    def signature() -> None:
        for data in inputs:
            key.sign(data)

    pair = side_by_side(issue, signature, each=_CLAIMS)
    return [
        Row(
            "claims with ready tag → compact token",
            f"{1 / pair.subject:,.0f} /s, ratio {pair.ratio:.2f}",
            f"one deterministic ES256 signature: {1 / pair.limit:,.0f} /s",
            "≥ 0.55",
            pair.ratio >= 0.55,
        )
    ]
