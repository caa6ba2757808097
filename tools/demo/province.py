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

STALE_SECONDS = 6 * 3600
NOTES = (
    "全部数据均为虚构的演示数据，与任何真实单位、客户无关。",
    "energy_day 每户一个用户计量点；光伏为余电上网，上网电量记在用户计量点 rev_kwh。",
    "register_day 为每日0:00示值，fwd_kwh(d)=(r_total(d+1)-r_total(d))×倍率；含窗口次日2026-11-01示值。",
    "supply_day 中 tg_no 为空的行是供电所关口，只在供电所一级出现。",
    "collect_day 的应采数不含全天停电的计量点；got 只计按时采到的冻结（不含估算、缺失、补采）。",
    "weather_day 按供电所给出，同一区县各所共用一条气温序列（±0.2℃）。",
    "curve96 的 ts 为15分钟区间的起点，值为区间平均功率；停电、缺失时段无点；电压、电流为低压侧值。",
    "分时时段：峰 8-11、17-22 时，谷 22-6 时，其余为平；居民与农业不分时计价。",
    "重复行只出现在 register_day 与 meter_event（整行相同），energy_day 可直接求和。",
    "bill.ym 为发行月；冲红行 reversal_of 指向原单，电量金额为负，同月另有一张更正单，period_start 仍为原月。",
    "payment.ym 为所付电费的发行月；大客户月内分次交纳，其余预存或月末日20:30后代扣，余者迟交。",
    "satisfaction 取值 非常满意/满意/一般/不满意，空为未评价；“一般”即基本满意。",
    "工单量按每户每月约2.6%生成，高于实际水平，便于小规模数据统计。",
    "metering_point 的 valid_from 含当日、valid_to 不含当日；换表改倍率或档案倍率错误时同一计量点有多段。",
    "delivery_day 记录各来源逐日向各供电所交接的事件行数（无事件为零）；没有记录即当日未交接。",
    "停电减少相应时长的用电量；全天停电的日电量为空、quality 为停电，实际电量为零。",
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
    _sweep(out)
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
        manifest = _manifest(seed, scale, plant, rows) | {"curve_customers": len(plan.source.curve_customers)}
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
        "label": LABEL,
        "name": CITY_NAME,
        "seed": seed,
        "scale": scale,
        "version": VERSION,
        "planted": plant,
        "data_window": {"start": START.isoformat(), "end": END.isoformat()},
        "counties": {c.code: c.name for c in COUNTIES},
        "rows": rows,
        "notes": list(NOTES),
    }


def _sweep(out: Path) -> None:
    """Remove what a build that was killed hours ago left beside ``out``."""
    for left in out.parent.glob(f".{out.name}-*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


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
