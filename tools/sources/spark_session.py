"""The one Spark session of a process, shared by its sources, with what keeps it from opening said in Chinese."""

from __future__ import annotations

import logging
import os
import re
import shutil
import socket
import sys
import threading
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tools.sources.shards import BLOCK
from tools.sources.trouble import Trouble, within

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

START = 120.0
"""Seconds that a session may take to open."""
KNOCK = 5.0
"""Seconds that a master may take to accept a connection."""
HINT = "请检查数据源地址（如 spark://主机:7077 或 spark:yarn）与集群状态"

_lock = threading.Lock()
_users: dict[str, int] = {}
_open: dict[str, SparkSession] = {}


def take(master: str, label: str) -> None:
    """Open the session of a master unless it is; to be given back. Raises Trouble that says what is missing."""
    with _lock:
        if not _open.keys() <= {master}:
            raise Trouble(f"{label}：一个进程只能连一个 Spark 集群，已连 {next(iter(_open))}", "请让各数据源用同一集群")
        _running(master, label)
        _users[master] = _users.get(master, 0) + 1


def session_of(master: str, label: str) -> SparkSession:
    """The session of a master that was taken; opened again where the cluster has ended it. Raises Trouble."""
    with _lock:
        return _running(master, label)


def give_back(master: str) -> None:
    """No longer used by one of its takers; the last one stops it."""
    with _lock:
        _users[master] -= 1
        if _users[master] == 0:
            del _users[master]
            found = _open.pop(master, None)
            if found is not None:
                found.stop()


def _running(master: str, label: str) -> SparkSession:
    found = _open.get(master)
    if found is not None and found.sparkContext._jsc.sc().isStopped():  # type: ignore[attr-defined]
        _open.pop(master).stop()
        found = None
    if found is None:
        _require(master)
        found = _open[master] = within(START, lambda cancel: _start(master), f"{label}的 Spark 会话")
    return found


def _require(master: str) -> None:
    if any(find_spec(name) is None for name in ("pyspark", "pyarrow")):
        raise Trouble("没有安装 pyspark，不能在 Spark 上计算", "请先 pip install 'grid-marketing-agent[spark]'")
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and Path(home, "bin", "java").is_file()):
        raise Trouble("没有找到 Java，不能连接 Spark", "请安装 Java 17 或 21，或用 JAVA_HOME 指定其位置")
    if not master or re.search(r"\s", master):
        raise Trouble("Spark 的地址是空的或写法不对", HINT)
    if master.startswith("spark://"):
        _knock(master)


def _knock(master: str) -> None:
    """Spark itself takes a minute to say that nobody is there."""
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise Trouble(f"Spark 主节点地址 {address} 写法不对", HINT)
        try:
            socket.create_connection((host.strip("[]"), int(port)), KNOCK).close()
            return
        except OSError:
            continue
    raise Trouble(f"连不上 Spark 主节点 {master}", HINT)


def _start(master: str) -> SparkSession:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # what it warns of are its pandas functions: only Arrow is used here
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
    from py4j.protocol import Py4JError
    from pyspark import cloudpickle
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    import tools

    # it writes whole stacks to standard error; what failed is said by whoever asked
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    cloudpickle.register_pickle_by_value(tools)  # type: ignore[no-untyped-call]
    builder = SparkSession.builder.master(master).appName("grid-marketing-agent")  # type: ignore[attr-defined]
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "Asia/Shanghai",
        "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning": "true",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(BLOCK),
    }.items():
        builder = builder.config(name, value)
    try:
        session: SparkSession = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    except (PySparkException, Py4JError, OSError, RuntimeError) as error:
        raise Trouble(f"Spark 会话打不开：{cause(error)}", HINT) from error
    return session


def cause(error: Exception) -> str:
    """What went wrong, in one line: Java's message where the failure was Java's."""
    lines = str(error).strip().splitlines()
    if len(lines) > 1 and lines[0].startswith("An error occurred while calling"):
        lines = lines[1:]
    return lines[0].removeprefix(": ")[:160] if lines else type(error).__name__
