"""Two runs of the exam side by side: rates, time, tokens, and which cases were won or lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def compare(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    """What differs between two runs, by suite; cases are matched by name."""
    rows = []
    for name in dict.fromkeys([*left["suites"], *right["suites"]]):
        before, after = left["suites"].get(name), right["suites"].get(name)
        if before is None or after is None or before["skipped"] or after["skipped"]:
            label = (before or after or {}).get("label", name)
            rows.append({"suite": name, "label": label, "only": _only(before, after)})
            continue
        then = {score["case"]: not score["wrong"] for score in before["scores"]}
        now = {score["case"]: not score["wrong"] for score in after["scores"]}
        shared = [case for case in now if case in then]
        rows.append(
            {
                "suite": name,
                "label": after["label"],
                "rate": [before["rate"], after["rate"]],
                "cases": [before["cases"], after["cases"]],
                "seconds": [before["seconds"], after["seconds"]],
                "tokens": [before["tokens"], after["tokens"]],
                "won": [case for case in shared if now[case] and not then[case]],
                "lost": [case for case in shared if then[case] and not now[case]],
            }
        )
    prompts = sorted(
        name
        for name in {*left["prompts"], *right["prompts"]}
        if left["prompts"].get(name) != right["prompts"].get(name)
    )
    return {
        "runs": [left["id"], right["id"]],
        "llm": [left["llm"], right["llm"]],
        "same_source": left["source"] == right["source"],
        "prompts_changed": prompts,
        "suites": rows,
    }


def _only(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    seen = [side for side, body in (("前一次", before), ("后一次", after)) if body and not body["skipped"]]
    return f"只有{seen[0]}考了" if seen else "两次都没有考"


def table(found: Mapping[str, Any]) -> str:
    """The comparison as a Chinese Markdown table."""
    lines = [
        f"考核 {found['runs'][0]}（{found['llm'][0]}）与 {found['runs'][1]}（{found['llm'][1]}）",
        f"程序与知识：{'相同' if found['same_source'] else '不同'}；"
        f"提示词改动：{'、'.join(found['prompts_changed']) or '无'}",
        "",
        "| 考卷 | 题数 | 答对率（%） | 用时（秒） | 词元 | 新答对 | 新答错 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in found["suites"]:
        if "only" in row:
            lines.append(f"| {row['label']} | {row['only']} | | | | | |")
            continue
        cells = [f"{row[name][0]:g} → {row[name][1]:g}" for name in ("cases", "rate", "seconds", "tokens")]
        lines.append(f"| {row['label']} | {' | '.join(cells)} | {_listed(row['won'])} | {_listed(row['lost'])} |")
    return "\n".join(lines)


def _listed(cases: list[str]) -> str:
    if not cases:
        return "0"
    return f"{len(cases)}（{'、'.join(cases[:5])}{'等' if len(cases) > 5 else ''}）"
