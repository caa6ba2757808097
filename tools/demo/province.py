"""Builds the whole province: plans, then month by month, then what follows from the months."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.demo.books import Books
from tools.demo.dictionary import LABEL
from tools.demo.organisation import CITY_NAME, COUNTIES
from tools.demo.plan import make_plan
from tools.demo.report import VERSION, BuildReport
from tools.demo.scale import parse_scale
from tools.demo.store import Store, create_views, write_json
from tools.demo.window import END, MONTHS, START

NOTES = (
    "全部数据均为虚构的演示数据，与任何真实单位、客户无关。",
    "energy_day 每户一个用户计量点；光伏为余电上网，上网电量记在用户计量点 rev_kwh。",
    "register_day 为每日0:00示值，fwd_kwh(d)=(r_total(d+1)-r_total(d))×倍率；含窗口次日2026-11-01示值。",
    "supply_day 中 tg_no 为空的行是供电所关口，只在供电所一级出现。",
    "collect_day 的应采数不含全天停电的计量点；got 只计按时采到的冻结（不含估算、缺失、补采）。",
    "weather_day 按供电所给出，同一区县各所共用一条气温序列（±0.2℃）。",
    "curve96 的 ts 为15分钟区间的起点，值为区间平均功率；停电时段无点。",
)


def build_province(
    out: Path, *, seed: int, scale: str, progress: Callable[[str, float], None] | None, plant: bool
) -> BuildReport:
    """Write everything into a folder beside ``out`` and put it in place when it is complete."""
    size = parse_scale(scale)
    began = time.perf_counter()
    tell = progress or (lambda _text, _share: None)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        tell("规划演示省", 0.01)
        plan = make_plan(size, seed, plant)
        store = Store(fresh, size.parquet)
        books = Books(plan, store)
        for month in MONTHS:
            tell(f"生成 {month.ym}", 0.08 + 0.8 * month.index / len(MONTHS))
            books.month(month)
        tell("生成工单、事件与档案", 0.90)
        books.finish()
        rows = store.counts()
        store.close()
        for name, content in books.answer_key().items():
            write_json(fresh / "answer_key" / f"{name}.json", content)
        manifest = _manifest(seed, scale, plant, rows)
        if not size.parquet:
            write_json(fresh / "manifest.json", manifest)
        _replace(out, fresh)
        if size.parquet:
            # A view needs its files at their final place; the manifest comes last and marks a complete province.
            create_views(out)
            write_json(out / "manifest.json", manifest)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    tell("完成", 1.0)
    return BuildReport(out, seed, scale, rows, time.perf_counter() - began, NOTES)


def _manifest(seed: int, scale: str, plant: bool, rows: dict[str, int]) -> dict[str, Any]:
    return {
        "label": LABEL, "name": CITY_NAME, "seed": seed, "scale": scale, "version": VERSION, "planted": plant,
        "data_window": {"start": START.isoformat(), "end": END.isoformat()},
        "counties": {c.code: c.name for c in COUNTIES}, "rows": rows, "notes": list(NOTES),
    }


def _replace(out: Path, fresh: Path) -> None:
    """Swap folders: the old content disappears only after the new one lies in place."""
    fresh.chmod(0o755)
    if not out.exists():
        fresh.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
    out.rename(old / "was")
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
