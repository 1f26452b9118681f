"""KPI actuals: definitions compiled to SQL over the facts, run, judged against coverage, stored by day, month to date and period.

Belongs here: numerator, denominator, value or cause of every person and KPI. Not here: facts (facts), scores (models.appraisal),
what readers open (published).
"""
