# SPDX-License-Identifier: Apache-2.0
"""SQL of what is published: signed lists, publications and peers; no rules."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from registry import store_log
from registry.tables import peers, publications, signed_lists


@dataclass(frozen=True, slots=True)
class SignedList:
    """A trust list, catalogue or status list, ready to be published."""

    name: str
    """`trust_list`, `catalogues/<scheme>` or `status_lists/<list>`."""
    version: int
    iat: int
    size: int
    """Leaves of the log that it takes account of."""
    token: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication that was, or was about to be, made."""

    sequence: int
    iat: int
    size: int
    frontier: tuple[bytes, ...]
    """Roots of the complete subtrees at the right edge of the tree of that size."""
    manifest: str
    checkpoint: str


def lists(connection: Connection) -> dict[str, SignedList]:
    """Read every signed list by name."""
    query = select(signed_lists).order_by(signed_lists.c.name)
    return {row["name"]: SignedList(**row) for row in connection.execute(query).mappings()}


def put_list(connection: Connection, new: SignedList, old: SignedList | None) -> bool:
    """Store a list in the place of the one that the caller has seen.

    Returns:
        False where another list stands there by now.
    """
    values = {
        "version": new.version,
        "iat": new.iat,
        "size": new.size,
        "token": new.token,
    }
    if old is None:
        connection.execute(insert(signed_lists).values(name=new.name, **values))
        return True
    query = (
        update(signed_lists)
        .where(signed_lists.c.name == new.name, signed_lists.c.version == old.version)
        .where(signed_lists.c.iat == old.iat)
        .values(**values)
    )
    return connection.execute(query).rowcount == 1


def last_publication(connection: Connection) -> Publication | None:
    """Read the last publication."""
    query = select(publications).order_by(publications.c.sequence.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    frontier = tuple(bytes.fromhex(one) for one in row["frontier"].split())
    return Publication(**{**row, "frontier": frontier})


def frontier_below(connection: Connection, size: int) -> tuple[int, tuple[bytes, ...]] | None:
    """Read size and frontier of the last publication of at most so many leaves."""
    c = publications.c
    query = select(c.size, c.frontier).where(c.size <= size).order_by(c.size.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else (row.size, tuple(map(bytes.fromhex, row.frontier.split())))


def insert_publication(connection: Connection, new: Publication) -> None:
    """Store a publication; its sequence is unique."""
    frontier = " ".join(one.hex() for one in new.frontier)
    connection.execute(
        insert(publications).values(
            sequence=new.sequence,
            iat=new.iat,
            size=new.size,
            frontier=frontier,
            manifest=new.manifest,
            checkpoint=new.checkpoint,
        )
    )
    store_log.demand_here(connection)


def bags(connection: Connection) -> dict[str, bytes]:
    """Read the peers' bags by region."""
    rows = connection.execute(select(peers.c.region, peers.c.bag).order_by(peers.c.region))
    return {region: bytes(bag) for region, bag in rows}


def put_bag(connection: Connection, region: str, t: int, bag: bytes) -> None:
    """Store a peer's bag in the place of an older one."""
    connection.execute(delete(peers).where(peers.c.region == region))
    connection.execute(insert(peers).values(region=region, t=t, bag=bag))
