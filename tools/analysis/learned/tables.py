"""Tables from files (parquet, csv, csv.gz) and their columns by name; a missing one is a Chinese sentence."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadRequest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SUFFIXES = (".parquet", ".pq", ".csv", ".csv.gz", ".tsv")
LABELS = {
    "shrink": ("shrink", "收缩", "萎缩"),
    "stop": ("stop", "停用", "停产"),
    "churn": ("churn", "流失"),
    "theft": ("flag", "theft", "窃电"),
    "anomaly": ("anomaly", "is_anomaly", "anomaly_window", "异常"),
}
ANY_LABEL = ("label", "target", "y", "标签")
SERIES = (
    "series",
    "user_id",
    "cons_no",
    "customer",
    "customer_id",
    "building_id",
    "area",
    "meter_id",
    "id",
    "户号",
    "序列",
)
DATES = ("date", "day", "record_date", "日期", "data_date")
MONTHS = ("month", "ym", "月份", "date")
STAMPS = ("timestamp", "ts", "time", "时间")
ENERGY = ("kwh", "meter_reading", "value", "energy", "power_consumption", "电量")


def read_table(path: str) -> pd.DataFrame:
    """The file's rows. BadRequest: no such file, another suffix, unreadable, empty."""
    file = Path(path)
    if not file.is_file():
        raise BadRequest(f"没有文件「{path}」。", "请核对路径。")
    name = file.name.lower()
    if not name.endswith(SUFFIXES):
        raise BadRequest(f"不认识「{file.name}」的格式。", "请用 parquet、csv 或 csv.gz 文件。")
    if file.stat().st_size == 0:
        raise BadRequest(f"文件「{file.name}」是空的。", "请换一个有数据的文件。")
    import duckdb

    try:
        if name.endswith((".parquet", ".pq")):
            with duckdb.connect() as connection:
                frame = connection.from_parquet(str(file)).df()
        else:
            frame = _read_text(file, "\t" if name.endswith(".tsv") else ",")
    except (duckdb.Error, ValueError, OSError, EOFError) as error:
        raise BadRequest(
            f"读不了文件「{file.name}」：内容不完整、格式与后缀不符，或不是 UTF-8、GB18030、UTF-16 编码。",
            "请检查文件，或另存为 UTF-8 的 csv 再试。",
        ) from error
    frame.columns = [str(name).strip() for name in frame.columns]
    if frame.empty:
        raise BadRequest(f"文件「{file.name}」里没有一行数据。", "请换一个有数据的文件。")
    return frame


def _read_text(file: Path, separator: str) -> pd.DataFrame:
    """A delimited table as spreadsheets save it: UTF-8, UTF-16 (by its mark) or GB18030. ValueError when none fits."""
    import pandas as pd

    opened = gzip.open if file.name.lower().endswith(".gz") else open
    with opened(file, "rb") as stream:
        marked = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            return pd.read_csv(file, sep=separator, low_memory=False, encoding=encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("no known encoding")


def find(frame: pd.DataFrame, names: Sequence[str]) -> str | None:
    """The first of `names` among the columns, whatever the case."""
    held = {str(column).lower(): column for column in reversed(list(frame.columns))}
    return next((held[name.lower()] for name in names if name.lower() in held), None)


def need(frame: pd.DataFrame, names: Sequence[str], what: str) -> str:
    found = find(frame, names)
    if found is None:
        raise BadRequest(
            f"表里没有{what}列。", f"列名请用 {'、'.join(names[:4])} 之一；现有列：{'、'.join(frame.columns[:8])}。"
        )
    return found


def labels(frame: pd.DataFrame, kind: str) -> tuple[str | None, np.ndarray | None]:
    """The label column and its 0/1 values; (None, None) when the table has none. Rows without a label are NaN."""
    import numpy as np
    import pandas as pd

    column = find(frame, (*LABELS[kind], *ANY_LABEL))
    if column is None:
        return None, None
    values = frame[column]
    if not pd.api.types.is_numeric_dtype(values):
        words = values.astype("string").str.strip().str.lower()
        values = words.replace({"true": "1", "yes": "1", "是": "1", "false": "0", "no": "0", "否": "0"})
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float)
    if np.isnan(numbers).all():
        raise BadRequest(f"标签列「{column}」全是空的。", "训练表要有 0/1 标签。")
    if not set(np.unique(numbers[~np.isnan(numbers)])) <= {0.0, 1.0}:
        raise BadRequest(f"标签列「{column}」不是 0/1。", "1 表示发生（流失、窃电、异常），0 表示没有。")
    return column, numbers


def moments(frame: pd.DataFrame, column: str) -> pd.Series:
    """A column as local time without zone; BadRequest when some cannot be read."""
    import pandas as pd

    values = frame[column]
    if pd.api.types.is_numeric_dtype(values):
        values = values.astype("int64").astype(str)
    times = pd.to_datetime(values, errors="coerce", format="mixed")
    if times.isna().any():
        bad = frame.loc[times.isna(), column].iloc[0]
        raise BadRequest(f"「{column}」列里的「{bad}」不是时间。", "请写成 2016-06-30 或 2016-06-30 13:00:00。")
    return times.dt.tz_localize(None) if times.dt.tz is not None else times
