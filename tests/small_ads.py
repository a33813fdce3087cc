"""Short ads of our own, tiny priors, and tiny models that are fitted once a session."""

from __future__ import annotations

from functools import cache

from rolenlp.model.classifier import RoleClassifier
from rolenlp.reading.priors import Priors

PRODUCT = [
    "You own the product roadmap and prioritise the backlog with engineering and design.",
    "Talk to customers every week, find unmet needs and turn them into a product vision.",
    "Run market research, watch competitors and decide what to build next for our users.",
    "Write user stories, keep the backlog in order and launch new features with marketing.",
    "Set the product strategy, measure adoption and shape pricing for the subscription.",
    "Interview users, test prototypes and lead product discovery with two designers.",
    "Own a mobile app from idea to launch; define the vision and say no to weak ideas.",
    "Work with sales and engineering on the product roadmap and the go to market plan.",
]
PROJECT = [
    "You keep the project plan, the risk register and the budget of a hospital extension.",
    "Coordinate contractors and subcontractors so that the work is done on time.",
    "Track milestones, report project status to the board and manage change requests.",
    "Plan resources, order materials and close out each project within budget.",
    "Manage risks and issues, run progress meetings and write the minutes.",
    "Lead the project team through a system migration and its cutover weekend.",
    "Prepare schedules in Primavera, monitor costs and settle variations with suppliers.",
    "Deliver fit-out projects from inception to handover and chair the site meetings.",
]
HYBRID = [
    "Own the product roadmap and also the project plan, the budget and the risk register.",
    "Interview users for the product vision, then run the project schedule to handover.",
    "Prioritise the backlog and manage project risks, milestones and subcontractors.",
    "Define product strategy with sales and track project costs with the contractors.",
    "Lead product discovery and report project status, issues and budget each month.",
    "Launch features, do market research, plan resources and chair progress meetings.",
    "You set the vision of the product and the schedule and scope of every project.",
    "Understand customer needs, groom the backlog, and deliver projects on time.",
]
OTHER = [
    "Care for patients on a busy ward and keep their records up to date.",
    "Teach mathematics to pupils aged eleven to sixteen and mark their homework.",
    "Drive a delivery van around the county and help customers carry their parcels.",
    "Repair pumps and valves in a water works and answer calls at night.",
    "Bake bread and pastries from four in the morning in a small village shop.",
    "Answer the telephone, greet visitors and keep the reception desk tidy.",
    "Write clean Python code, review pull requests and keep our servers running.",
    "Audit the accounts of small firms and explain the findings to their owners.",
]
TITLES = {
    "product": "Product Manager",
    "project": "Project Manager",
    "hybrid": "Product and Project Manager",
    "other": "Specialist",
}
ADS = [
    (title, text)
    for role, texts in (
        ("product", PRODUCT),
        ("project", PROJECT),
        ("hybrid", HYBRID),
        ("other", OTHER),
    )
    for title, text in ((TITLES[role], text) for text in texts)
]
ROLES = [role for role in ("product", "project", "hybrid", "other") for _ in range(8)]

# Weights and contexts that stay as they are while those that ship are tuned.
PRIORS = """
[names]
phrases = ["product|project manager"]
[themes.risk]
pole = "project"
phrases = [{ phrase = "risk register", weight = 3 }, { phrase = "manage ~ risk", weight = 2 }]
[themes.resource]
pole = "project"
phrases = [{ phrase = "subcontractor", weight = 1 }]
[themes.scope]
pole = "project"
phrases = [{ phrase = "project plan", weight = 3 }, { phrase = "on time", weight = 1.5 }]
[themes.customer]
pole = "product"
phrases = [{ phrase = "customer need", weight = 2 }]
[themes.vision]
pole = "product"
phrases = [{ phrase = "product roadmap", weight = 3 }, { phrase = "vision", weight = 1 }]
[themes.crossfunctional]
pole = "product"
phrases = [{ phrase = "sale marketing", weight = 1 }]
[titles]
except = ["product marketing"]
product = ["product manager|owner"]
project = ["project manager"]
"""


@cache
def small_priors() -> Priors:
    return Priors.from_toml(PRIORS)


@cache
def small_phrases() -> RoleClassifier:
    """Knows the phrases of `PRIORS` and nothing else; reads all of an ad."""
    return RoleClassifier(priors=small_priors(), boilerplate={}).fit([], [])


@cache
def shipped_phrases() -> RoleClassifier:
    """Knows the phrases that ship with rolenlp and nothing else."""
    return RoleClassifier().fit([], [])


@cache
def fitted() -> RoleClassifier:
    """Fitted on the 32 ads above."""
    return RoleClassifier(min_postings=2).fit(ADS, ROLES)
