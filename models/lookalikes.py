"""Ids that are two to a machine and one to a reader.

Belongs here: what of an id a reader sees. Not here: characters that no id may hold at all (values.read_id), which ids are
compared (connectors/file_drop/checks.py).
"""

import unicodedata

# Letters of Cyrillic and Greek that print as Latin ones do (Unicode Technical Standard 39, confusables.txt, the single letters).
_CYRILLIC = str.maketrans("АВЕЅІЈКМНОРСТУХЗЬаеѕіјорсухԁԛԝһ", "ABESIJKMHOPCTYX3baesijopcyxdqwh")
_GREEK = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧνορ", "ABEZHIKMNOPTYXvop")


def as_seen(name: str) -> str:
    """What a reader sees of an id: of two ids that look alike, the same.

    >>> as_seen("Р001"), as_seen("Ｐ００１"), as_seen("O001") == as_seen("0001")
    ('P001', 'P001', False)
    """
    return unicodedata.normalize("NFKC", name).translate(_CYRILLIC).translate(_GREEK)
