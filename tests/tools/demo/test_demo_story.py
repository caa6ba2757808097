"""The planted falls and departures: real size, real evidence, and the answer key tells the truth."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

CAUSES = {"H1": "2025-12", "H2": "2026-06", "H3": "2026-07", "H5": "2026-10", "H7": "2026-05"}


def event(province: Any, cause: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in province.key("events") if e["cause"] == cause)
    return found


def recorded(province: Any, org: str, ym: str, extra: str = "") -> float:
    return float(
        province.one(f"""
        SELECT coalesce(sum(fwd_kwh), 0)::DOUBLE FROM acquisition.energy_day JOIN marketing.customer USING (cons_no)
        WHERE customer.org_code LIKE '{org}%' AND strftime(date, '%Y-%m') = '{ym}' {extra}
    """)
    )


def before(ym: str) -> str:
    return f"{int(ym[:4]) - 1}{ym[4:]}"


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_a_county_falls_by_fifteen_percent(province: Any, cause: str) -> None:
    found = event(province, cause)
    assert found["ym"] == CAUSES[cause]
    assert -16.5 <= found["change_pct"] <= -13.5
    assert -18 <= found["yoy_pct"] <= -7
    month = found["months"][found["ym"]]
    assert recorded(province, found["org_code"], found["ym"]) == pytest.approx(month["actual_kwh"], abs=0.02)
    last_year = recorded(province, found["org_code"], before(found["ym"]))
    assert (month["actual_kwh"] / last_year - 1) * 100 == pytest.approx(found["yoy_pct"], abs=0.01)
    billed = float(
        province.one(f"""
        SELECT sum(kwh_total) FROM marketing.bill WHERE org_code LIKE '{found["org_code"]}%' AND ym = '{found["ym"]}'
    """)
    )
    assert billed == pytest.approx(month["actual_kwh"], rel=0.025)


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_the_other_counties_do_not_fall_in_that_month(province: Any, cause: str) -> None:
    found = event(province, cause)
    for org in ("9940101", "9940102", "9940103", "9940104"):
        if org != found["org_code"] and not (org == "9940102" and found["ym"] >= "2026-04"):
            change = recorded(province, org, found["ym"]) / recorded(province, org, before(found["ym"])) - 1
            assert change > -0.06, (org, found["ym"], change)


def test_missing_collection_leaves_the_gateway_up(province: Any) -> None:
    found = event(province, "H1")
    gateway = province.rows(f"""
        SELECT sum(supply_kwh) FILTER (date BETWEEN DATE '{found["start"]}' AND DATE '{found["end"]}') / 10,
               sum(supply_kwh) FILTER (date BETWEEN DATE '{found["end"]}' + 1 AND DATE '{found["end"]}' + 14) / 14
        FROM acquisition.supply_day WHERE tg_no IS NULL AND org_code LIKE '{found["org_code"]}%'
    """)[0]
    assert 0.9 < float(gateway[0]) / float(gateway[1]) < 1.1
    rate = province.one(f"""
        SELECT sum(got) * 100.0 / sum(expected) FROM acquisition.collect_day
        WHERE org_code LIKE '{found["org_code"]}%' AND date = DATE '{found["start"]}' + 3
    """)
    assert rate < 75
    wrong_ratio = {f"'{i}'" for d in province.key("defects") if d["type"] == "ratio_error" for i in d["ids"]}
    extra = province.one(f"""
        SELECT sum(kwh_total) FROM marketing.bill
        WHERE org_code LIKE '{found["org_code"]}%' AND ym = '2026-01' AND period_start = DATE '2025-12-01'
          AND cons_no NOT IN ({", ".join(sorted(wrong_ratio))})
    """)
    assert float(extra) == pytest.approx(found["kwh"], rel=0.01)


def test_the_storm_takes_supply_and_sale_together(province: Any) -> None:
    found = event(province, "H2")
    hours = province.one(f"""
        SELECT sum(customers * date_diff('minute', start_time, end_time)) / 60.0 FROM equipment.outage_event
        WHERE org_code LIKE '{found["org_code"]}%' AND cause_code = '洪涝'
    """)
    assert hours > 100_000
    day = date.fromisoformat(found["start"]) + timedelta(days=3)
    low, usual = province.rows(f"""
        SELECT sum(supply_kwh) FILTER (date = DATE '{day}'), sum(supply_kwh) FILTER (date = DATE '{day}' - 14)
        FROM acquisition.supply_day WHERE tg_no IS NULL AND org_code LIKE '{found["org_code"]}%'
    """)[0]
    assert low < usual * 60 / 100
    dark = province.one(f"SELECT count(*) FROM acquisition.energy_day WHERE quality = '停电' AND date = DATE '{day}'")
    assert dark > 500


def test_the_cool_summer_touches_weather_sensitive_customers_only(province: Any) -> None:
    found = event(province, "H3")
    here, there = province.rows("""
        SELECT avg(t_avg) FILTER (org_code LIKE '9940101%'), avg(t_avg) FILTER (org_code NOT LIKE '9940101%')
        FROM marketing.weather_day WHERE strftime(date, '%Y-%m') = '2026-07'
    """)[0]
    assert here < there - 3
    org, ym = found["org_code"], found["ym"]
    homes = recorded(province, org, ym, "AND industry_code LIKE 'B%'") / recorded(
        province, org, before(ym), "AND industry_code LIKE 'B%'"
    )
    works = recorded(province, org, ym, "AND industry_code = '2'") / recorded(
        province, org, before(ym), "AND industry_code = '2'"
    )
    assert homes < 0.8 and works > 0.9


def test_a_few_factories_explain_october_in_wanghu(province: Any) -> None:
    found = event(province, "H5")
    assert found["org_code"] == "9940104" and 2 <= len(found["ids"]) <= 6
    named = ", ".join(f"'{i}'" for i in found["ids"])
    fall = recorded(province, "9940104", "2025-10") - recorded(province, "9940104", "2026-10")
    theirs = recorded(province, "9940104", "2025-10", f"AND cons_no IN ({named})") - recorded(
        province, "9940104", "2026-10", f"AND cons_no IN ({named})"
    )
    assert theirs / fall > 0.6
    orders = province.one(f"""
        SELECT count(*) FROM marketing.work_order WHERE cons_no IN ({named}) AND wo_type IN ('暂停', '减容')
           AND finish_time::DATE = DATE '2026-10-01'
    """)
    assert orders >= 1
    curves = province.one(f"SELECT count(DISTINCT cons_no) FROM meter.curve96 WHERE cons_no IN ({named})")
    assert curves == len(found["ids"])


def test_roofs_bite_at_noon_and_feed_back(province: Any) -> None:
    found = event(province, "H7")
    new = province.one("""
        SELECT sum(cap_kw) FROM marketing.pv_plant
        WHERE org_code LIKE '9940102%' AND grid_date BETWEEN DATE '2026-04-01' AND DATE '2026-04-30'
    """)
    assert new > 1_000
    named = ", ".join(f"'{i}'" for i in found["ids"])
    noon, night = province.rows(f"""
        WITH c AS (SELECT hour(ts) AS h, year(ts) AS y, sum(p_kw) AS p FROM meter.curve96
                   WHERE cons_no IN ({named}) AND month(ts) = 5 GROUP BY ALL)
        SELECT sum(p) FILTER (y = 2026 AND h BETWEEN 10 AND 13) / sum(p) FILTER (y = 2025 AND h BETWEEN 10 AND 13),
               sum(p) FILTER (y = 2026 AND h < 5) / sum(p) FILTER (y = 2025 AND h < 5) FROM c
    """)[0]
    assert float(noon) < 0.7 and float(night) > 0.85
    reverse = dict(
        province.rows("""
        SELECT strftime(date, '%Y-%m'), sum(rev_kwh) FROM acquisition.energy_day
        WHERE org_code LIKE '9940102%' AND strftime(date, '%Y-%m') IN ('2025-05', '2026-05') GROUP BY 1
    """)
    )
    assert reverse["2026-05"] > reverse["2025-05"] * 11 / 10


def test_leavers_fall_before_they_leave(province: Any) -> None:
    leavers = [i for i in province.key("churn") if i["label"] == 1]
    assert len(leavers) >= 8
    assert any(i["leave_date"] > "2026-10-31" for i in leavers)
    assert any("2026-07-01" <= i["leave_date"] <= "2026-10-31" for i in leavers)
    falling = 0
    for item in leavers:
        start = date.fromisoformat(item["precursor_start"])
        end = min(date.fromisoformat(item["leave_date"]), date(2026, 11, 1))
        late, early = province.rows(f"""
            SELECT avg(fwd_kwh) FILTER (date BETWEEN DATE '{end}' - 20 AND DATE '{end}' - 1),
                   avg(fwd_kwh) FILTER (date BETWEEN DATE '{start}' - 60 AND DATE '{start}' - 1)
            FROM acquisition.energy_day WHERE cons_no = '{item["ids"][0]}'
        """)[0]
        falling += late < early * 80 / 100
        if item["type"] == "close" and item["leave_date"] <= "2026-10-31":
            closed = province.one(f"SELECT close_date FROM marketing.customer WHERE cons_no = '{item['ids'][0]}'")
            assert closed.isoformat() == item["leave_date"]
    assert falling >= len(leavers) * 0.75


def test_look_alikes_stay(province: Any) -> None:
    stay = [i for i in province.key("churn") if i["label"] == 0]
    assert len(stay) >= 5
    for item in stay:
        assert province.one(f"SELECT status FROM marketing.customer WHERE cons_no = '{item['ids'][0]}'") == "正常"


def test_the_answer_key_names_what_exists(province: Any) -> None:
    customers = {r[0] for r in province.rows("SELECT cons_no FROM marketing.customer")}
    areas = {r[0] for r in province.rows("SELECT tg_no FROM equipment.transformer")}
    lines = {r[0] for r in province.rows("SELECT line_id FROM equipment.line")}
    kinds = set()
    for name in ("defects", "events", "churn"):
        for item in province.key(name):
            kinds.add(item["type"])
            assert set(item) >= {"type", "org_code", "ids", "start", "end", "kwh", "note"}
            assert set(item["ids"]) <= customers | areas | lines, item
    assert kinds >= {
        "missing_freeze",
        "late_data",
        "duplicate_register",
        "duplicate_event",
        "rollover",
        "meter_change",
        "ratio_error",
        "wrong_relation",
        "rebill",
        "theft",
        "lost_current",
        "stopped_meter",
        "high_loss",
        "negative_loss",
        "no_master_meter",
        "no_relation",
        "frequent_outage",
        "unreported_outage",
        "complaint_cluster",
        "reverse_energy",
        "growing_arrears",
        "county_drop",
        "decoy",
    }
