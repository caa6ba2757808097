"""Many series over the same time axis as one matrix, and the window arithmetic on it. Rows are series."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd


def matrix(owner: np.ndarray, when: np.ndarray, value: np.ndarray) -> pd.DataFrame:
    """Series × times (sorted); the first of duplicate readings counts."""
    long = pd.DataFrame({"owner": owner, "when": when, "value": value})
    long = long.drop_duplicates(["owner", "when"])
    return long.pivot(index="owner", columns="when", values="value").sort_index(axis=1)


def places(wide: pd.DataFrame, owner: np.ndarray, when: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of every reading of the long table."""
    return wide.index.get_indexer(pd.Index(owner)), wide.columns.get_indexer(pd.Index(when))


def pick(made: dict[str, np.ndarray], at: tuple[np.ndarray, np.ndarray]) -> pd.DataFrame:
    """One row per reading of the long table from feature matrices."""
    frame = pd.DataFrame({name: values[at] for name, values in made.items()})
    return frame.replace([np.inf, -np.inf], np.nan).clip(-1e6, 1e6)


def rolling(a: np.ndarray, width: int, how: str, least: int = 1, *, centred: bool = True) -> np.ndarray:
    windows = pd.DataFrame(a.T).rolling(width, center=centred, min_periods=least)
    out: np.ndarray = getattr(windows, how)().to_numpy().T
    return out


def shifted(a: np.ndarray, by: int) -> np.ndarray:
    """The value `by` steps before (after, when negative); NaN beyond the ends."""
    out = np.full_like(a, np.nan, dtype=float)
    if abs(by) >= a.shape[1]:
        return out
    if by > 0:
        out[:, by:] = a[:, :-by]
    elif by < 0:
        out[:, :by] = a[:, -by:]
    else:
        out[:] = a
    return out


def runs(flags: np.ndarray) -> np.ndarray:
    """Length of the run of True each cell belongs to, 0 for False."""
    n, m = flags.shape
    length = np.zeros((n, m))
    for direction in (1, -1):
        count = np.zeros(n)
        for j in range(m)[::direction]:
            count = np.where(flags[:, j], count + 1, 0)
            length[:, j] += count
    return np.where(flags, length - 1, 0.0)


def median(a: np.ndarray, axis: int) -> np.ndarray:
    """Median without NaN, the axis kept; NaN where nothing is there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        out: np.ndarray = np.nanmedian(a, axis=axis, keepdims=True)
    return out


def across(a: np.ndarray, shifts: tuple[int, ...], how: str = "median") -> np.ndarray:
    """Median or mean of the neighbours at the given steps."""
    stack = np.stack([shifted(a, by) for by in shifts])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        out: np.ndarray = np.nanmedian(stack, axis=0) if how == "median" else np.nanmean(stack, axis=0)
    return out


def low_rank(a: np.ndarray, rank: int, scale: np.ndarray, clip: float = 4.0, rounds: int = 2) -> np.ndarray:
    """What the `rank` strongest common movements do not explain; outliers are clipped so that they do not lead."""
    from scipy.linalg import svd

    z = np.nan_to_num(a) / scale
    tame = np.clip(z, -clip, clip)
    common = np.zeros_like(z)
    for _ in range(rounds):
        _, _, basis = svd(tame, full_matrices=False)
        basis = basis[: min(rank, len(basis))]
        common = (np.clip(z, -clip, clip) @ basis.T) @ basis
        tame = common + np.clip(z - common, -clip / 2, clip / 2)
    out: np.ndarray = (z - common) * scale
    return np.where(np.isnan(a), np.nan, out)
