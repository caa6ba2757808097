"""`gma analyse-file`: learn from one file, score another."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from core.errors import BadRequest
from ui.cli.output import emit, say


def analyse_file(arguments: argparse.Namespace) -> int:
    """Writes one `score` per row of the second table, in its order; nothing is written when anything fails."""
    from tools.analysis.learned import Given, task_named
    from tools.analysis.learned.learn import analyse
    from tools.analysis.learned.tables import read_table

    task = task_named(arguments.task)
    out = Path(arguments.out)
    for target in (out, *([Path(arguments.card)] if arguments.card else [])):
        if not target.parent.is_dir():
            raise BadRequest(f"没有目录「{target.parent}」。", "请先建好目录，或换一个路径。")
        if target.is_dir():
            raise BadRequest(f"「{target}」是目录，写不进去。", "请给出文件名，如 scores.csv。")
    given = Given(
        read_table(arguments.train), read_table(arguments.score), [read_table(path) for path in arguments.series or []]
    )
    if not arguments.json:
        say(f"{task.label}：训练 {len(given.train)} 行，待评 {len(given.score)} 行……")
    outcome = analyse(task, given)
    text = "\n".join(["score", *(f"{score:.9g}" for score in outcome.scores)]) + "\n"
    try:
        out.write_text(text, encoding="utf-8")
        if arguments.card:
            Path(arguments.card).write_text(json.dumps(outcome.card, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise BadRequest(f"写不了文件「{error.filename}」。", "请检查权限与磁盘空间。") from error
    if arguments.json:
        emit({"status": "ok", "out": arguments.out, **outcome.card})
    else:
        print(_summary(outcome.card, arguments.out))
    return 0


def _summary(card: dict[str, Any], out: str) -> str:
    lines = [f"{card['name']}（{card['method']}）"]
    lines.append(f"训练 {card['rows']['train']} 行，待评 {card['rows']['score']} 行，数据 {card['window'] or '—'}")
    if "validation" in card:
        found = card["validation"]
        (low, high), (below, above) = found["interval"]["auc"], found["interval"]["pr_auc"]
        lines.append(f"特征 {len(card['features'])} 个，正例 {card['positives']} 个")
        lines.append(
            f"未参与训练的样本上：AUC {found['auc']:.3f}（95% 区间 {low:.3f}–{high:.3f}），"
            f"PR-AUC {found['pr_auc']:.3f}（{below:.3f}–{above:.3f}），前 10% 提升 {found['lift_10']:.2f} 倍，"
            f"MAP@100 {found['map_100']:.3f}；概率与频率最大差 {found['calibration_gap']:.3f}"
        )
    lines += [f"说明：{note}" for note in card["notes"]]
    lines.append(f"得分已写入 {out}，用时 {card['seconds']:.1f} 秒")
    return "\n".join(lines)
