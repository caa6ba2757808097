"""Lettering: the packaged Chinese font, and how wide a text will be without asking the renderer."""

from __future__ import annotations

import threading
from functools import cache
from importlib.util import find_spec

from core.errors import Broken

_LOCK = threading.Lock()


@cache
def family() -> str:
    """Register the packaged font with matplotlib once and return its family name."""
    if find_spec("pylopdf_fonts_zh_cn") is None:
        raise Broken("缺少中文字体包，图中文字无法显示。", "请执行 pip install pylopdf-fonts-zh-cn。")
    import matplotlib
    import pylopdf_fonts_zh_cn as fonts
    from matplotlib import font_manager

    with _LOCK:
        path = str(fonts.sans_path())
        font_manager.fontManager.addfont(path)
        name = font_manager.FontProperties(fname=path).get_name()
        matplotlib.rcParams.update(
            {
                "font.family": [name],
                "axes.unicode_minus": False,
                "svg.fonttype": "none",
                "svg.hashsalt": "grid-marketing-agent",
                "hatch.linewidth": 0.6,
            }
        )
    return str(name)


def width(text: str, size: float) -> float:
    """Approximate width in points of the longest line of `text` at font `size`."""
    return (
        max((sum(1.0 if ord(char) > 0x2E80 else 0.56 for char in line) for line in text.split("\n")), default=0) * size
    )


def cut(text: str, size: float, room: float) -> str:
    """Shorten every line to `room` points, with an ellipsis where something is left out."""
    lines = []
    for line in text.split("\n"):
        short = line
        while len(short) > 1 and width(short, size) > room:
            short = short.removesuffix("…")[:-1] + "…"
        lines.append(short)
    return "\n".join(lines)


def wrapped(text: str, size: float, room: float, lines: int = 3) -> str:
    """Break a name into at most `lines` lines that fit `room` points; unchanged when it already fits or cannot."""
    if width(text, size) <= room or "\n" in text:
        return text
    for count in range(2, lines + 1):
        step = -(-len(text) // count)
        broken = "\n".join(text[at : at + step] for at in range(0, len(text), step))
        if width(broken, size) <= room:
            return broken
    return text
