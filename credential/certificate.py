# SPDX-License-Identifier: Apache-2.0
"""The certificate: an SD-JWT VC without selective disclosure, signed by the body that evaluated.

docs/format.md §2.

    {"iss":"https://HOST/bodies/91310000MA1FL3L9XX","vct":"urn:skillseal:certificate:1","iat":1790000000,
     "status":{"status_list":{"idx":70031,"uri":"https://HOST/status/1"}},"certificate_number":"Y000031000101263000001",
     "kind":"skill_level","name":"…","holder_tag":"Ab3_","occupation":{"code":"lyg2020:39","name":"砌筑工"},"level":"3",
     "route":"examination","region":"310115","evaluated_on":"2026-10-12","batch":"B2026-0007"}

The payload's bytes are the canonical form of what they say; they are never written again after
signing.
"""

import re
from json.encoder import encode_basestring
from typing import Final, NamedTuple

from credential import canonical, envelope, levels, name
from credential.envelope import Unverified
from credential.errors import MalformedError
from credential.holder import is_tag
from credential.members import MAX_TIME, Members, body_id, refuse, status_uri

VCT: Final = "urn:skillseal:certificate:1"

KINDS: Final = {
    "skill_level": "职业技能等级",
    "vocational_qualification": "职业资格",
    "specialised_skill": "专项职业能力",
    "industry_skill": "行业急需紧缺技能考核",
    "special_operation": "建筑施工特种作业",
    "safety_competency": "安管/燃气考核合格",
    "training_completion": "培训合格",
    "overseas_recognition": "境外证书认可",
}
ROUTES: Final = {
    "examination": "考核评价",
    "direct_recognition": "直接认定",
    "exceptional_promotion": "破格晋升",
    "competition": "竞赛获奖",
}
LEVEL_REQUIRED: Final = frozenset({"skill_level", "vocational_qualification"})
LEVEL_OPTIONAL: Final = frozenset({"industry_skill", "overseas_recognition"})
EXPIRY_REQUIRED: Final = frozenset({"special_operation"})
EXPIRY_REFUSED: Final = frozenset({"skill_level", "vocational_qualification", "specialised_skill"})
DETAILS_OF_KIND: Final = {
    "special_operation": ("category",),
    "safety_competency": ("post",),
    "overseas_recognition": ("origin", "original"),
}
DETAILS_OF_ROUTE: Final = {"competition": ("event", "rank")}
MAX_DETAILS: Final = 4

_NUMBER: Final = re.compile("[0-9A-Za-z（）()·\u3400-\u4dbf\u4e00-\u9fff-]{1,40}")
_BATCH: Final = re.compile("[0-9A-Za-z-]{1,64}")
_MAX_INDEX: Final = 2**32 - 1
_ORDER: Final = (
    "iss vct iat exp? status certificate_number kind name holder_tag? occupation level? "
    "route region evaluated_on batch detail?"
)


class Claims(NamedTuple):
    """What a certificate says; meaningless before its signature was checked."""

    iss: str
    host: str
    """HOST of `iss`."""
    body_code: str
    """Unified social credit code of `iss`."""
    iat: int
    exp: int | None
    status_index: int
    status_uri: str
    certificate_number: str
    kind: str
    name: str
    holder_tag: str | None
    occupation_code: str
    occupation_name: str
    trade: str | None
    level: str | None
    route: str
    region: str
    evaluated_on: str
    batch: str
    detail: tuple[tuple[str, str], ...]
    """Pairs in alphabetical order; empty where the member is absent."""

    def to_bytes(self) -> bytes:
        """Write the canonical payload. The free texts alone can need an escape."""
        exp = "" if self.exp is None else f',"exp":{self.exp}'
        tag = "" if self.holder_tag is None else f',"holder_tag":"{self.holder_tag}"'
        trade = "" if self.trade is None else f',"trade":{encode_basestring(self.trade)}'
        level = "" if self.level is None else f',"level":"{self.level}"'
        detail = ""
        if self.detail:
            pairs = ",".join(f'"{key}":{encode_basestring(text)}' for key, text in self.detail)
            detail = f',"detail":{{{pairs}}}'
        return (
            f'{{"iss":"{self.iss}","vct":"{VCT}","iat":{self.iat}{exp}'
            f',"status":{{"status_list":{{"idx":{self.status_index},"uri":"{self.status_uri}"}}}}'
            f',"certificate_number":"{self.certificate_number}","kind":"{self.kind}"'
            f',"name":{encode_basestring(self.name)}{tag}'
            f',"occupation":{{"code":"{self.occupation_code}"'
            f',"name":{encode_basestring(self.occupation_name)}{trade}}}{level}'
            f',"route":"{self.route}","region":"{self.region}","evaluated_on":"{self.evaluated_on}"'
            f',"batch":"{self.batch}"{detail}}}'
        ).encode()

    def to_members(self) -> dict[str, object]:
        """Give the claims as the JSON object that they are."""
        members = canonical.parse(self.to_bytes())
        if not isinstance(members, dict):
            raise TypeError("a payload is an object")
        return members

    @classmethod
    def from_bytes(cls, payload: bytes) -> "Claims":
        """Read a payload.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        return canonical.read(payload, _claims, cls.to_bytes)


def read(token: str) -> tuple[Unverified, Claims]:
    """Read a certificate's compact JWS, without the `~` of its SD-JWT text form.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    unverified = envelope.read(token, envelope.CERTIFICATE)
    return unverified, Claims.from_bytes(unverified.payload)


def _claims(value: object) -> Claims:
    claim = Members.of(value, "certificate", _ORDER)
    iss = claim.raw("iss")
    host, body_code = body_id(iss)
    if claim.raw("vct") != VCT:
        refuse("certificate.vct", "not the type of this profile")
    iat = claim.time("iat")
    kind = claim.choice("kind", KINDS)
    occupation = Members.of(claim.raw("occupation"), "certificate.occupation", "code name trade?")
    index, uri = _status(claim.raw("status"), host)
    route = claim.choice("route", ROUTES)
    return Claims(
        iss=str(iss),
        host=host,
        body_code=body_code,
        iat=iat,
        exp=_expiry(claim, kind, iat),
        status_index=index,
        status_uri=uri,
        certificate_number=claim.match("certificate_number", _NUMBER),
        kind=kind,
        name=_name(claim.raw("name")),
        holder_tag=_tag(claim),
        occupation_code=occupation.occupation_code("code"),
        occupation_name=occupation.text("name"),
        trade=occupation.text("trade") if "trade" in occupation else None,
        level=_level(claim, kind),
        route=route,
        region=claim.region("region"),
        evaluated_on=claim.civil_date("evaluated_on"),
        batch=claim.match("batch", _BATCH),
        detail=_detail(claim, kind, route),
    )


def _status(value: object, host: str) -> tuple[int, str]:
    status = Members.of(value, "certificate.status", "status_list")
    entry = Members.of(status.raw("status_list"), "certificate.status.status_list", "idx uri")
    uri = entry.raw("uri")
    if status_uri(uri)[0] != host:
        refuse("certificate.status", "the list is under another host than iss")
    return entry.integer("idx", 0, _MAX_INDEX), str(uri)


def _expiry(claim: Members, kind: str, iat: int) -> int | None:
    if "exp" not in claim:
        if kind in EXPIRY_REQUIRED:
            refuse("certificate.exp", f"required for {kind}")
        return None
    if kind in EXPIRY_REFUSED:
        refuse("certificate.exp", f"a {kind} certificate does not expire")
    return claim.integer("exp", iat + 1, MAX_TIME)


def _level(claim: Members, kind: str) -> str | None:
    if "level" not in claim:
        if kind in LEVEL_REQUIRED:
            refuse("certificate.level", f"required for {kind}")
        return None
    if kind not in LEVEL_REQUIRED and kind not in LEVEL_OPTIONAL:
        refuse("certificate.level", f"a {kind} certificate has no level")
    return claim.choice("level", levels.LEVELS)


def _name(value: object) -> str:
    if not isinstance(value, str):
        refuse("certificate.name", "not text")
    try:
        return name.clean(value)
    except MalformedError:
        refuse("certificate.name", "characters that no name here may have")


def _tag(claim: Members) -> str | None:
    if "holder_tag" not in claim:
        return None
    tag = claim.raw("holder_tag")
    if not isinstance(tag, str) or not is_tag(tag):
        refuse("certificate.holder_tag", "not four base64url characters")
    return tag


def _detail(claim: Members, kind: str, route: str) -> tuple[tuple[str, str], ...]:
    if "detail" not in claim:
        return ()
    allowed = sorted((*DETAILS_OF_KIND.get(kind, ()), *DETAILS_OF_ROUTE.get(route, ())))
    detail = Members.of(
        claim.raw("detail"), "certificate.detail", " ".join(f"{member}?" for member in allowed)
    )
    pairs = tuple((member, detail.text(member)) for member in allowed if member in detail)
    if not 0 < len(pairs) <= MAX_DETAILS:
        refuse("certificate.detail", "empty")
    return pairs
