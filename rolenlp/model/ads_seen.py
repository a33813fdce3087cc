"""Which ads was a model fitted on? It keeps a hash of each, and nothing of what they say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from rolenlp.schema import Posting

_NO_LETTER = re.compile(r"[\W_]+")


def ad_hashes(ads: Iterable[Posting]) -> NDArray[np.uint64]:
    """Shape (n_ads,): the first eight bytes of a hash of each ad's text, of its title if empty.

    White space, signs and case do not matter. Ads without a letter share one hash, which is 0.
    """
    return np.array([_hash(ad.text) or _hash(ad.title) for ad in ads], np.uint64)


def _hash(text: str) -> int:
    letters = _NO_LETTER.sub("", text.casefold())
    digest = hashlib.blake2b(letters.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little") if letters else 0


def remembered(*hashes: NDArray[np.uint64] | None) -> NDArray[np.uint64]:
    """What a model keeps: each hash once, in order; those of ads that say nothing are left out."""
    every = np.unique(np.concatenate([each for each in hashes if each is not None]))
    return every[every > 0]
