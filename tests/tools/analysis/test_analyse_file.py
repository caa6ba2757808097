"""`gma analyse-file` from files to scores, on small generated tables and (when they are here) on real ones.

Real tables are no part of the repository: `GMA_REAL_DATA` names their folder (default: `shared/data` beside the
project). By default the shortest task runs on them; `GMA_LEARNED_FULL=1` runs every one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tools.analysis.learned.tables import read_table
from ui.cli import main

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("GMA_REAL_DATA", ROOT.parent / "shared" / "data"))
HERE = (DATA / "tianchi_injected_monthly_area.parquet").is_file()
REAL = {
    "shrink": ("tianchi_natural_stop_labels", "user_id", "shrink", 0.80),
    "stop": ("tianchi_natural_stop_labels", "user_id", "stop", 0.80),
    "churn": ("powerco_sme_churn", "id", "churn", 0.692),
    "theft": ("sgcc_features_42367", "", "FLAG", 0.720),
    "anomaly-daily": ("tianchi_injected_area", "series", "anomaly", 0.73),
    "anomaly-monthly": ("tianchi_injected_monthly_area", "rep", "anomaly", 0.73),
    "anomaly-hourly": ("lead10_hourly", "building_id", "anomaly", 0.81),
}
ANSWERS = ["shrink", "stop", "future_ratio", "churn", "FLAG", "anomaly", "factor"]
FULL = os.environ.get("GMA_LEARNED_FULL") == "1"


def auc(label: np.ndarray, score: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(label, score))


def run(task: str, folder: Path, *more: str) -> tuple[int, Path]:
    out = folder / "scores.csv"
    tables = ["--train", str(folder / "train.csv"), "--score", str(folder / "score.csv.gz")]
    return main(["analyse-file", "--task", task, *tables, "--out", str(out), *more]), out


def months(areas: int = 36, seed: int = 4) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    month = pd.date_range("2015-01-01", periods=20, freq="MS")
    season = 1 + 0.2 * np.sin(np.arange(20) / 12 * 2 * np.pi)
    parts = []
    for area in range(areas):
        kwh = random.lognormal(13, 0.4) * season * random.lognormal(0, 0.04, 20)
        mark = np.zeros(20, dtype=int)
        mark[random.choice(20, 2, replace=False)] = 1
        kwh = np.where(mark == 1, kwh * 0.8, kwh)
        parts.append(pd.DataFrame({"area": f"P{area:02d}", "month": month, "kwh": kwh.round(), "anomaly": mark}))
    return pd.concat(parts, ignore_index=True)


def test_scores_follow_the_rows_are_repeatable_and_find_what_was_planted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = months()
    held = table[table.area >= "P24"].sample(frac=1, random_state=3)
    table[table.area < "P24"].to_csv(tmp_path / "train.csv", index=False)
    held.drop(columns="anomaly").to_csv(tmp_path / "score.csv.gz", index=False)
    code, out = run("anomaly-monthly", tmp_path, "--json", "--card", str(tmp_path / "card.json"))
    body = json.loads(capsys.readouterr().out)
    assert code == 0 and body["status"] == "ok" and body["rows"] == {"train": 480, "score": 240}
    first = out.read_bytes()
    scores = pd.read_csv(out)
    assert list(scores.columns) == ["score"] and len(scores) == 240
    assert auc(held.anomaly.to_numpy(), scores.score.to_numpy()) > 0.9
    assert abs(scores.score.mean() - held.anomaly.mean()) < 0.05, "scores are probabilities"
    low, high = body["validation"]["interval"]["auc"]
    assert low <= body["validation"]["auc"] <= high
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert len(card["validation"]["folds"]) == 5 and card["tried"] and card["features"]
    assert run("anomaly-monthly", tmp_path)[0] == 0 and out.read_bytes() == first
    assert "AUC" in capsys.readouterr().out


def test_shrink_learns_from_readings_and_says_which_customers_have_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(8)
    days = pd.date_range("2015-01-01", periods=330, freq="D")
    kwh = random.lognormal(6.5, 0.5, 150)[:, None] * random.lognormal(0, 0.1, (150, len(days)))
    leaving = np.arange(150) % 5 == 0
    for at in np.flatnonzero(leaving):
        kwh[at, 185:] *= np.clip(1 - np.arange(145) / 45, 0.05, 1)
    wide = pd.DataFrame(np.maximum(kwh.round(), 1), columns=[f"{day:%Y-%m-%d}" for day in days])
    wide.insert(0, "user_id", np.arange(150))
    ratio = kwh[:, 231:291].mean(axis=1) / kwh[:, 111:201].mean(axis=1)
    table = pd.DataFrame({"user_id": np.arange(150), "snapshot": f"{days[200]:%Y-%m-%d}", "base": kwh.mean(axis=1)})
    answer = (ratio < 0.5).astype(int)
    table[:100].assign(shrink=answer[:100], future_ratio=ratio[:100]).to_csv(tmp_path / "train.csv", index=False)
    table[100:].to_csv(tmp_path / "score.csv.gz", index=False)
    wide[:110].to_csv(tmp_path / "one.csv", index=False)
    wide[110:149].to_csv(tmp_path / "two.csv.gz", index=False)
    code, out = run("shrink", tmp_path, "--series", str(tmp_path / "one.csv"), str(tmp_path / "two.csv.gz"))
    said = capsys.readouterr().out
    assert code == 0 and "待评表有 1 行" in said and "补充了" in said
    assert "待评表没有这些列，未用于学习：future_ratio。" in said
    scores = pd.read_csv(out).score.to_numpy()
    assert len(scores) == 50 and np.isfinite(scores).all()
    assert auc(answer[100:149], scores[:49]) > 0.9


def test_without_marks_hours_are_scored_against_their_own_rhythm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hours = pd.date_range("2016-01-01", periods=24 * 60, freq="h")
    random = np.random.default_rng(6)
    value = (100 + 40 * (hours.hour > 7)) * random.lognormal(0, 0.03, len(hours))
    mark = np.zeros(len(hours), dtype=int)
    mark[700:730] = 1
    table = pd.DataFrame({"building_id": 7, "timestamp": hours, "meter_reading": np.where(mark == 1, 0.0, value)})
    table.to_csv(tmp_path / "train.csv", index=False)
    table.to_csv(tmp_path / "score.csv.gz", index=False)
    code, out = run("anomaly-hourly", tmp_path)
    assert code == 0 and "无监督" in capsys.readouterr().out
    assert auc(mark, pd.read_csv(out).score.to_numpy()) > 0.9


@pytest.mark.parametrize(
    ("task", "train", "says"),
    [
        ("churn", {"kwh": [1, 2, 3]}, "没有标签列"),
        ("churn", {"kwh": [1, 2, 3], "churn": [0, 0, 1]}, "至少要"),
        ("theft", {"mean_usage": [1, 2], "FLAG": ["x", "y"]}, "标签列「FLAG」全是空的"),
        ("theft", {"mean_usage": [1, 2], "FLAG": [3, 4]}, "不是 0/1"),
        ("stop", {"stop": [0, 1], "snapshot": ["2016-01-01"] * 2}, "没有户号列"),
        ("stop", {"stop": [0, 1], "user_id": [1, 2], "snapshot": ["x", "y"]}, "不是时间"),
        ("anomaly-daily", {"series": ["a"], "date": ["2016-01-01"]}, "没有电量列"),
    ],
)
def test_what_cannot_be_used_is_said_in_chinese_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], task: str, train: dict[str, list[object]], says: str
) -> None:
    pd.DataFrame(train).to_csv(tmp_path / "train.csv", index=False)
    pd.DataFrame(train).to_csv(tmp_path / "score.csv.gz", index=False)
    code, out = run(task, tmp_path)
    assert code == 1 and says in capsys.readouterr().err
    assert not out.exists()


def test_missing_files_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = run("churn", tmp_path)
    assert code == 1 and "没有文件" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_tables_in_the_encodings_of_spreadsheets_read_the_same(tmp_path: Path, encoding: str) -> None:
    table = pd.DataFrame({"户号": ["0012", "0013"], "行业": ["纺织业", "食品加工"], "电量": [1.5, 2.0]})
    for name in ("a.csv", "a.csv.gz"):
        table.to_csv(tmp_path / name, index=False, encoding=encoding)
        found = read_table(str(tmp_path / name))
        assert list(found) == list(table) and found["行业"].tolist() == table["行业"].tolist()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "是空的"),
        ("a.csv", b"id,kwh,churn\n", "没有一行数据"),
        ("a.csv", bytes(range(256)) * 20, "读不了文件"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00abc", "读不了文件"),
        ("a.parquet", b"PAR1xxxx", "读不了文件"),
        ("a.csv", b"a,b,churn\n1,2,0\n1,2,3,4,5\n", "读不了文件"),
        ("a.xlsx", b"x", "不认识"),
    ],
)
def test_broken_files_are_one_chinese_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    given = ["--train", str(tmp_path / name), "--score", str(tmp_path / name)]
    assert main(["analyse-file", "--task", "churn", *given, "--out", str(tmp_path / "o.csv")]) == 1
    said = capsys.readouterr().err
    assert says in said and not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", said), said
    assert main(["analyse-file", "--task", "churn", *given, "--out", str(tmp_path)]) == 1
    assert "是目录" in capsys.readouterr().err


def test_an_unknown_task_lists_the_seven(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["analyse-file", "--task", "weather", "--train", "a", "--score", "b", "--out", "c"])
    assert "anomaly-hourly" in capsys.readouterr().err


@pytest.mark.skipif(not HERE, reason=f"real tables are not here: {DATA.name}")
@pytest.mark.parametrize("task", list(REAL) if FULL else ["anomaly-monthly"])
def test_real_tables_are_scored_better_than_the_simple_rule(
    tmp_path: Path, task: str, parquet: Callable[[str], pd.DataFrame]
) -> None:
    name, owner, label, floor = REAL[task]
    table = parquet(name)
    groups = table[owner] if owner else pd.Series(np.arange(len(table)))
    names = np.sort(groups.unique())
    chosen = set(np.random.default_rng(0).choice(names, max(1, len(names) // 3), replace=False))
    held = groups.isin(chosen)
    table[~held].to_csv(tmp_path / "train.csv", index=False)
    table[held].drop(columns=ANSWERS, errors="ignore").to_csv(tmp_path / "score.csv.gz", index=False)
    series = ["--series", str(DATA / "tianchi_enterprise_daily.parquet")] if task in {"shrink", "stop"} else []
    code, out = run(task, tmp_path, *series)
    assert code == 0
    assert auc(table.loc[held, label].to_numpy(), pd.read_csv(out).score.to_numpy()) > floor


@pytest.fixture
def parquet() -> Callable[[str], pd.DataFrame]:
    def read(name: str) -> pd.DataFrame:
        import duckdb

        frame: pd.DataFrame = duckdb.sql(f"FROM '{DATA / name}.parquet'").df()
        return frame

    return read
