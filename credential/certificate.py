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
from typing import Final, NamedTuple, NoReturn

from credential import canonical, envelope, levels, name
from credential.envelope import Unverified
from credential.errors import MalformedError
from credential.members import (
    MAX_TEXT,
    MAX_TIME,
    is_civil_date,
    is_host,
    is_plain,
    refuse,
)

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
NUMBER: Final = re.compile(f"[0-9A-Za-z（）()·\u3400-\u4dbf\u4e00-\u9fff-]{{1,{MAX_TEXT}}}")
"""What a certificate number of any kind is made of."""

_MAX_INDEX: Final = 2**32 - 1
_INTEGER: Final = "0|[1-9][0-9]{0,9}"
_WORD: Final = "[a-z0-9_]{1,32}"
_TEXT: Final = rf'[^"\\\x00-\x1f]{{1,{MAX_TEXT}}}'  # what of it may stand there, `_demand` says
_PAIR: Final = f'"[a-z]+":"{_TEXT}"'
_MEMBERS: Final = (
    ("iss", r'\{"iss":"(https://([a-z0-9.:-]+)/bodies/([0-9A-HJ-NPQRTUWXY]{18}))"'),
    ("vct", f',"vct":"{VCT}"'),
    ("iat", f',"iat":({_INTEGER})'),
    ("exp", f'(?:,"exp":({_INTEGER}))?'),
    (
        "status",
        (
            rf',"status":\{{"status_list":\{{"idx":({_INTEGER})'
            r',"uri":"(https://\2/status/[a-z0-9-]{1,32})"\}\}'
        ),
    ),
    ("certificate_number", f',"certificate_number":"({_TEXT})"'),
    ("kind", f',"kind":"({_WORD})"'),
    ("name", r',"name":"([^"\\\x00-\x1f]{1,50})"'),
    ("holder_tag", '(?:,"holder_tag":"([A-Za-z0-9_-]{4})")?'),
    (
        "occupation",
        (
            r',"occupation":\{"code":"([a-z][a-z0-9]{1,15}:[0-9A-Za-z.-]{1,24})"'
            rf',"name":"({_TEXT})"(?:,"trade":"({_TEXT})")?\}}'
        ),
    ),
    ("level", f'(?:,"level":"({_WORD})")?'),
    ("route", f',"route":"({_WORD})"'),
    ("region", ',"region":"([1-9][0-9]{5})"'),
    ("evaluated_on", ',"evaluated_on":"([0-9]{4}-[0-9]{2}-[0-9]{2})"'),
    ("batch", ',"batch":"([0-9A-Za-z-]{1,64})"'),
    ("detail", rf'(?:,"detail":\{{({_PAIR}(?:,{_PAIR}){{0,{MAX_DETAILS - 1}}})\}})?'),
    ("the end", r"\}"),
)
"""The canonical payload piece by piece. No value can hold a quote, a backslash or a control, so
nothing is ever escaped, and what the whole matches is canonical JSON by construction."""

_PAYLOAD: Final = re.compile("".join(piece for _, piece in _MEMBERS))


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
        """Write the canonical payload."""
        exp = "" if self.exp is None else f',"exp":{self.exp}'
        tag = "" if self.holder_tag is None else f',"holder_tag":"{self.holder_tag}"'
        trade = "" if self.trade is None else f',"trade":"{self.trade}"'
        level = "" if self.level is None else f',"level":"{self.level}"'
        detail = ""
        if self.detail:
            pairs = ",".join(f'"{key}":"{text}"' for key, text in self.detail)
            detail = f',"detail":{{{pairs}}}'
        return (
            f'{{"iss":"{self.iss}","vct":"{VCT}","iat":{self.iat}{exp}'
            f',"status":{{"status_list":{{"idx":{self.status_index},"uri":"{self.status_uri}"}}}}'
            f',"certificate_number":"{self.certificate_number}","kind":"{self.kind}"'
            f',"name":"{self.name}"{tag}'
            f',"occupation":{{"code":"{self.occupation_code}"'
            f',"name":"{self.occupation_name}"{trade}}}{level}'
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
        try:
            match = _PAYLOAD.fullmatch(payload.decode())
        except UnicodeDecodeError:
            match = None
        return _refuse(payload) if match is None else _claims(match)


def read(token: str) -> tuple[Unverified, Claims]:
    """Read a certificate's compact JWS, without the `~` of its SD-JWT text form.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    unverified = envelope.read(token, envelope.CERTIFICATE)
    return unverified, Claims.from_bytes(unverified.payload)


def _refuse(payload: bytes) -> NoReturn:
    """Say what is wrong with a payload that the pattern does not match."""
    canonical.parse(payload)
    text = payload.decode()
    for number, (member, _) in enumerate(_MEMBERS):
        pieces = "".join(piece for _, piece in _MEMBERS[: number + 1])
        if re.match(pieces, text) is None:
            refuse("certificate", f"{member} is missing, misplaced or not of its form")
    refuse("certificate", "something stands behind it")


def _claims(match: re.Match[str]) -> Claims:
    # The groups of the pattern are the fields of Claims, in this order.
    found = match.groups()
    exp, detail = found[4], found[19]
    claims = Claims._make(
        (
            *found[:3],
            int(found[3]),
            None if exp is None else int(exp),
            int(found[5]),
            *found[6:19],
            () if detail is None else _pairs(detail),
        )
    )
    _demand(claims)
    return claims


def _pairs(detail: str) -> tuple[tuple[str, str], ...]:
    pairs = tuple(re.findall(f'"([a-z]+)":"({_TEXT})"', detail))
    if len(dict(pairs)) != len(pairs):  # the only place where the pattern lets a name stand twice
        raise MalformedError("malformed.token", "not strict JSON: a name stands twice in detail")
    return pairs


def _demand(claims: Claims) -> None:
    """Refuse values that have the right form and still cannot be."""
    if not is_host(claims.host):
        refuse("certificate.iss", "not under a host")
    if claims.iat > MAX_TIME:
        refuse("certificate.iat", "beyond the times that are known")
    if claims.status_index > _MAX_INDEX:
        refuse("certificate.status", "an index beyond any list")
    if claims.kind not in KINDS or claims.route not in ROUTES:
        refuse("certificate", "a kind or route that the format does not know")
    if not is_civil_date(claims.evaluated_on):
        refuse("certificate.evaluated_on", "not a day")
    if NUMBER.fullmatch(claims.certificate_number) is None:
        refuse("certificate.certificate_number", "characters that no number has")
    if not is_plain(claims.occupation_name):
        refuse("certificate.occupation", "not plain text")
    if claims.trade is not None and not is_plain(claims.trade):
        refuse("certificate.occupation.trade", "not plain text")
    try:
        name.clean(claims.name)
    except MalformedError:
        refuse("certificate.name", "characters that no name here may have")
    _demand_expiry(claims)
    _demand_level(claims)
    if claims.detail:
        _demand_detail(claims)


def _demand_expiry(claims: Claims) -> None:
    if claims.exp is None:
        if claims.kind in EXPIRY_REQUIRED:
            refuse("certificate.exp", f"required for {claims.kind}")
    elif claims.kind in EXPIRY_REFUSED:
        refuse("certificate.exp", f"a {claims.kind} certificate does not expire")
    elif not claims.iat < claims.exp <= MAX_TIME:
        refuse("certificate.exp", "not after iat")


def _demand_level(claims: Claims) -> None:
    if claims.level is None:
        if claims.kind in LEVEL_REQUIRED:
            refuse("certificate.level", f"required for {claims.kind}")
    elif claims.kind not in LEVEL_REQUIRED and claims.kind not in LEVEL_OPTIONAL:
        refuse("certificate.level", f"a {claims.kind} certificate has no level")
    elif claims.level not in levels.LEVELS:
        refuse("certificate.level", "not a level")


def _demand_detail(claims: Claims) -> None:
    names = [member for member, _ in claims.detail]
    allowed = {*DETAILS_OF_KIND.get(claims.kind, ()), *DETAILS_OF_ROUTE.get(claims.route, ())}
    if not allowed.issuperset(names) or names != sorted(set(names)):
        refuse("certificate.detail", "a member that does not belong here, or not in order")
    if not all(is_plain(text) for _, text in claims.detail):
        refuse("certificate.detail", "not plain text")
