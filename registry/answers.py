# SPDX-License-Identifier: Apache-2.0
"""What the routes share: reading a request's body, writing an answer, describing both."""

import json
from typing import Any, Final, TypeVar

from fastapi import Response
from pydantic import ValidationError

from credential.errors import ConflictError, MalformedError
from registry.models import Problem, Strict

T = TypeVar("T", bound=Strict)

PROBLEM: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": Problem, "description": "Refused: `code` says why"},
    "503": {"model": Problem, "description": "Nothing was stored: try again after Retry-After"},
}


def takes(model: type[Strict]) -> dict[str, Any]:
    """Describe the body of a request; it is read as bytes, and parsed by `parsed`."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def sends(media_type: str) -> dict[str, Any]:
    """Describe an answer that is sent as the bytes that were stored, and its refusals."""
    return {
        "responses": {200: {"content": {media_type: {}}}, **PROBLEM},
        "response_class": Response,
    }


def parsed(model: type[T], raw: bytes) -> T:
    """Read the body of a request.

    Raises:
        MalformedError: `request.malformed`; `request.too_large`, it has more parts than any request
            of this form can have, and is not parsed: nobody has authorised it yet.
    """
    if raw.count(b",") > model.commas:
        raise MalformedError("request.too_large", "a request has not so many parts: send less")
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        # Where, but never what: the value could be a document number.
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"the request is not of the form described in /openapi.json: {where or 'body'}"
        raise MalformedError("request.malformed", message) from None


def json_of(value: dict[str, object]) -> Response:
    """Answer with JSON that nobody keeps."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def absent() -> ConflictError:
    """Make the refusal of what is not there, or not for whoever asks."""
    return ConflictError("request.not_found", "there is nothing here")
