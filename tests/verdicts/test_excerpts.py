import pytest

from rolenlp.model.classifier import RoleClassifier
from rolenlp.predict import predict
from rolenlp.schema import Evidence, Prediction
from rolenlp.verdicts.excerpts import excerpt

FILL = "and the like " * 30


def shown(text: str, *quotes: str) -> str:
    evidence = tuple(
        Evidence("risk", q, text.index(q), text.index(q) + len(q), 1.0) for q in quotes
    )
    verdict = Prediction(role="project", evidence=evidence)
    return "".join(f"[{p.text}]" if p.pole else p.text for p in excerpt(text, verdict))


@pytest.mark.parametrize(
    ("text", "quotes", "expected"),
    [
        ("Keep the risk log.", ["risk log"], "Keep the [risk log]."),
        ("Keep\n\n the  risk log\n daily", ["risk log"], "Keep the [risk log] daily"),
        ("Ask joe@acme.example, risk log", ["risk log"], "Ask [email], [risk log]"),
        ("risk log", ["risk log"], "[risk log]"),
        (
            "Own risk log and budget here",
            ["risk log", "budget"],
            "Own [risk log] and [budget] here",
        ),
    ],
)
def test_short_ads_are_whole(text: str, quotes: list[str], expected: str) -> None:
    assert shown(text, *quotes) == expected


def test_long_ads_are_cut_at_words() -> None:
    text = f"{FILL}keep the risk log {FILL}, report on budget {FILL}"
    found = shown(text, "risk log", "budget")
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert found.count("…") == 3
    assert " keep the [risk log] and the like " in found
    assert " , report on [budget] and the like " in found
    assert set(found.replace("…", " ").split()) <= set(f"{text} [risk log] [budget]".split())
    assert len(found) < 300


def test_an_ad_without_evidence_is_shown_from_its_start() -> None:
    found = shown(f"  Care for patients {FILL}")
    assert found.startswith("Care for patients and")
    assert found.endswith(" …")
    assert len(found) <= 242


def test_markup_is_gone(phrase_model: RoleClassifier) -> None:
    text = "<p>Keep the <b>risk register</b> &amp; the project plan of the works.</p>"
    pieces = excerpt(text, predict(text, model=phrase_model))
    assert (
        "".join(p.text for p in pieces) == "Keep the risk register & the project plan of the works."
    )
    assert "risk register" in [p.text for p in pieces if p.pole == "project"]
