"""设备管理: lines, transformers, outages, work plans and defects."""

from tools.sources import DELIVERIES, Dataset, Source, columns

SOURCE = Source(
    name="equipment",
    label="设备管理",
    freshness="outage_event",
    datasets=(
        Dataset("line", "线路", columns("line_id line_name voltage_kv:volt org_code")),
        Dataset(
            "transformer",
            "配电变压器",
            columns("tg_no tg_name line_id org_code cap_kva:capacity is_public:bool run_date:date"),
            date_column="run_date",
        ),
        Dataset(
            "outage_event",
            "停电事件",
            columns(
                "event_id event_type line_id tg_no org_code start_time:time end_time:time customers:int cause_code"
            ),
            date_column="start_time",
        ),
        Dataset(
            "work_plan",
            "检修计划",
            columns("plan_no line_id org_code plan_start:time plan_end:time status"),
            date_column="plan_start",
        ),
        Dataset(
            "defect",
            "设备缺陷",
            columns("defect_no tg_no org_code found_time:time level cleared_time:time"),
            date_column="found_time",
        ),
        DELIVERIES,
    ),
)
