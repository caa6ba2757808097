"""营销2.0: customers, metering points, bills, payments, work orders, inspections; and the manual weather feed."""

from tools.sources import DELIVERIES, Dataset, Source, columns

SOURCE = Source(
    name="marketing",
    label="营销2.0",
    freshness="bill",
    datasets=(
        Dataset("org", "供电单位", columns("org_code org_name parent_code level")),
        Dataset(
            "customer",
            "用电客户",
            columns(
                "cons_no cons_name:text!person_name cust_type org_code tg_no line_id industry_code tariff_class"
                " voltage_kv:volt contract_cap_kva:capacity run_cap_kva:capacity market_flag status open_date:date"
                " close_date:date phone:text!phone address:text!address"
            ),
            date_column="open_date",
        ),
        Dataset(
            "metering_point",
            "计量点",
            columns("mp_no cons_no mp_class tg_no ratio:int valid_from:date valid_to:date"),
            org_column=None,
            scope_via=("cons_no", "marketing", "customer", "cons_no"),
        ),
        Dataset(
            "meter_change",
            "换表记录",
            columns("mp_no change_time:time old_stop:reading new_start:reading old_ratio:int new_ratio:int"),
            org_column=None,
            scope_via=("mp_no", "marketing", "metering_point", "mp_no"),
            date_column="change_time",
        ),
        Dataset(
            "bill",
            "电费账单",
            columns(
                "bill_id cons_no org_code ym period_start:date period_end:date kwh_total:total kwh_peak:total"
                " kwh_flat:total kwh_valley:total energy_amt:total basic_amt:total pf_amt:total surcharge_amt:total"
                " receivable_amt:total issue_time:time reversal_of"
            ),
            date_column="ym",
        ),
        Dataset(
            "payment",
            "收费记录",
            columns("pay_id bill_id cons_no org_code ym amt:total channel arrive_time:time"),
            date_column="arrive_time",
        ),
        Dataset(
            "work_order",
            "业扩工单",
            columns(
                "wo_no cons_no org_code wo_type cap_before_kva:capacity cap_after_kva:capacity accept_time:time"
                " plan_time:time finish_time:time status"
            ),
            date_column="accept_time",
        ),
        Dataset(
            "inspection",
            "用电检查",
            columns("case_no cons_no org_code found_date:date finding kwh:total amount:total"),
            date_column="found_date",
        ),
        Dataset(
            "pv_plant",
            "分布式光伏",
            columns("cons_no org_code tg_no cap_kw:capacity grid_date:date"),
            date_column="grid_date",
        ),
        Dataset(
            "weather_day",
            "气象日数据",
            columns("org_code date:date t_avg:degree t_max:degree t_min:degree"),
            date_column="date",
        ),
        DELIVERIES,
    ),
)
