# SPDX-License-Identifier: Apache-2.0
"""The log's tree: RFC 9162 §2.1 with SHA-256 (docs/format.md §10).

    leaf  SHA-256(0x00 ‖ entry)        node  SHA-256(0x01 ‖ left ‖ right)        empty  SHA-256("")

- the left subtree of n > 1 leaves has the largest power of two below n of them;
- the prefixes keep a node from being passed off as a leaf (§2.1.1);
- proofs are lists of hashes from the bottom up; a proof with a hash too many or too few is refused.

Proofs read the tree through `Hashes`, which gives the root of any complete, aligned subtree, so
that whoever keeps interior nodes reads O(log n) of them; `from_leaves` serves those who keep leaves
only.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from credential.errors import UntrustedError

HASH_BYTES: Final = 32
MAX_PROOF: Final = 64  # hashes: more than any tree of this log can need
EMPTY: Final = hashlib.sha256(b"").digest()

Hashes = Callable[[int, int], bytes]
"""(first leaf, leaves) → root of that subtree; leaves is a power of two that divides `first`."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash a leaf's entry, 32 bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Range:
    """The right edge of a tree: enough to append leaves and to give its root.

    Appending touches the complete subtrees at the right edge only, one for each bit of the size.
    """

    size: int = 0
    """Leaves so far."""
    edge: tuple[bytes, ...] = ()
    """Roots of the complete subtrees, the largest first."""

    def append(self, hashed: bytes) -> Self:
        """Return the range with one more leaf.

        Args:
            hashed: What `leaf_hash` gave, 32 bytes.
        """
        edge, size = list(self.edge), self.size
        while size & 1:
            hashed = node_hash(edge.pop(), hashed)
            size >>= 1
        return type(self)(self.size + 1, (*edge, hashed))

    def root(self) -> bytes:
        """Compute the root, 32 bytes."""
        if not self.edge:
            return EMPTY
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = node_hash(left, root)
        return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Compute the root over leaf hashes, 32 bytes each."""
    level = list(hashes)
    if not level:
        return EMPTY
    while len(level) > 1:
        # An odd node rises unchanged: the same tree as splitting at the largest power of two.
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [node_hash(left, right) for left, right in pairs] + odd
    return level[0]


def from_leaves(leaf: Callable[[int], bytes]) -> Hashes:
    """Make subtree roots from a reader of leaf hashes by index; costs as many reads as leaves."""

    def hashes(first: int, count: int) -> bytes:
        return root_of([leaf(index) for index in range(first, first + count)])

    return hashes


def inclusion_proof(hashes: Hashes, index: int, size: int) -> list[bytes]:
    """Prove that a leaf stands at an index of the tree of a size (RFC 9162 §2.1.3.1).

    Raises:
        ValueError: There is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("the index lies outside the tree")
    proof: list[bytes] = []
    first, count = 0, size
    while count > 1:
        split = _split(count)
        if index - first < split:
            proof.append(_subtree(hashes, first + split, count - split))
            count = split
        else:
            proof.append(_subtree(hashes, first, split))
            first, count = first + split, count - split
    proof.reverse()
    return proof


def verify_inclusion(
    hashed: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Return if a leaf stands at an index of the tree with this size and root (§2.1.3.2).

    Args:
        hashed: The leaf's hash.
        index: From 0.
        size: Leaves of the tree.
        proof: Hashes from the bottom up.
        root: Of the tree.

    Raises:
        UntrustedError: `log.inclusion`.
    """
    if not 0 <= index < size or len(proof) > MAX_PROOF:
        raise _not_included()
    node, last, running = index, size - 1, hashed
    for sibling in proof:
        if last == 0:
            raise _not_included()
        if node & 1 or node == last:
            running = node_hash(sibling, running)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            running = node_hash(running, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or running != root:
        raise _not_included()


def consistency_proof(hashes: Hashes, old: int, size: int) -> list[bytes]:
    """Prove that the tree of `old` leaves is the beginning of that of `size` (§2.1.4.1).

    Empty where `old` is 0 or `size`.

    Raises:
        ValueError: `old` is larger than `size`.
    """
    if not 0 <= old <= size:
        raise ValueError("the old tree is larger than the new one")
    if old in (0, size):
        return []
    proof: list[bytes] = []
    first, count, whole = 0, size, True
    while old - first != count:
        split = _split(count)
        if old - first <= split:
            proof.append(_subtree(hashes, first + split, count - split))
            count = split
        else:
            proof.append(_subtree(hashes, first, split))
            first, count, whole = first + split, count - split, False
    if not whole:
        proof.append(_subtree(hashes, first, count))
    proof.reverse()
    return proof


def verify_consistency(
    old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """Return if one tree is the beginning of another (§2.1.4.2).

    Nothing is before everything: `old` = 0 needs the root of the empty tree and an empty proof;
    equal sizes need equal roots and an empty proof.

    Raises:
        UntrustedError: `log.consistency`.
    """
    if not 0 <= old <= size or len(proof) > MAX_PROOF:
        raise _not_consistent()
    if old in (0, size):
        if proof or old_root != (EMPTY if old == 0 else root) or (size == 0 and root != EMPTY):
            raise _not_consistent()
        return
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise _not_consistent()
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise _not_consistent()
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or before != old_root or after != root:
        raise _not_consistent()


def _split(count: int) -> int:
    """Return the largest power of two below a count over 1."""
    return 1 << (count - 1).bit_length() - 1


def _subtree(hashes: Hashes, first: int, count: int) -> bytes:
    """Compute the root of any subtree of the tree from complete ones."""
    if count & (count - 1) == 0:
        return hashes(first, count)
    split = _split(count)
    return node_hash(hashes(first, split), _subtree(hashes, first + split, count - split))


def _not_included() -> UntrustedError:
    return UntrustedError("log.inclusion", "the proof does not lead from this leaf to the root")


def _not_consistent() -> UntrustedError:
    return UntrustedError(
        "log.consistency", "the newer log does not begin with the older one: report this"
    )
