# SPDX-License-Identifier: Apache-2.0
"""The wall: nothing from a certificate can become markup."""

import re

from skillseal.demo.wall import Tile, page


def test_everything_is_escaped() -> None:
    bad = '<script>alert("1")</script>&'
    made = page([Tile(bad, "<svg></svg>", "INVALID", "status.revoked", (("a", bad),))], bad)
    assert "<script" not in made
    assert made.count("&lt;script&gt;") == 3


def test_what_it_should_be_is_under_the_flap() -> None:
    made = page([Tile("已撤销", "<svg></svg>", "INVALID", "status.revoked", ())], "310000:0")
    above, under = re.split("<summary>", made.split("<main>")[1], maxsplit=1)
    assert "已撤销" not in above
    assert "INVALID" not in above
    assert "已撤销" in under
    assert "status.revoked" in under
