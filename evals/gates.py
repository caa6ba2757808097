"""The product's promises as gates: `gates.yaml` against what the suites measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".yaml")


def judge(suites: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One verdict a gate whose suite was sat; a suite without cases or without the measure misses its gate."""
    import yaml

    verdicts = []
    for gate in yaml.safe_load(FILE.read_text(encoding="utf-8"))["gates"]:
        body = suites.get(gate["suite"])
        if body is None or body["skipped"]:
            continue
        value = body["rate"] if gate["measure"] == "rate" else body["measures"].get(gate["measure"])
        verdicts.append({**gate, "value": value, "met": bool(body["cases"]) and _meets(value, gate)})
    return verdicts


def _meets(value: float | None, gate: Mapping[str, Any]) -> bool:
    if value is None:
        return False
    if "at_least" in gate:
        return bool(value >= gate["at_least"])
    return bool(value <= gate["at_most"])
