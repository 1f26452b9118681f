"""Sentences in one language or both, as `kpi why` and an objection tell them. Not here: what is told (why.py)."""

from pipelines.render.bilingual import Bilingual


class Story:
    """Lines in one language or both, in the order they are told."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self.lines: list[str] = []

    def in_language(self, words: Bilingual, separator: str = " / ") -> str:
        """The text in the asked language."""
        return words.in_language(self._lang, separator)

    def head(self, title: Bilingual) -> None:
        """A heading after an empty line."""
        self.lines += ["", self.in_language(title)]

    def say(self, words: Bilingual) -> None:
        """One indented line, or one per language."""
        told = (
            [words.zh, words.en]
            if self._lang == "both" and words.zh != words.en
            else [self.in_language(words)]
        )
        self.lines += [f"  {line}" for line in told]
