# SPDX-License-Identifier: Apache-2.0
"""The face of a certificate: what stands on the paper, as texts, and the code that proves it.

    {"title":"职业技能等级证书","name":"张三","trade":"--","level":"三级/高级工",…}

The fields are those of the national face of 职业技能等级证书; the other kinds of certificate
use the same ones under their own name. Without a trade `--` is printed, never nothing. The document
number comes from the roster at the time of printing and is kept nowhere; a sticker is not given it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from credential import carrier, certificate, levels
from credential.filing_file import FilingFile
from credential.identity_number import IdentityNumber
from issuer import symbol
from issuer.layout import Layout
from issuer.records import Item

NOTHING: Final = "--"
_CHINA: Final = timedelta(hours=8)

_TITLES: Final = {
    "skill_level": ("职业技能等级证书", "Certificate of Occupational Skill Level"),
    "vocational_qualification": ("职业资格证书", "Certificate of Vocational Qualification"),
    "specialised_skill": ("专项职业能力证书", "Certificate of Specialised Occupational Skill"),
    "industry_skill": ("行业急需紧缺技能考核证书", "Certificate of Industry Skill"),
    "special_operation": ("建筑施工特种作业操作资格证书", "Special Operation Licence"),
    "safety_competency": ("安全生产（燃气）考核合格证书", "Certificate of Safety Competency"),
    "training_completion": ("培训合格证书", "Certificate of Training"),
    "overseas_recognition": ("境外职业资格证书认可", "Recognition of an Overseas Qualification"),
}
_ROUTES: Final = {
    "examination": ("经本机构考核评价合格", "passed the examination"),
    "direct_recognition": ("经本机构直接认定", "was recognised directly"),
    "exceptional_promotion": ("经本机构破格晋升评价合格", "passed the evaluation for promotion"),
    "competition": ("经本机构竞赛获奖认定", "was recognised for a prize in a competition"),
}
_DOCUMENTS: Final = {
    1: ("居民身份证", "Resident ID card"),
    2: ("护照", "Passport"),
    3: ("港澳居民来往内地通行证", "Mainland travel permit (HK, Macao)"),
    4: ("台湾居民来往大陆通行证", "Mainland travel permit (Taiwan)"),
}
_ENVIRONMENTS: Final = {"demo": "演示样张 DEMO", "test": "测试样张 TEST"}
_FIELDS: Final = [
    "name",
    "document",
    "occupation",
    "trade",
    "level",
    "number",
    "issuer",
    "issued",
    "expires",
    "details",
    "verify",
]
_USUAL: Final = 69  # modules, of most certificates' codes
_NATIONAL: Final = (
    ("证书信息查询网址", "http://jndj.osta.org.cn"),
    ("机构信息查询网址", "http://pjjg.osta.org.cn"),
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who answers for a certificate."""

    name: str
    """Of the body, as it is filed."""
    environment: str
    """`demo`, `test` or `production`."""

    @classmethod
    def of(cls, filing: FilingFile) -> Self:
        """Take from the filing file what is printed."""
        return cls(filing.body.name, filing.environment)


@dataclass(frozen=True, slots=True)
class Face:
    """One certificate, ready to be set."""

    number: str
    """Certificate number; also the name of the file."""
    text_form: str
    """The certificate and its receipt, for the attachment."""
    code: str
    """What the symbol says."""
    symbol: bytes
    """SVG, with the quiet zone."""
    at: int
    """When the certificate was issued, seconds since 1970: the date of the file as well."""
    members: dict[str, object]
    """What the template is given."""
    photo: bytes | None = None
    """JPEG."""


def of(
    item: Item,
    document: IdentityNumber,
    by: Issuer,
    layout: Layout,
    *,
    english: bool,
    photo: bytes | None = None,
) -> Face:
    """Put together what stands on one certificate.

    Args:
        item: Registered: with token and receipt.
        document: The holder's, from the roster.
        by: Whose certificate it is.
        layout: For which format.
        english: With English labels beside the Chinese.
        photo: JPEG.

    Raises:
        MalformedError: `print.no_room`, where the code does not fit on the format.
        UntrustedError: `code.unread`.
        ValueError: The item is not registered.
    """
    if item.token is None or item.receipt is None:
        raise ValueError("only a registered certificate is printed")
    _, claims = certificate.read(item.token)
    code = carrier.encode(item.token, item.receipt)
    drawn = symbol.draw(code)
    number = document.number
    if document.document_type == 2:
        country, _, rest = number.partition(":")
        number = f"{rest}（{country}）"
    level = levels.describe(claims.level).chinese if claims.level else NOTHING
    members: dict[str, object] = {
        "english": english,
        "title": _TITLES[claims.kind],
        "route": _ROUTES[claims.route],
        "name": claims.name,
        "occupation": claims.occupation_name,
        "trade": claims.trade or NOTHING,
        "level": level,
        "number": claims.certificate_number,
        "issuer": by.name,
        "issued": _day(claims.iat),
        "expires": None if claims.exp is None else _day(claims.exp),
        "details": "；".join(text for _, text in claims.detail),
        "has_photo": photo is not None,
        **_code(layout, len(drawn.rows)),
        "verify": f"https://{claims.host}/v",
        "queries": _NATIONAL if claims.kind == "skill_level" else (),
        "environment": _ENVIRONMENTS.get(by.environment),
    }
    if layout.format != "sticker":
        members |= {"document_type": _DOCUMENTS[document.document_type], "document": number}
    text_form = carrier.text_form(item.token, item.receipt)
    number = claims.certificate_number
    return Face(number, text_form, code, drawn.svg(), claims.iat, members, photo)


def sample(layout: Layout) -> Face:
    """Give the face of nobody, for a test page: every field is there, and nothing is said."""
    members: dict[str, object] = dict.fromkeys(_FIELDS, NOTHING)
    members |= {
        "english": False,
        "title": _TITLES["skill_level"],
        "route": _ROUTES["examination"],
        "document_type": (NOTHING, NOTHING),
        "has_photo": False,
        **_code(layout, _USUAL),
        "queries": (),
        "environment": None,
    }
    return Face("test-page", "", "", symbol.draw("0").svg(), 0, members)


def _code(layout: Layout, modules: int) -> dict[str, float]:
    side = layout.side(modules)
    quiet = side * symbol.QUIET_ZONE / (modules + 2 * symbol.QUIET_ZONE)
    return {"code_side": side, "code_quiet": quiet}


def _day(at: int) -> str:
    day = datetime.fromtimestamp(at, UTC) + _CHINA
    return f"{day.year}年{day.month}月{day.day}日"
