# SPDX-License-Identifier: Apache-2.0
from tests.vectors.case import Case
def cases() -> list[Case]:
    return []
