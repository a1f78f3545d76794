# SPDX-License-Identifier: Apache-2.0
"""What a registry's database looks like at this moment, for Prometheus.

    skillseal_database_up                          1, or 0 with none of the others
    skillseal_log_size                             leaves
    skillseal_unsigned_leaves                      leaves that wait for their receipt
    skillseal_publication_age_seconds              of the last one, absent before the first
    skillseal_publication_life_seconds             how long one lives
    skillseal_publication_old                      1 from half of its life on, or if there is none
    skillseal_list_age_seconds{list}               trust_list, catalogues/…, status_lists/…
    skillseal_directory_entries{kind}              bodies, authorities, keys
    skillseal_holder_numbers{state}                pending, agrees, differs, untagged

`differs` above zero is the alarm `holder.mismatch` (`registry.holders`). Each reading is one read
transaction; nothing is locked. Leaves are looked through for receipts from the place on below which
all had theirs.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from credential.errors import SealError
from registry import database, store_log
from registry.lists import LIFETIME
from registry.personal_tables import AGREES, DIFFERS, PENDING, UNTAGGED
from registry.service import Registry
from registry.tables import holder_numbers, publications, signed_lists

OLD: Final = LIFETIME // 2  # seconds
_MARGIN: Final = 10_000  # leaves that another process may be signing
_STATES: Final = {PENDING: "pending", AGREES: "agrees", DIFFERS: "differs", UNTAGGED: "untagged"}


class Gauges(Collector):
    """Measures one registry whenever it is asked."""

    def __init__(self, registry: Registry) -> None:
        """Remember the registry; nothing is read yet."""
        self._registry = registry
        self._complete = 0

    def collect(self) -> Iterable[Metric]:
        """Read the database once."""
        try:
            measured = self._measure()
        except SealError:
            return [_gauge("database_up", "Whether the database can be read", 0)]
        return [_gauge("database_up", "Whether the database can be read", 1), *measured]

    def _measure(self) -> list[Metric]:
        registry = self._registry
        with database.read(registry.engine) as connection:
            tail = store_log.tail(connection)
            unsigned = store_log.unsigned_count(connection, start=self._complete)
            last = connection.execute(select(func.max(publications.c.iat))).scalar_one()
            named = select(signed_lists.c.name, signed_lists.c.iat)
            lists: dict[str, int] = dict(connection.execute(named).all())
            checked = holder_numbers.c.checked
            counted = select(checked, func.count()).group_by(checked)
            numbers: dict[int, int] = dict(connection.execute(counted).all())
            directory = registry.directory(connection, tail)
        if not unsigned:
            self._complete = max(0, tail.size - _MARGIN)
        now = registry.clock()
        age = None if last is None else max(0, now - last)
        found: list[Metric] = [
            _gauge("log_size", "Leaves of the log", tail.size),
            _gauge("unsigned_leaves", "Leaves that wait for their receipt", unsigned),
            _gauge("publication_life_seconds", "How long a publication lives", LIFETIME),
            _gauge(
                "publication_old",
                "Whether half of the last publication's life is over",
                int(age is None or age >= OLD),
            ),
            _gauges(
                "list_age_seconds",
                "Age of each signed list",
                "list",
                {name: max(0, now - iat) for name, iat in lists.items()},
            ),
            _gauges(
                "directory_entries",
                "Size of the directory",
                "kind",
                {
                    "bodies": len(directory.bodies),
                    "authorities": len(directory.authorities),
                    "keys": len(directory.owners),
                },
            ),
            _gauges(
                "holder_numbers",
                "Document numbers by what comparing them with the holder tags gave",
                "state",
                {name: numbers.get(state, 0) for state, name in _STATES.items()},
            ),
        ]
        if age is not None:
            found.append(_gauge("publication_age_seconds", "Age of the last publication", age))
        return found


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"skillseal_{name}", text, value=value)


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"skillseal_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
