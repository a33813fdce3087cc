"""The quick way from an ad to its verdict gives what the plain way gives.

The comparisons are those of `benchmarks/speed/same.py`, which makes them on all real postings;
`test_tokens.py` and `test_plain.py` look at single steps.
"""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.speed.data import read_ads
from benchmarks.speed.plain_way import PlainWay, tfidf
from benchmarks.speed.same import Compared, compare, quick_words, same_markup
from rolenlp.predict import default_model
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.pipeline import Word, english_lemmas, special_cases
from rolenlp.reading.streams import Streamer
from rolenlp.schema import Posting
from rolenlp.text.clean import clean
from rolenlp.text.html import has_tags
from tests.made_html import HTML, SIMPLE
from tests.reading.test_pipeline import PIECES, SPACES, TEXTS

SHARED = Path(__file__).parents[2] / "shared" / "data"
REAL = 300  # real postings
CLOSE = 1e-9

LEMMAS = english_lemmas()
QUICK = Streamer(LEMMAS, Lexicon())
SMALL = Streamer(LEMMAS, Lexicon(), memory=50)
WHITE = [chr(code) for code in range(0x11_0000) if chr(code).isspace()]
# Clean text holds none of these.
CONTROLS = [chr(code) for code in range(0x1C, 0x20)]


@pytest.fixture(scope="module")
def plain() -> PlainWay:
    return PlainWay(default_model())


def both_ways(plain: PlainWay, *texts: str) -> tuple[list[list[Word]], list[list[Word]]]:
    return quick_words(QUICK, texts), [plain.words(text) for text in texts]


@pytest.mark.parametrize("white", sorted({*WHITE} - {*CONTROLS}), ids=ascii)
def test_any_white_space_parts_words(plain: PlainWay, white: str) -> None:
    texts = [
        "",
        white,
        f"{white}plan",
        f"plan{white}",
        f"{white}{white}We don't{white}ship.{white}",
    ]
    texts += [
        f"plan.{white}build it",
        f"a{white}b{white}\n{white}(c); {white}d",
        f"e.g.{white}10km",
    ]
    quick, plainly = both_ways(plain, *texts)
    assert quick == plainly
    assert [word.lemma for word in quick[3]] == ["plan"]


@pytest.mark.parametrize("character", "\u180e\u200b\u200d\u2060\ufeff\u00ad\ufffd\u0301\U0001f680")
def test_what_looks_like_white_space_and_is_none(plain: PlainWay, character: str) -> None:
    quick, plainly = both_ways(plain, f"plan{character}build {character}it{character} {character}")
    assert quick == plainly


# Words joined and with marks around them: mostly not read by spaCy, but for its special cases.
FORMS = st.sampled_from(sorted({*map(str.lower, special_cases())})) | st.text(
    string.ascii_lowercase, min_size=1, max_size=4
)
MARKED = st.tuples(
    st.sampled_from(["", "", '"', "(", '("', "((", "[", "'"]),
    st.lists(FORMS, min_size=1, max_size=3).map("-".join)
    | st.lists(FORMS, min_size=1, max_size=3).map("/".join)
    | PIECES,
    st.sampled_from(
        ["", ".", ",", ";", ":", "!", "?", ")", '"', ".)", '."', "),", "..", "?!", ").;"]
    ),
    SPACES,
).map("".join)


@given(st.lists(st.lists(MARKED, max_size=8).map("".join), max_size=3))
@example(["plan-and/or-build", "up-vs.", "in-co.)", "w/o/w", "thats.", "(ima.)"])
@example(['inc. (inc.) cannot, (don\'t) gonna. u.s.; no. (no.) e.g.), am. "pm."'])
def test_words_between_marks(plain: PlainWay, texts: list[str]) -> None:
    quick, plainly = both_ways(plain, *texts)
    assert quick == plainly


@pytest.mark.parametrize(
    "text",
    [
        "We plan, build & ship (B2B) roadmaps; don't worry: e.g. 10km.\n" * 2_000,
        "x" * 20_000 + " plans",
        "plan/" * 2_000,
        "🚀" * 1_000,
        " ".join(f"word{number}" for number in range(30_000)),
        "\n" * 50_000 + "plan",
    ],
    ids=["lines", "a long word", "a long list", "emoji", "many words", "breaks"],
)
def test_huge_texts(plain: PlainWay, text: str) -> None:
    quick, plainly = both_ways(plain, text)
    assert quick == plainly


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_small_memory_changes_nothing(batches: list[list[str]]) -> None:
    for texts in batches:
        assert quick_words(SMALL, texts) == quick_words(QUICK, texts)


def test_the_comparison_sees_differences(plain: PlainWay) -> None:
    """TF-IDF is there, of length 1 in either part, and another text has another."""
    model = plain.model
    one, other = (
        plain.read([Posting(text)])
        for text in (
            "Own the product roadmap and the backlog.",
            "Manage risks. Keep the project on time and within budget.",
        )
    )
    for reading in (one, other):
        row = reading.tfidf.toarray()[0]
        n_single = len(dict(model.features_.transformer_list)["words"].ngrams_)
        assert np.linalg.norm(row[:n_single]) == pytest.approx(1)
        assert np.linalg.norm(row[n_single:]) == pytest.approx(1)
    assert abs(one.tfidf - other.tfidf).max() > 0.1
    assert one.hits != other.hits
    assert one.probabilities.sum() == pytest.approx(1)


def the_same(found: Compared) -> None:
    assert found.ads
    assert (found.other_streams, found.other_hits, found.other_html) == (0, 0, 0)
    assert found.tfidf < CLOSE
    assert found.probability < CLOSE


def test_sample_ads(plain: PlainWay, ads: list[dict[str, str]]) -> None:
    postings = [Posting(ad["description"], ad["title"]) for ad in ads]
    the_same(compare(plain, [QUICK, SMALL], postings))
    the_same(compare(plain, [QUICK, SMALL], [Posting(posting.text) for posting in postings[:50]]))


@pytest.mark.skipif(
    not (SHARED / "postings.parquet").exists(),
    reason="the public postings are not here: shared/data beside the checkout",
)
def test_real_ads(plain: PlainWay) -> None:
    ads = [Posting(text, title) for title, text in read_ads(SHARED)[:REAL]]
    found = compare(plain, [QUICK, SMALL], ads)
    the_same(found)
    assert found.quick_html


# Text of words that the model knows, of phrases, and of what masks look for.
KNOWN = st.sampled_from(
    [
        *default_model().reader_.lexicon.words[2::7],
        *(
            phrase.text.replace("~", "our").replace("|", " ")
            for phrase in default_model().reader_.priors.phrases
        ),
        *"not no without only but however benefits salary Product Manager project . ; \n".split(
            " "
        ),
    ]
)
PROSE = st.lists(KNOWN | PIECES, max_size=40).map(" ".join)
TITLES = st.lists(
    st.sampled_from(
        "Senior Product Project Owner Manager Marketing Delivery Lead of - ( )".split()
    ),
    max_size=5,
).map(" ".join)


@given(st.lists(st.builds(Posting, PROSE, TITLES), min_size=1, max_size=3))
def test_made_up_ads(plain: PlainWay, ads: list[Posting]) -> None:
    found = compare(plain, [QUICK], ads)
    assert (found.other_streams, found.other_hits) == (0, 0)
    assert max(found.tfidf, found.probability) < CLOSE


@given(st.lists(st.builds(Posting, PROSE, TITLES), min_size=1, max_size=8))
def test_an_ad_is_read_alike_alone_and_among_others(ads: list[Posting]) -> None:
    model = default_model()
    alone = np.vstack([model.predict_proba([ad]) for ad in ads])
    assert np.abs(model.predict_proba(ads) - alone).max() < CLOSE


def test_no_ads(plain: PlainWay) -> None:
    reading = plain.model.reader_.read([])
    assert tfidf(plain.model, reading).shape[0] == 0
    assert plain.model.predict_proba([]).shape == (0, 4)


@given(HTML)
@example("<p>a</p >b<br/ >c")
@example("<li/>a<ul/>b")
def test_html_by_both_ways(text: str) -> None:
    assert same_markup(text) is not False


@given(SIMPLE)
@example("<p>Own</p><ul><li>One<li>Two</ul>")
def test_simple_html_by_both_ways(text: str) -> None:
    assert same_markup(text)


def test_html_of_sample_ads(ads: list[dict[str, str]]) -> None:
    found = [same_markup(ad["description"]) for ad in ads if has_tags(ad["description"])]
    assert len(found) > 10
    assert all(found)


@given(HTML)
def test_spans_of_html_lie_in_its_source(text: str) -> None:
    cleaned = clean(text)
    for place in range(len(cleaned.text)):
        start, end = cleaned.source_span(place, place + 1)
        assert 0 <= start <= end <= len(text)
