# SPDX-License-Identifier: Apache-2.0
"""The code with which something is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from credential.errors import SealError
from issuer.cells import CellError


def code_of(act: Callable[..., object], *given: Any, **named: Any) -> str:
    """Call something that must refuse; gives the code."""
    with pytest.raises((SealError, CellError)) as caught:
        act(*given, **named)
    assert isinstance(caught.value, SealError | CellError)
    return caught.value.code
