"""What the quality benchmark measures, on answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rolenlp.predict import Prediction


def ads(roles: str, title_labels: str):
    from benchmarks.data import Ads

    names = {"d": "product", "j": "project", "h": "hybrid", "o": "other", "?": "ambiguous"}
    n = len(roles)
    return Ads(
        titles=np.full(n, "a title", object),
        texts=np.full(n, "a text", object),
        roles=np.array([names[r] for r in roles], object),
        sources=np.full(n, "board", object),
        sure=np.ones(n, int),
        title_labels=np.array([names[r] for r in title_labels], object),
        as_they_come=np.ones(n, bool),
        themes=np.full(n, "", object),
    )


def test_conflict_is_right_where_the_role_is_not_the_titles():
    from benchmarks.quality.measures import conflicts

    # Titles that name neither role do not count. Conflicts: ads 1, 2, 3; said of ads 1, 4.
    gold = ads("djohjo", "dddddo")
    said = [Prediction(role="other", conflict=c) for c in (False, True, False, False, True, True)]
    precision, recall = conflicts(gold, said)
    assert (precision.value, precision.n) == (1.0, 2)
    assert (recall.value, recall.n) == (0.5, 4)


def test_kept_are_the_verdicts_without_review():
    from benchmarks.quality.measures import kept

    verdicts = [
        Prediction(role="product", review=False),
        Prediction(role="product", review=False),
        Prediction(role="project", review=True),
        Prediction(status="too_short"),
    ]
    share, right = kept(ads("djjo", "oooo"), verdicts)
    assert (share.value, share.n) == (0.5, 4)
    assert (right.value, right.n) == (0.5, 2)


def test_product_or_project_asks_which_of_the_two_is_likelier():
    from benchmarks.quality.measures import contest

    # Columns: hybrid, other, product, project.
    probabilities = np.array([[0, 0.7, 0.2, 0.1], [0, 0.5, 0.3, 0.2], [0, 1, 0, 0], [0, 0, 0, 1]])
    figure = contest(ads("djdo", "oooo"), probabilities)["product or project"]
    assert (figure.value, figure.n) == (0.5, 3)  # right, wrong, a tie; the last is neither


def test_themes_count_where_the_annotators_agree():
    from benchmarks.quality.measures import themes

    first = np.array([[1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]], bool)
    second = np.array([[1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]], bool)
    verdicts = [
        Prediction(themes={"risk": 2}),
        Prediction(themes={"resource": 1}),
        Prediction(themes={"risk": 1}),
    ]
    found, mean = themes(first, second, verdicts)
    n_true, risk = found["risk"]
    assert (n_true, risk.value, risk.n) == (2, 0.5, 3)
    assert (found["resource"][0], found["resource"][1].n) == (0, 2)
    assert mean.value == pytest.approx(0.5 / 6)


def test_title_labels_left_open_are_other():
    from benchmarks.quality.views import from_title

    assert from_title(ads("dd", "?j")).tolist() == ["other", "project"]


def test_plain_and_hidden_texts():
    from dataclasses import replace

    table = replace(
        ads("d", "d"), texts=np.array(["<p>Our Project&nbsp;Manager</p> plans"], object)
    )
    duties = table.plain().duties_only()
    assert duties.texts[0].split() == ["Our", "plans"]
    assert duties.titles.tolist() == [""]


def test_a_peer_never_learns_from_the_source_that_it_judges(monkeypatch: pytest.MonkeyPatch):
    from benchmarks.quality.peers import PEERS, Labels, Peer, held_out
    from benchmarks.quality.views import ROLES

    seen = []

    def judge(ads, train, labels, test):
        seen.append(([ads[i] for i in train], labels.roles.tolist(), [ads[i] for i in test]))
        return np.full((len(test), len(ROLES)), 0.25)

    monkeypatch.setitem(PEERS, "even", Peer(lambda titles, texts: texts, judge))
    labels = {"duties": Labels(np.array(["other", "product", "project"], object), np.ones(3))}
    sources = np.array(["x", "y", "y", "y", "x"], object)
    held_out("even", ["", "", "", "", ""], ["a", "b", "c", "d", "e"], labels, sources)
    assert seen == [
        (["b", "c"], ["product", "project"], ["e"]),
        (["a"], ["other"], ["d"]),
    ]


def test_parts_go_between_their_marks():
    from benchmarks.quality.page import fill

    page = "before\n<!-- begin a -->\nold\n<!-- end a -->\nafter\n"
    filled = "before\n<!-- begin a -->\nnew\n\n<!-- end a -->\nafter\n"
    assert fill(page, {"a": "new"}) == filled
    assert fill(filled, {"a": "new"}) == filled
    assert fill(page, {"a": "new", "b": "not on the page"}) == filled
    with pytest.raises(ValueError, match="no such parts: a"):
        fill(page, {"b": "new"})
