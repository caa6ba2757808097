"""Colours that stay apart for colour-blind eyes and, by lightness, hatch and marker, on a greyscale print."""

from __future__ import annotations

GREEN = "#00706B"
SERIES = (GREEN, "#E69F00", "#56A3D9", "#7A4E9F", "#9C9C9C", "#8FCBB9")
HATCHES = ("", "////", "....", "\\\\\\\\", "", "xxxx")
LINES = ("#C8501E", "#2B4C7E", "#7A4E9F", GREEN)
MARKERS = ("o", "s", "^", "D")
INK = "#222222"
MUTED = "#666666"
GRID = "#DDDDDD"
RISE, FALL, LEVEL = "#C8501E", "#56A3D9", GREEN


def colour(index: int) -> str:
    return SERIES[index % len(SERIES)]


def hatch(index: int) -> str:
    return HATCHES[index % len(HATCHES)]


def line_colour(index: int) -> str:
    return LINES[index % len(LINES)]


def marker(index: int) -> str:
    return MARKERS[index % len(MARKERS)]
