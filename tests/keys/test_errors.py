# SPDX-License-Identifier: Apache-2.0
"""The exceptions carry a code and survive a process boundary."""

import pickle

from keys.errors import KeyMaterialError, SealError


def test_code_and_message_are_kept_apart() -> None:
    error = KeyMaterialError("key.role", "this needs one of role list")
    assert isinstance(error, SealError)
    assert error.code == "key.role"
    assert str(error) == "this needs one of role list"


def test_an_error_raised_in_a_worker_process_keeps_type_code_and_message() -> None:
    error = pickle.loads(pickle.dumps(KeyMaterialError("key.mode", "run chmod")))
    assert type(error) is KeyMaterialError
    assert (error.code, str(error)) == ("key.mode", "run chmod")
