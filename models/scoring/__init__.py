"""Scoring methods: one file per method, all pure Decimal. `models.evaluate` runs any of them by name."""
