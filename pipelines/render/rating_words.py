"""What the workbook of ratings tells its reader, Chinese first. Not here: cells (rating_book.py)."""

from models.closing.rating_form import ABSTAIN, RATINGS

# head and text of each line; {period} stands for the period
TOLD = (
    (
        "怎么填",
        (
            f"在「{RATINGS}」页逐行选择得分。对照每项的等级说明，按本期的实际表现打分，不按印象。"
            f"无法评价时选「{ABSTAIN}」：弃权不计为 0 分。"
            "留空即未答：可以先交一部分，补全后再交一次，后交的替换先交的。"
        ),
    ),
    (
        "谁看得到",
        (
            "得分与评语连同您的工号保存在公司的 ratings.csv 中，有权查看该文件的人能看到。"
            "被评人的考核表只显示各类评分人的平均分。"
        ),
    ),
    (
        "怎么交回",
        (
            "保存后交给人力资源，或自己运行：kpi ratings take 文件 --period {period}。"
            "不要增删行、改名或写公式：这样的文件会被退回。"
        ),
    ),
    (
        "How to fill in",
        (
            f"On the sheet “{RATINGS}” choose a score in every row, by the levels and by what happened in this period. "
            "Abstain where you cannot judge: it does not count as 0. An empty row is not answered; you may return a part "
            "now and all of it later. The later return replaces the earlier one."
        ),
    ),
    (
        "Who sees it",
        (
            "Scores and comments are kept with your id in the company's ratings.csv, for those who may read that file. "
            "The appraisal sheet shows the mean of each kind of rater."
        ),
    ),
    (
        "How to return",
        (
            "Save it and give it to HR, or run: kpi ratings take FILE --period {period}. Add, remove or rename no row and "
            "write no formula: such a file is sent back."
        ),
    ),
)
COUNTING = (
    ("怎么计入", "权重为 0 的评分只收集、不计入；人数不足的一类不计入，其权重由其余各类分担。"),
    (
        "How it counts",
        (
            "A kind of rater with weight 0 is collected and does not count; one with too few raters does not count, and "
            "its weight goes to the others."
        ),
    ),
)
