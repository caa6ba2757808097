"""Hostile SQL, hundreds of statements: refused, or scoped. Never a file, a write or another county's row."""

from __future__ import annotations

import hashlib
import itertools
import random
from pathlib import Path

import pytest

from core.domain.actor import Actor, Role
from tools.fetch import Gate, Query
from tools.sources import all_sources

NEAR = "9940101"
ATTACKS = """
COPY customer TO '/srv/out.csv' | COPY (SELECT * FROM customer) TO '/srv/out.parquet' | ATTACH '/srv/x.db' AS x
DETACH src | PRAGMA database_list | SET threads = 99 | RESET ALL | INSTALL httpfs | LOAD httpfs | CALL pragma_version()
EXPORT DATABASE '/srv/x' | IMPORT DATABASE '/srv/x' | CHECKPOINT
VACUUM | ANALYZE | EXPLAIN SELECT 1 | DESCRIBE customer
SHOW TABLES | SUMMARIZE customer | USE src | BEGIN | COMMIT | ROLLBACK | CREATE TABLE t AS SELECT 1 | DROP VIEW customer
CREATE MACRO f() AS 1 | ALTER TABLE customer ADD x INT | UPDATE customer SET org_code = '9940101' | TRUNCATE customer
INSERT INTO customer SELECT * FROM customer | DELETE FROM bill
GRANT ALL ON customer TO x | EXECUTE p | PREPARE p AS SELECT 1
MERGE INTO customer USING bill ON TRUE WHEN MATCHED THEN DELETE | FROM customer
TABLE customer | PIVOT customer ON status
DO $$ BEGIN END $$ | LISTEN x | LOCK TABLE customer | DECLARE c CURSOR FOR SELECT 1 | SELECT 1 INTO OUTFILE '/srv/x'
"""
TABLES = """
read_csv('/etc/passwd') | read_text('/etc/passwd') | read_blob('/etc/shadow') | glob('/etc/*') | '/etc/passwd'
'http://example.invalid/x.csv' | duckdb_settings() | duckdb_tables() | pragma_table_info('customer') | sqlite_master
information_schema.tables | pg_catalog.pg_tables | main.customer | src.main.customer | memory.main.x | "customer; DROP"
range(10) | generate_series(1, 9) | unnest([1, 2])
query('SELECT 1') | query_table('customer') | customer TABLESAMPLE 50%
(FROM customer) | (TABLE customer) | (PIVOT customer ON status USING COUNT(*)) | (SHOW TABLES) | (DESCRIBE customer)
sniff_csv('/etc/passwd') | parquet_scan('/srv/*.parquet') | json_each('{}')
energy_day | df | repeat_row(1, num_rows=9)
pg_read_file('/etc/passwd') | dblink('x', 'y') | load_file('/etc/passwd')
secrets | duckdb_secrets() | LATERAL (SELECT 1)
"""
VALUES = """
getenv('HOME') | current_setting('threads') | version() | current_user | current_database() | pg_sleep(9) | nextval('s')
read_text('/etc/passwd') | getvariable('x') | (SELECT phone FROM customer LIMIT 1) | list(phone) | to_json(customer)
customer | customer.* | hash(phone) | md5(cons_name) | phone || '' | upper(cons_name) | reverse(phone) | ascii(phone)
CASE WHEN phone LIKE '1%' THEN 1 END | regexp_extract(phone, '.*') | struct_pack(a := phone) | [phone] | {'a': phone}
array_agg(phone) | string_agg(phone, ',') | first(phone) | arg_max(phone, cons_no) | histogram(phone) | mode(phone)
COLUMNS('phone') | COLUMNS(*) | CAST('customer' AS regclass)
extractvalue(1, 2) | xp_cmdshell('x') | lpad('x', 999999999)
repeat('x', 999999999) | query('SELECT 1') | random() | uuid()
now() | txid_current() | pg_terminate_backend(1) | rowid | ctid
"""
SHAPES = (
    "SELECT {v} AS a FROM customer",
    "SELECT COUNT(*) AS n FROM customer WHERE {v} IS NOT NULL",
    "WITH w AS (SELECT {v} AS a FROM customer) SELECT a FROM w",
    "SELECT cons_no FROM customer ORDER BY {v}",
    "SELECT org_code FROM bill UNION ALL SELECT {v} FROM customer",
)
PLACES = (
    "SELECT * FROM {t}",
    "SELECT c.cons_no FROM customer c CROSS JOIN {t} AS x",
    "WITH w AS (SELECT * FROM {t}) SELECT COUNT(*) AS n FROM w",
    "SELECT cons_no FROM customer WHERE EXISTS (SELECT 1 FROM {t})",
)
ESCAPES = (
    "SELECT * FROM customer WHERE org_code LIKE '%' OR 1 = 1",
    "SELECT * FROM customer c WHERE c.org_code = '994010401'",
    "SELECT b.* FROM customer c RIGHT JOIN bill b ON FALSE",
    "SELECT * FROM customer c FULL OUTER JOIN (SELECT cons_no AS k FROM bill) b ON FALSE",
    "SELECT cons_no FROM customer EXCEPT SELECT cons_no FROM bill WHERE 1 = 0",
    "SELECT cons_no, org_code FROM customer) -- ",
    "SELECT cons_no FROM customer WHERE cons_no = '' OR ''='' /* ",
    "SELECT (SELECT COUNT(*) FROM bill WHERE org_code LIKE '9940104%') AS n FROM customer",
    "SELECT * FROM (SELECT * FROM (SELECT cons_no, org_code FROM customer) a) b WHERE org_code > '9940102'",
    "WITH bill2 AS (SELECT * FROM bill) SELECT cons_no FROM bill2 WHERE org_code LIKE '9940104%'",
    "SELECT mp_no FROM metering_point WHERE mp_no LIKE 'FAR%'",
    "SELECT mp_no FROM meter_change WHERE mp_no IN (SELECT mp_no FROM metering_point)",
    "SELECT '__bind___unit__end' AS a, '$__unit' AS b, ':__unit' AS c, '%' AS d FROM customer",
    'SELECT org_code AS "a\' FROM bill; DROP TABLE bill; --" FROM bill',
    'SELECT * FROM customer AS "x"") UNION SELECT * FROM ""customer"',
    "SELECT DATE_TRUNC('day', issue_time) AS \") FROM src.main.customer --\" FROM bill",
)


def split(text: str) -> list[str]:
    return [part.strip() for line in text.strip().splitlines() for part in line.split("|") if part.strip()]


def mutated(sql: str, turn: random.Random) -> str:
    """The same statement in another dress: case, comments, blanks, trailing semicolons, stacked statements."""
    choice = turn.randrange(6)
    if choice == 0:
        return sql.swapcase() if "'" not in sql else sql
    if choice == 1:
        return sql.replace(" ", "/**/ ")
    if choice == 2:
        return "\n\t" + sql.replace(" ", "\n")
    if choice == 3:
        return f"SELECT 1 AS a; {sql}"
    return f"{sql} ;; -- {turn.random()}" if choice == 4 else f"({sql})"


def corpus() -> list[str]:
    turn = random.Random(20261123)
    out = split(ATTACKS) + list(ESCAPES)
    out += [shape.format(v=value) for shape, value in itertools.product(SHAPES, split(VALUES))]
    out += [place.format(t=table) for place, table in itertools.product(PLACES, split(TABLES))]
    return out + [mutated(turn.choice(out), turn) for _ in range(400)]


@pytest.fixture
def near_gate(gate: Gate) -> Gate:
    actor = Actor(user="staff01", name="业务员", role=Role.STAFF, org=NEAR)
    settings = gate.settings.model_copy(update={"source_timeout": 3.0})
    return Gate(actor, settings)


def test_corpus_is_large_enough() -> None:
    assert len(set(corpus())) >= 700


def test_hostile_statements_are_refused_or_scoped(near_gate: Gate, little_home: Path) -> None:
    files = sorted((little_home / "demo").glob("*.duckdb"))
    before = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    passed: list[str] = []
    for sql in dict.fromkeys(corpus()):
        outcome = near_gate.run(Query("marketing", sql, {}, NEAR))
        shown = str(outcome.rows)
        assert "FAR" not in shown and "9940104" not in shown, sql
        assert "root:" not in shown and "1381234567" not in shown and "张三丰" not in shown, sql
        assert str(little_home) not in outcome.message, outcome.message
        if outcome.status in {"ok", "empty"}:
            passed.append(sql)
        else:
            assert outcome.rows == [] and not outcome.message.isascii(), sql
    assert [hashlib.sha256(file.read_bytes()).hexdigest() for file in files] == before
    bad = ("passwd", "attach", "copy ", "duckdb_")
    assert not [sql for sql in passed if any(word in sql.lower() for word in bad)]
    assert passed, "没有一条语句放行：这组样本已经测不出越权"


def test_allowed_statements_keep_the_row_policy_in_every_reference(near_gate: Gate) -> None:
    """Each dataset reference in the engine's SQL stands behind a scope predicate."""
    from core.errors import GmaError
    from tools.sources.rewrite import fill
    from tools.sources.statement import statement

    seen = 0
    for sql in dict.fromkeys(corpus()):
        try:
            found = statement("marketing", sql)
            plan = near_gate.connections.plan("marketing", found, 10)
        except GmaError:
            continue
        marks = {f"b:{name}": f"${name}" for name in [*found.binds, "__unit"]}
        text = fill(plan, marks)
        direct = sum(text.count(f'FROM src.main."{dataset.name}"') for dataset in all_sources()["marketing"].datasets)
        guards = text.count("LIKE $__unit") + text.count(" IN (SELECT ")
        assert direct and guards >= direct, text
        seen += 1
    assert seen >= 10


def test_the_engine_itself_is_locked(near_gate: Gate) -> None:
    """The second wall: even SQL that reaches DuckDB raw can neither read files nor change settings."""
    import duckdb

    near_gate.run(Query("marketing", "SELECT COUNT(*) AS n FROM customer", {}, NEAR))
    backend = near_gate.connections.backend("marketing")
    cursor = backend._open().cursor()  # type: ignore[attr-defined]
    raw = (
        "SELECT * FROM read_text('/etc/passwd')",
        "SET threads = 3",
        "DELETE FROM src.main.customer",
        "ATTACH '/srv/never.db'",
        "COPY (SELECT 1) TO '/etc/never'",
        "SET enable_external_access = true",
    )
    for sql in raw:
        with pytest.raises(duckdb.Error):
            cursor.execute(sql)
