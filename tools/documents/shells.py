"""Shells (文种): the three outer forms of one report; its text, figures and hash are the same in each."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from core.domain.report import ReportContent
from core.errors import BadRequest
from tools.documents import DocumentMeta
from tools.documents.cover import signed_on

RED = "C00000"
_NAMES = re.compile(r"[\u4e00-\u9fff（）、，]{2,200}")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}〔20\d{2}〕[1-9]\d{0,3}号")


@dataclass(frozen=True)
class Shell:
    """`cover` and `contents` stand before the body; `banner` is the red name above it, `imprint` the lines below."""

    id: str
    label: str
    cover: bool
    banner: str = ""
    imprint: bool = False


SHELLS = {
    item.id: item
    for item in (
        Shell("internal", "内部分析报告", cover=True),
        Shell("official", "正式公文", cover=False, banner="{org}文件", imprint=True),
        Shell("brief", "信息专报", cover=False, banner="营销信息专报"),
    )
}


@dataclass(frozen=True)
class Dress:
    """How one export differs from the released file: another shell than the report's own, a 发文字号, 主送 and 抄送, a
    watermark. Text and hash stay."""

    shell: str = ""
    number: str = ""
    watermark: str = ""
    to: str = ""
    copies: str = ""

    def checked(self, format: str, own: str = "internal") -> Dress:
        """With a shell: the one asked for, or the report's `own` where the format has shells.

        Raises BadRequest for what the format cannot wear, for an unknown shell, a malformed number, and addressees that
        are no names.
        """
        papers = format in {"docx", "pdf"}
        shell = shell_of(self.shell or (own if papers else "internal"))
        if shell.id != "internal" and not papers:
            raise BadRequest(f"{format} 格式没有文种之分。", "文种只用于 docx 和 pdf。")
        if self.watermark and format != "pdf":
            raise BadRequest(f"{format} 格式不能加水印。", "水印只用于 pdf。")
        if self.number and not shell.imprint:
            raise BadRequest(f"「{shell.label}」不带发文字号。", "发文字号只用于正式公文（--shell official）。")
        if (self.to or self.copies) and not shell.imprint:
            raise BadRequest(f"「{shell.label}」没有主送和抄送。", "主送、抄送只用于正式公文（--shell official）。")
        checked_number(self.number)
        return replace(self, shell=shell.id, to=checked_names(self.to), copies=checked_names(self.copies))

    @property
    def mark(self) -> str:
        """A short name for the file, empty for the released form."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:8] if self != Dress() else ""


def shell_of(name: str) -> Shell:
    """Raises BadRequest for a shell that does not exist."""
    found = SHELLS.get(name)
    if found is None:
        known = "、".join(f"{item.id}（{item.label}）" for item in SHELLS.values())
        raise BadRequest(f"没有文种「{name}」。", f"现有文种：{known}。")
    return found


def checked_number(number: str) -> str:
    """A 发文字号 as GB/T 9704 writes it, or "" for none. Raises BadRequest for another form."""
    if number and not _NUMBER.fullmatch(number):
        raise BadRequest(
            f"发文字号「{number}」写法不对。", "应如「国网云营〔2026〕15号」：六角括号，序号不加「第」、不编虚位。"
        )
    return number


def checked_names(names: str) -> str:
    """Units that a paper goes to, joined by 、 or ，, or "" for none. Raises BadRequest for anything but names."""
    bare = names.strip().rstrip("：:。")
    if bare and not _NAMES.fullmatch(bare):
        raise BadRequest(
            f"主送、抄送「{names[:30]}」写法不对。", "只写单位名称，用顿号或逗号分开，如「各市供电公司，公司办公室」。"
        )
    return bare


def banner_lines(content: ReportContent, meta: DocumentMeta) -> tuple[str, str, str]:
    """The red name, and what stands left and right above the red line."""
    shell = shell_of(meta.shell)
    name = shell.banner.format(org=content.org_name)
    if shell.imprint:
        return name, "", meta.number or "（发文字号待编）"
    return name, content.org_name, content.period.label


def addressed(meta: DocumentMeta) -> str:
    """The 主送 line below the title; "" where the paper names nobody."""
    return f"{meta.to}：" if meta.to else ""


def copied(meta: DocumentMeta) -> str:
    """The 抄送 line above the issuer; "" where nobody gets a copy."""
    return f"抄送：{meta.copies}。" if meta.copies else ""


def imprint_line(content: ReportContent, meta: DocumentMeta) -> tuple[str, str]:
    """Who issued it and when, between the two lines at the very end."""
    return content.org_name, f"{signed_on(meta)}印发" if meta.approved_at else "尚未印发"
