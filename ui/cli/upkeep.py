"""`gma demo | serve | worker | doctor | bench`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from core.errors import Broken
from core.settings import Settings
from ui.cli.output import emit, say


def demo(arguments: argparse.Namespace) -> int:
    settings = Settings()
    if arguments.action == "report":
        from ui.cli.main_job import main_job

        return main_job(settings, arguments.json)
    out = Path(arguments.out) if arguments.out else settings.demo_dir
    if arguments.action == "ensure" and (out / "manifest.json").exists():
        _warm(settings)
        return 0
    from tools.demo import build

    say(f"建立演示省（{arguments.scale}，种子 {arguments.seed}）……")
    last = [""]

    def progress(label: str, share: float) -> None:
        if label != last[0]:
            say(f"  {share:4.0%} {label}")
            last[0] = label

    begun = time.monotonic()
    made = build(out, seed=arguments.seed, scale=arguments.scale, progress=progress)
    seconds = time.monotonic() - begun
    body = {
        "status": "built",
        "out": str(out),
        "seed": arguments.seed,
        "scale": arguments.scale,
        "seconds": round(seconds, 1),
        "rows": dict(made.rows),
    }
    if arguments.json:
        emit(body)
    else:
        say(f"演示省已建好：{out}（{sum(made.rows.values()):,} 行，{seconds:.0f} 秒）")
    if arguments.action == "ensure":
        _warm(settings)
    return 0


def _warm(settings: Settings) -> None:
    """Read the units and index the calibers once, so that the first question does not wait for it."""
    from knowledge.search import open_index
    from tools.sources.connect import Connections
    from tools.sources.rollup import Rollup
    from tools.sources.units import all_units

    connections = Connections(settings)
    all_units(settings, connections)
    connections.close()
    if settings.is_demo("acquisition") and settings.source_rollup:
        say("汇总日电量……")
        rollup = Rollup("acquisition", settings.demo_dir / "acquisition.duckdb", settings.home / "rollup", wait=900)
        rollup.cursor()
        rollup.close()
    say("准备知识库索引……")
    open_index(settings)()


def serve(arguments: argparse.Namespace) -> int:
    settings = Settings()
    if arguments.port:
        settings = settings.model_copy(update={"port": arguments.port})
    _welcome(settings, arguments.host)
    from ui.server import serve as run

    run(settings, host=arguments.host)
    return 0


def _welcome(settings: Settings, host: str) -> None:
    """Where the chat is, and the demonstration accounts with their password."""
    from core.access import DEMO_ACCOUNTS, demo_password

    settings.home.mkdir(parents=True, exist_ok=True)
    print(f"国网智能营销报告：http://{host}:{settings.port}/", flush=True)
    print(f"演示账号（口令均为 {demo_password(settings)}）：", flush=True)
    for account in DEMO_ACCOUNTS:
        print(f"  {account.user:<11} {account.name}  {account.role.label}  单位 {account.org}", flush=True)
    print("按 Ctrl+C 停止。", flush=True)


def worker(arguments: argparse.Namespace) -> int:
    from ui.worker import work

    return work(Settings(), once=arguments.once)


def doctor(arguments: argparse.Namespace) -> int:
    from ui.cli.doctor import examine

    found = examine(Settings())
    bad = [item for item in found if item["level"] == "error"]
    if arguments.json:
        emit({"status": "ok" if not bad else "failed", "checks": found})
    for item in [] if arguments.json else found:
        mark = {"ok": "✓", "warn": "!", "error": "✗"}[item["level"]]
        print(f"{mark} {item['label']}：{item['text']}" + (f"\n    {item['hint']}" if item["hint"] else ""))
    return 1 if bad else 0


def bench(arguments: argparse.Namespace) -> int:
    from evals.bench import BENCHES, run_bench

    if arguments.name and arguments.name not in BENCHES:
        raise Broken(f"没有测量项目「{arguments.name}」。", f"可用：{'、'.join(BENCHES)}。")
    body = run_bench(Settings(), [arguments.name] if arguments.name else list(BENCHES))
    if arguments.json:
        emit(body)
    return 0
