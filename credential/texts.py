# SPDX-License-Identifier: Apache-2.0
"""The texts of one region as they stand in a snapshot (docs/format.md §5.6).

    {"root":[[jws,…],…],"manifest":jws,"trust_list":jws,"catalogues":[jws,…],"status_lists":{uri:jws},
     "survivors"?:{epoch:base64url},"checkpoint":jws}

Form only: what the texts say is judged by `credential.bag`.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Self

from credential.manifest import MAX_PARTS, Part
from credential.members import Members, refuse, status_uri
from credential.root import MAX_CHAIN, MAX_SIGNATURES

MAX_CATALOGUES: Final = 64

NAMES: Final = "root manifest trust_list catalogues status_lists survivors? checkpoint"

_EPOCH: Final = re.compile("25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?")


class Texts(NamedTuple):
    """Every text of one region."""

    chain: tuple[tuple[str, ...], ...]
    """The compact JWS of each root version."""
    manifest: str
    trust_list: str
    catalogues: tuple[str, ...]
    status_lists: Mapping[str, str]
    """By URI, in the order of the lists' names."""
    survivors: Mapping[int, str]
    """By epoch, rising."""
    checkpoint: str

    def named(self) -> list[tuple[str, str]]:
        """Give name and text of every part that a manifest lists, in its order."""
        lists = ((status_uri(uri)[1], text) for uri, text in self.status_lists.items())
        return [
            ("trust_list", self.trust_list),
            *((f"catalogues/{n}", text) for n, text in enumerate(self.catalogues)),
            *((f"status_lists/{name}", text) for name, text in lists),
            *((f"survivors/{epoch}", text) for epoch, text in self.survivors.items()),
            ("checkpoint", self.checkpoint),
        ]

    def parts(self) -> tuple[Part, ...]:
        """Describe the parts for a manifest."""
        return tuple(Part.of(name, text) for name, text in self.named())

    def length(self) -> int:
        """Count the characters of all texts."""
        return (
            sum(len(token) for tokens in self.chain for token in tokens)
            + len(self.manifest)
            + sum(len(text) for _, text in self.named())
        )

    def to_members(self) -> dict[str, object]:
        """Write the region's members of a snapshot."""
        members: dict[str, object] = {
            "root": [list(tokens) for tokens in self.chain],
            "manifest": self.manifest,
            "trust_list": self.trust_list,
            "catalogues": list(self.catalogues),
            "status_lists": dict(self.status_lists),
        }
        if self.survivors:
            members["survivors"] = {str(epoch): text for epoch, text in self.survivors.items()}
        members["checkpoint"] = self.checkpoint
        return members

    @classmethod
    def from_members(cls, members: Members) -> Self:
        """Read a region's members, which have been taken with `NAMES`.

        Raises:
            MalformedError: `malformed.profile`.
        """
        versions = members.items("root", 1, MAX_CHAIN)
        return cls(
            chain=tuple(
                _texts(Members({"root": one}, members.where), "root", 1, MAX_SIGNATURES)
                for one in versions
            ),
            manifest=_text(members.raw("manifest"), members.at("manifest")),
            trust_list=_text(members.raw("trust_list"), members.at("trust_list")),
            catalogues=_texts(members, "catalogues", 0, MAX_CATALOGUES),
            status_lists=_lists(members),
            survivors=_survivors(members),
            checkpoint=_text(members.raw("checkpoint"), members.at("checkpoint")),
        )


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.isascii():
        refuse(where, "not the text of a token")
    return value


def _texts(members: Members, name: str, low: int, high: int) -> tuple[str, ...]:
    where = members.at(name)
    return tuple(_text(one, where) for one in members.items(name, low, high))


def _mapping(members: Members, name: str) -> dict[str, str]:
    value = members.raw(name)
    if not isinstance(value, dict) or len(value) > MAX_PARTS:
        refuse(members.at(name), f"not an object of at most {MAX_PARTS} texts")
    return {key: _text(text, members.at(name)) for key, text in value.items()}


def _lists(members: Members) -> dict[str, str]:
    lists = _mapping(members, "status_lists")
    for uri in lists:
        status_uri(uri, members.at("status_lists"))
    return lists


def _survivors(members: Members) -> dict[int, str]:
    if "survivors" not in members:
        return {}
    listed = _mapping(members, "survivors")
    if not listed or not all(map(_EPOCH.fullmatch, listed)):
        refuse(members.at("survivors"), "empty, or not by epoch")
    return {int(epoch): text for epoch, text in listed.items()}
