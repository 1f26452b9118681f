"""From figures to scorecards: what a KPI measured, its target, the score of its line, everybody's total and grade in a period.

Belongs here: definitions applied to people. Not here: what a definition may say (definitions), a method's arithmetic (scoring),
pay (pay, statement), where figures come from (warehouse).
"""
