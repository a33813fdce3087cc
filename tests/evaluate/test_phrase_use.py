import pytest

from rolenlp.evaluate.phrase_use import PhraseUse, helping, misleading, phrase_uses
from rolenlp.evaluate.predictions import Trial
from rolenlp.metrics import proportion
from rolenlp.model.classifier import RoleClassifier
from rolenlp.reading.priors import Priors
from rolenlp.schema import Posting
from rolenlp.train.labelled import Labelled
from tests.small_ads import PRIORS


def use(right: int, n: int, base: float = 0.5) -> PhraseUse:
    return PhraseUse("risk", f"{right} of {n}", 1.0, n, proportion(right, n), base, 0)


def test_phrase_uses() -> None:
    texts = {
        "Keep the risk register of the bridge and its project plan": "project",
        "The risk register is kept by others; you keep risk register and shop": "other",
        "A risk register and a customer need for the product roadmap": "hybrid",
        "Find each customer need and write it down for all of us": "project",
    }
    model = RoleClassifier(priors=Priors.from_toml(PRIORS), boilerplate={}).fit([], [])
    ads = Labelled([Posting(text) for text in texts], list(texts.values()), ["a"] * 4)
    found = {u.phrase: u for u in phrase_uses(Trial.of(model, ads))}
    register, need = found["risk register"], found["customer need"]
    # project or hybrid are two of the three that hold it, and three of all four
    assert (register.ads, register.of_its_pole, register.base) == (3, proportion(2, 3), 0.75)
    assert register.conflicts == 0
    assert (need.ads, need.of_its_pole, need.base) == (2, proportion(1, 2), 0.25)
    assert need.conflicts == 1
    assert set(found) == {"risk register", "project plan", "customer need", "product roadmap"}


@pytest.mark.parametrize(
    ("uses", "names"),
    [
        ([use(1, 1), use(10, 10), use(40, 50), use(5, 10)], ["10 of 10", "40 of 50"]),
        ([use(0, 10), use(2, 4)], []),
    ],
)
def test_helping(uses: list[PhraseUse], names: list[str]) -> None:
    assert [u.phrase for u in helping(uses)] == names


@pytest.mark.parametrize(
    ("uses", "names"),
    [
        ([use(0, 2), use(1, 3), use(0, 10), use(9, 10)], ["0 of 10", "1 of 3"]),
        ([use(i, 100) for i in range(20)], [f"{i} of 100" for i in range(10)]),
    ],
)
def test_misleading(uses: list[PhraseUse], names: list[str]) -> None:
    assert [u.phrase for u in misleading(uses)] == names
