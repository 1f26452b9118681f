"""Who works in the firm, what each answers for, is rated by and aims at; written as its HR and finance would write it.

Belongs here: the rows of people, ownership, ratings and targets. Not here: what the shops sold (sales.py).
"""

from collections.abc import Iterator

TITLE = "铁树商贸 花名册（2026年3月）"
HEADERS = (
    "工号",
    "姓名",
    "岗位",
    "部门",
    "直接上级",
    "生效日期",
    "失效日期",
    "入职日期",
    "离职日期",
    "离职类型",
)
HANDED_OVER = 11  # 11 March: E03 hands 抖店 over to E04, and takes E04's half of the American shop
LEFT = 15  # 15 March: E12's last day
JOINED = 16  # 16 March: E21's first day

# id, name, role, department, manager
_STAFF = (
    ("E01", "周岚", "电商运营经理", "电商部", ""),
    ("E02", "何立", "店长", "电商部", "E01"),
    ("E03", "苏敏", "店长", "电商部", "E01"),
    ("E04", "郑凯", "店长", "电商部", "E01"),
    ("E05", "唐宁", "店长", "电商部", "E01"),
    ("E06", "沈溪", "运营专员", "电商部", "E02"),
    ("E07", "彭浩", "运营专员", "电商部", "E03"),
    ("E08", "蒋妍", "运营专员", "电商部", "E05"),
    ("E09", "范群", "运营助理", "电商部", "E02"),
    ("E10", "秦敏", "运营助理", "电商部", "E03"),
    ("E11", "高涵", "推广经理", "推广部", "E01"),
    ("E12", "马鸣", "推广专员", "推广部", "E11"),
    ("E13", "朱琪", "推广专员", "推广部", "E11"),
    ("E14", "胡曦", "推广专员", "推广部", "E11"),
    ("E15", "郭豪", "客服主管", "客服部", "E01"),
    ("E16", "梁雅", "售前客服(客服专员)", "客服部", "E15"),
    ("E17", "谢安", "售前客服(客服专员)", "客服部", "E15"),
    ("E18", "韩怡", "售前客服(客服专员)", "客服部", "E15"),
    ("E19", "罗轩", "抖店售前客服", "客服部", "E15"),
    ("E20", "邓洁", "抖店售前客服", "客服部", "E15"),
    ("E21", "曹阳", "抖店售前客服", "客服部", "E15"),
    ("E22", "许诺", "售后客服", "客服部", "E15"),
    ("E23", "曾晴", "售后客服", "客服部", "E15"),
    ("E24", "萧然", "售后客服", "客服部", "E15"),
    ("E25", "田甜", "美工", "设计部", "E28"),
    ("E26", "董青", "美工", "设计部", "E28"),
    ("E27", "袁野", "美工", "设计部", "E28"),
    ("E28", "潘虹", "内容运营", "设计部", "E01"),
    ("E29", "于洋", "内容运营", "设计部", "E28"),
    ("E30", "蔡琳", "直播主播", "直播部", "E01"),
    ("E31", "余飞", "直播主播", "直播部", "E01"),
    ("E32", "杜鹃", "直播主播", "直播部", "E01"),
    ("E33", "叶舟", "场控/中控/副播", "直播部", "E01"),
    ("E34", "程曦", "商品/选品专员", "商品部", "E01"),
    ("E35", "魏来", "采购员", "商品部", "E01"),
    ("E36", "吕强", "仓储主管", "仓储部", "E01"),
    ("E37", "丁一", "仓管/打包员", "仓储部", "E36"),
    ("E38", "任重", "仓管/打包员", "仓储部", "E36"),
    ("E39", "姚远", "仓管/打包员", "仓储部", "E36"),
    ("E40", "卢山", "仓管/打包员", "仓储部", "E36"),
)
FEIGE_ROLE = "presales_feige"  # the firm's own role: 飞鸽 states no refunds and no reply rate
AGENTS = {
    "E16": ("tm", "铁树旗舰店:小雅"),
    "E17": ("tm", "铁树旗舰店:小安"),
    "E18": ("tm", "铁树旗舰店:小怡"),
    "E19": ("dy", "kf-luo"),
    "E20": ("dy", "kf-deng"),
    "E21": ("dy", "kf-cao"),
}


def people() -> Iterator[tuple[str, ...]]:
    """One row per person; E12 leaves on the 15th, E21 comes on the 16th."""
    for person, name, role, dept, manager in _STAFF:
        since = "2026年3月16日" if person == "E21" else "2026年1月1日"
        gone = ("2026年3月15日", "主动离职") if person == "E12" else ("", "")
        yield (
            person,
            name,
            role,
            dept,
            manager,
            since,
            "",
            "2026.3.16" if person == "E21" else "2024.5.6",
            *gone,
        )


def ownership() -> Iterator[tuple[str, ...]]:
    """Shops of managers, operators and promoters, the accounts of agents, the SKUs of the merchandiser, the warehouse."""
    all_shops = ("tm", "dy", "us")
    for shop in all_shops:
        yield "店铺", shop, "ecom_ops_manager", "E01", "1", "2026-01-01", ""
        yield "店铺", shop, "推广经理", "E11", "1", "2026-01-01", ""
    yield "店铺", "tm", "店长", "E02", "100%", "2026-01-01", ""
    yield "店铺", "dy", "店长", "E03", "100%", "2026-01-01", "2026-03-10"
    yield "店铺", "dy", "店长", "E04", "100%", "2026-03-11", ""
    yield "店铺", "us", "店长", "E04", "50%", "2026-01-01", "2026-03-10"
    yield "店铺", "us", "店长", "E03", "50%", "2026-03-11", ""
    yield "店铺", "us", "店长", "E05", "50%", "2026-01-01", ""
    for shop, person in (("tm", "E06"), ("dy", "E07"), ("us", "E08")):
        yield "店铺", shop, "运营专员", person, "1", "2026-01-01", ""
    for person in ("E28", "E29"):
        yield "店铺", "dy", "content_ops", person, "0.5", "2026-01-01", ""
    yield "店铺", "tm", "运营助理", "E09", "1", "2026-01-01", ""
    yield "店铺", "dy", "运营助理", "E10", "1", "2026-01-01", ""
    yield "店铺", "tm", "推广专员", "E12", "1", "2026-01-01", "2026-03-15"
    yield "店铺", "tm", "推广专员", "E13", "1", "2026-03-16", ""
    yield "店铺", "dy", "推广专员", "E13", "1", "2026-01-01", ""
    yield "店铺", "us", "推广专员", "E14", "1", "2026-01-01", ""
    for person, (_, account) in AGENTS.items():
        yield (
            "客服",
            account,
            "presales_cs" if person < "E19" else FEIGE_ROLE,
            person,
            "1",
            "2026-03-16" if person == "E21" else "2026-01-01",
            "",
        )
    for account in (*(account for _, account in AGENTS.values()), "E22", "E23", "E24"):
        yield "客服", account, "客服主管", "E15", "1", "2026-01-01", ""
    for person in ("E22", "E23", "E24"):
        yield "客服", person, "售后客服", person, "1", "2026-01-01", ""
    yield "商品组", "花器", "商品/选品专员", "E34", "1", "2026-01-01", ""
    yield "仓库", "杭州仓", "仓储主管", "E36", "1", "2026-01-01", ""
    yield "仓库", "杭州仓", "采购员", "E35", "1", "2026-01-01", ""


def ratings() -> Iterator[tuple[str, ...]]:
    """What managers rated; nobody rated E29 on teamwork."""
    asked = [("E01", "execution", "GM"), ("E01", "initiative", "GM"), ("E11", "work_quality", "E01")]
    asked += [
        (person, "initiative", boss) for person, boss in (("E06", "E02"), ("E07", "E03"), ("E08", "E05"))
    ]
    asked += [("E09", "execution", "E02"), ("E10", "execution", "E03"), ("E28", "teamwork", "E01")]
    asked += [(person, "teamwork", "E01") for person in ("E30", "E31", "E32", "E33")]
    for person, item, rater in asked:
        yield person, "2026年3月", item, rater, "上级", "4.5", "5", ""


def targets() -> Iterator[tuple[str, ...]]:
    """What was agreed for March, person by person."""
    for person, kpi, value in _TARGETS:
        yield "个人", person, kpi, "2026年3月", value, "历史数据", "E01"


_TARGETS = (
    ("E01", "净销售额", "50000"),
    ("E01", "visitors", "50000"),
    ("E02", "净销售额", "15000"),
    ("E03", "净销售额", "10000"),
    ("E04", "净销售额", "15000"),
    ("E05", "净销售额", "8000"),
    ("E06", "净销售额", "15000"),
    ("E06", "visitors", "15000"),
    ("E07", "净销售额", "15000"),
    ("E07", "visitors", "15000"),
    ("E08", "净销售额", "16000"),
    ("E08", "visitors", "15000"),
    ("E09", "净销售额", "15000"),
    ("E10", "净销售额", "15000"),
    ("E11", "净销售额", "50000"),
    ("E11", "paid_visitors", "10000"),
    ("E11", "new_buyers", "200"),
    ("E12", "净销售额", "15000"),
    ("E13", "净销售额", "24000"),
    ("E14", "净销售额", "16000"),
    ("E15", "reported_aov", "60"),
    *((person, "cs_sales" if person < "E19" else "reported_sales", "9000") for person in AGENTS),
    *((person, "task_volume", "20") for person in ("E25", "E26", "E27")),
    *(
        (person, kpi, value)
        for person in ("E28", "E29")
        for kpi, value in (
            ("content_gmv", "8000"),
            ("content_views", "40000"),
            ("new_followers", "800"),
            ("content_count", "10"),
        )
    ),
    *((person, "live_gmv", "30000") for person in ("E30", "E31", "E32")),
    *((person, "parcels_packed", "40") for person in ("E37", "E38", "E39", "E40")),
    *((person, "pieces_per_hour", "0.5") for person in ("E37", "E38", "E39", "E40")),
    ("E36", "fulfil_cost", "60"),
)
