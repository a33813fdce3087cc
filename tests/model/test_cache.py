"""What is remembered of ads is what would be read of them, and they are read once."""

import pickle
from collections import Counter
from dataclasses import fields

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV, cross_val_score

from rolenlp.model import cache as cache_module
from rolenlp.model.cache import ReadAds, ReadingCache
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.heads import Blocks
from rolenlp.model_file.state import read_state, write_state
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.reader import Reader
from rolenlp.schema import as_postings
from tests.small_ads import ADS, ROLES, fitted, small_priors

POSTINGS = list(as_postings(ADS))


def model(**settings):
    known = {"priors": small_priors(), "min_postings": 2, "boilerplate": {}}
    return RoleClassifier(**{**known, **settings})


@pytest.fixture
def counted(monkeypatch):
    """How often each ad is read; nothing is remembered before."""
    counts = Counter()
    read = Reader.read

    def counting(self, postings):
        counts.update(postings)
        return read(self, postings)

    monkeypatch.setattr(Reader, "read", counting)
    monkeypatch.setattr(cache_module, "_of_process", [])
    return counts


def same(one, other):
    assert (one.lexicon, one.texts) == (other.lexicon, other.texts)
    for name in ("body", "hits", "neighbours", "titles"):
        pair = getattr(one, name), getattr(other, name)
        for field in fields(pair[0]):
            np.testing.assert_array_equal(*(getattr(part, field.name) for part in pair))
    np.testing.assert_array_equal(one.n_words, other.n_words)
    np.testing.assert_array_equal(one.title_hits, other.title_hits)


@pytest.mark.parametrize("chosen", [[], [3], [5, 0, 31, 5], list(range(32))])
def test_rows_are_what_would_be_read_of_these_ads(chosen):
    lexicon = Lexicon(small_priors().words())
    reader = Reader(small_priors(), lexicon, english_lemmas(), {})
    everything = ReadAds.of(reader.read(POSTINGS), lexicon)
    some = everything.rows(np.array(chosen, np.int64))
    assert len(some) == len(chosen)
    same(some, ReadAds.of(reader.read([POSTINGS[i] for i in chosen]), lexicon))


def test_one_then_another_is_both():
    lexicon = Lexicon(small_priors().words())
    reader = Reader(small_priors(), lexicon, english_lemmas(), {})
    one, other = (ReadAds.of(reader.read(part), lexicon) for part in (POSTINGS[:9], POSTINGS[9:]))
    same(one.then(other), ReadAds.of(reader.read(POSTINGS), lexicon))


def test_a_model_takes_words_that_it_does_not_know_for_unknown():
    known = fitted()
    reader = known.reader_
    read_ads = (
        ReadingCache(reader.priors, reader.boilerplate).read(POSTINGS).known_to(reader.lexicon)
    )
    reading = reader.read(POSTINGS)
    np.testing.assert_array_equal(read_ads.body.ids, reading.body.ids)
    np.testing.assert_array_equal(read_ads.titles.ids, reading.titles.ids)
    one, other = (
        Blocks.of(part, known.body_grams_, known.title_grams_, reader.priors)
        for part in (read_ads, reading)
    )
    np.testing.assert_array_equal(one.duties.toarray(), other.duties.toarray())
    np.testing.assert_array_equal(one.title.toarray(), other.title.toarray())


def test_a_search_of_settings_reads_each_ad_once(counted):
    grid = {"gram_scale": [0.1, 1.0, 4.0]}
    search = GridSearchCV(model(remember=100), grid, cv=2).fit(ADS, ROLES)
    assert counted == Counter(set(POSTINGS))
    plain = GridSearchCV(model(), grid, cv=2).fit(ADS, ROLES)
    assert max(counted.values()) > 6  # three settings, two folds, fitted and judged
    for name in ("mean_test_score", "std_test_score"):
        np.testing.assert_array_equal(search.cv_results_[name], plain.cv_results_[name])
    assert search.best_params_ == plain.best_params_


def test_workers_remember_too(counted):
    with parallel_config("multiprocessing"):  # where a system forks, they load no libraries anew
        scores = cross_val_score(model(remember=100), ADS, ROLES, cv=4, n_jobs=2)
    np.testing.assert_array_equal(scores, cross_val_score(model(), ADS, ROLES, cv=4))


def test_remembering_changes_no_answer(counted):
    one, other = model(remember=100).fit(ADS, ROLES), model().fit(ADS, ROLES)
    counted.clear()
    np.testing.assert_allclose(one.predict_proba(ADS), other.predict_proba(ADS), atol=1e-12)
    half = ADS[::2], ROLES[::2]  # the lexicon now knows words that these ads do not hold
    one, other = model(remember=100).fit(*half), model().fit(*half)
    np.testing.assert_allclose(one.predict_proba(ADS), other.predict_proba(ADS), atol=1e-6)
    assert one.reader_.lexicon.words[2:10] == other.reader_.lexicon.words[2:10]
    assert set(one.reader_.lexicon.words) == set(other.reader_.lexicon.words)


def test_no_more_ads_than_asked_for_are_kept(counted):
    memory = ReadingCache(small_priors(), {})
    memory.read(POSTINGS[:3], 4)
    memory.read(POSTINGS[:3], 4)
    assert counted.total() == 3
    memory.read(POSTINGS[2:4], 4)
    assert counted.total() == 4
    memory.read(POSTINGS[3:6], 4)  # two more than there is room for: all anew
    assert counted.total() == 7
    memory.read(POSTINGS[3:6], 4)
    assert counted.total() == 7
    assert len(memory.read(POSTINGS[:8], 4)) == 8
    memory.read(POSTINGS[:1], 4)
    assert counted[POSTINGS[0]] == 3
    assert len(memory.read([], 0)) == 0


def test_each_set_of_priors_and_boilerplate_has_a_memory(counted):
    plain = ReadingCache.of_process(small_priors(), {})
    assert ReadingCache.of_process(pickle.loads(pickle.dumps(small_priors())), {}) is plain
    masked = ReadingCache.of_process(small_priors(), {"salary": 5.0})
    assert masked is not plain
    for weight in range(3):
        ReadingCache.of_process(small_priors(), {"pension": float(weight)})
    assert ReadingCache.of_process(small_priors(), {"salary": 5.0}) is masked
    assert ReadingCache.of_process(small_priors(), {}) is not plain  # the oldest goes first


def test_remembering_is_not_kept_with_the_model():
    state = write_state(model(remember=100).fit(ADS, ROLES))
    assert "remember" not in state["params"]
    assert read_state(state).remember == 0
