"""``python -m tools.demo --out DIR [--seed N] [--scale small]``: build a demonstration province."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.demo import build


def main() -> int:
    """Parse the arguments, build, print a summary."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description="生成演示省数据（虚构）")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--scale", default="small")
    parser.add_argument("--no-plant", action="store_true", help="不植入异常")
    args = parser.parse_args()
    report = build(
        args.out,
        seed=args.seed,
        scale=args.scale,
        plant=not args.no_plant,
        progress=lambda text, share: print(f"{share:4.0%} {text}", file=sys.stderr),
    )
    for table, count in report.rows.items():
        print(f"{table:28s}{count:>12,d}")
    print(f"演示数据已生成：{report.out}（{report.seconds:.1f} 秒）")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
