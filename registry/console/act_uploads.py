# SPDX-License-Identifier: Apache-2.0
"""Files that come with the form of an act: read into its fields, where they can be looked over.

A browser gives a file once only. What it says stands in the form from then on, so that a refusal
loses nothing; of a text that a statement names, only the SHA-256 is kept.
"""

from dataclasses import replace
from hashlib import sha256
from typing import Final

from console.forms import Form
from credential.errors import MalformedError
from registry.console import act_catalogue, sheet_file
from registry.console.act_forms import DIGEST, ENTRIES, FILED, FORMS

MAX_UPLOAD: Final = 32 << 20  # bytes of a whole form
MAX_TABLE: Final = 4 << 20  # bytes of one table


def taken(type_: str, form: Form) -> Form:
    """Give the form with its files in its fields.

    Raises:
        MalformedError: `act.file`, beginning with the field's name.
    """
    fields = dict(form.fields)
    for field in FORMS[type_]:
        upload = form.files.get(f"{field.name}-file")
        if field.kind not in FILED or upload is None:
            continue
        if field.kind == DIGEST:
            fields[field.name] = (sha256(upload.file.read()).hexdigest(),)
            continue
        content = upload.file.read(MAX_TABLE + 1)
        try:
            if len(content) > MAX_TABLE:
                raise MalformedError("act.file", f"at most {MAX_TABLE >> 20} MiB")
            if field.kind == ENTRIES:
                found = act_catalogue.from_file(content)
            else:
                found = {field.name: sheet_file.to_lines(content)}
        except MalformedError as error:
            raise MalformedError(error.code, f"{field.name}: {error}") from None
        fields.update({name: (str(value),) for name, value in found.items()})
    return replace(form, fields=fields)
