"""客户服务（95598）: tickets and daily call counts."""

from tools.sources import DELIVERIES, Dataset, Source, columns

SOURCE = Source(
    name="service",
    label="客户服务95598",
    freshness="ticket",
    datasets=(
        Dataset(
            "ticket",
            "服务工单",
            columns(
                "ticket_no channel biz_type sub_type cons_no org_code accept_time:time dispatch_time:time"
                " arrive_time:time finish_time:time revisit_time:time satisfaction is_true:bool duty_dept repeat_of"
                " content:text!free_text"
            ),
            date_column="accept_time",
        ),
        Dataset(
            "call_day",
            "话务日统计",
            columns("org_code date:date calls:int answered:int answered_20s:int"),
            date_column="date",
        ),
        DELIVERIES,
    ),
)
