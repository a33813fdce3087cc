"""The same ad twice in a table is judged once: boards repost, scrapers collect an ad many times."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from rolenlp.postings import Posting

__all__ = ["Repeats", "Row"]

Row = tuple[Any, ...]  # the values of the added columns for one ad


class Repeats:
    """Rows of ads that were judged, by title and text; at most ``most``, the oldest forgotten.

    A row takes about a kilobyte.
    """

    def __init__(self, most: int = 32_768) -> None:
        self._most = most
        self._rows: dict[bytes, Row] = {}

    def rows(
        self, ads: Sequence[Posting], judge: Callable[[list[Posting]], Sequence[Row]]
    ) -> list[Row]:
        """The row of each ad, in order; `judge` is asked for those that are new, each once."""
        keys = [_key(ad) for ad in ads]
        new = {key: ad for key, ad in zip(keys, ads, strict=True) if key not in self._rows}
        found = dict(zip(new, judge(list(new.values())), strict=True)) if new else {}
        out = [found[key] if key in found else self._rows[key] for key in keys]
        self._rows.update(found)
        for key in list(self._rows)[: max(0, len(self._rows) - self._most)]:
            del self._rows[key]
        return out


def _key(ad: Posting) -> bytes:
    digest = hashlib.blake2b(ad.title.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(b"\0")
    digest.update(ad.text.encode("utf-8", "surrogatepass"))
    return digest.digest()
