# SPDX-License-Identifier: Apache-2.0
"""What each type of statement does to the directory.

A window never reaches back before the statement's receipt: `from` is read as the later of what was
said and the receipt's time, so no statement changes what an earlier snapshot answered about its own
past. Two things reach back, and only tighten: `key_distrust` and the `…_void`s.

    filing      a number that is known: what runs is cut at the new `from`, the new entry follows
    standing    later entries that were announced are dropped, the new one follows
    key         kid and thumbprint are taken for ever, whoever asks and whatever becomes of the key
    blocks      whole cells of 1,024 entries, each given once
"""

from functools import singledispatch

from cryptography.exceptions import InvalidSignature

from credential import entries
from credential import statement_bodies as said
from credential.admission import Dictionaries
from credential.body import Block, Body
from credential.catalogue import Catalogue
from credential.entries import Event
from credential.errors import ConflictError, UntrustedError
from credential.filing import Filing, Standing
from credential.key_record import KeyRecord
from credential.recognition import Recognition
from credential.said_directory import KeyEnd
from credential.statement import Statement
from credential.statement_bodies import CELL, Read, Said
from credential.trust_list import Authority, Gate
from registry import changes_directory
from registry.directory import Directory, Occasion, Owner


def apply(directory: Directory, statement: Statement, read: Read, t: int) -> None:
    """Change a directory by one accepted statement of effect `DIRECTORY`.

    Args:
        directory: A copy that belongs to the caller.
        statement: Whose signatures and issuer have been checked.
        read: Its subject and body.
        t: The receipt's time.

    Raises:
        ConflictError: The statement contradicts the directory; the copy must then be thrown away.
        UntrustedError: `key.possession`.
    """
    on = Occasion(statement.iss, statement.type, statement.subject, read.subject, t)
    _change(read.said, directory, on)
    if not isinstance(read.said, said.Catalogue):  # large, and the one in force is kept anyway
        event = Event(t, on.iss, on.type, read.said)
        directory.history[on.subject] = (*directory.history.get(on.subject, ()), event)


@singledispatch
def _change(what: Said, directory: Directory, on: Occasion) -> None:
    changes_directory.change(what, directory, on)


@_change.register
def _(what: said.Authority, directory: Directory, on: Occasion) -> None:
    if on.subject in directory.authorities:
        raise ConflictError("authority.known", "this authority has been appointed already")
    directory.authorities[on.subject] = Authority(on.subject, what.name, what.region, ())


@_change.register
def _(what: said.Body, directory: Directory, on: Occasion) -> None:
    code = on.subject[-18:]
    if code in directory.bodies:
        raise ConflictError("body.known", "this body has been entered already")
    if what.prefix and any(body.prefix == what.prefix for body in directory.bodies.values()):
        raise ConflictError("body.known", "another body has this number prefix")
    directory.bodies[code] = Body(
        id=on.subject,
        code=code,
        name=what.name,
        prefix=what.prefix,
        region=what.region,
        max_delay=what.max_delay,
        standing=(Standing(on.t, "active", what.document, None),),
        void=None,
        keys=(),
        filings=(),
        blocks=(),
    )


@_change.register
def _(what: said.Key, directory: Directory, on: Occasion) -> None:
    key = what.key
    # For ever: a kid or key that was registered once is never registered again, by whomever.
    if key.kid in directory.owners or key.thumbprint in directory.thumbprints:
        raise ConflictError(
            "key.known", "this key, or another with its kid, is known: make a new one"
        )
    try:
        key.verify(what.proof, said.possession(on.subject, what.role, key))
    except InvalidSignature:
        message = "the proof is not a signature of the new key over owner, role and kid"
        raise UntrustedError("key.possession", message) from None
    start = max(what.start, on.t)
    if what.end is not None and what.end <= start:
        raise ConflictError("key.window", "the key's window is over before it begins")
    record = KeyRecord(key.kid, key, what.role, start, what.end)
    _set_keys(directory, on.subject, (*_keys(directory, on.subject), record))
    directory.owners[key.kid] = Owner(on.subject, record)
    directory.thumbprints.add(key.thumbprint)


@_change.register
def _(what: said.KeyDistrust, directory: Directory, on: Occasion) -> None:
    keys = _keys(directory, on.subject)
    old = next((record for record in keys if record.kid == what.kid), None)
    if old is None:
        raise ConflictError("key.unknown", "the subject has no such key")
    if what.after > on.t or (
        old.distrusted_after is not None and what.after > old.distrusted_after
    ):
        raise ConflictError("key.distrust", "distrust reaches back and is never taken back")
    record = old._replace(distrusted_after=what.after)
    _set_keys(directory, on.subject, tuple(record if each is old else each for each in keys))
    directory.owners[what.kid] = Owner(on.subject, record)


@_change.register
def _(what: KeyEnd, directory: Directory, on: Occasion) -> None:
    keys = _keys(directory, on.subject)
    old = next((record for record in keys if record.kid == what.kid), None)
    if old is None:
        raise ConflictError("key.unknown", "the subject has no such key")
    end = max(what.end, on.t)
    if end <= old.start or (old.end is not None and end >= old.end):
        message = "a key's window is only shortened, and not to nothing: distrust it instead"
        raise ConflictError("key.window", message)
    record = old._replace(end=end)
    _set_keys(directory, on.subject, tuple(record if each is old else each for each in keys))
    directory.owners[what.kid] = Owner(on.subject, record)


@_change.register
def _(what: said.Filing, directory: Directory, on: Occasion) -> None:
    body = _body(directory, on.subject)
    changes_directory.answer(what, directory, on)
    start = max(what.start, on.t)
    kept = []
    cut = False
    for filing in body.filings:
        if filing.number == what.number and (filing.end is None or filing.end > start):
            cut = True
            if filing.void is not None:
                raise ConflictError("filing.void", "this filing has been annulled")
            if filing.start < start:
                kept.append(filing._replace(end=start))
        else:
            kept.append(filing)
    if what.grants and (what.end is None or what.end > start):
        kept.append(Filing(what.number, start, what.end, what.districts, what.grants))
    elif what.grants:
        raise ConflictError("filing.window", "the filing is over before it begins")
    elif not cut:
        raise ConflictError("filing.unknown", "there is no filing of that number to end")
    _set_body(directory, body._replace(filings=tuple(kept)))


@_change.register
def _(what: said.FilingVoid, directory: Directory, on: Occasion) -> None:
    body = _body(directory, on.subject)
    if not any(filing.number == what.number for filing in body.filings):
        raise ConflictError("filing.unknown", "the body has no filing of that number")
    filings = tuple(
        filing._replace(void=filing.void or what.document)
        if filing.number == what.number
        else filing
        for filing in body.filings
    )
    _set_body(directory, body._replace(filings=filings))


@_change.register
def _(what: said.Blocks, directory: Directory, on: Occasion) -> None:
    body = _body(directory, on.subject)
    cells = range(what.first // CELL, (what.first + what.count) // CELL)
    if any((what.list, cell) in directory.cells for cell in cells):
        raise ConflictError("blocks.taken", "some of these status indexes belong to a body already")
    if directory.lists.setdefault(what.list, body.host) != body.host:
        raise ConflictError("blocks.host", "this list lives under another host of the registry")
    directory.cells.update({(what.list, cell): body.code for cell in cells})
    block = Block(what.list, what.first, what.count)
    _set_body(directory, body._replace(blocks=(*body.blocks, block)))


@_change.register
def _(what: said.Standing, directory: Directory, on: Occasion) -> None:
    body = _body(directory, on.subject)
    entries.moved(entries.steps_of(directory.history[on.subject]), what, on.t)
    start = max(what.start, on.t)
    past = tuple(entry for entry in body.standing if entry.start < start)
    entry = Standing(start, what.state, what.document, what.may_issue)
    _set_body(directory, body._replace(standing=(*past, entry)))


@_change.register
def _(what: said.BodyVoid, directory: Directory, on: Occasion) -> None:
    body = _body(directory, on.subject)
    if body.void is not None:
        raise ConflictError("standing.void", "this body has been annulled already")
    _set_body(directory, body._replace(void=what.document))


@_change.register
def _(what: said.Recognition, directory: Directory, on: Occasion) -> None:
    region = on.parts["region"]
    if all(peer != region for peer, _ in directory.root.peers):
        raise ConflictError("recognition.peer", "the root names no such peer")
    recognition = Recognition.from_members({"region": region, **what.members})
    directory.recognitions[region, recognition.document] = recognition


@_change.register
def _(what: said.Gate, directory: Directory, on: Occasion) -> None:
    start = max(what.start, on.t)
    past = tuple(entry for entry in directory.gate if entry.start < start)
    directory.gate = (*past, Gate(start, what.level))


@_change.register
def _(what: said.Catalogue, directory: Directory, on: Occasion) -> None:
    scheme = on.parts["scheme"]
    old = directory.catalogues.get(scheme)
    if old is not None and what.version <= old.version:
        raise ConflictError(
            "catalogue.version", f"the catalogue's version must rise: {old.version}"
        )
    directory.catalogues[scheme] = Catalogue.from_members(
        {
            "iss": directory.lead,
            "region": directory.root.region,
            "version": what.version,
            "iat": on.t,
            "exp": what.end,
            "scheme": scheme,
            "occupations": list(what.occupations),
            "numbers": list(what.numbers),
        }
    )
    directory.dictionaries = Dictionaries.of(tuple(directory.catalogues.values()))


def _body(directory: Directory, subject: str) -> Body:
    body = directory.body_of(subject)
    if body is None:
        raise ConflictError("body.unknown", "there is no such body: enter it first")
    return body


def _set_body(directory: Directory, body: Body) -> None:
    directory.bodies[body.code] = body


def _keys(directory: Directory, owner: str) -> tuple[KeyRecord, ...]:
    if "/authorities/" in owner:
        authority = directory.authorities.get(owner)
        if authority is None:
            raise ConflictError("authority.unknown", "there is no such authority: appoint it first")
        return authority.keys
    return _body(directory, owner).keys


def _set_keys(directory: Directory, owner: str, keys: tuple[KeyRecord, ...]) -> None:
    if "/authorities/" in owner:
        directory.authorities[owner] = directory.authorities[owner]._replace(keys=keys)
    else:
        _set_body(directory, _body(directory, owner)._replace(keys=keys))
