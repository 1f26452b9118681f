"""Text that a spreadsheet must not take for a formula. Not here: what is written where."""

# What a spreadsheet takes for the start of a formula, full-width forms included (OWASP, "CSV Injection").
_FORMULA = tuple("=+-@\t\r＝＋－＠")


def inert(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it.

    >>> inert("=1+1"), inert("+86 帮助新人"), inert("好")
    ("'=1+1", "'+86 帮助新人", '好')
    """
    return f"'{text}" if text.lstrip(" \"'").startswith(_FORMULA) else text
