"""Code lists of the demonstration province: the values its columns hold and what they mean."""

from __future__ import annotations

LABEL = "演示数据"

INDUSTRIES: dict[str, str] = {
    "1": "农、林、牧、渔业",
    "2": "工业",
    "3": "建筑业",
    "4": "交通运输、仓储和邮政业",
    "5": "信息传输、软件和信息技术服务业",
    "6": "批发和零售业",
    "7": "住宿和餐饮业",
    "8": "金融业",
    "9": "房地产业",
    "10": "租赁和商务服务业",
    "11": "公共服务及管理组织",
    "B1": "城镇居民",
    "B2": "乡村居民",
}
"""industry_code → 国民经济行业用电分类 (eleven industries and the two kinds of residents)."""

RESIDENT_INDUSTRIES = ("B1", "B2")

TARIFF_CLASSES = ("居民生活", "农业生产", "工商业单一制", "工商业两部制")
CUST_TYPES = ("高压", "低压居民", "低压非居民")
MARKET_FLAGS = ("市场直购", "代理购电", "居民农业")
CUSTOMER_STATES = ("正常", "暂停", "销户")
VOLTAGES_KV = ("0.22", "0.38", "10", "35")
MP_CLASSES = ("用户", "台区总表", "关口")

WORK_ORDER_TYPES = ("新装", "增容", "减容", "暂停", "恢复", "销户", "过户", "改类", "更名")
WORK_ORDER_STATES = ("已归档", "在途")

ENERGY_QUALITY = ("正常", "估算", "缺失", "停电", "补采")
"""正常 read in time · 估算 freeze missing, split evenly with the next day · 缺失 no value (null) ·
停电 without supply for the whole day (null, true energy zero) · 补采 read late."""

REGISTER_QUALITY = ("正常", "缺失", "停电", "补采")

METER_EVENTS = (
    "失压",
    "失流",
    "断相",
    "逆相序",
    "开盖",
    "停电",
    "上电",
    "反向电量",
    "电量突变",
    "停走",
    "飞走",
    "时钟超差",
)

OUTAGE_TYPES = ("计划", "故障", "临时")
OUTAGE_CAUSES: dict[str, tuple[str, ...]] = {
    "计划": ("设备检修", "配网改造", "业扩接入", "市政迁改"),
    "故障": ("设备老化", "外力破坏", "雷击", "树障", "过负荷", "用户设备影响"),
    "临时": ("消缺处理", "紧急抢修", "隐患处理"),
}
DISASTER_CAUSE = "洪涝"

CHANNELS = ("95598", "网上国网", "12398", "12345", "营业厅")
BIZ_TYPES = ("故障报修", "投诉", "举报", "意见", "建议", "表扬", "业务咨询", "信息查询", "服务申请", "催办")
SATISFACTION = ("非常满意", "满意", "一般", "不满意")
"""一般 counts as 基本满意; NULL = 未评价."""
SATISFIED = ("非常满意", "满意", "一般")

PAYMENT_CHANNELS = ("网上国网", "微信", "支付宝", "银行代扣", "对公转账", "营业厅", "冲红结转")
FEE_COMMANDS = ("停电", "复电")
FEE_RESULTS = ("成功", "失败")
FINDINGS = ("窃电", "违约用电", "计量差错", "未见异常")
DEFECT_LEVELS = ("一般", "严重", "危急")
PLAN_STATES = ("已完成", "已取消", "已批准")
NOT_COMPUTABLE = ("缺数", "无总表", "关系缺失")
"""tg_loss_day.reason where computable is false."""
