# SPDX-License-Identifier: Apache-2.0
"""What is measured over: 181 occupations × 24 names, and hosts of every length."""

import random
from collections.abc import Iterator
from typing import Final

from credential import envelope, receipt
from credential.certificate import Claims
from credential.receipt import Receipt
from keys.signing_key import SigningKey
from skillseal.demo import catalogue

NAMES: Final = [
    "王伟",
    "李青禾",
    "张秀英",
    "刘洋",
    "陈静",
    "杨丽娟",
    "赵建国",
    "黄志强",
    "周晓明",
    "吴婷",
    "徐浩然",
    "孙雨欣",
    "马俊杰",
    "朱慧敏",
    "胡春梅",
    "郭海峰",
    "林国栋",
    "何佳怡",
    "高鹏飞",
    "罗文斌",
    "欧阳俊豪",
    "龚芷若",
    "尉迟恒",
    "阿卜杜热合曼·艾力",
]
"""24 names, one of them longer than eight characters."""

BODY: Final = SigningKey.from_seed("certificate", b"bench body")
RECEIPT: Final = SigningKey.from_seed("receipt", b"bench registry", epoch=1)
START: Final = 1_790_000_000


def host_of(origin: int) -> str:
    """Make a host whose origin, `https://` included, has so many characters (17 or more)."""
    return "a" * (origin - len("https://.example")) + ".example"


def claims(host: str) -> Iterator[Claims]:
    """Make one certificate for each occupation and name, every field as in practice."""
    source = random.Random(20)
    for occupation in catalogue.build().occupations:
        for name in NAMES:
            level = source.choice("54321")
            code = f"91310115MA1{source.randrange(10**6):06d}X"
            number = f"S0000310{source.randrange(10**5):05d}26{level}{source.randrange(10**6):06d}"
            yield Claims(
                iss=f"https://{host}/bodies/{code}",
                host=host,
                body_code=code,
                iat=START + source.randrange(10**7),
                exp=None,
                status_index=source.randrange(2**20),
                status_uri=f"https://{host}/status/{source.randrange(1, 30)}",
                certificate_number=number,
                kind="skill_level",
                name=name,
                holder_tag="".join(source.choices("ABCDEFGHabcdefgh01234567-_", k=4)),
                occupation_code=occupation.code,
                occupation_name=occupation.name,
                trade=None,
                level=level,
                route="examination",
                region=source.choice(("310115", "310104", "310000", "320700")),
                evaluated_on=f"2026-{source.randrange(1, 13):02d}-{source.randrange(1, 29):02d}",
                batch=f"B2026-{source.randrange(10**4):04d}",
                detail=(),
            )


def signed(said: Claims, log_index: int = 3_141_592) -> tuple[str, str]:
    """Sign a certificate and its receipt."""
    token = envelope.sign(BODY, envelope.CERTIFICATE, said.to_bytes())
    digest = envelope.read(token, envelope.CERTIFICATE).digest
    stamp = Receipt(said.host, said.iat + 60, digest, log_index, 1)
    return token, receipt.sign(RECEIPT, stamp)
