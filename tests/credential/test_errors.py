# SPDX-License-Identifier: Apache-2.0
"""Four kinds of failure, by who must act; one family."""

import pytest

from credential import errors
from keys.errors import SealError


@pytest.mark.parametrize(
    "kind",
    [
        errors.MalformedError,
        errors.UntrustedError,
        errors.ConflictError,
        errors.UnavailableError,
    ],
)
def test_every_kind_carries_a_code(kind: type[SealError]) -> None:
    error = kind("subject.what", "do this")
    assert isinstance(error, SealError)
    assert (error.code, str(error)) == ("subject.what", "do this")


def test_the_base_is_that_of_the_keys() -> None:
    assert errors.SealError is SealError
