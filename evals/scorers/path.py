"""Did the request walk the way it should: these tools and no others, no more calls than needed, these steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def wrong(case: Mapping[str, Any], tools: Sequence[str], steps: Sequence[str]) -> str:
    """What was not as the case says, in Chinese; empty when the path was right."""
    faults = []
    if sorted(set(tools)) != sorted(case["tools"]):
        faults.append(f"工具 {'、'.join(tools) or '无'}，应为 {'、'.join(case['tools']) or '无'}")
    if len(tools) > case["most"]:
        faults.append(f"调用 {len(tools)} 次，至多 {case['most']} 次")
    wanted = case.get("steps")
    if wanted and [step for step in steps if step in wanted] != wanted:
        faults.append(f"步骤 {'→'.join(steps)}，应依次有 {'→'.join(wanted)}")
    return "；".join(faults)
