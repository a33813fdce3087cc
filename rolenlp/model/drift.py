"""Is a table like the ads that the model was trained on? `label` asks this of its card.

Four measures are compared: how many words of the ads the model does not know, how long the ads are,
how confident the verdicts are, and the shares of the roles. Boards differ in all of them, so the
card holds the mean of the training ads and the range of their sources' means; a table is unlike
them where its own mean lies outside that range by more than a margin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rolenlp.schema import BATCH, ROLES

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier
    from rolenlp.schema import Posting

__all__ = ["FEWEST_ADS", "Seen", "compared", "of_training", "unlike"]

FEWEST_ADS = 50  # fewer ads than this, of a table or of a source, tell nothing
# By how much a mean may leave the range of the training sources. Lengths are compared as ratios.
_MARGINS = {"unknown_words": 0.05, "words": 1.5, "confidence": 0.1, "share": 0.15}
_MEASURES = ("unknown_words", "words", "confidence", *(f"share_{role}" for role in ROLES))


@dataclass
class Seen:
    """Sums over ads that were judged: words, unknown words' shares, confidences, roles."""

    ads: int = 0
    words: float = 0.0
    unknown_words: float = 0.0
    confidence: float = 0.0
    roles: Counter[str] = field(default_factory=Counter)

    def add(self, words: float, unknown_words: float, confidence: float, role: str) -> None:
        """Count one ad in."""
        self.ads += 1
        self.words += words
        self.unknown_words += unknown_words
        self.confidence += confidence
        self.roles[role] += 1

    def means(self) -> dict[str, float]:
        """The mean of each measure; none without ads."""
        if not self.ads:
            return {}
        sums = {name: getattr(self, name) for name in _MEASURES[:3]}
        shares = {f"share_{role}": self.roles[role] for role in ROLES}
        return {name: float(value / self.ads) for name, value in (sums | shares).items()}


def of_training(
    model: RoleClassifier,
    postings: Sequence[Posting],
    sources: Sequence[str],
    verdicts: Mapping[int, tuple[str, float]],
) -> dict[str, Any]:
    """What the card says of the training ads: for each measure ``mean``, ``low`` and ``high``.

    `verdicts` holds role and confidence of ads, by their place, as fits without them gave them;
    only these ads count. ``low`` and ``high`` are the least and the greatest mean of a source that
    has so many ads that it tells something, and the mean where none has.
    """
    everything, by_source = Seen(), {source: Seen() for source in sources}
    for start in range(0, len(postings), BATCH):
        reading = model.reader_.read(postings[start : start + BATCH])
        words, known = reading.n_words.tolist(), reading.known_share.tolist()
        for place, (n_words, share) in enumerate(zip(words, known, strict=True), start):
            if place in verdicts:
                role, confidence = verdicts[place]
                for seen in (everything, by_source[sources[place]]):
                    seen.add(n_words, 1 - share, confidence, role)
    enough = [seen.means() for seen in by_source.values() if seen.ads >= FEWEST_ADS]
    out = {}
    for name, mean in everything.means().items():
        means = [of[name] for of in enough] or [mean]
        out[name] = {
            key: round(value, 4)
            for key, value in (("mean", mean), ("low", min(means)), ("high", max(means)))
        }
    return {"ads": everything.ads, **out}


def compared(seen: Seen, card: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a table beside those of the training ads, for ``--stats``.

    For each measure ``table``, and of the training ads ``mean``, ``low``, ``high``; whether the
    table is ``unlike`` them in it, which no table of few ads is.
    """
    training = _ranges(card)
    return {
        "ads": seen.ads,
        "measures": {
            name: {
                "table": round(value, 4),
                **training.get(name, {}),
                "unlike": seen.ads >= FEWEST_ADS and _is_outside(name, value, training.get(name)),
            }
            for name, value in seen.means().items()
        },
    }


def unlike(seen: Seen, card: Mapping[str, Any]) -> str:
    """One line that says in what a table is unlike the training ads; empty where in nothing."""
    parts = [
        f"{_said(name, of['table'])} (there {_span(name, of)})"
        for name, of in compared(seen, card)["measures"].items()
        if of["unlike"]
    ]
    return f"unlike the ads that the model was trained on: {', '.join(parts)}" if parts else ""


def _ranges(card: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """What a card says of its training ads; of a card of another making, nothing."""
    told = card.get("training_ads")
    if not isinstance(told, Mapping):
        return {}
    keys = ("mean", "low", "high")
    found = {name: of for name, of in told.items() if isinstance(of, Mapping)}
    return {
        name: {key: of[key] for key in keys}
        for name, of in found.items()
        if all(isinstance(of.get(key), int | float) for key in keys)
    }


def _is_outside(name: str, value: float, training: Mapping[str, float] | None) -> bool:
    if training is None:
        return False
    margin = _MARGINS["share" if name.startswith("share_") else name]
    low, high = training["low"], training["high"]
    if name == "words":
        return bool(value < low / margin or value > high * margin)
    return bool(value < low - margin or value > high + margin)


def _said(name: str, value: float) -> str:
    if name == "words":
        return f"{value:,.0f} words an ad"
    if name == "unknown_words":
        return f"{value:.0%} unknown words"
    if name == "confidence":
        return f"confidence {value:.2f} on average"
    return f"{value:.0%} {name.removeprefix('share_')}"


def _span(name: str, of: Mapping[str, float]) -> str:
    edges: Iterable[float] = dict.fromkeys((of["low"], of["high"]))
    form = {"words": "{:,.0f}", "confidence": "{:.2f}"}.get(name, "{:.0%}")
    return " to ".join(dict.fromkeys(form.format(edge) for edge in edges))
