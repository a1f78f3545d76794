# SPDX-License-Identifier: Apache-2.0
"""What a process counts, for Prometheus: outcomes by code, and how long requests take.

    skillseal_certificates_total{outcome}               admitted, or the code of the refusal
    skillseal_statements_total{outcome}                 accepted, or the code of the refusal
    skillseal_refusals_total{code}                      requests that were refused as a whole
    skillseal_admission_seconds                         of a request with certificates
    skillseal_request_seconds{route,method,status}      of any request; `route` is the template

No label carries what a request said: routes are templates, codes are constants of the source.
What stands in the database is measured when somebody asks (`registry.gauges`).

Several processes count in files of one folder (`shared`), which any of them reads out for all; the
files of one that died keep what it counted.
"""

import os
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"  # where the library's shared values look

ADMITTED, ACCEPTED = "admitted", "accepted"


def method_of(sent: str) -> str:
    """Name a method; whatever is not one of HTTP's is `other`."""
    return sent if sent in _METHODS else "other"


def shared(folder: Path) -> None:
    """Let every metric that is made from now on count in files of a folder.

    Called once, before the first fork.
    """
    os.environ[_FOLDER] = str(folder)  # the library takes it from nowhere else
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]  # the library's


class Metrics:
    """The counters of one process."""

    def __init__(self, folder: Path | None = None) -> None:
        """Begin at zero.

        Args:
            folder: As `shared` was told; None for a process that counts for itself.
        """
        self._folder = folder
        self._own = CollectorRegistry()
        self._certificates = Counter(
            "skillseal_certificates", "Certificates by outcome", ["outcome"], registry=self._own
        )
        self._statements = Counter(
            "skillseal_statements", "Statements by outcome", ["outcome"], registry=self._own
        )
        self._refusals = Counter(
            "skillseal_refusals", "Requests refused as a whole", ["code"], registry=self._own
        )
        self._admission = Histogram(
            "skillseal_admission_seconds",
            "Time of a request with certificates",
            buckets=_BUCKETS,
            registry=self._own,
        )
        self._requests = Histogram(
            "skillseal_request_seconds",
            "Time of a request",
            ["route", "method", "status"],
            buckets=_BUCKETS,
            registry=self._own,
        )

    def certificate(self, outcome: str) -> None:
        """Count one certificate: `ADMITTED` or a code."""
        self._certificates.labels(outcome).inc()

    def statement(self, outcome: str) -> None:
        """Count one statement: `ACCEPTED` or a code."""
        self._statements.labels(outcome).inc()

    def refusal(self, code: str) -> None:
        """Count one request that was refused as a whole."""
        self._refusals.labels(code).inc()

    def admission(self, seconds: float) -> None:
        """Note how long a request with certificates took."""
        self._admission.observe(seconds)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Note how long a request took.

        Args:
            route: The template, empty where none matched.
            method: From `method_of`.
            status: Of the answer; 0 where none was sent.
            seconds: How long.
        """
        self._requests.labels(route or "none", method, str(status)).observe(seconds)

    def page(self, gauges: Collector) -> bytes:
        """Write everything in Prometheus' text format.

        Args:
            gauges: What is measured now.
        """
        both = CollectorRegistry()
        both.register(gauges)
        if self._folder is None:
            return generate_latest(self._own) + generate_latest(both)
        MultiProcessCollector(both, str(self._folder))  # type: ignore[no-untyped-call]  # the library's
        return generate_latest(both)
