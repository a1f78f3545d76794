# SPDX-License-Identifier: Apache-2.0
"""The fields of a form as most of the desk's forms have them: each once."""

from console.forms import Form


def plain(form: Form) -> dict[str, str]:
    """Give each field's last value, without blanks around it.

    Raises:
        MalformedError: `form.field`, one is too long or has control characters.
    """
    return {name: form.text(name) for name in form.fields if not name.startswith("secret_")}


def secrets(form: Form) -> dict[str, str]:
    """Give the passphrases of a form by the role of their key, exactly as they came."""
    return {
        name.removeprefix("secret_"): form.secret(name)
        for name in form.fields
        if name.startswith("secret_")
    }
