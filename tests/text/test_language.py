import pytest

from rolenlp.text.language import is_english

ENGLISH = (
    "You will own the roadmap of our booking product, talk to its users and decide what the team "
    "builds next. We are a small company and you will report to the founder."
)
TERSE = (
    "Requirements: five years experience. Certified PRINCE2 Practitioner. Strong stakeholder "
    "management skills. Excellent communication skills. Full driving licence. Competitive salary, "
    "generous holidays, private healthcare, company pension, flexible working hours."
)
GERMAN = (
    "Sie verantworten die Planung unserer Bauvorhaben vom ersten Entwurf bis zur Übergabe. "
    "Sie steuern Termine und Kosten, führen ein kleines Team und berichten der Geschäftsleitung. "
    "Wir bieten einen unbefristeten Vertrag und flexible Arbeitszeiten."
)
FRENCH = (
    "Vous pilotez la feuille de route du produit et travaillez avec les équipes de vente et de "
    "marketing. Vous avez cinq ans d'expérience et vous aimez les clients. Le poste est à Lyon."
)
DUTCH = (
    "Je bent verantwoordelijk voor de planning van onze projecten en je werkt samen met de teams "
    "in Utrecht. Je hebt vijf jaar ervaring en we bieden een vast contract met goede voorwaarden."
)
JAPANESE = "製品のロードマップを担当し、顧客と話し、開発チームと協力して働いていただきます。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ENGLISH, True),
        (TERSE, True),
        (GERMAN, False),
        (FRENCH, False),
        (DUTCH, False),
        (JAPANESE, False),
        (JAPANESE * 20, False),
        ("Менеджер проекта: " * 20, False),
        # Short texts are English unless they seem to be anything else.
        ("Project Manager, Cork", True),
        ("Project Manager, rue de la Paix", True),
        ("Chef de projet pour les travaux du port", False),
        ("x" * 50, False),
        ("JIRA", True),
        ("Менеджер проекта", False),
        ("プロジェクト PM", False),
        # No words at all.
        ("", False),
        ("2024 – 50% !!", False),
        ("____ 12_34", False),
        # Half of it must be English, wherever that stands.
        (ENGLISH * 30 + GERMAN * 100, False),
        (ENGLISH * 100 + GERMAN * 30, True),
        (GERMAN * 30 + ENGLISH * 100, True),
        (GERMAN * 100 + ENGLISH * 30, False),
        (GERMAN + ENGLISH * 2, True),
        (GERMAN * 3 + ENGLISH, False),
        # Upper case, and an English ad with a German address.
        (ENGLISH.upper(), True),
        (ENGLISH + " Bewerbungen an: Fährhaus Döring GmbH, Große Elbstraße 7, Hamburg", True),
    ],
)
def test_is_english(text: str, expected: bool) -> None:
    assert is_english(text) is expected


def test_our_ads_are_english(ads: list[dict[str, str]]) -> None:
    from rolenlp.text.clean import clean

    assert all(is_english(clean(ad["description"]).text) for ad in ads)
