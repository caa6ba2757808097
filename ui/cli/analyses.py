"""`gma analysis`: the life of an analysis — versions, training, comparison, promotion, rollback, drift."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from agent.analysis_desk import AnalysisDesk, Trained
from core.domain.analysis_version import AnalysisVersion
from core.errors import BadRequest
from tools.analysis.life import life_named
from tools.analysis.life.comparison import Comparison
from tools.analysis.life.drift import Drift
from tools.analysis.life.measure import LABELS
from ui.cli.output import emit
from ui.cli.session import open_runner

SHARES = {"auc", "pr_auc", "found", "told", "seen", "gap", "coverage"}


def analysis(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        desk = AnalysisDesk.open(runner, arguments.user)
        lines, body = _ACTIONS[arguments.action](desk, arguments)
    if arguments.json:
        emit({"status": "ok", **body})
    else:
        print("\n".join(lines))
    return 0


def _list(desk: AnalysisDesk, arguments: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    found = desk.listed(arguments.subject)
    lines = [f"{item.id}　{item.state.label}　{item.said()}" for item in found]
    return lines or ["还没有登记的分析版本。先用 gma analysis train churn_risk 训练。"], {
        "versions": list(map(_told, found))
    }


def _show(desk: AnalysisDesk, arguments: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    version, acts = desk.shown(_subject(arguments))
    data, card = version.content, version.content.card
    lines = [
        f"{version.id}　{version.state.label}",
        version.said(),
        f"单位 {data.org}；参数 {data.parameters}；随机种子 {data.seed}",
        f"训练案例 {data.cases}，数据截至 {data.known_until:%Y-%m-%d}",
        f"训练人 {version.made_name}，{version.made_at:%Y-%m-%d %H:%M}",
        f"按时间回测（{'至'.join(card['window'])}，{card['months']} 个月）：{_measures(card['backtest'])}",
        f"特征：{'、'.join(data.features)}",
        f"校验码 {version.hash}",
        *(f"{act.at:%Y-%m-%d %H:%M} {act.name}{act.label} {act.version}：{act.reason}" for act in acts),
    ]
    return lines, {"version": _told(version), "acts": [act.model_dump(mode="json") for act in acts]}


def _train(desk: AnalysisDesk, arguments: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    return _made([desk.train(_subject(arguments), arguments.org, arguments.algorithm)])


def _retrain(desk: AnalysisDesk, arguments: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    lines, body = _made(desk.retrain(arguments.older_than))
    return lines or ["各项分析都还没有到重新训练的时间。"], body


def _made(found: list[Any]) -> tuple[list[str], dict[str, Any]]:
    lines, trained = [], []
    for made in found:
        if not isinstance(made, Trained):
            lines.append(made)
            trained.append({"failed": made})
            continue
        card = made.version.content.card
        lines += [f"{made.version.id}　{made.version.state.label}　{made.version.said()}"]
        lines += [f"　按时间回测：{_measures(card['backtest'])}"]
        if made.against is not None:
            lines.append(f"　与现行版本 {made.against.id} 对比：")
            lines += _compared(made.comparison)
        comparison = made.comparison.told() if isinstance(made.comparison, Comparison) else made.comparison
        trained.append({"version": _told(made.version), "against": made.against and made.against.id,
                        "comparison": comparison})  # fmt: skip
    return lines, {"trained": trained}


def _compare(desk: AnalysisDesk, arguments: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    champion, challenger, made = desk.compare(_subject(arguments), arguments.rival)
    lines = [f"现行 {champion.said()}", f"挑战 {challenger.said()}", *_compared(made)]
    return lines, {"champion": champion.id, "challenger": challenger.id, "comparison": made.told()}


def _promote(desk: AnalysisDesk, arguments: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    version, evidence = desk.promote(_subject(arguments), arguments.reason)
    compared = evidence["compared"]
    said = compared if isinstance(compared, str) else compared["verdict"]
    return [f"已启用：{version.said()}", f"依据：{said}。"], {"version": _told(version), "evidence": evidence}


def _rollback(desk: AnalysisDesk, arguments: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    version = desk.rollback(_subject(arguments), arguments.reason)
    return [f"已回退，现行版本是：{version.said()}"], {"version": _told(version)}


def _drift(desk: AnalysisDesk, arguments: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    version, found = desk.drift(_subject(arguments))
    lines = _drifted(found, life_named(version.content.analysis).words)
    return [version.said(), *lines], {"version": version.id, "drift": found.told()}


_ACTIONS = {
    "list": _list, "show": _show, "train": _train, "compare": _compare, "promote": _promote, "rollback": _rollback,
    "drift": _drift, "retrain": _retrain,
}  # fmt: skip


def _drifted(found: Drift, words: Mapping[str, str]) -> list[str]:
    why = "；".join((*found.reasons, *found.watch))
    lines = [f"结论：{found.verdict}{f'：{why}' if why else ''}"]
    if found.recent is not None:
        one = found.recent
        span = f"{one.first:%Y-%m-%d}至{one.last:%Y-%m-%d}，{one.months} 个月，其中登记后的实绩 {one.live} 例"
        lines.append(f"近半年（{span}）：{_measures(one.measures)}")
    for name, (index, sure) in sorted(found.stability.items(), key=lambda item: -item[1][0])[:5]:
        lines.append(f"　{words.get(name, name)} 分布偏移（PSI）{index:.3f}{'' if sure else '，在抽样波动以内'}")
    return lines


def _compared(made: Comparison | str | None) -> list[str]:
    if not isinstance(made, Comparison):
        return [f"　{made}。"]
    lines = [f"　同一批案例 {made.cases} 个，{made.months} 个月末：{made.verdict}。"]
    lines += [
        f"　{one.label}：现行 {one.champion:.4f}，挑战 {one.challenger:.4f}，差的区间 {one.low:+.4f} 至 {one.high:+.4f}"
        for one in made.differences
    ]
    return lines


def _measures(found: dict[str, float]) -> str:
    """Measures in words; shares as percentages."""
    shown = [(name, found[name]) for name in LABELS if name in found]
    words = [
        f"{LABELS[name]} {value * 100:.1f}%" if name in SHARES else f"{LABELS[name]} {value:.4g}"
        for name, value in shown
    ]
    counts = [f"案例 {found['cases']:.0f}"] + ([f"流失样本 {found['positives']:.0f}"] if "positives" in found else [])
    return "，".join(counts + words)


def _told(version: AnalysisVersion) -> dict[str, Any]:
    """A version as JSON; what it learnt is left out, its card stays."""
    body = version.model_dump(mode="json")
    body["content"].pop("body")
    return body | {"state_label": version.state.label, "said": version.said()}


def _subject(arguments: argparse.Namespace) -> str:
    if not arguments.subject:
        raise BadRequest("没有写分析或版本。", "例如 gma analysis show churn_risk；版本编号用 gma analysis list 查看。")
    return str(arguments.subject)
