"""A stand-alone Spark cluster on loopback, as a site would have it: a configuration folder, a master and workers.

For measuring and for tests; the product itself only ever connects to a cluster that is there.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from core.errors import GmaError

MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"
LOGGING = """
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
"""


def environment(folder: Path, settings: str = "") -> dict[str, str]:
    """Variables of a site's Spark configuration, written to a folder; `settings` are lines of spark-defaults.conf."""
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "spark-defaults.conf").write_text(f"spark.driver.host 127.0.0.1\n{settings}")
    (folder / "conf" / "log4j2.properties").write_text(LOGGING)
    return {
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


@contextmanager
def standalone(folder: Path, workers: int, cores: int = 1) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a master and its worker processes; all of it is stopped at the end. Raises without pyspark."""
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        raise GmaError("没有安装 pyspark，不能启动 Spark。", "请先 pip install 'grid-marketing-agent[spark]'")
    home = Path(found.origin).parent
    variables = environment(folder) | {"SPARK_HOME": str(home)}
    run = str(home / "bin" / "spark-class")  # becomes the process that it starts
    port = _free()
    address = f"spark://127.0.0.1:{port}"
    kept: list[subprocess.Popen[bytes]] = []

    def start(name: str, *words: str) -> subprocess.Popen[bytes]:
        log = folder / f"{len(kept)}.log"
        with log.open("wb") as out:
            kept.append(subprocess.Popen([run, name, *words], stdout=out, stderr=out, env=os.environ | variables))
        return kept[-1]

    try:
        start(MASTER, "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        _wait(port, kept[0])
        common = ["--host", "127.0.0.1", "--cores", str(cores), "--memory", "2g", "--webui-port", "0"]
        running = [start(WORKER, *common, "-d", str(folder / f"worker{at}"), address) for at in range(workers)]
        yield address, running
    finally:
        for process in reversed(kept):
            process.terminate()
        for process in kept:
            process.wait(60)


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(port: int, master: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and master.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise GmaError("Spark 主节点没有启动。", "请检查 Java 是否可用")
