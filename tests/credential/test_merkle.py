# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §10 against RFC 9162 §2.1 and the vectors of the RFC 6962 authors."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import merkle
from credential.errors import UntrustedError
from credential.merkle import Range, leaf_hash, node_hash

# certificate-transparency's reference leaves, and the roots of the first n of them.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
MANY = [leaf_hash(number.to_bytes(2)) for number in range(70)]
SUBTREES = merkle.from_leaves(MANY.__getitem__)


def _roots(leaves: list[bytes]) -> list[bytes]:
    edge = Range()
    roots = [edge.root()]
    for leaf in leaves:
        edge = edge.append(leaf)
        roots.append(edge.root())
    return roots


MANY_ROOTS = _roots(MANY)


def test_the_reference_roots() -> None:
    assert [merkle.root_of(LEAVES[:size]).hex() for size in range(9)] == ROOTS
    assert [root.hex() for root in _roots(LEAVES)] == ROOTS


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1,
            5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_the_reference_inclusion_proofs(index: int, size: int, proof: list[str]) -> None:
    made = merkle.inclusion_proof(merkle.from_leaves(LEAVES.__getitem__), index, size)
    assert [each.hex() for each in made] == proof
    root = bytes.fromhex(ROOTS[size])
    merkle.verify_inclusion(LEAVES[index], index, size, list(map(bytes.fromhex, proof)), root)


@pytest.mark.parametrize(
    ("old", "size", "proof"),
    [
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_the_reference_consistency_proofs(old: int, size: int, proof: list[str]) -> None:
    made = merkle.consistency_proof(merkle.from_leaves(LEAVES.__getitem__), old, size)
    assert [each.hex() for each in made] == proof
    roots = (bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size]))
    merkle.verify_consistency(old, size, *roots, list(map(bytes.fromhex, proof)))


def test_the_two_ways_to_a_root_agree() -> None:
    assert [merkle.root_of(MANY[:size]) for size in range(71)] == MANY_ROOTS


def test_every_inclusion_proof_up_to_seventy_leaves() -> None:
    for size in range(1, 71):
        for index in range(size):
            proof = merkle.inclusion_proof(SUBTREES, index, size)
            merkle.verify_inclusion(MANY[index], index, size, proof, MANY_ROOTS[size])


def test_every_consistency_proof_up_to_seventy_leaves() -> None:
    for size in range(71):
        for old in range(size + 1):
            proof = merkle.consistency_proof(SUBTREES, old, size)
            merkle.verify_consistency(old, size, MANY_ROOTS[old], MANY_ROOTS[size], proof)


def _is_included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    try:
        merkle.verify_inclusion(leaf, index, size, proof, root)
    except UntrustedError as error:
        return error.code != "log.inclusion"
    return True


def _is_consistent(old: int, size: int, before: bytes, after: bytes, proof: list[bytes]) -> bool:
    try:
        merkle.verify_consistency(old, size, before, after, proof)
    except UntrustedError as error:
        return error.code != "log.consistency"
    return True


def _deformed(proof: list[bytes]) -> list[list[bytes]]:
    wrong = [[*proof, MANY[0]], [MANY[0], *proof]]
    for at, each in enumerate(proof):
        flipped = bytes([each[0] ^ 1]) + each[1:]
        wrong += [[*proof[:at], *proof[at + 1 :]], [*proof[:at], flipped, *proof[at + 1 :]]]
    wrong += [
        [*proof[:at], two, one, *proof[at + 2 :]] for at, (one, two) in enumerate(pairwise(proof))
    ]
    return wrong


@given(st.data())
def test_no_deformed_inclusion_proof_holds(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    root, proof = MANY_ROOTS[size], merkle.inclusion_proof(SUBTREES, index, size)
    for wrong in _deformed(proof):
        assert not _is_included(MANY[index], index, size, wrong, root)
    for other in {index - 1, index + 1, -1, size, 2 * size} - {index}:
        assert not _is_included(MANY[index], other, size, proof, root)
    assert not _is_included(MANY[index - 1], index, size, proof, root) or size == 1
    assert not _is_included(MANY[index], index, size, proof, MANY_ROOTS[size - 1])


@given(st.data())
def test_no_deformed_consistency_proof_holds(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 70))
    old = data.draw(st.integers(1, size))
    before, after = MANY_ROOTS[old], MANY_ROOTS[size]
    proof = merkle.consistency_proof(SUBTREES, old, size)
    for wrong in _deformed(proof):
        assert not _is_consistent(old, size, before, after, wrong)
    assert not _is_consistent(old, size, MANY_ROOTS[old - 1], after, proof)
    assert not _is_consistent(old, size, before, MANY_ROOTS[size - 1], proof)
    assert not _is_consistent(size + 1, size, before, after, proof)


def test_a_node_is_not_a_leaf() -> None:
    # Without the prefixes a tree of two leaves could be shown as a tree of one.
    both = LEAVES[0] + LEAVES[1]
    assert leaf_hash(both) != node_hash(LEAVES[0], LEAVES[1])
    assert not _is_included(leaf_hash(both), 0, 1, [], merkle.root_of(LEAVES[:2]))


def test_the_empty_tree() -> None:
    assert not _is_included(merkle.EMPTY, 0, 0, [], merkle.EMPTY)
    assert _is_consistent(0, 0, merkle.EMPTY, merkle.EMPTY, [])
    assert _is_consistent(0, 8, merkle.EMPTY, MANY_ROOTS[8], [])
    assert not _is_consistent(0, 8, MANY_ROOTS[1], MANY_ROOTS[8], [])
    assert not _is_consistent(0, 8, merkle.EMPTY, MANY_ROOTS[8], [MANY[0]])
    assert not _is_consistent(0, 0, merkle.EMPTY, MANY[0], [])
    assert not _is_consistent(3, 5, MANY_ROOTS[3], MANY_ROOTS[5], [])
    assert not _is_consistent(4, 5, MANY_ROOTS[4], MANY_ROOTS[5], [])


def test_a_proof_is_bounded() -> None:
    assert not _is_included(MANY[0], 0, 2**64, [MANY[0]] * 65, MANY_ROOTS[1])
    assert not _is_consistent(1, 2**64, MANY[0], MANY[0], [MANY[0]] * 65)


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0)])
def test_no_inclusion_proof_for_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside the tree"):
        merkle.inclusion_proof(SUBTREES, index, size)


def test_no_consistency_proof_backwards() -> None:
    with pytest.raises(ValueError, match="larger"):
        merkle.consistency_proof(SUBTREES, 2, 1)
