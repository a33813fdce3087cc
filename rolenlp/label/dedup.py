"""The same ad twice in a table is judged once: boards repost, scrapers collect an ad many times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rolenlp.schema import Posting

# Where the verdict on an ad stands: a row of columns, which the ads that are judged with it share,
# and which are empty until who was asked to judge them fills them in.
Answer = tuple[list[list[Any]], int]


class Repeats:
    """The answers on ads that came before, by title and text; at most ``most``, the oldest go.

    An answer takes about a kilobyte, and is shared by all rows of its ad: of those that come
    before it is judged as well.
    """

    def __init__(self, most: int = 32_768) -> None:
        self._most = most
        self._answers: dict[tuple[int, int, int, int], Answer] = {}

    def look_up(
        self, ads: Sequence[Posting]
    ) -> tuple[list[Answer], list[Posting], list[list[Any]]]:
        """The answer on each ad, in order; the ads that are new, each once; columns for these."""
        answers: list[Answer] = []
        new: list[Posting] = []
        columns: list[list[Any]] = []
        known = self._answers
        for ad in ads:
            # Python's hashes of texts have 64 bits: among a million ads, each against all that are
            # remembered, two are taken for one by a chance of less than one in 10^8.
            key = (hash(ad.text), len(ad.text), hash(ad.title), len(ad.title))
            answer = known.get(key)
            if answer is None:
                answer = known[key] = columns, len(new)
                new.append(ad)
            answers.append(answer)
        for key in list(known)[: max(0, len(known) - self._most)] if new else ():
            del known[key]
        return answers, new, columns
