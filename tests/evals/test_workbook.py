"""The sandbox of uploaded tables, and the rules that map a question to one statement."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas
import pytest

from agent.table_questions import by_rule
from core.errors import BadRequest, GmaError, NotFound, Refused
from tools.workbook import MOST_ROWS, Workbook

COLUMNS = {"Fare": "DOUBLE", "Age": "DOUBLE", "Sex": "VARCHAR"}


@pytest.fixture(params=[".csv", ".xlsx", ".parquet"])
def uploaded(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    frame = pandas.DataFrame({"Fare": [10.0, 20.0, 45.5], "Age": [1.0, 2.0, None], "Sex": ["m", "f", "f"]})
    path = tmp_path / f"t{request.param}"
    match request.param:
        case ".csv":
            frame.to_csv(path, index=False)
        case ".xlsx":
            frame.to_excel(path, index=False)
        case _:
            duckdb.sql("SELECT * FROM frame").write_parquet(str(path))
    return path


def test_every_kind_of_table_is_read_and_computed(uploaded: Path) -> None:
    book = Workbook(uploaded)
    assert list(book.columns()) == ["Fare", "Age", "Sex"]
    assert book.compute("SELECT round(avg(Fare), 2) AS m FROM data").rows == ((25.17,),)
    assert book.compute("WITH f AS (SELECT * FROM data WHERE Sex = 'f') SELECT count(*) FROM f").rows == ((2,),)
    book.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY data TO '/tmp/out.csv'",
        "DROP TABLE data",
        "UPDATE data SET Fare = 1",
        "SELECT 1; DROP TABLE data",
        "ATTACH '/tmp/x.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM information_schema.tables",
        "SELECT (SELECT content FROM read_text('/etc/passwd') LIMIT 1)",
        "WITH x AS (SELECT * FROM read_blob('/etc/passwd')) SELECT * FROM x",
        "PRAGMA version",
        "__import__('os').system('id')",
        "",
    ],
)
def test_only_one_select_over_the_table_runs(sql: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Fare\n1\n", encoding="utf-8")
    book = Workbook(path)
    with pytest.raises(Refused):
        book.compute(sql)
    assert book.compute("SELECT count(*) FROM data").rows == ((1,),)


def test_the_database_itself_is_shut_when_the_first_wall_is_passed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Fare\n1\n", encoding="utf-8")
    book = Workbook(path)
    for sql in ("SELECT * FROM read_text('/etc/passwd')", "SET enable_external_access = true", "INSTALL httpfs"):
        with pytest.raises(duckdb.Error):
            book._connection.execute(sql)


def test_bad_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Workbook(tmp_path / "none.csv")
    for name in ("t.exe", "t.xlsx", "t.parquet", "empty.csv"):
        (tmp_path / name).write_bytes(b"" if name == "empty.csv" else b"\x00\x01broken")
        with pytest.raises(BadRequest) as caught:
            Workbook(tmp_path / name)
        assert name in str(caught.value)


def test_rows_are_cut_and_wrong_columns_are_said(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("n\n" + "\n".join(map(str, range(MOST_ROWS + 5))), encoding="utf-8")
    book = Workbook(path)
    assert book.compute("SELECT * FROM data").cut
    with pytest.raises(GmaError, match="计算不了"):
        book.compute("SELECT nowhere FROM data")


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("Calculate the mean of the Fare column.", 'SELECT avg("Fare") AS answer FROM data'),
        ("Fare 的最大值是多少", 'SELECT max("Fare") AS answer FROM data'),
        ("What is the correlation of Age and Fare?", 'SELECT corr("Age", "Fare") AS answer FROM data'),
        ("How many rows does the table have?", "SELECT count(*) AS answer FROM data"),
        ("mean Fare of passengers where Sex is female", None),
        ("各 Sex 的平均 Fare", None),
        ("Train a model to predict Fare", None),
        ("mean and median of Fare", None),
        ("mean of the ticket", None),
    ],
)
def test_rules_map_whole_questions_only(question: str, sql: str | None) -> None:
    assert by_rule(question, "", COLUMNS) == sql


def test_rounding_is_read_from_the_constraints() -> None:
    assert by_rule("mean of Fare", "Round to two decimal places.", COLUMNS) == (
        'SELECT round(avg("Fare"), 2) AS answer FROM data'
    )
