"""From text to probabilities: rolenlp against what else one might use, on the same ads."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import spacy
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from benchmarks.data import Ads, read_labels
from benchmarks.marked import markdown_table
from benchmarks.speed.data import read_ads
from benchmarks.speed.turns import Measure, in_turns, ratio
from rolenlp import RoleClassifier
from rolenlp.model_file.card import default_model_path
from rolenlp.predict import load, predict_many

OURS = "**rolenlp, probabilities**"
SPACY_SHARE = 10  # the spaCy tokenizer gets one text in so many; its rate is all that counts
_STATIC_WIDTH = 256  # of a common static embedding
_STATIC_WORDS = 30_000

Run = Callable[[list[str]], object]


def text_section(data: Path, rows: int, rounds: int) -> tuple[str, list[str]]:
    """The table, and what is worth saying of it first. Each round has ads of its own."""
    batches = _batches(data, rows, rounds + 1)
    missing: list[str] = []
    seconds = in_turns(dict(_measures(read_labels(data), batches, missing)), rounds)
    ours = seconds[OURS]
    table = markdown_table(
        ["text to probabilities", "ads a second", "time, rolenlp = 1 [least, most]"],
        [[name, f"{1 / median(took):,.0f}", ratio(took, ours)] for name, took in seconds.items()],
    )
    size = sum(len(text) for batch in batches for text in batch) / sum(map(len, batches))
    notes = [
        f"{len(batches[0]):,} ads a round, {rounds} rounds and a warm-up, each with ads of its own "
        f"(no ad twice), {size:,.0f} characters on average.",
        *missing,
    ]
    evidence = next(took for name, took in seconds.items() if "evidence" in name)
    first = [
        f"- **Probabilities: {1 / median(ours):,.0f} ads a second** on one core "
        "(`RoleClassifier.predict_proba`).",
        f"- **Verdicts with evidence: {1 / median(evidence):,.0f} ads a second** on one core "
        "(`predict_many`).",
    ]
    return f"{table}\n\n" + " ".join(notes), first


def _batches(data: Path, rows: int, n: int) -> list[list[str]]:
    """Ads for each round: as many as asked for, or as there are for so many rounds."""
    texts = [text for _, text in read_ads(data)]
    rows = min(rows, len(texts) // n)
    return [texts[i * rows : (i + 1) * rows] for i in range(n)]


def _measures(
    ads: Ads, batches: Sequence[list[str]], missing: list[str]
) -> Iterator[tuple[str, Measure]]:
    # One for each use: what one has read, the other has not seen before.
    model, judging = load(default_model_path()), load(default_model_path())
    texts, roles = list(ads.texts), list(ads.roles)

    def timed(run: Run, share: int = 1) -> Measure:
        def measure(number: int) -> float:
            batch = batches[number][::share]
            return _cpu(run, batch) / len(batch)

        return measure

    def just_loaded(number: int) -> float:
        fresh: RoleClassifier = load(default_model_path())
        return _cpu(fresh.predict_proba, batches[number]) / len(batches[number])

    yield OURS, timed(model.predict_proba)
    yield "rolenlp, with evidence", timed(lambda batch: list(predict_many(batch, model=judging)))
    yield "rolenlp, just loaded: no word seen before", just_loaded
    for name, vectorizer, share in (
        ("`TfidfVectorizer` with a spaCy tokenizer", _spacy_tfidf(), SPACY_SHARE),
        ("`TfidfVectorizer`, 1-2-grams", TfidfVectorizer(ngram_range=(1, 2), min_df=3), 1),
        ("`HashingVectorizer`, words", HashingVectorizer(), 1),
    ):
        fitted = _fitted(vectorizer, texts[::share], roles[::share])
        yield f"{name}, `LogisticRegression`", timed(fitted.predict_proba, share)
    for name, make in (
        ("fastText, 1-2-grams", _fasttext),
        ("model2vec, `LogisticRegression`", _static),
    ):
        try:
            yield name, timed(make(texts, roles))
        except ImportError as error:
            missing.append(f"{name}: left out ({error}).")
    yield "`text.lower().split()` alone", timed(lambda batch: [t.lower().split() for t in batch])


def _cpu(run: Run, batch: list[str]) -> float:
    started = time.process_time()
    run(batch)
    return time.process_time() - started


def _fitted(vectorizer: Any, texts: list[str], roles: list[str]) -> Pipeline:
    """Weakly fitted: the rate is all that counts."""
    return make_pipeline(vectorizer, LogisticRegression(max_iter=20, tol=0.1)).fit(texts, roles)


def _spacy_tfidf() -> TfidfVectorizer:
    nlp = spacy.blank("en")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"}).initialize()  # type: ignore[attr-defined]

    def lemmas(text: str) -> list[str]:
        return [token.lemma_ for token in nlp(text) if not token.is_space]

    return TfidfVectorizer(tokenizer=lemmas, token_pattern=None, ngram_range=(1, 2), min_df=3)


def _fasttext(texts: list[str], roles: list[str]) -> Run:
    """Its `predict`, of all roles; it wants each text on one line."""
    import fasttext

    fasttext.FastText.eprint = lambda *_: None  # a warning about its own interface
    lines = [" ".join(text.split()) for text in texts]
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "train.txt")
        labelled = zip(roles, lines, strict=True)
        file.write_text("".join(f"__label__{r} {line}\n" for r, line in labelled), "utf-8")
        model = fasttext.train_supervised(
            str(file), wordNgrams=2, epoch=1, bucket=200_000, thread=1, verbose=0
        )
    return lambda batch: model.predict([text.replace("\n", " ") for text in batch], k=-1)


def _static(texts: list[str], roles: list[str]) -> Run:
    """A static embedding that reads whole ads, as wide as a common one; its vectors are chance."""
    import numpy as np
    from model2vec import StaticModel
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(lowercase=True)
    tokenizer.train_from_iterator(texts, vocab_size=_STATIC_WORDS, show_progress=False)
    chance = np.random.default_rng(0)
    vectors = chance.standard_normal((tokenizer.get_vocab_size(), _STATIC_WIDTH), np.float32)
    embed = StaticModel(vectors, tokenizer._tokenizer, max_length=None)
    some = random.Random(0).sample(range(len(texts)), min(1_000, len(texts)))
    head = LogisticRegression(max_iter=20, tol=0.1)
    head.fit(embed.encode([texts[i] for i in some]), [roles[i] for i in some])
    return lambda batch: head.predict_proba(embed.encode(batch))
