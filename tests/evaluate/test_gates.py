import pytest

from rolenlp.errors import RolenlpError
from rolenlp.evaluate.gates import FIGURES as NAMES
from rolenlp.evaluate.gates import check, parse
from rolenlp.metrics import Figure

FIGURES = {
    "title and duties": {"macro_f1": Figure(0.8, 0.7, 0.9, 10), "kappa": Figure(-0.1, -1, 1, 10)},
    "duties": {"macro_f1": Figure(0.6, 0.5, 0.7, 10)},
}


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("macro_f1=0.8", ("macro_f1", 0.8)),
        (" duties.f1_product = 1 ", ("duties.f1_product", 1.0)),
        ("kappa=-.5", ("kappa", -0.5)),
        ("recall_hybrid=0", ("recall_hybrid", 0.0)),
    ],
)
def test_parse(text: str, gate: tuple[str, float]) -> None:
    assert parse(text) == gate


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("f1=0.8", "macro_f1, accuracy, kappa, f1_product"),
        ("macro_f1", "is not NAME=VALUE"),
        ("", "is not NAME=VALUE"),
        ("calibration_error=0.1", "is not NAME=VALUE"),  # there less is better
        ("macro_f1=80%", "'80%' is not a number"),
        ("macro_f1=80", "'80' is not a number from 0 to 1"),
        ("macro_f1=nan", "'nan' is not a number"),
        ("macro_f1=", "'' is not a number"),
    ],
)
def test_parse_refuses(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse(text)


@pytest.mark.parametrize("given", [[], ["macro_f1=0.8"], ["macro_f1=0.8", "duties.macro_f1=0.6"]])
def test_check_passes(given: list[str]) -> None:
    check(map(parse, given), FIGURES)


def test_check_names_all_that_is_too_low() -> None:
    gates = map(parse, ["macro_f1=0.81", "duties.macro_f1=0.7", "f1_hybrid=0.1", "kappa=-0.2"])
    with pytest.raises(RolenlpError) as failure:
        check(gates, FIGURES)
    assert str(failure.value) == (
        "not good enough: macro_f1 is 0.800 [0.700, 0.900], below 0.81; duties.macro_f1 is 0.600 "
        "[0.500, 0.700], below 0.7; f1_hybrid cannot be told from these ads"
    )


def test_every_name_can_be_given() -> None:
    for name in NAMES:
        assert parse(f"duties.{name}=0.5") == (f"duties.{name}", 0.5)
