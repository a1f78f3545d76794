# SPDX-License-Identifier: Apache-2.0
"""Proofs about the log's tree (docs/format.md §10; RFC 9162 §2.1)."""

import hashlib
from collections.abc import Iterator, Sequence

from tests.vectors.case import Case, Members

_HOLDS = {"holds": True}
_ENTRIES = tuple(
    bytes.fromhex(entry)
    for entry in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
)
"""Of the tests of RFC 6962's implementations, whose roots are known."""
ROOT_OF_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _inclusion()
    yield from _consistency()


def _leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def _root(entries: Sequence[bytes]) -> bytes:
    """Hash a tree as RFC 9162 §2.1.1 defines it."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return _leaf(entries[0])
    split = 1 << (len(entries) - 1).bit_length() - 1
    left, right = _root(entries[:split]), _root(entries[split:])
    return hashlib.sha256(b"\1" + left + right).digest()


def _path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """Prove inclusion as RFC 9162 §2.1.3.1 defines it."""
    if len(entries) == 1:
        return []
    split = 1 << (len(entries) - 1).bit_length() - 1
    if index < split:
        return [*_path(index, entries[:split]), _root(entries[split:])]
    return [*_path(index - split, entries[split:]), _root(entries[:split])]


def _proof(old: int, entries: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """Prove consistency as RFC 9162 §2.1.4.1 defines it."""
    if old == len(entries):
        return [] if whole else [_root(entries)]
    split = 1 << (len(entries) - 1).bit_length() - 1
    if old <= split:
        return [*_proof(old, entries[:split], whole=whole), _root(entries[split:])]
    return [*_proof(old - split, entries[split:], whole=False), _root(entries[:split])]


def _hex(hashes: Sequence[bytes]) -> list[str]:
    return [each.hex() for each in hashes]


def _inclusion() -> Iterator[Case]:
    def case(
        name: str, index: int, size: int, comment: str, changes: Members | None = None
    ) -> Case:
        tree = _ENTRIES[:size]
        inputs = {
            "entry": tree[index].hex(),
            "index": index,
            "size": size,
            "proof": _hex(_path(index, tree)),
            "root": _root(tree).hex(),
            **(changes or {}),
        }
        expect: Members = {"code": "log.inclusion"} if changes else _HOLDS
        source = "docs/format.md §10; RFC 9162 §2.1.3"
        return Case(f"log/inclusion-{name}", comment, source, "inclusion", inputs, expect)

    if _root(_ENTRIES).hex() != ROOT_OF_8:
        raise ValueError("the tree of the known example has another root")
    for index, size in ((0, 1), (0, 8), (5, 8), (2, 3), (6, 7), (4, 5)):
        yield case(f"{index}-of-{size}", index, size, "the leaf stands there")
    proof = _hex(_path(5, _ENTRIES))
    yield case("other-index", 5, 8, "a good proof of another place", {"index": 4})
    yield case("index-outside", 5, 8, "outside the tree", {"index": 8})
    yield case("other-size", 5, 8, "a good proof of another tree", {"size": 4})
    other = {"entry": _ENTRIES[4].hex()}
    yield case("other-leaf", 5, 8, "a good proof of another leaf", other)
    yield case("hash-more", 5, 8, "a hash too many", {"proof": [*proof, proof[0]]})
    yield case("hash-less", 5, 8, "a hash too few", {"proof": proof[:-1]})
    yield case("no-proof", 5, 8, "no proof", {"proof": []})
    yield case("order", 5, 8, "from the top down", {"proof": proof[::-1]})
    yield case("other-root", 5, 8, "another root", {"root": _root(_ENTRIES[:7]).hex()})
    only = {"size": 2}
    yield case("way-not-done", 0, 1, "the proof ends before the tree does", only)
    node = (_leaf(_ENTRIES[4]) + _leaf(_ENTRIES[5])).hex()
    inner = {"entry": node, "proof": proof[1:], "root": ROOT_OF_8}
    yield case("node-as-leaf", 2, 4, "a node passed off as a leaf of a smaller tree", inner)


def _consistency() -> Iterator[Case]:
    def case(name: str, old: int, size: int, comment: str, changes: Members | None = None) -> Case:
        inputs = {
            "old": old,
            "size": size,
            "old_root": _root(_ENTRIES[:old]).hex(),
            "root": _root(_ENTRIES[:size]).hex(),
            "proof": _hex(_proof(old, _ENTRIES[:size])) if old else [],
            **(changes or {}),
        }
        expect: Members = {"code": "log.consistency"} if changes else _HOLDS
        source = "docs/format.md §10; RFC 9162 §2.1.4"
        return Case(f"log/consistency-{name}", comment, source, "consistency", inputs, expect)

    for old, size in ((1, 8), (4, 8), (6, 8), (2, 5), (7, 8), (8, 8), (0, 8), (0, 0)):
        yield case(f"{old}-in-{size}", old, size, "one is the beginning of the other")
    proof = _hex(_proof(6, _ENTRIES))
    yield case("shorter", 6, 8, "the new tree is smaller", {"size": 5})
    other = _root((*_ENTRIES[:5], b"other")).hex()
    yield case("rewritten", 6, 8, "an entry was another", {"old_root": other})
    yield case("hash-more", 6, 8, "a hash too many", {"proof": [*proof, proof[0]]})
    yield case("hash-less", 6, 8, "a hash too few", {"proof": proof[:-1]})
    yield case("no-proof", 6, 8, "no proof", {"proof": []})
    yield case("equal-other-root", 8, 8, "one size, two roots", {"root": other})
    yield case("equal-with-proof", 8, 8, "nothing to prove", {"proof": [other]})
    yield case("empty-other-root", 0, 8, "the empty tree has one root", {"old_root": other})
