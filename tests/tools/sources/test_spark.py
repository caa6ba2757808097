"""Spark as a source: the same rows, the same digits of a scoring though a worker is killed, and clear refusals."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from core.domain.actor import Actor
from core.settings import Settings
from evals.cluster import environment, standalone
from evals.screening_bench import build
from evals.spark_bench import gate_on, screened
from tools.fetch import Gate, Query
from tools.sources import all_sources
from tools.sources.connect import Connections
from tools.sources.mapping import DatasetMap, SourceMap
from tools.sources.spark_session import session_of

CITY = "99401"
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "source_engines.yaml").read_text(encoding="utf-8"))
TWO_EXECUTORS = "spark:local-cluster[2,1,1024]"
"""Two executors in processes of their own, below this one."""
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
CONF = f"""
spark.driver.extraJavaOptions {QUICK}
spark.executor.extraJavaOptions {QUICK}
spark.sql.shuffle.partitions 4
"""
EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"
LONG = os.environ.get("GMA_SPARK") == "long"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a site's Spark configuration in force; a skip that says why where Spark cannot run."""
    for name in ("pyspark", "pyarrow"):
        pytest.importorskip(name, reason=f"没有安装 {name}；make test 的最后一步装好后再跑")
    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(folder / "site", CONF).items():
            patch.setenv(name, value)
        yield folder


class Murderous:
    """Shards one of whose passes kills, from inside a running task, the executor of that task, and the worker above it
    too where `above`; once. The file tells the process ids."""

    def __init__(self, shards: Any, file: Path, at: int, above: bool = False) -> None:
        self._shards, self._file, self._left, self._above = shards, str(file), at, above

    def fold(self, work: Any, merge: Any) -> Any:
        self._left -= 1
        if self._left:
            return self._shards.fold(work, merge)
        file, above = self._file, self._above

        def deadly(block: Any) -> Any:
            import os
            import time

            def parent(pid: int) -> int:
                with open(f"/proc/{pid}/stat") as stat:
                    return int(stat.read().rsplit(")", 1)[1].split()[1])

            executor = parent(os.getppid())  # this process is a child of the executor's Python daemon
            victims = [parent(executor), executor] if above else [executor]
            try:
                with open(file, "x") as told:
                    told.write(" ".join(map(str, victims)))
            except FileExistsError:
                return work(block)
            for pid in victims:
                os.kill(pid, 9)
            time.sleep(30)  # the task never ends by itself
            return work(block)

        return self._shards.fold(deadly, merge)


def executors() -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if EXECUTOR in process.cmdline() and psutil.Process() in process.parents():
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return sorted(found, key=lambda process: process.pid)


def test_rows_and_scores_are_those_of_one_machine_though_an_executor_is_killed(
    site: Path, little_home: Path, actor: Actor, make_gate: Callable[..., Gate]
) -> None:
    data = site / "made"
    data.mkdir()
    build(4_000, str(data / "marketing.duckdb"))
    here = gate_on(f"duckdb:///{data / 'marketing.duckdb'}", data)
    expected = screened(here)
    here.connections.close()
    keeper = gate_on(TWO_EXECUTORS, data)
    assert screened(keeper) == expected
    before = {process.pid for process in executors()}
    assert len(before) == 2
    assert screened(keeper, lambda shards: Murderous(shards, site / "killed", 3)) == expected
    killed = int((site / "killed").read_text())
    assert killed in before and not psutil.pid_exists(killed)
    native = make_gate(actor)
    there = Gate(actor, native.settings, connections=little_spark(little_home, site))
    for case in CASES:
        query = Query(case["source"], case["sql"], case.get("params", {}), CITY)
        wanted, found = native.run(query), there.run(query)
        assert wanted.status == found.status == "ok", f"{case['sql']}: {found.message} {wanted.message}"
        assert found.rows == wanted.rows, case["sql"]
    wrong = there.run(Query("marketing", "SELECT cons_no, COUNT(*) AS n FROM payment", {}, CITY))
    assert wrong.status == "error" and "数据表与查询不符" in wrong.message
    there.connections.close()
    assert executors()  # the other gate still has the session
    last = executors()
    keeper.connections.close()
    assert not psutil.wait_procs(last, timeout=30)[1]


def test_a_session_that_the_cluster_has_ended_is_opened_again(site: Path, little_home: Path, actor: Actor) -> None:
    connections = little_spark(little_home, site, "spark:local[1]")
    gate = Gate(actor, connections.settings, connections=connections)
    query = Query("marketing", "SELECT COUNT(*) AS n FROM bill", {}, CITY)
    assert gate.run(query).rows == [(12,)]
    session_of("local[1]", "").sparkContext._jsc.sc().stop()  # as the scheduler does that has lost its master
    assert gate.run(query).rows == [(12,)]
    other = Gate(actor, Settings(home=little_home, source_marketing_url="spark:local[2]", _env_file=None))  # type: ignore[call-arg]
    assert "只能连一个 Spark 集群" in other.run(query).message
    connections.close()


def little_spark(home: Path, folder: Path, url: str = TWO_EXECUTORS) -> Connections:
    """The little province as Parquet on the cluster."""
    import duckdb

    maps: dict[str, SourceMap] = {}
    for source in all_sources().values():
        tables = {}
        with duckdb.connect(str(home / "demo" / f"{source.name}.duckdb"), read_only=True) as engine:
            for dataset in source.datasets:
                path = folder / f"{source.name}-{dataset.name}.parquet"
                engine.execute(f"COPY {dataset.name} TO '{path}'")
                tables[dataset.name] = DatasetMap(table=f"parquet.`{path}`")
        maps[source.name] = SourceMap(tables)
    urls = {f"source_{name}_url": url for name in all_sources()}
    settings = Settings(home=home, source_timeout=300, _env_file=None, **urls)  # type: ignore[call-arg, arg-type]
    return Connections(settings, site=maps)


@pytest.mark.skipif(not LONG, reason="GMA_SPARK=long 才跑：真实主节点与三个工作节点，杀掉其一")
@pytest.mark.timeout(3600)
def test_a_stand_alone_cluster_that_loses_a_worker(site: Path, tmp_path: Path) -> None:
    build(200_000, str(tmp_path / "marketing.duckdb"))
    here = gate_on(f"duckdb:///{tmp_path / 'marketing.duckdb'}", tmp_path)
    expected = screened(here)
    with standalone(tmp_path / "cluster", 3) as (address, workers):
        keeper = gate_on(address, tmp_path)
        murder = tmp_path / "killed"
        assert screened(keeper, lambda shards: Murderous(shards, murder, 4, above=True)) == expected
        worker = int(murder.read_text().split()[0])
        assert [one.wait(20) for one in workers if one.pid == worker] == [-9]
        keeper.connections.close()


@pytest.mark.skipif(not LONG, reason="GMA_SPARK=long 才跑：整条 gma screen 命令对真实主节点与两个工作节点")
@pytest.mark.timeout(3600)
def test_the_screen_command_prints_on_a_stand_alone_cluster_what_it_prints_on_one_machine(
    site: Path, demo_source: Path, tmp_path: Path
) -> None:
    import duckdb

    tables = {}
    with duckdb.connect(str(demo_source / "marketing.duckdb"), read_only=True) as engine:
        for (name,) in engine.execute("SELECT table_name FROM information_schema.tables").fetchall():
            engine.execute(f"COPY {name} TO '{tmp_path / name}.parquet'")
            tables[name] = {"table": f"parquet.`{tmp_path / name}.parquet`"}
    mapping = tmp_path / "site.yaml"
    mapping.write_text(yaml.safe_dump({"sources": {"marketing": {"datasets": tables}}}), encoding="utf-8")

    def printed(place: str, *engine: str, **variables: str) -> dict[str, Any]:
        home = tmp_path / place
        home.mkdir()
        (home / "demo").symlink_to(demo_source, target_is_directory=True)
        words = ["screen", "--org", CITY, "--period", "2026-10", "--as", "analyst01", "--json", *engine]
        own = {"GMA_HOME": str(home), "GMA_TODAY": "2026-11-23", "GMA_SOURCE_TIMEOUT": "600", **variables}
        done = subprocess.run(
            [str(Path(sys.executable).with_name("gma")), *words],
            capture_output=True, text=True, env=os.environ | own, cwd=tmp_path, timeout=900, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        body: dict[str, Any] = json.loads(done.stdout)
        return body

    here = printed("here")
    with standalone(tmp_path / "cluster", 2) as (address, workers):
        there = printed("there", "--engine", address, GMA_SOURCE_MAPPING=str(mapping))
        assert all(worker.poll() is None for worker in workers)
    assert here["findings"] and len(here["facts"]) > 5
    assert _without_numbering(there) == _without_numbering(here)


def _without_numbering(body: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Facts and findings, each fact's content for its number; without an engine's own words and hour of reading."""
    own = {"id", "query", "as_of"}
    told = {
        fact["id"]: json.dumps({k: v for k, v in fact.items() if k not in own}, sort_keys=True)
        for fact in body["facts"]
    }
    findings = [
        re.sub(r"F\d+", lambda found: told.get(found[0], found[0]), json.dumps(item)) for item in body["findings"]
    ]
    return sorted(told.values()), findings


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("spark://127.0.0.1:1", "连不上 Spark 主节点"),
        ("spark://nowhere", "写法不对"),
        ("spark:", "写法不对"),
    ],
)
def test_a_master_that_is_not_there(site: Path, actor: Actor, little_home: Path, url: str, said: str) -> None:
    gate = Gate(actor, Settings(home=little_home, source_marketing_url=url, _env_file=None))  # type: ignore[call-arg]
    begun = time.monotonic()
    outcome = gate.run(Query("marketing", "SELECT COUNT(*) AS n FROM bill", {}, CITY))
    assert outcome.status == "error" and said in outcome.message and "请检查数据源地址" in outcome.message
    assert time.monotonic() - begun < 10


def test_what_is_not_installed_is_named(
    site: Path, actor: Actor, little_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=little_home, source_marketing_url="spark://127.0.0.1:1", _env_file=None)  # type: ignore[call-arg]
    query = Query("marketing", "SELECT COUNT(*) AS n FROM bill", {}, CITY)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "")
        patch.delenv("JAVA_HOME", raising=False)
        assert "没有找到 Java" in Gate(actor, settings).run(query).message
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert "没有安装 pyspark" in Gate(actor, settings).run(query).message
