"""A source on a Spark cluster: the same statements in Spark's SQL, and scorings sent to where the rows are.

`spark://HOST:PORT` is a stand-alone master; any other master follows `spark:`, as `spark:yarn` or `spark:local[2]`.
Tables are those of the session's catalog, or what the site's mapping says (``table: parquet.`/lake/bill` ``). What the
site sets for its cluster (`SPARK_CONF_DIR`, `PYSPARK_PYTHON` …) holds. Workers need Python with numpy and pyarrow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest
from core.settings import LOCAL
from tools.sources import Source
from tools.sources.backend import Answer, Job, typed_value
from tools.sources.mapping import SourceMap
from tools.sources.rewrite import Plan, fill, rewrite
from tools.sources.shards import Shards
from tools.sources.spark_session import cause, give_back, session_of, take
from tools.sources.spark_shards import OTHER_NUMPY, SparkShards
from tools.sources.statement import Statement
from tools.sources.trouble import Cancel, Overdue, Result, Trouble

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

KEYS_SPELLED_OUT = 5_000
"""How many keys of another source may be spelled out in a statement."""


class SparkBackend:
    """One source on a cluster. Its session, shared by the process, is opened when this is made."""

    dialect = "spark"

    def __init__(self, source: Source, url: str, site: SourceMap) -> None:
        """Raises Trouble where pyspark, Java or the master is missing."""
        self._source, self._site = source, site
        self._master = url if url.startswith("spark://") else url.removeprefix("spark:")
        take(self._master, source.label)

    def plan(self, statement: Statement, limit: int | None) -> Plan:
        """The statement in Spark's SQL, through the site's mapping."""
        return rewrite(statement, self._site, self.dialect, "", limit)

    def run(self, plan: Plan, job: Job, cancel: Cancel) -> Answer:
        """The rows, typed as the statement says; a bulk job's decimals as floats."""

        def collected(frame: DataFrame) -> Answer:
            import pyarrow as pa

            table = frame.toArrow()
            if job.bulk:
                types = [pa.float64() if pa.types.is_decimal(item.type) else item.type for item in table.schema]
                plain = table.cast(pa.schema(list(zip(table.schema.names, types, strict=True))))
                return Answer([], plain.to_pandas(date_as_object=False))
            kinds = [output.kind for output in job.statement.outputs]
            columns = [
                [typed_value(_native(value), kind) for value in column.to_pylist()]
                for column, kind in zip(table.columns, kinds, strict=True)
            ]
            return Answer(list(zip(*columns, strict=True)))

        return self._on_cluster(plan, job, cancel, collected)

    def spread(self, plan: Plan, job: Job, cancel: Cancel, scoring: Callable[[Shards], None]) -> int:
        """Score the rows in blocks that stay with the workers; how many rows there were. See `Distributed`."""

        def scored(frame: DataFrame) -> int:
            with SparkShards(frame) as shards:
                count = len(shards)
                if count:
                    scoring(shards)
                return count

        return self._on_cluster(plan, job, cancel, scored)

    def close(self) -> None:
        """Give the session back; the last one stops it."""
        give_back(self._master)

    def _on_cluster(self, plan: Plan, job: Job, cancel: Cancel, work: Callable[[DataFrame], Result]) -> Result:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        session = session_of(self._master, self._source.label)
        context = session.sparkContext
        tag = f"gma-{id(cancel)}"
        sql, values = self._bound(plan, job)
        try:
            context.addJobTag(tag)
            cancel.arm(lambda: context.cancelJobsWithTag(tag))
            return work(session.sql(sql, args=values))
        except (PySparkException, Py4JError, OSError) as error:
            raise self._trouble(error, cancel) from error
        finally:
            cancel.arm(None)

    def _bound(self, plan: Plan, job: Job) -> tuple[str, dict[str, Any]]:
        mode, values = job.spelled(":")
        for name, keys in job.keys.items():
            if len(keys) > KEYS_SPELLED_OUT:
                raise BadRequest(
                    f"{self._source.label}的这张表没有供电单位列，范围内的键超过 {KEYS_SPELLED_OUT} 个",
                    "请在现场映射里用 org: 为它给出供电单位编码",
                )
            values.update({f"keys_{name}_{at}": key for at, key in enumerate(keys)})
            mode[f"k:{name}"] = ", ".join(f":keys_{name}_{at}" for at in range(len(keys))) or "NULL"
        sql = fill(plan, mode)
        marked = set(re.findall(r":(\w+)", sql))
        return sql, {name: value for name, value in values.items() if name in marked}

    def _trouble(self, error: Exception, cancel: Cancel) -> Trouble | BadRequest:
        from pyspark.errors import AnalysisException

        label, words = self._source.label, str(error)
        if cancel.fired:
            return Overdue(f"{label}在集群上的计算超过时限，已中止", "请缩小单位，或调大 GMA_CLUSTER_TIMEOUT")
        if isinstance(error, AnalysisException):
            return BadRequest(f"{label}的数据表与查询不符：{cause(error)}", "请检查现场映射里的表名、列名和权限")
        if OTHER_NUMPY in words:
            versions = words.split(OTHER_NUMPY)[1].strip().splitlines()[0]
            return Trouble(
                f"集群工作节点的 numpy 版本与本机不同（{versions}），结果可能差在末位，没有计算",
                "请在工作节点装上与本机相同的 numpy 版本",
                sick=False,
            )
        if "PYTHON_VERSION_MISMATCH" in words or "Cannot run program" in words or "ModuleNotFoundError" in words:
            return Trouble(
                f"集群工作节点上的 Python 用不了：{cause(error)}",
                "请用 PYSPARK_PYTHON 指定工作节点上与本机同版本、装有 numpy 和 pyarrow 的 Python",
                sick=False,
            )
        return Trouble(f"{label}在 Spark 上的计算失败：{cause(error)}", "请联系数据运维员查看集群状态与日志后重试")


def _native(value: Any) -> Any:
    """Times as the local clock shows them; decimals without the zeros that Spark's wider types add stay as they are."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(LOCAL).replace(tzinfo=None)
    return Decimal(value) if isinstance(value, Decimal) else value
