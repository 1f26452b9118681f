"""People and projects: tasks, projects, incidents, attendance, training, headcount, operating costs.

Not here: what fills them (warehouse/sql/feeds), the roster itself (people.csv).
"""

from models.tables.bounds import ANY, HOURS_OF_A_DAY
from models.tables.columns import (
    COMMON,
    SKU,
    Table,
    count,
    currency,
    day,
    dept,
    flag,
    moment,
    money,
    number,
    text,
)

TASK = Table(
    name="task",
    grain="one row per task (design, video, report, closing)",
    key=("platform", "shop_id", "task_id"),
    # the due day first: a task that was never delivered has no other, and has to count as late
    dates=("due_on", "delivered_on"),
    # no shop and no goods: who owns a shop does not answer for the tasks that colleagues do there
    scopes={"person": "assignee_id", "dept": "dept"},
    columns=(
        *COMMON,
        text("task_id", "任务", "Task", required=True),
        text("assignee_id", "负责人", "Employee who does it", required=True),
        text(
            "type",
            "类型",
            "Kind of task",
            required=True,
            allowed=("main_image", "page", "design", "video", "report", "close", "other"),
        ),
        *moment("due_at", "截止时间", "When it is due", required=True),
        *moment("delivered_at", "交付时间", "When it was delivered; NULL = not yet"),
        flag("first_pass", "一次通过", "Accepted the first time; NULL = not judged"),
        count("revisions", "修改次数", "Times it went back", "times"),
        count("errors", "差错数", "Errors found in it", "errors"),
        number("difficulty_points", "折算工作量", "Weighted size of the task", "points"),
        text("asset_id", "素材", "Picture, page or video it makes"),
        *SKU,
        dept("assignee_id", "due_on"),
    ),
    zh="每个任务一行(设计、视频、报表、结账)",
)

PROJECT = Table(
    name="project",
    grain="one row per project, proposal or partnership",
    key=("platform", "shop_id", "project_id"),
    dates=("due_on", "done_on"),
    scopes={"shop": "shop_id", "person": "owner_id", "dept": "dept"},
    columns=(
        *COMMON,
        text("project_id", "项目", "Project", required=True),
        text("owner_id", "负责人", "Employee who leads it", required=True),
        text(
            "kind",
            "类别",
            "Kind of project",
            required=True,
            allowed=("tech", "process", "product", "partnership", "proposal", "other"),
        ),
        number("weight", "权重", "Weight among the projects", "points"),
        *moment("due_at", "截止时间", "When it is due"),
        *moment("done_at", "完成时间", "When it was done, signed or accepted; NULL = not yet"),
        dept("owner_id", "due_on"),
    ),
    zh="每个项目、建议或合作一行",
    # a project without a due day is filed by the day on which it was done
    row_day=("due_on", "done_on"),
)

INCIDENT = Table(
    name="incident",
    grain="one row per incident (complaint, accident, price breach, infringement)",
    key=("platform", "shop_id", "incident_id"),
    dates=("occurred_on",),
    scopes={
        "shop": "shop_id",
        "sku_group": "sku_group",
        "brand": "brand",
        "person": "employee_id",
        "dept": "dept",
        "warehouse": "warehouse",
    },
    columns=(
        *COMMON,
        text("incident_id", "事件", "Incident", required=True),
        text("employee_id", "责任人", "Employee it is about; NULL = the shop as a whole"),
        text(
            "type",
            "类型",
            "Kind of incident",
            required=True,
            allowed=("complaint", "safety", "price_breach", "infringement", "other"),
        ),
        text("severity", "严重程度", "How grave", allowed=("low", "medium", "high")),
        day("occurred_on", "发生日期", "Day it happened", required=True),
        # required: a complaint that nobody looked into must not cost anybody points by an empty cell
        flag("confirmed", "已核实", "It was looked into and is valid", required=True),
        *SKU,
        text("warehouse", "仓库", "Warehouse it happened in"),
        dept("employee_id", "occurred_on"),
    ),
    zh="每个事件一行(投诉、事故、乱价、侵权)",
)

ATTENDANCE = Table(
    name="attendance",
    grain="one row per employee and day",
    key=("platform", "shop_id", "employee_id", "worked_on"),
    dates=("worked_on",),
    # no shop: who owns one is not late for its whole staff
    scopes={"person": "employee_id", "dept": "dept"},
    columns=(
        *COMMON,
        text("employee_id", "员工", "Employee", required=True),
        day("worked_on", "日期", "The day", required=True),
        number(
            "scheduled_hours", "应出勤小时", "Hours scheduled", "hours", required=True, bounds=HOURS_OF_A_DAY
        ),
        number("worked_hours", "实出勤小时", "Hours worked", "hours", required=True, bounds=HOURS_OF_A_DAY),
        flag("late", "迟到", "Came late"),
        # required, as hours do not tell it: a day of granted leave has no hours worked either
        flag("absent", "缺勤", "Did not come although scheduled", required=True),
        text("leave_type", "请假类型", "Kind of leave; NULL = none"),
        dept("employee_id", "worked_on"),
    ),
    zh="每名员工每天一行",
)

TRAINING = Table(
    name="training",
    grain="one row per training session that was planned or held",
    key=("platform", "shop_id", "training_id"),
    dates=("planned_on", "held_on"),
    scopes={"shop": "shop_id", "person": "owner_id", "dept": "dept"},
    columns=(
        *COMMON,
        text("training_id", "培训", "Training session", required=True),
        text("owner_id", "负责人", "Employee answerable for it", required=True),
        day("planned_on", "计划日期", "Day it was planned for"),
        day("held_on", "实施日期", "Day it was held; NULL = not held"),
        count("trainees", "参训人数", "Trainees", "persons"),
        count("passed", "通过人数", "Trainees whose test reached the pass mark", "persons"),
        dept("owner_id", "planned_on"),
    ),
    zh="每场计划或实施的培训一行",
    row_day=("planned_on", "held_on"),
)

OPEX = Table(
    name="opex",
    grain="one row per department, category and day (or month) of operating cost",
    key=("platform", "shop_id", "opex_id"),
    dates=("cost_on",),
    scopes={"shop": "shop_id", "dept": "dept", "brand": "brand", "warehouse": "warehouse"},
    columns=(
        *COMMON,
        text("opex_id", "费用编号", "Entry", required=True),
        text("dept", "部门", "Department that bears it"),
        text("brand", "品牌", "Brand that bears it; NULL = none in particular"),
        text("warehouse", "仓库", "Warehouse that bears it; NULL = none in particular"),
        text(
            "category", "费用类别", "Kind of cost, e.g. wages, warehouse_wages, rent, travel", required=True
        ),
        day(
            "cost_on",
            "费用日期",
            "Day the cost belongs to; monthly costs: the last day of the month",
            required=True,
        ),
        *currency("the amounts", "cost_on"),
        # below 0 where a cost of an earlier day is taken back
        *money("amount", "费用金额", "What was spent", required=True, bounds=ANY),
        *money("budget", "预算金额", "What was budgeted"),
    ),
    zh="每个部门、类别每天(或每月)的费用一行",
)

HEADCOUNT = Table(
    name="headcount",
    grain="one row per person who joined, left, or changed department or manager, and side of the change",
    # who changes department has two rows on one day, one of each side: employee and day are no key
    key=("platform", "shop_id", "source_row_id"),
    dates=("changed_on",),
    # of the manager and not of the employee: turnover is what a manager answers for
    scopes={"dept": "dept", "person": "manager_id"},
    columns=(
        *COMMON,
        text("employee_id", "员工", "Employee"),
        text("role_id", "岗位", "Role on that side of the change"),
        text("dept", "部门", "Department on that side of the change"),
        text("manager_id", "上级", "Manager on that side of the change"),
        day("changed_on", "变动日期", "First day on which the headcount is different"),
        count(
            "change",
            "人数变动",
            "+1 in the department entered, -1 in the one left; summed from the beginning it is the headcount",
            "persons",
            bounds=ANY,
        ),
        count("leavers", "离职人数", "1 when the person left the company, else 0", "persons"),
        count(
            "voluntary_leavers",
            "主动离职人数",
            "1 when the person left of their own accord, else 0",
            "persons",
        ),
        flag("is_key", "核心人员", "Key employee"),
        text(
            "leave_type", "离职类型", "voluntary, dismissed, retired or transfer; NULL unless the person left"
        ),
    ),
    zh="每次入职、离职、换部门或换上级一行",
    derived_from=("person",),
)

TABLES = (TASK, PROJECT, INCIDENT, ATTENDANCE, TRAINING, OPEX, HEADCOUNT)
