"""`gma bench analyses`, second part: the same screening on a Spark cluster of one and of two workers on this machine.

What is compared is the gate's answer on a DuckDB file and on a cluster that reads the same rows from Parquet: the same
customers, digit for digit, or the measurement fails. `first` includes what a new session compiles; `again` is the
second run of the same session; `processor_s` is what all processes together used for both, start included. The workers
share this machine's processors, so that scaling shows what the cluster costs, not what more machines would bring.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.settings import Settings
from evals.screening_bench import ORG, build

SIZES = (100_000, 1_000_000)
WORKERS = (1, 2)
MONTH = "2026-10"


def bench_spark(sizes: tuple[int, ...] = SIZES, workers: tuple[int, ...] = WORKERS) -> dict[str, Any]:
    """Seconds here and on the cluster by size and number of workers; a sentence where Spark is not installed."""
    if find_spec("pyspark") is None or find_spec("pyarrow") is None:
        return {"missing": "没有安装 pyspark，未测集群；请先 pip install 'grid-marketing-agent[spark]'"}
    from evals.cluster import standalone

    out: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        for size in sizes:
            folder = Path(name) / str(size)
            folder.mkdir()
            build(size, str(folder / "marketing.duckdb"))
            begun = _used()
            one = _alone(f"duckdb:///{folder / 'marketing.duckdb'}", folder, 2, {})
            del one["driver_s"]
            out[str(size)] = {"one_machine": one | {"processor_s": round(_used() - begun, 1)}}
            for many in workers:
                site, begun = folder / f"{many}_workers", _used()
                with standalone(site, many) as (address, _):
                    variables = {"SPARK_CONF_DIR": str(site / "conf"), "SPARK_LOCAL_IP": "127.0.0.1"}
                    found = _alone(address, folder, 2, variables)
                if found["digest"] != one["digest"]:
                    raise AssertionError(f"{many} workers gave other digits: {found} {one}")
                whole = _used() - begun + found.pop("driver_s")
                out[str(size)][f"{many}_workers"] = found | {"processor_s": round(whole, 1)}
    return out


def _used() -> float:
    """Processor seconds of all processes below this one that have ended."""
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def _alone(url: str, folder: Path, rounds: int, variables: dict[str, str]) -> dict[str, Any]:
    """In a process of its own."""
    code = f"from evals.spark_bench import measure; measure({url!r}, {str(folder)!r}, {rounds})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | variables, check=False
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(url: str, folder: str, rounds: int) -> None:
    """Print seconds of the session and of each run, rows, and a digest of every digit of the result."""
    begun = time.perf_counter()
    gate = gate_on(url, Path(folder))
    gate.connections.backend("marketing")
    opened, spent = time.perf_counter() - begun, []
    for _ in range(rounds):
        begun = time.perf_counter()
        rows, digest = screened(gate)
        spent.append(round(time.perf_counter() - begun, 2))
    driver = _driver_seconds()
    gate.connections.close()
    print(json.dumps({"open_s": round(opened, 2), "first_s": spent[0], "again_s": min(spent[1:], default=spent[0]),
                      "rows": rows, "digest": digest, "driver_s": driver}))  # fmt: skip


def _driver_seconds() -> float:
    """Processor seconds so far of the Java process that this one drives Spark with, where it does."""
    context = sys.modules.get("pyspark.core.context")
    gateway = context.SparkContext._gateway if context else None
    if gateway is None:
        return 0.0
    stat = Path(f"/proc/{gateway.proc.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def gate_on(url: str, folder: Path) -> Any:
    """An analyst's gate on a DuckDB file, or on the Parquet files beside it read by Spark."""
    from core.domain.actor import Actor, Role
    from tools.fetch import Gate
    from tools.sources.connect import Connections
    from tools.sources.mapping import DatasetMap, SourceMap

    tables = {name: DatasetMap(table=f"parquet.`{folder / name}.parquet`") for name in ("bill", "customer")}
    site = {"marketing": SourceMap(tables)} if url.startswith("spark:") else {}
    settings = Settings(home=folder / "home", source_marketing_url=url, source_timeout=600, _env_file=None)  # type: ignore[call-arg]
    actor = Actor(user="analyst01", name="分析师", role=Role.ANALYST, org=ORG)
    return Gate(actor, settings, connections=Connections(settings, site=site))


def screened(gate: Any, wrap: Any = lambda shards: shards) -> tuple[int, str]:
    """(rows read, digest of everything found) of one screening; `wrap` may stand between the scoring and the rows."""
    import hashlib

    from knowledge.catalog import catalog
    from tools.analysis.customer_screen import PIVOT, lines_of, months_until, parameters, striking
    from tools.fetch import Query

    lines = lines_of(catalog())
    query = Query("marketing", PIVOT, parameters(months_until(MONTH)), ORG)
    outcome, found = gate.scored(query, lambda shards: striking(wrap(shards), lines))
    if found is None:
        raise AssertionError(outcome.message)
    digest = hashlib.sha256(str(found.known).encode())
    for kind, columns in found.rows.items():
        for name, column in columns.items():
            said = column.astype(str) if name == "cons_no" else column
            digest.update(f"{kind}{name}{len(column)}{said.dtype}".encode() + said.tobytes())
    return outcome.row_count, digest.hexdigest()
