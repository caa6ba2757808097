"""Roll call (点名): the statements that ask which days or months of a dataset each unit has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.catalog import Catalog
from tools.fetch import Query
from tools.sources import DELIVERIES

PURPOSE = "各单位数据完整性"


@dataclass(frozen=True)
class RollCall:
    """Queries on datasets with units and dates, for the actor's unit `org`, from a day `since` on."""

    catalog: Catalog
    org: str

    def counted(self, name: str, since: date) -> Query:
        """Per unit `u` the first and last day or month `lo`, `hi` and their number `n`.

        For events those of the delivery log, with the rows that it tells of, `told`, and the rows there are, `held`.
        """
        info = self.catalog.datasets[name]
        sql = f"SELECT t.org_code AS u, MIN(t.{info.date}) AS lo, MAX(t.{info.date}) AS hi,"
        sql += f" COUNT(DISTINCT t.{info.date}) AS n FROM {self._dated(name)}"
        if info.coverage == "event":
            held = f"SELECT e.org_code AS org_code, COUNT(*) AS n FROM {name} AS e"
            held += f" WHERE e.{info.date} >= CAST(:since AS DATE) GROUP BY e.org_code"
            sql = (
                "SELECT t.org_code AS u, MIN(t.date) AS lo, MAX(t.date) AS hi, COUNT(*) AS n, SUM(t.row_count) AS told,"
                f" COALESCE(MAX(c.n), 0) AS held FROM {DELIVERIES.name} AS t LEFT JOIN ({held}) AS c"
                f" ON c.org_code = t.org_code WHERE t.dataset = '{name}' AND t.date >= CAST(:since AS DATE)"
            )
        return self._query(name, f"{sql} GROUP BY t.org_code", since)

    def present(self, name: str, since: date, units: Sequence[str]) -> Query:
        """The days or months `d` that some units `u` have; of events those that arrived in full."""
        info = self.catalog.datasets[name]
        rows, day = (self._delivered(name), "date") if info.coverage == "event" else (self._dated(name), info.date)
        sql = f"SELECT t.org_code AS u, t.{day} AS d FROM {rows}"
        sql += f" AND t.org_code IN (:units) GROUP BY t.org_code, t.{day}"
        return self._query(name, sql, since, units=list(units))

    def active(self, name: str, since: date) -> Query:
        """The days `d` with events of each unit `u`, from as far before `since` as a rate is taken from."""
        info = self.catalog.datasets[name]
        day = f"CAST(t.{info.date} AS DATE)"
        sql = f"SELECT t.org_code AS u, {day} AS d FROM {self._dated(name)} GROUP BY t.org_code, {day}"
        history = int(self.catalog.thresholds.get("coverage.silence_history_days"))
        return self._query(name, sql, since - timedelta(days=history))

    def _query(self, name: str, sql: str, since: date, **more: object) -> Query:
        info = self.catalog.datasets[name]
        start = f"{since:%Y-%m}" if info.date_kind == "ym" else since.isoformat()
        return Query(info.source, sql, {"since": start, **more}, self.org, PURPOSE, bulk=True)

    def _dated(self, name: str) -> str:
        """What stands behind FROM, as `t`: the rows of a dataset since then."""
        info = self.catalog.datasets[name]
        limit = ":since" if info.date_kind == "ym" else "CAST(:since AS DATE)"
        return f"{name} AS t WHERE t.{info.date} >= {limit}"

    def _delivered(self, name: str) -> str:
        """What stands behind FROM, as `t`: the days of each unit whose rows are all there that the log tells of."""
        day = f"CAST(e.{self.catalog.datasets[name].date} AS DATE)"
        held = f"SELECT e.org_code AS org_code, {day} AS date, COUNT(*) AS n FROM {name} AS e"
        held += f" WHERE {day} >= CAST(:since AS DATE) GROUP BY e.org_code, {day}"
        return (
            f"(SELECT l.org_code AS org_code, l.date AS date FROM {DELIVERIES.name} AS l"
            f" LEFT JOIN ({held}) AS c ON c.org_code = l.org_code AND c.date = l.date"
            f" WHERE l.dataset = '{name}' AND l.date >= CAST(:since AS DATE)"
            " AND (l.row_count = 0 OR c.n >= l.row_count)) AS t WHERE t.date >= CAST(:since AS DATE)"
        )
