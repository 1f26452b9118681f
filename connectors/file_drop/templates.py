"""An empty company folder with remarks, to fill in.

Belongs here: what `kpi init` writes. Not here: templates of fact files (fact_templates.py), the sample company
(kpi_definitions/sample).
"""

from pathlib import Path

from connectors.file_drop.fact_templates import FORMS, fact_templates
from connectors.file_drop.layout import ColumnSpec, load_layout, table_names
from models.errors import CompanyError
from models.tables.words import shown_words
from models.whole_file import write_whole

COMPANY = """\
# Your company. Lines that start with # are remarks.
# 你的公司。以 # 开头的行是说明。
id: mycompany                    # short id, latin letters
name: {zh: 我的公司, en: My company}
zone: Asia/Shanghai              # business day of the company
currency: CNY                    # every figure is shown in it
languages: [zh, en]
clock: now
first_day: 2026-01-01            # first day the company wants figures for; accounts without active_from are asked from here on
# Which role must own every row; what nobody of that role owns stands as "unowned" in the reconciliation. Name roles that
# somebody holds, and take an entry out that nobody answers for. 须为有人担任的岗位; 无人负责的项请删去, 否则看板一直提示无归属。
accountable_roles: {order_line: store_manager, refund: store_manager, ticket: aftersales_cs, live_session: live_ops}
# Hours within which a ticket is to be solved, by priority.
sla_hours: {urgent: 8, high: 24, normal: 72, low: 120}
# Rules of attribution that change figures; these are the defaults. 归属规则, 下列为默认值。
# attribution: {agent_window_days: 1, paid_window_days: 1, reply_minutes: 3, new_sku_days: 90, negative_rating: 2}
# A fee that costs.csv leaves empty is unknown, and margins with it; zero says that there is none.
# 成本表中空着的费用: 未知, 或 zero 即没有。
# empty_fees: zero
# Clocks of the month end run in working days: the country whose holidays count, and how long people may object and wait for an
# answer. Make-up days and days off of your own stand in calendar.csv.
# 异议期与答复期按工作日计；调休与公司自定的假日写在 calendar.csv。
# holidays: CN
# objection_days: 7
# answer_days: 5
# Before a period is closed: required, everybody served the plan and confirmed it; recorded, served is enough; off, neither.
# 月结前: required 方案须送达并由本人确认; recorded 送达即可; off 都不要求。
plan_confirmation: off
"""

SOURCES = """\
# Where the figures come from. Secrets never stand here: only the name of an environment variable.
# 数据来源。密钥不写在这里，只写环境变量名。
sources: []
#  - connector: shopify
#    shop_id: myshop
#    zone: Asia/Shanghai
#    currency: CNY
#    base_url: https://myshop.myshopify.com
#    secrets: {token: "${MYSHOP_SHOPIFY_TOKEN}"}
#    active_from: 2026-01-01
#  - connector: zendesk
#    shop_id: helpdesk
#    zone: Asia/Shanghai
#    base_url: https://mycompany.zendesk.com
#    settings: {email: agent@example.com}
#    secrets: {token: "${MYCOMPANY_ZENDESK_TOKEN}"}
#    active_from: 2026-01-01
"""

FILES = """\
# Only needed when your files differ from the templates: other names, encodings, headers or date formats.
# costs: {file: 成本表.csv, encoding: gbk, columns: {sku_id: 货号, cogs: 进价}}
# people: {file: 花名册.xlsx, sheet: 在职, date_format: "%d/%m/%Y"}
# rates: {file: kurse.csv, decimal: ","}   # 1.234,50 where a comma stands before the decimals 以逗号为小数点的文件
"""

ACCESS = """\
# 谁可以做什么。写好人员编号与登录名，没有写的就不允许。每一条都可以加 valid_from 与 valid_to，调整时加新条目、旧条目写 valid_to。
# Who may do what. What is not granted is refused. Every entry takes valid_from and valid_to; a change is a new entry.
#
# 永远成立，写什么都改不了：任何人不得考核、批准、否决自己；准备的人不能批准；否决必须有理由。
# Always true, whatever stands here: nobody scores, approves or vetoes oneself, or approves own work; a veto has a reason.
#
# 权限 may:
#   plan 计划权 下达考核计划、定目标      propose 建议权 对别人的目标、调整、申诉提建议
#   score 考核权 评分、复核、限度内调整    guide 指导权 看下属的考核表并留言指导
#   dispatch 调度权 改归属、派任务         veto 否决权 退回，须写理由
#   approve 批准权  lock 锁定权  pay 发薪权  read 查看权
# 对谁 over: self 自己, direct_reports 直接下属, all_below 全部下级, {dept: 客服部} 某部门, company 全公司
# 谁 one of: person 某人, role 某岗位的人, position: manager 每位上级 | everybody 每个人

users:   # 电脑登录名属于谁 whose the logins of this computer are
#  - {login: zhangsan, person: P001}

others:  # 签字但不参加考核的人（不在 people.csv） people who sign and are not appraised (not in people.csv)
  - {id: GM, name: 总经理, head: true}   # head: people.csv 中没有上级的人，其上级就是他 the manager of all who have none
  - {id: HR, name: 人力资源负责人}
  - {id: FIN, name: 财务}

grants:
  - {position: everybody, may: [read], over: self}
  - {position: manager, may: [score, guide, propose, dispatch, read], over: direct_reports}
  - {position: manager, may: [approve, veto, guide, read], over: all_below}   # 自己考核过的不能自己批准，由再上一级批准
  - {person: HR, may: [plan, propose, lock, read], over: company}
  - {person: HR, may: [approve], over: company}     # 总经理考核的人，由 HR 批准 for those whom the general manager scores
  - {person: GM, may: [approve, veto, read], over: company}
  - {person: FIN, may: [pay], over: company}
"""

_EXAMPLES: dict[str, dict[str, str]] = {
    "people": {"person_id": "P001", "name": "张三", "role_id": "store_manager", "valid_from": "2026-01-01"},
    "ownership": {
        "scope_type": "shop", "scope_id": "myshop", "role_id": "store_manager",
        "person_id": "P001", "share": "1", "valid_from": "2026-01-01",
    },
    "targets": {
        "scope": "person", "scope_id": "P001", "kpi_id": "net_sales", "period": "2026-01",
        "value": "100000", "basis": "own_history", "approved_by": "GM", "version": "1",
    },
    "ratings": {
        "person_id": "P001", "period": "2026-01", "item_id": "initiative", "rater_id": "GM",
        "rater_type": "superior", "score": "4", "scale_max": "5",
    },
    "costs": {"sku_id": "A-001", "valid_from": "2026-01-01", "cogs": "12.50", "currency": "CNY"},
    "rates": {
        "currency": "USD", "base_currency": "CNY", "rate_date": "2026-01-01", "rate": "7.00000000",
        "source": "write where it is from",
    },
    "calendar": {"day": "2026-10-10", "is_working": "yes", "note": "国庆调休上班"},
    "skus": {"sku_id": "A-001", "title": "示例商品", "sku_group": "default", "listed_on": "2026-01-01"},
}  # fmt: skip


def write_templates(folder: Path) -> list[Path]:
    """The files written into a new or empty folder.

    Raises:
        CompanyError: C135 when one of them exists: nothing of a person's work is overwritten.
    """
    contents = {"company.yaml": COMPANY, "sources.yaml": SOURCES, "files.yaml": FILES, "access.yaml": ACCESS}
    contents |= {f"{table}.csv": _csv(table) for table in table_names()}
    contents |= fact_templates()
    # all names before the first file: a refusal leaves the folder as it was
    taken = [name for name in contents if (folder / name).exists()]
    if taken:
        raise CompanyError(
            "C135",
            "the folder already holds company files",
            where=str(folder),
            actual=", ".join(taken),
            remedy="choose an empty folder",
        )
    return [write_whole(folder / name, text.encode()) for name, text in contents.items()]


def _csv(table: str) -> str:
    layout = load_layout(table)
    example = ",".join(_EXAMPLES[table].get(c.name, "") for c in layout.columns)
    notes = "\n".join(f"#   {c.name}: {_describe(c)}" for c in layout.columns)
    header = ",".join(c.name for c in layout.columns)
    return f"{header}\n{_safe(notes)}\n# example: {example}\n"


def _describe(spec: ColumnSpec) -> str:
    words = ["required" if spec.required else "optional", spec.type]
    words += [f"one of {shown_words(spec.name, spec.allowed)}"] if spec.allowed else []
    words += ["the id or its label 编号或名称, e.g. store_manager 店长"] if spec.names == "role" else []
    words += ["the id or its label 编号或名称, e.g. net_sales 净销售额"] if spec.names == "kpi" else []
    words += ["0.4 or 40%"] if spec.percent else []
    words += [f"at most {spec.places} decimals 最多{spec.places}位小数"] if spec.type == "decimal" else []
    words += [FORMS[spec.type]] if spec.type in FORMS else []
    words += [f"empty means {spec.default}"] if spec.default is not None else []
    words += [f"也可写作 {'、'.join(spec.headers)}"] if spec.headers else []
    return "; ".join(words)


def _safe(notes: str) -> str:
    # a quotation mark would open a CSV cell that runs over the lines below
    return notes.replace('"', "'")
