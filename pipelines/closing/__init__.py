"""A period from scored to locked: what people decide is checked and entered.

Belongs here: bringing together who acts, what they may, how the period stands and which cards there are. Not here: states and
rights (models/closing), the ledger itself (warehouse/ledger), words and options of a command (commands).
"""
