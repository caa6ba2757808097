"""Fonts of the print: the official ones where the site has them, else packaged stand-ins, which the file names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadRequest, Broken

if TYPE_CHECKING:
    from typst import Fonts

SERIF, SANS, LATIN = "Noto Serif SC", "Noto Sans SC", "Libertinus Serif"
ROLES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "title": ("方正小标宋简体", ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体"), SERIF),
    "body": ("仿宋_GB2312", ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋"), SERIF),
    "kai": ("楷体_GB2312", ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体"), SERIF),
    "hei": ("黑体", ("SimHei", "黑体"), SANS),
    "song": ("宋体", ("SimSun", "宋体"), SERIF),
    "latin": ("Times New Roman", ("Times New Roman",), LATIN),
}
"""Role: the official font, the family names under which a font file may carry it, the stand-in."""


@dataclass(frozen=True)
class Lettering:
    """The fonts of one print: families by role, and what was substituted for what."""

    fonts: Fonts
    families: dict[str, str]
    replaced: dict[str, str]

    @property
    def remark(self) -> str:
        """A sentence for the file; empty when every official font is there."""
        if not self.replaced:
            return ""
        pairs = "、".join(f"{name}以{other}代替" for name, other in self.replaced.items())
        return f"字体替代：{pairs}"


@cache
def lettering(folder: Path | None) -> Lettering:
    """Fonts of `folder` (the site's licensed ones) before the packaged ones; system fonts are never used.

    Raises BadRequest when `folder` does not exist, Broken without the packaged fonts.
    """
    if folder is not None and not folder.is_dir():
        raise BadRequest(f"没有字体目录「{folder}」。", "请核对 GMA_FONT_DIR。")
    if find_spec("pylopdf_fonts_zh_cn") is None:
        raise Broken("缺少中文字体包，无法排版 PDF。", "请执行 pip install pylopdf-fonts-zh-cn。")
    import pylopdf_fonts_zh_cn as packaged
    import typst

    folders = ([folder] if folder else []) + [Path(packaged.sans_path()).parent]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(f) for f in folders])
    present = set(fonts.families())
    families, replaced = {}, {}
    for role, (official, names, other) in ROLES.items():
        found = next((name for name in names if name in present), None)
        families[role] = found or other
        if found is None:
            replaced[official] = other
    return Lettering(fonts, families, replaced)
