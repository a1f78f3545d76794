# SPDX-License-Identifier: Apache-2.0
"""The desk as a local web application, for staff who never open a terminal."""
