# SPDX-License-Identifier: Apache-2.0
"""How a machine says who it is at the registry's token endpoint: `private_key_jwt`.

docs/format.md §7.3; RFC 7523 §2.2, RFC 8725.

    {"alg":"ES256","kid":"…","typ":"client-authentication+jwt"}
    {"iss":"https://HOST/bodies/…","sub":"https://HOST/bodies/…","aud":"https://HOST/token",
     "iat":1790000000,"exp":1790000060,"jti":"…"}

Made here for our own clients. The registry reads what any library makes (`registry.client_key`).
"""

from typing import Final
from urllib.parse import urlencode

from credential import base64url, canonical
from keys.signer import Signer

TYP: Final = "client-authentication+jwt"
TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME: Final = 60  # seconds
MAX_LIFETIME: Final = 300  # seconds that the registry takes
CERTIFICATES: Final = "read:certificates"
STATEMENTS: Final = "read:statements"
SCOPES: Final = (CERTIFICATES, STATEMENTS)


def make(key: Signer, *, client: str, registry: str, iat: int, jti: bytes) -> str:
    """Sign an assertion.

    Args:
        key: Of role `submit` for a body, `statement` for an authority.
        client: The body's or authority's identifier.
        registry: `https://HOST` of the registry.
        iat: Seconds since 1970.
        jti: 16 random bytes.
    """
    header = canonical.encode({"alg": key.alg, "kid": key.kid, "typ": TYP})
    claims = canonical.encode(
        {
            "iss": client,
            "sub": client,
            "aud": f"{registry}/token",
            "iat": iat,
            "exp": iat + LIFETIME,
            "jti": base64url.encode(jti),
        }
    )
    signed = f"{base64url.encode(header)}.{base64url.encode(claims)}"
    return f"{signed}.{base64url.encode(key.sign(signed.encode()))}"


def form(assertion: str, scope: str) -> bytes:
    """Write the body of `POST /token`, application/x-www-form-urlencoded."""
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": TYPE,
        "client_assertion": assertion,
        "scope": scope,
    }
    return urlencode(fields).encode("ascii")
