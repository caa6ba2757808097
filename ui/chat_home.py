"""Where Chainlit lives: a writable copy of the read-only chat files under GMA_HOME, made anew at every start.

Chainlit reads its configuration, translations, public files and front-end build below one application root and writes
session files there too. The package stays read-only; everything that is written lies under `GMA_HOME/chat`.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from importlib.util import find_spec
from pathlib import Path

from core.settings import Settings

SOURCE = Path(__file__).resolve().parent.parent
ASSETS = Path(__file__).resolve().parent / "assets"
_OUTSIDE = re.compile(r"\s*<link\b[^>]*https?://[^>]*>", re.IGNORECASE)
_OUTSIDE_META = re.compile(r'\s*<meta\b[^>]*content="https?://[^"]*"[^>]*>', re.IGNORECASE)
_PARTS = re.compile(r"^//\s*parts:\s*(.*)$", re.MULTILINE)


def prepare_chat_home(settings: Settings) -> Path:
    """Lay out `GMA_HOME/chat` and point Chainlit at it; must run before the first import of chainlit."""
    root = (settings.home / "chat").resolve()
    root.mkdir(parents=True, exist_ok=True)
    for name in (".chainlit", "public"):
        shutil.rmtree(root / name, ignore_errors=True)
        shutil.copytree(_shipped(name), root / name)
    for name in ("chainlit.md", "chainlit_zh-CN.md"):
        shutil.copyfile(_shipped("chainlit.md"), root / name)
    elements = root / "public" / "elements"
    elements.mkdir()
    for source in sorted((ASSETS / "elements").glob("*.jsx")):
        (elements / source.name).write_text(compose_element(source), encoding="utf-8")
    _copy_build(root / "build")
    os.environ["CHAINLIT_APP_ROOT"] = str(root)
    os.environ["CHAINLIT_AUTH_SECRET"] = session_secret(settings)
    return root


def compose_element(source: Path) -> str:
    """One JSX element: the shared parts that its first line names (`// parts: fact chart`), then itself."""
    text = source.read_text(encoding="utf-8")
    named = _PARTS.search(text)
    names = named[1].split() if named else []
    parts = [(ASSETS / "parts" / f"{name}.jsx").read_text(encoding="utf-8") for name in names]
    return "\n".join(['import { useEffect, useMemo, useRef, useState, Fragment } from "react"', *parts, text])


def offline_page(html: str) -> str:
    """The page without links to other hosts (fonts, formula styles, picture previews), in Chinese."""
    return _OUTSIDE_META.sub("", _OUTSIDE.sub("", html)).replace('<html lang="en">', '<html lang="zh-CN">')


def session_secret(settings: Settings) -> str:
    """The key that signs chat sessions: `GMA_SECRET`, else made once and kept in `GMA_HOME/secret` (0600)."""
    if settings.secret:
        return settings.secret
    path = settings.home / "secret"
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _shipped(name: str) -> Path:
    """A file or folder of the repository's top level; inside an installed package it lies among the assets."""
    top = SOURCE / name
    return top if top.exists() else ASSETS / name.lstrip(".")


def _copy_build(target: Path) -> None:
    """The packaged front end without its links to public networks and without source maps; copied once a version."""
    spec = find_spec("chainlit")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("chainlit")
    source = Path(spec.origin).parent / "frontend" / "dist"
    page = (source / "index.html").read_text(encoding="utf-8")
    mark = target / "index.html"
    wanted = offline_page(page)
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.map", "index.html"))
    mark.write_text(wanted, encoding="utf-8")
