# SPDX-License-Identifier: Apache-2.0
"""One module for each subcommand, loaded only when it is asked for."""
