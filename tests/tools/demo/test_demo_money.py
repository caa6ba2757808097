"""Bills and payments: energies billed, amounts, reversals, recovery, arrears."""

from __future__ import annotations

from typing import Any

import pytest

CLEAN = "cons_no NOT IN (SELECT cons_no FROM marketing.bill WHERE reversal_of IS NOT NULL)"


def test_clean_customers_are_billed_what_their_meters_recorded(province: Any) -> None:
    province.none(f"""
        WITH m AS (SELECT cons_no, strftime(date, '%Y-%m') AS ym, coalesce(sum(fwd_kwh), 0) AS kwh
                   FROM acquisition.energy_day GROUP BY ALL)
        SELECT * FROM m FULL JOIN (SELECT cons_no, ym, sum(kwh_total) AS billed FROM marketing.bill GROUP BY ALL) b
             USING (cons_no, ym)
        WHERE {CLEAN} AND coalesce(kwh, -1) <> coalesce(billed, -1)
    """)
    assert province.one(f"SELECT count(DISTINCT cons_no) FROM marketing.bill WHERE {CLEAN}") > 4_800


def test_other_customers_are_billed_right_in_the_end(province: Any) -> None:
    """Over the whole window the bills of a rebilled customer hold the true energy, missing days included."""
    planted = {i for d in province.key("defects") if d["type"] == "ratio_error" for i in d["ids"]}
    missing = {r[0] for r in province.rows("SELECT cons_no FROM acquisition.energy_day WHERE quality = '缺失'")}
    assert missing and planted - missing
    for cons_no in planted - missing:
        billed = province.one(f"SELECT sum(kwh_total) FROM marketing.bill WHERE cons_no = '{cons_no}'")
        real = province.one(f"""
            WITH m AS (SELECT *, min(ratio) OVER (PARTITION BY mp_no) AS right_ratio FROM marketing.metering_point)
            SELECT sum(e.fwd_kwh / m.ratio * m.right_ratio) FROM acquisition.energy_day e
            JOIN m ON m.mp_no = e.mp_no AND e.date >= m.valid_from AND (m.valid_to IS NULL OR e.date < m.valid_to)
            WHERE e.cons_no = '{cons_no}'
        """)
        assert abs(float(billed) - float(real)) < 0.01
    month = "WHERE date BETWEEN DATE '2025-12-01' AND DATE '2025-12-31' AND org_code LIKE '9940103%'"
    named = ", ".join(f"'{i}'" for i in sorted(planted))
    others = f"cons_no NOT IN ({named})"
    read = province.one(f"SELECT sum(fwd_kwh) FROM acquisition.energy_day {month} AND {others}")
    final = province.one(f"""
        SELECT sum(kwh_total) FROM marketing.bill
        WHERE org_code LIKE '9940103%' AND period_start = DATE '2025-12-01' AND {others}
    """)
    event = next(e for e in province.key("events") if e["cause"] == "H1")
    assert abs(float(final - read) - event["kwh"]) < 0.002 * event["kwh"]


def test_bills_add_up(province: Any) -> None:
    province.none("SELECT * FROM marketing.bill WHERE kwh_peak + kwh_flat + kwh_valley <> kwh_total")
    province.none(
        "SELECT * FROM marketing.bill WHERE energy_amt + basic_amt + pf_amt + surcharge_amt <> receivable_amt"
    )
    province.none("SELECT bill_id FROM marketing.bill GROUP BY 1 HAVING count(*) > 1")


def test_bills_cover_natural_months_and_are_issued_on_the_last_evening(province: Any) -> None:
    province.none("""
        SELECT * FROM marketing.bill
        WHERE period_start <> date_trunc('month', period_start) OR period_end <> last_day(period_start)
    """)
    province.none("""
        SELECT * FROM marketing.bill WHERE ym = strftime(period_start, '%Y-%m')
           AND issue_time <> period_end + INTERVAL 20 HOUR
    """)
    province.none("SELECT * FROM marketing.bill WHERE strftime(issue_time, '%Y-%m') <> ym")


def test_reversals_mirror_a_bill_and_are_followed_by_a_corrected_one(province: Any) -> None:
    province.none("""
        SELECT r.bill_id FROM marketing.bill r LEFT JOIN marketing.bill o ON o.bill_id = r.reversal_of
        LEFT JOIN marketing.bill n ON n.cons_no = r.cons_no AND n.ym = r.ym AND n.period_start = r.period_start
             AND n.reversal_of IS NULL AND n.bill_id <> r.bill_id
        WHERE r.reversal_of IS NOT NULL AND (o.bill_id IS NULL OR n.bill_id IS NULL
              OR r.receivable_amt <> -o.receivable_amt OR r.kwh_total <> -o.kwh_total
              OR r.period_start <> o.period_start OR r.ym <> strftime(o.period_start + INTERVAL 1 MONTH, '%Y-%m'))
    """)
    planted = {(i, d["ym"]) for d in province.key("defects") if d["type"] == "rebill" for i in d["ids"]}
    found = set(
        province.rows("""
        SELECT cons_no, strftime(period_start, '%Y-%m') FROM marketing.bill WHERE reversal_of IS NOT NULL
    """)
    )
    assert planted and planted <= found


def test_only_two_part_customers_pay_a_basic_charge(province: Any) -> None:
    province.none("""
        SELECT b.bill_id FROM marketing.bill b JOIN marketing.customer c USING (cons_no)
        WHERE basic_amt <> 0 AND tariff_class <> '工商业两部制'
    """)
    shown = province.rows("""
        SELECT DISTINCT round(basic_amt / run_cap_kva, 2) FROM marketing.bill JOIN marketing.customer USING (cons_no)
        WHERE tariff_class = '工商业两部制' AND ym = '2026-07' AND reversal_of IS NULL
          AND cons_no NOT IN (SELECT cons_no FROM marketing.work_order WHERE cons_no IS NOT NULL)
    """)
    assert 22.0 in {float(r[0]) for r in shown}


def test_prices_change_on_the_first_of_august_2026(province: Any) -> None:
    for ym, fee, other in (("2026-06", 22, 23.3), ("2026-07", 22, 23.3), ("2026-08", 23.3, 22), ("2026-10", 23.3, 22)):
        charged, wrongly = province.rows(f"""
            SELECT count(*) FILTER (basic_amt = round(run_cap_kva * {fee}, 2)),
                   count(*) FILTER (basic_amt = round(run_cap_kva * {other}, 2))
            FROM marketing.bill JOIN marketing.customer USING (cons_no)
            WHERE tariff_class = '工商业两部制' AND reversal_of IS NULL AND ym = '{ym}' AND run_cap_kva > 0
        """)[0]
        assert charged > 30 and wrongly == 0, ym


def test_no_bill_is_paid_twice_or_before_its_month(province: Any) -> None:
    province.none("""
        SELECT b.bill_id, receivable_amt, paid FROM marketing.bill b
        JOIN (SELECT bill_id, sum(amt) AS paid FROM marketing.payment GROUP BY 1) p USING (bill_id)
        WHERE abs(paid) > abs(receivable_amt) OR sign(paid) <> sign(receivable_amt)
    """)
    province.none("""
        SELECT p.* FROM marketing.payment p JOIN marketing.bill b USING (bill_id)
        WHERE p.ym <> b.ym OR p.cons_no <> b.cons_no OR strftime(p.arrive_time, '%Y-%m') < p.ym
           OR p.arrive_time >= TIMESTAMP '2026-11-01'
    """)


def test_recovery_is_high_but_not_complete(province: Any) -> None:
    rates = province.rows("""
        WITH due AS (SELECT left(org_code, 7) AS org, ym, sum(receivable_amt) AS due FROM marketing.bill GROUP BY ALL),
        paid AS (SELECT left(org_code, 7) AS org, ym, sum(amt) AS paid,
                        sum(amt) FILTER (strftime(arrive_time, '%Y-%m') = ym) AS intime
                 FROM marketing.payment GROUP BY ALL)
        SELECT org, ym, intime * 100.0 / due, paid, due FROM due JOIN paid USING (org, ym)
    """)
    assert len(rates) == 4 * 26
    assert all(98.4 <= r[2] <= 99.95 for r in rates)
    for org in {r[0] for r in rates}:
        mine = [r for r in rates if r[0] == org]
        assert sum(r[3] for r in mine) * 100 / sum(r[4] for r in mine) >= 99.9


def test_arrears_roll_forward(province: Any) -> None:
    """Arrears counted bill by bill equal the running balance, month by month and unit by unit."""
    months = [r[0] for r in province.rows("SELECT DISTINCT ym FROM marketing.bill ORDER BY 1")]
    balance: dict[str, object] = {}
    for ym in months:
        flows = province.rows(f"""
            SELECT org, coalesce(sum(due), 0) - coalesce(sum(paid), 0) FROM (
                SELECT org_code AS org, receivable_amt AS due, 0 AS paid FROM marketing.bill WHERE ym = '{ym}'
                UNION ALL SELECT org_code, 0, amt FROM marketing.payment WHERE strftime(arrive_time, '%Y-%m') = '{ym}')
            GROUP BY 1
        """)
        for org, change in flows:
            balance[org] = balance.get(org, 0) + change  # type: ignore[operator]
        counted = dict(
            province.rows(f"""
            SELECT b.org_code, sum(b.receivable_amt - coalesce(p.paid, 0)) FROM marketing.bill b LEFT JOIN (
                SELECT bill_id, sum(amt) AS paid FROM marketing.payment
                WHERE strftime(arrive_time, '%Y-%m') <= '{ym}' GROUP BY 1) p USING (bill_id)
            WHERE b.ym <= '{ym}' GROUP BY 1
        """)
        )
        assert counted == balance


@pytest.mark.parametrize("index", range(4))
def test_planted_arrears_grow(province: Any, index: int) -> None:
    planted = [i for i in province.key("defects") if i["type"] == "growing_arrears"][index]
    open_amounts = province.rows(f"""
        SELECT b.ym, b.receivable_amt - coalesce(sum(p.amt), 0) FROM marketing.bill b
        LEFT JOIN marketing.payment p USING (bill_id)
        WHERE b.cons_no = '{planted["ids"][0]}' AND b.period_start >= DATE '{planted["start"]}'
          AND strftime(b.period_start, '%Y-%m') = b.ym AND b.receivable_amt > 1
        GROUP BY b.ym, b.bill_id, b.receivable_amt ORDER BY b.ym
    """)
    assert len(open_amounts) >= 6
    assert all(left > 0 for _, left in open_amounts)


def test_resident_bills_follow_the_yearly_steps(province: Any) -> None:
    """Energy and surcharge of every resident bill of 2026, recomputed from the year's running energy."""
    province.none("""
        WITH b AS (
            SELECT *, coalesce(sum(kwh_total) OVER (PARTITION BY cons_no ORDER BY period_start
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
            FROM marketing.bill JOIN marketing.customer USING (cons_no)
            WHERE tariff_class = '居民生活' AND period_start >= DATE '2026-01-01'
              AND cons_no NOT IN (SELECT cons_no FROM marketing.bill
                                  WHERE reversal_of IS NOT NULL AND period_start >= DATE '2026-01-01'))
        SELECT cons_no, ym, kwh_total, energy_amt, before FROM b
        WHERE energy_amt <> round(kwh_total * 0.5380
                                  + (greatest(before + kwh_total - 2880, 0) - greatest(before - 2880, 0)) * 0.05
                                  + (greatest(before + kwh_total - 4800, 0) - greatest(before - 4800, 0)) * 0.25, 2)
           OR surcharge_amt <> round(kwh_total * 0.0212, 2)
    """)
