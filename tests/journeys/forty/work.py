# ruff: noqa: E501 -- a row of a file reads best on few lines
"""What else happened in March 2026: visits, advertising, chats, tickets, stock, parcels, broadcasts, tasks ...

Belongs here: rows with the headers of the templates, in Chinese or English as a person would. Not here: sales (sales.py).
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from tests.journeys.forty.roster import AGENTS, JOINED, LEFT
from tests.journeys.forty.sales import DAYS, skus

Rows = Iterator[Sequence[object]]
WAREHOUSE = "杭州仓"


def day(number: int) -> str:
    return f"2026-03-{number:02d}"


def shop_visits() -> Rows:
    """生意参谋 店铺整体: titles above the header, thousands with a comma, a dash for nothing, text cells."""
    yield ("生意参谋平台",)
    yield ("统计时间：2026-03-01 ~ 2026-03-31",)
    yield ()
    yield (
        "统计日期",
        "访客数",
        "浏览量",
        "加购件数",
        "支付金额",
        "支付买家数",
        "支付件数",
        "支付转化率",
        "跳失率",
    )
    for d in DAYS:
        yield (
            day(d),
            f"{1000 + d:,}" if d > 30 else str(150 + d),
            f"{4000 + d:,}",
            "12",
            "412.50",
            "5",
            "6",
            "0.50%",
            "-",
        )


def visits_by_source(shop: str) -> Rows:
    """Visits of the shop by source, and of every SKU: what 抖店罗盘 and the web statistics give."""
    yield "日期", "SKU编码", "流量来源", "曝光量", "点击量", "访客数", "支付买家数", "新增粉丝"
    for d in DAYS:
        yield day(d), "", "付费", "", "", 100 + d, 3, 10
        yield day(d), "", "自然", "", "", 60, 2, 10
        for sku in skus(shop)[:4]:
            yield day(d), sku, "全部", 1000, 50, 40, 2, ""


def advertising(shop: str) -> Rows:
    """The report of one campaign, with a title row above."""
    yield (f"推广报表 {shop} 2026年3月",)
    yield "日期", "推广计划", "花费", "展现量", "点击量", "成交订单数", "成交金额", "预算"
    for d in DAYS:
        spend, sales = advertised(d)
        yield day(d), f"计划-{shop}", spend, 1000, 60, 3, sales, "40.00"


def advertised(d: int) -> tuple[Decimal, Decimal]:
    """Spend and sales of a campaign on a day: dearer in the second half."""
    return (Decimal("20.00"), Decimal("90.00")) if d <= LEFT else (Decimal("25.00"), Decimal("95.50"))


def stock(shop: str) -> Rows:
    yield "日期", "SKU编码", "仓库", "可售件数", "币种", "库存金额", "ABC分类", "在售"
    for d in DAYS:
        for at, sku in enumerate(skus(shop)):
            yield day(d), sku, WAREHOUSE, 30, "CNY", "60.00", "A" if at < 6 else "B", "是"


def scores() -> Rows:
    yield "日期", "指标", "数值"
    for d in DAYS:
        yield day(d), "店铺评分", "4.85"


def launches(owner: str) -> Rows:
    yield "商品链接", "负责人", "计划上架日期", "上架时间", "差错数"
    for d in (3, 9, 14, 20, 27):
        yield f"L{owner}-{d}", owner, day(d), f"{day(d)} 10:00:00", 0


def qianniu(d: int) -> Rows:
    """千牛 客服绩效 of a day: no date in the file, rows that sum up and compare below the agents."""
    yield ("旺旺昵称", "咨询人数", "接待人数", "询单人数", "询单最终付款人数", "询单最终付款转化率", "首次响应时长（秒)", "平均响应时长（秒)", "客户满意率",
           "旺旺回复率", "询单最终付款金额", "成功退款金额")  # fmt: skip
    accounts = [account for shop, account in AGENTS.values() if shop == "tm"]
    for at, account in enumerate(accounts):
        row = served(d, at)
        yield (
            account,
            row.asked,
            row.served,
            row.inquirers,
            row.payers,
            "50.00%",
            row.first,
            row.reply,
            "96.00%",
            "98.00%",
            row.sales,
            row.back,
        )
    count = len(accounts)
    rows = [served(d, at) for at in range(count)]
    total = [sum(getattr(row, name) for row in rows) for name in ("asked", "served", "inquirers", "payers")]
    sales, back = sum((row.sales for row in rows), Decimal()), sum((row.back for row in rows), Decimal())
    yield ("汇总值", *total, "50.00%", "-", "-", "-", "-", f"{sales:,.2f}", f"{back:,.2f}")
    yield (
        "平均值",
        *(f"{n / count:.2f}" for n in total),
        "50.00%",
        "8.00",
        "25.00",
        "96.00%",
        "98.00%",
        f"{sales / count:.2f}",
        f"{back / count:.2f}",
    )


class Served:
    """An agent's day in the platform's report."""

    def __init__(self, d: int, at: int) -> None:
        self.asked, self.served = 20, 19 + (d + at) % 2
        self.inquirers, self.payers = 10, 5 + (d + at) % 2
        self.first, self.reply = Decimal(8 + at), Decimal(25 + at + d % 3)
        self.sales, self.back = Decimal(350 + 10 * at + d), Decimal(d % 4)


def served(d: int, at: int) -> Served:
    return Served(d, at)


def feige() -> Rows:
    """飞鸽 客服绩效: a row per agent and day; a day off is dashes. E21 begins on the 16th."""
    yield ("日期", "店铺名称", "客服昵称", "账号名称", "人工已接待人数", "人工已接待会话量", "3分钟人工回复率 (会话)", "首次响应时长（秒）",
           "平均响应时长（秒）", "满意率", "客服销售额（元）", "询单人数", "下单人数", "支付人数")  # fmt: skip
    accounts = [account for shop, account in AGENTS.values() if shop == "dy"]
    for d in DAYS:
        for at, account in enumerate(accounts):
            if account == AGENTS["E21"][1] and d < JOINED:
                continue
            if d % 7 == at:
                yield (
                    day(d),
                    "铁树抖店",
                    account[3:],
                    account,
                    "0",
                    "0",
                    "-",
                    "-",
                    "-",
                    "-",
                    "0.00",
                    "0",
                    "0",
                    "0",
                )
                continue
            row = served(d, at)
            yield (day(d), "铁树抖店", account[3:], account, f"{row.served}.0", row.served + 2, "97.00%", row.first, row.reply, "95.00%",
                   f"{row.sales:.2f}", row.inquirers, row.payers + 1, row.payers)  # fmt: skip


def tickets() -> Rows:
    yield (
        "工单号",
        "客服",
        "状态",
        "优先级",
        "创建时间",
        "解决时间",
        "首次回复分钟",
        "解决分钟",
        "重开次数",
        "满意度",
    )
    for d in range(1, 29):
        for person in ("E22", "E23", "E24"):
            yield (
                f"K{person}-{d}",
                person,
                "solved",
                "普通",
                f"{day(d)} 09:00:00",
                f"{day(d)} 19:00:00",
                12,
                600,
                0,
                "好评",
            )


def checked_chats() -> Rows:
    """质检表: the after-sales chats that were looked at."""
    yield "会话", "客服", "开始时间", "已回复", "首次响应秒数", "评价分", "质检分"
    for d in range(1, 11):
        for person in ("E22", "E23", "E24"):
            yield f"C{person}-{d}", person, f"{day(d)} 10:00:00", "是", 15, 5, 92


TASKS = {
    "tm": ("E25", (("E09", "报告"), ("E09", "其他"), ("E12", "其他"), ("E13", "其他"))),
    "dy": ("E26", (("E10", "报告"), ("E10", "其他"), ("E13", "其他"))),
    "us": ("E27", (("E14", "其他"),)),
}


def tasks(shop: str) -> Rows:
    """The shop's tasks: pictures and pages of its designer, reports and campaigns every week."""
    yield (
        "任务",
        "负责人",
        "类型",
        "截止时间",
        "交付时间",
        "一次通过",
        "差错数",
        "折算工作量",
        "素材",
        "SKU编码",
    )
    designer, weekly = TASKS[shop]
    for place, kind in enumerate(("主图", "详情页", "主图", "详情页", "设计", "设计", "设计")):
        sku = skus(shop)[place % 4]
        done = (f"{day(2 + place)} 18:00:00", f"{day(2 + place)} 15:00:00")
        yield f"W{designer}-{place}", designer, kind, *done, "是", 0, 3, f"A{shop}{place}", sku
    for person, kind in weekly:
        for d in (4, 11, 18, 25):
            if d > LEFT if person == "E12" else (person, shop) == ("E13", "tm") and d <= LEFT:
                continue
            yield (
                f"W{person}{kind}{d}",
                person,
                kind,
                f"{day(d)} 18:00:00",
                f"{day(d)} 16:00:00",
                "",
                0,
                1,
                "",
                "",
            )


def content() -> Rows:
    yield (
        "内容",
        "作者",
        "类型",
        "计划发布日期",
        "发布时间",
        "一次过审",
        "播放量",
        "完播数",
        "点赞数",
        "评论数",
        "分享数",
        "收藏数",
        "新增粉丝",
        "币种",
        "引导成交额",
        "退款金额",
    )
    for person in ("E28", "E29"):
        for d in range(2, 30, 3):
            yield (
                f"N{person}-{d}",
                person,
                "视频",
                day(d),
                f"{day(d)} 20:00:00",
                "是",
                4000,
                1500,
                150,
                30,
                20,
                10,
                40,
                "CNY",
                "820.00",
                "10.00",
            )


def broadcasts() -> Rows:
    yield ("直播场次", "直播间", "开播时间", "下播时间", "计划分钟", "直播分钟", "有效分钟", "曝光次数", "进入次数", "观看人数", "老粉观看人数", "观看总秒数",
           "评论数", "新增粉丝", "成交人数", "成交订单数", "场控失误", "流程项数", "完成流程项数", "币种", "成交金额", "退款金额")  # fmt: skip
    for d in DAYS:
        yield (f"S{d}", "主直播间", f"{day(d)} 12:00:00", f"{day(d)} 23:00:00", 660, 660, 660, 6000, 1000, 900, 200,
               60000, 60, 30, 30, 31, 0, 10, 10, "CNY", "3300.00", "150.00")  # fmt: skip


def shifts() -> Rows:
    yield "班次", "直播场次", "员工", "班次岗位", "上播时间", "下播时间", "分钟"
    for d in DAYS:
        for at, person in enumerate(("E30", "E31")):
            anchor = "E32" if (d + at) % 3 == 0 else person
            start, end = (12, 17) if at == 0 else (17, 23)
            yield (
                f"S{d}-{at}",
                f"S{d}",
                anchor,
                "主播",
                f"{day(d)} {start}:00:00",
                f"{day(d)} {end}:00:00",
                (end - start) * 60,
            )
        yield f"S{d}-c", f"S{d}", "E33", "中控", f"{day(d)} 12:00:00", f"{day(d)} 23:00:00", 660


def purchases() -> Rows:
    yield ("采购单号", "采购单行号", "采购员", "供应商", "供应商准入日期", "SKU编码", "仓库", "计划件数", "采购件数", "币种", "采购单价", "基准单价", "下单时间",
           "承诺到货时间", "到货时间", "到货件数", "拒收件数", "账期天数")  # fmt: skip
    for d in range(1, 11):
        yield (f"PO{d}", f"PO{d}-1", "E35", f"V{d % 4}", day(d % 4 + 1), "TM-01", WAREHOUSE, 100, 100, "CNY", "19.00", "20.00", f"{day(d)} 09:00:00",
               f"{day(d + 7)} 18:00:00", f"{day(d + 6)} 10:00:00", 100, 1, 30)  # fmt: skip


def parcels() -> Rows:
    yield (
        "包裹号",
        "仓库",
        "打包员",
        "承诺发货时间",
        "发货时间",
        "打包时间",
        "件数",
        "已取消",
        "差错类型",
        "币种",
        "包装成本",
        "运费",
    )
    for d in DAYS:
        for at, person in enumerate(("E37", "E38", "E39", "E40")):
            for n in range(2):
                wrong = "错发" if (d, at, n) == (9, 3, 1) else ""
                yield (f"B{d}-{at}-{n}", WAREHOUSE, person, f"{day(d)} 22:00:00", f"{day(d)} 17:00:00", f"{day(d)} 15:00:00", 2, "否", wrong, "CNY", "1.20",
                       "6.80")  # fmt: skip


def counts() -> Rows:
    yield "盘点日期", "仓库", "SKU编码", "负责人", "账面件数", "实盘件数"
    for shop in ("tm", "dy"):
        for sku in skus(shop):
            yield day(30), WAREHOUSE, sku, "E36", 30, 30


def arrivals() -> Rows:
    yield "入库单号", "仓库", "负责人", "件数", "到货时间", "上架时间"
    for d in range(7, 17):
        yield f"G{d}", WAREHOUSE, "E36", 100, f"{day(d)} 10:00:00", f"{day(d)} 16:00:00"


def wages() -> Rows:
    yield "费用编号", "部门", "仓库", "费用类别", "费用日期", "币种", "费用金额"
    yield "X1", "仓储部", WAREHOUSE, "warehouse_wages", day(31), "CNY", "12000.00"


def trainings() -> Rows:
    yield "培训", "负责人", "计划日期", "实施日期", "参训人数", "通过人数"
    yield "T1", "E15", day(12), day(12), 9, 9


def incidents() -> Rows:
    yield "事件", "责任人", "类型", "严重程度", "发生日期", "已核实"
    yield "I1", "E24", "投诉", "低", day(19), "是"


def shifts_worked() -> Rows:
    yield "员工", "日期", "应出勤小时", "实出勤小时", "迟到", "缺勤"
    for person in (*AGENTS, "E37", "E38", "E39", "E40"):
        for d in DAYS:
            if person != "E21" or d >= JOINED:
                yield person, day(d), 8, 8, "否", "否"


# table, shop, rows
FACTS: tuple[tuple[str, str, Callable[[], Rows]], ...] = (
    *(("traffic", shop, lambda shop=shop: visits_by_source(shop)) for shop in ("dy", "us")),
    *(("ad", shop, lambda shop=shop: advertising(shop)) for shop in ("tm", "dy", "us")),
    *(("inventory", shop, lambda shop=shop: stock(shop)) for shop in ("tm", "dy", "us")),
    *(("platform_health", shop, scores) for shop in ("tm", "dy", "us")),
    *(
        ("listing", shop, lambda owner=owner: launches(owner))
        for shop, owner in (("tm", "E09"), ("dy", "E10"), ("us", "E08"))
    ),
    ("ticket", "helpdesk", tickets),
    ("chat", "helpdesk", checked_chats),
    *(("task", shop, lambda shop=shop: tasks(shop)) for shop in TASKS),
    ("content", "dy", content),
    ("live_session", "dy", broadcasts),
    ("live_shift", "dy", shifts),
    ("purchase_order", "hq", purchases),
    ("shipment", "hq", parcels),
    ("stock_count", "hq", counts),
    ("goods_in", "hq", arrivals),
    ("opex", "hq", wages),
    ("training", "hq", trainings),
    ("incident", "hq", incidents),
    ("attendance", "hq", shifts_worked),
)
