"""Install what the tests need besides Python packages: a browser, an office program to open documents with, and Java
for Spark.

Needs root and Debian's package manager; without them the tests that need these programs are skipped and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PROGRAMS = {
    "chromium": "chromium",
    "soffice": "libreoffice-writer-nogui",
    "pdftoppm": "poppler-utils",
    "java": "openjdk-17-jre-headless",
}

PARTS = {"/usr/lib/libreoffice/program/pagein-impress": "libreoffice-impress-nogui"}
"""Files of packages that bring no program of their own."""


def main() -> None:
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    missing += [package for path, package in PARTS.items() if not os.path.exists(path)]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"缺少 {'、'.join(missing)}，且无权安装：相关测试将跳过并说明原因。")
        return
    print(f"安装测试所需程序：{'、'.join(missing)}……")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            print(f"未能安装：{done.stderr.strip()[-300:]}", file=sys.stderr)
            return


if __name__ == "__main__":
    main()
