"""What people read: the daily board and the monthly workbook. No business arithmetic, no Dagster, no pay."""
