"""Ads in other languages are not judged; English ones with foreign names or paragraphs are."""

from __future__ import annotations

import pytest

from rolenlp.predict import predict_many

ENGLISH = (
    "You will own the roadmap of our booking product, talk to its users and decide what the team "
    "builds next. You write the plan for each quarter, agree it with sales and engineering, and "
    "watch what people do with every release. "
)
PLANS = (
    "As part of the site team you keep the programme on time, hold the budget for all works, lead "
    "weekly meetings with contractors and report risks to the board. Five years of experience. "
)
TERSE = (
    "Requirements: PRINCE2 Practitioner. Five years experience. Strong stakeholder management. "
    "Excellent communication. Full driving licence. Competitive salary, private healthcare, "
    "company pension, flexible hours, free parking, season ticket loan. "
)
FRENCH = (
    "Vous pilotez la feuille de route du produit et travaillez avec les équipes de vente. Vous "
    "menez des entretiens avec les clients, fixez les priorités et suivez les résultats de chaque "
    "version. Cinq ans d'expérience sont demandés ; le poste est basé à Lyon. "
)
EQUAL_FRENCH = (
    "Notre entreprise s'engage pour l'égalité des chances et étudie toutes les candidatures sans "
    "distinction d'âge, d'origine ou de handicap. "
)
GERMAN = (
    "Sie verantworten die Planung unserer Bauvorhaben vom ersten Entwurf bis zur Übergabe. Sie "
    "steuern Termine und Kosten, führen ein kleines Team und berichten der Geschäftsleitung. Wir "
    "bieten einen unbefristeten Vertrag und flexible Arbeitszeiten. "
)
SPANISH = (
    "Serás responsable de la planificación de las obras, del control de costes y de los plazos. "
    "Trabajarás con proveedores y clientes y presentarás cada semana el avance a la dirección. "
)
DUTCH = (
    "Je bent verantwoordelijk voor de planning van onze projecten en je werkt samen met de teams "
    "in Utrecht. Je hebt vijf jaar ervaring en we bieden een vast contract met goede voorwaarden. "
)
ITALIAN = (
    "Sarai responsabile della pianificazione dei lavori e del controllo dei costi. Lavorerai con i "
    "fornitori e con i clienti e riferirai ogni settimana alla direzione sullo stato dei progetti. "
)
PORTUGUESE = (
    "Você será responsável pelo planejamento das obras e pelo controle dos custos. Vai trabalhar "
    "com fornecedores e clientes e apresentar toda semana o andamento dos projetos à diretoria. "
)
POLISH = (
    "Będziesz odpowiadać za planowanie prac oraz kontrolę kosztów. Będziesz pracować z dostawcami "
    "i klientami, a co tydzień przedstawisz zarządowi postęp projektów. Oferujemy umowę o pracę. "
)
SWEDISH = (
    "Du ansvarar för planeringen av våra projekt och arbetar tillsammans med teamen i Lund. Du har "
    "minst fem års erfarenhet och vi erbjuder en fast tjänst med goda villkor och fria tider. "
)
# As many words of English, as in trades that speak in them.
GERMAN_TECH = (
    "Als Product Owner verantwortest du das Backlog, planst Sprints mit dem Scrum Team und stimmst "
    "die Roadmap mit Stakeholdern aus Sales und Marketing ab. Du kennst Jira und hast Erfahrung im "
    "Bereich Software as a Service. "
)
FRENCH_TECH = (
    "En tant que Product Manager, tu construis la roadmap, tu animes le backlog avec la squad et "
    "tu mesures les KPI du onboarding. Tu maîtrises Jira, SQL et les tests A/B. "
)

JUDGED = {
    "plain": ENGLISH,
    "long": (ENGLISH + PLANS) * 20,
    "plans": PLANS,
    "terse": TERSE,
    "upper case": (ENGLISH + PLANS).upper(),
    "one sentence": "You own the product roadmap and talk to customers.",
    "short list": "Own roadmap; prioritise backlog; interview customers; report to CEO",
    "French place": ENGLISH + "Based in Aix-en-Provence, near the Cours Mirabeau.",
    "French places": "Project Manager for sites in Le Mans, La Rochelle, Saint-Étienne, and "
    "Boulogne-sur-Mer. Keep the works on time, manage the risks and the budget of each site.",
    "short, French place": "Manage risks and budget of the works on rue de la Paix, Paris",
    "French employer": "Société Générale, Crédit Agricole and Hôtel du Palais trust us. " + ENGLISH,
    "French motto": "« Liberté, égalité, fraternité » and « impossible n'est pas français » are "
    "the mottos of our office. " + ENGLISH,
    "French last paragraph": ENGLISH + PLANS + EQUAL_FRENCH,
    "French first paragraph": EQUAL_FRENCH + ENGLISH + PLANS,
    "French in the middle": ENGLISH + FRENCH + PLANS + ENGLISH,
    "bilingual benefits": ENGLISH + PLANS + "Benefits / Avantages: health insurance / assurance "
    "santé; meal vouchers / titres-restaurant; holidays / congés payés; pension / retraite.",
    "bilingual (Canada)": PLANS + "Fluent in English and French / Bilinguisme exigé (anglais et "
    "français). " + ENGLISH,
    "German address": ENGLISH + "Fährhaus Döring GmbH, Große Elbstraße 7, 22767 Hamburg.",
    "German notice": ENGLISH + PLANS + "Wir freuen uns auf Ihre Bewerbung (m/w/d).",
    "Spanish names": PLANS + "Sites: San José, Los Ángeles de Heredia, La Cruz, El Coco.",
    "Polish firm": ENGLISH + "Przedsiębiorstwo Robót Drogowych w Łodzi sp. z o.o.",
    "Indian names": PLANS + "Sites in Thiruvananthapuram, Visakhapatnam and Tiruchirappalli.",
    "accents": "Café, naïve, résumé: send your résumé with a cover letter. " + PLANS,
    "two thirds English": ENGLISH + PLANS + GERMAN,
    "English, then the same in French": (ENGLISH + PLANS) * 4 + (FRENCH + EQUAL_FRENCH) * 5,
    "French, then the same in English": (FRENCH + EQUAL_FRENCH) * 5 + (ENGLISH + PLANS) * 4,
    "English first, longer": (ENGLISH + PLANS) * 12 + FRENCH * 6,
    "English last, longer": FRENCH * 6 + (ENGLISH + PLANS) * 12,
    "HTML": f"<p>{ENGLISH}</p><ul><li>{PLANS}</li></ul>",
    "many tools": "Manage delivery of SAP S/4HANA, Workday, Kubernetes, Terraform, Snowflake and "
    "dbt for the data platform, with a team of ten and a budget of two million.",
}

NOT_ENGLISH = {
    "French": FRENCH,
    "French, long": FRENCH * 20,
    "French, upper case": FRENCH.upper(),
    "French, HTML": f"<p>{FRENCH}</p><ul><li>{EQUAL_FRENCH}</li></ul>",
    "French of start-ups": FRENCH_TECH,
    "French, short": "Chef de projet à Lyon : gestion des risques et du budget avec les équipes",
    "German": GERMAN,
    "German, long": GERMAN * 20,
    "German of start-ups": GERMAN_TECH,
    "German, short": "Projektleiter für den Ausbau der Werke in Bonn und Köln, mit Dienstwagen",
    "Spanish": SPANISH,
    "Spanish, long": SPANISH * 20,
    "Spanish, short": "Jefe de proyecto para las obras del metro de Madrid y los túneles del norte",
    "Dutch": DUTCH,
    "Dutch, long": DUTCH * 20,
    "Dutch, short": "Projectleider voor het onderhoud van de sluizen, met een team van tien mensen",
    "Italian": ITALIAN,
    "Italian, long": ITALIAN * 20,
    "Italian, short": "Responsabile di progetto per i cantieri di Torino, con controllo dei costi",
    "Portuguese": PORTUGUESE,
    "Portuguese, long": PORTUGUESE * 20,
    "Polish": POLISH,
    "Polish, long": POLISH * 20,
    "Swedish": SWEDISH,
    "Russian": "Вы отвечаете за план работ, бюджет и сроки, работаете с подрядчиками. " * 5,
    "Greek": "Θα είστε υπεύθυνος για τον προγραμματισμό των έργων και τον έλεγχο κόστους. " * 5,
    "Arabic": "ستكون مسؤولا عن تخطيط المشاريع ومراقبة التكاليف والعمل مع الموردين " * 5,
    "Hebrew": "תהיה אחראי על תכנון הפרויקטים ועל בקרת העלויות יחד עם הספקים " * 5,
    "Hindi": "आप परियोजनाओं की योजना और लागत नियंत्रण के लिए जिम्मेदार होंगे " * 5,
    "Korean": "프로젝트 계획과 비용 관리를 담당하고 협력사와 함께 일하게 됩니다 " * 5,
    "two thirds French": FRENCH + FRENCH_TECH + EQUAL_FRENCH + PLANS,
    "French first, longer": (FRENCH + EQUAL_FRENCH) * 12 + ENGLISH * 3,
    "French last, longer": ENGLISH * 3 + (FRENCH + EQUAL_FRENCH) * 12,
    "English greeting": "Join us! We are hiring. " + GERMAN * 3,
}


@pytest.fixture(scope="module")
def statuses() -> dict[str, str]:
    every = {**JUDGED, **NOT_ENGLISH}
    verdicts = predict_many(every.values())
    return dict(zip(every, (verdict.status for verdict in verdicts), strict=True))


@pytest.mark.parametrize("name", JUDGED)
def test_english(statuses: dict[str, str], name: str) -> None:
    assert statuses[name] == "ok"


@pytest.mark.parametrize("name", NOT_ENGLISH)
def test_not_english(statuses: dict[str, str], name: str) -> None:
    assert statuses[name] == "not_english"
