# SPDX-License-Identifier: Apache-2.0
"""Snapshots damaged member by member: parsed, bent in one place, signed again.

So every rule of every part's profile is met from both sides, behind a signature that holds.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from random import Random
from typing import Any, Final

from credential import base64url
from credential.errors import MalformedError
from credential.manifest import Part
from tests.credential.world import AT, BEGIN, RECEIVED, WEEK, Registry, World, sign
from tests.web.edits import DAY, bent_world
from tests.web.questions import Question

_VALUES: Final[tuple[object, ...]] = (
    *(0, 1, -1, 2, 255, 256, 2**32 - 1, 2**32, 2**53 - 1, 2**40, True, False, None, "", " ", "x"),
    *("310000", "320000", "1", "01", "https://jy.sh310.example", "root", "active", "*", [], {}),
    *(["310000"], {"a": 1}, "甲" * 41, "甲" * 101, '"', "\\", "\ue000", "９", BEGIN, RECEIVED, AT),
)
_ROLES: Final = {
    "manifest": ("publish", "manifest+jwt"),
    "trust_list": ("list", "trust-list+jwt"),
    "catalogues": ("list", "catalogue+jwt"),
    "status_lists": ("status", "statuslist+jwt"),
    "checkpoint": ("log", "checkpoint+jwt"),
    "root": ("root", "root+jwt"),
}


def _places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _places(inner, (*path, at))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _bend(value: Any, random: Random) -> None:
    """Change one place of a parsed value."""
    places = [*_places(value)][1:]
    path = random.choice(places)
    parent, name = _at(value, path[:-1]), path[-1]
    match random.randrange(7):
        case 0 if isinstance(parent, dict):
            del parent[name]
        case 1 if isinstance(parent, dict):
            parent[random.choice(("extra", "void", "distrusted", "national", "max_delay"))] = (
                random.choice(_VALUES)
            )
        case 2 if isinstance(parent, dict):
            parent[name] = parent.pop(name)  # to the end
        case 3 if isinstance(parent, list):
            parent.append(json.loads(json.dumps(random.choice(parent))))
        case 4 if isinstance(parent, list):
            random.shuffle(parent)
        case 5 if isinstance(parent[name], int) and not isinstance(parent[name], bool):
            parent[name] += random.choice((-1, 1, 300, -300, DAY, WEEK))
        case 6:
            parent[name] = json.loads(json.dumps(_at(value, random.choice(places))))
        case _:
            parent[name] = random.choice(_VALUES)


def _written(value: object, random: Random) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if random.random() < 0.03:
        at = random.randrange(len(text))
        text = text[:at] + random.choice((" ", "\\u0041", '"', "1", ",", "é")) + text[at:]
    return text.encode()


def _bits(payload: Any, random: Random) -> None:
    """Give a status list another content: of a wrong length, with something behind, or cut off."""
    length = random.choice((0, 1, 2**18 - 1, 2**18, 2**18 + 1, 2**19))
    stream = zlib.compress(bytes([random.randrange(256)]) * length)
    stream = random.choice((stream, stream + b"\0", stream[:-1], stream[2:-4], stream[::-1]))
    payload["status_list"]["lst"] = base64url.encode(stream)


def _damage(file: dict[str, Any], registry: Registry, random: Random) -> None:
    """Change one signed part of a region and sign it again, and the manifest too."""
    part = random.choice(tuple(_ROLES))
    role, typ = _ROLES[part]
    key = registry.key(role) if role != "root" else registry.root_signers[0]
    if random.random() < 0.08:
        role = random.choice(("list", "publish", "status", "log"))
        key = registry.key(role)  # another key signs
    holder: Any = file
    name: Any = part
    if part in {"catalogues", "status_lists", "root"}:
        holder = file[part]
        name = random.choice([*holder]) if part == "status_lists" else -1
    token = holder[name][0] if part == "root" else holder[name]
    payload = json.loads(base64url.decode(token.split(".")[1]))
    if part == "status_lists" and random.random() < 0.4:
        _bits(payload, random)
    else:
        _bend(payload, random)
    data = _written(payload, random)
    if part == "root":
        holder[name] = [sign(each, typ, data) for each in registry.root_signers]
    else:
        holder[name] = sign(key, typ, data)
    if part not in {"root", "manifest"} and random.random() < 0.95:
        _list_again(file, registry)


def _list_again(file: dict[str, Any], registry: Registry) -> None:
    manifest = json.loads(base64url.decode(file["manifest"].split(".")[1]))
    lists = file["status_lists"].items()
    named = [
        ("trust_list", file["trust_list"]),
        *((f"catalogues/{n}", text) for n, text in enumerate(file["catalogues"])),
        *((f"status_lists/{uri.rpartition('/')[2]}", text) for uri, text in lists),
        *((f"survivors/{epoch}", text) for epoch, text in file.get("survivors", {}).items()),
        ("checkpoint", file["checkpoint"]),
    ]
    parts = (Part.of(name, text) for name, text in named)
    manifest["parts"] = [
        {"name": part.name, "sha256": part.sha256, "length": part.length} for part in parts
    ]
    data = json.dumps(manifest, ensure_ascii=False, separators=(",", ":")).encode()
    file["manifest"] = sign(registry.key("publish"), "manifest+jwt", data)


def _file(world: World, whole: bytes, random: Random) -> tuple[bytes, str]:
    """Give a damaged file and the anchor to judge it by."""
    file = json.loads(whole)
    anchor = world.anchor
    match random.randrange(8):
        case 0:
            _bend(file, random)
        case 1 | 2 if "320000" in file["peers"]:
            _damage(file["peers"]["320000"], world.peer, random)
        case 3:
            data = _written(file, random)
            at = random.randrange(len(data))
            changed = data[:at] + bytes((data[at] ^ 1 << random.randrange(8),)) + data[at + 1 :]
            return changed, anchor
        case 4:
            anchor = random.choice((anchor.upper(), anchor[:-1], world.peer.anchor, f"{anchor} "))
        case _:
            _damage(file, world.home, random)
    if random.random() < 0.5:  # a changed root is another anchor
        payload = file["root"][0][0].split(".")[1] if _has_root(file) else ""
        anchor = _anchor_of(payload) or anchor
    return _written(file, random), anchor


def _has_root(file: dict[str, Any]) -> bool:
    root = file.get("root")
    tokens = root[0] if isinstance(root, list) and root else None
    token = tokens[0] if isinstance(tokens, list) and tokens else None
    return isinstance(token, str) and token.count(".") == 2


def _anchor_of(payload: str) -> str | None:
    try:
        return f"310000:{hashlib.sha256(base64url.decode(payload)).hexdigest()}"
    except MalformedError:
        return None


def damaged(count: int, seed: int) -> Iterator[Question]:
    """Load damaged files, and ask one question of each that is read all the same."""
    random = Random(seed)
    world = World()
    code, foreign = world.home.code(), world.peer.code()
    whole = world.data()
    for number in range(count):
        if number % 50 == 49:
            world = bent_world(random)
            for _ in range(random.randrange(3)):
                world.home.succeed(expires=world.home.root.expires + random.choice((0, 1)))
            whole = world.data()
        data, anchor = _file(world, whole, random)
        yield {"op": "load", "data": base64url.encode(data), "anchor": anchor}
        text = random.choice((code, foreign))
        yield {"op": "ask", "text": text, "at": AT, "region": "310000"}
