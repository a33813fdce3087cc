from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import Reader
from rolenlp.reading.titles import parted
from rolenlp.schema import Posting


@pytest.fixture(scope="module")
def reader(priors: Priors) -> Reader:
    return Reader(priors, Lexicon(priors.words()), english_lemmas(), {})


def claimed(reader: Reader, title: str) -> str:
    ((product, project),) = reader.read([Posting("", title)]).title_hits
    return " ".join(["product"] * bool(product) + ["project"] * bool(project))


@pytest.mark.parametrize(
    "title",
    [
        "Product Manager",
        "product manager",
        "PRODUCT OWNER",
        "Product Mgr",
        "Senior Product Manager II",
        "Sr. Product Manager",
        "Sr.Product Manager",
        "Jr. Product Owner",
        "Sr Product Manager- Payments",
        "Principal Product Manager – Search",
        "Product Manager | Payments",
        "Payments | Product Manager",
        "Product Manager (Payments)",
        "Product Manager [Remote]",
        "Product Manager, Data Platform",
        "Product Manager; Cards",
        "Product Manager: Cards",
        "Product Manager/Owner",
        "Business Analyst/Product Owner",
        "Technical Product Manager",
        "Associate Product Manager",
        "Group Product Manager",
        "Product Manager Intern",
        "Product Line Manager",
        "Product Lead",
        "Product Management",
        "Product Management Lead",
        "Coordinator for Product Management",
        "Product Manager, Partner for Growth",
        "Head of Product",
        "Head of Product Management",
        "Head of Product & Design",
        "Head of Product and Technology",
        "Head of Product (Payments)",
        "Head of Product Growth",
        "VP Product",
        "VP, Product",
        "Vice President of Product",
        "SVP, Product Management",
        "Chief Product Officer",
        "Chief Product & Technology Officer",
        "Director of Product",
        "Director, Product",
        "Director, Product Management, Lending",
        "Senior Director - Product Management",
        "Director of Card Product Management",
        "Manager, Product Management",
        "Sales and Product Manager",
        "Product Managers",
    ],
)
def test_product_titles(reader: Reader, title: str) -> None:
    assert claimed(reader, title) == "product"


@pytest.mark.parametrize(
    "title",
    [
        "Project Manager",
        "Sr. Project Manager",
        "Senior Project Manager - Rail",
        "Project manager– tunnels",
        "IT Project Manager III",
        "Assistant Project Manager",
        "PM (Project Manager)",
        "Business Analyst / Project Manager",
        "Project/Programme Manager",
        "Project & Programme Manager",
        "Project Coordinator",
        "Project Co-ordinator",
        "Project Support Officer",
        "Project Controls Manager",
        "Project Management",
        "Project Management Office",
        "Project Management Specialist",
        "Head of Project Management",
        "Director, Project Management",
        "PMO Analyst",
        "Head of PMO",
        "Construction Manager",
        "Director of Projects",
        "Marketing Project Manager",
        "Project Manager, Product Launches",
        "Project Manager for Product Development",
    ],
)
def test_project_titles(reader: Reader, title: str) -> None:
    assert claimed(reader, title) == "project"


@pytest.mark.parametrize(
    "title",
    [
        "Product/Project Manager",
        "Project / Product Manager",
        "Product and Project Manager",
        "Product & Project Manager",
        "Product Owner | Project Manager",
        "Project Manager (Product Owner)",
    ],
)
def test_titles_of_both(reader: Reader, title: str) -> None:
    assert claimed(reader, title) == "product project"


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Baker",
        # Part of a longer name.
        "Product Marketing Manager",
        "Director, Product Marketing",
        "Senior Director - Product Marketing",
        "Director/Sr. Director of Product Marketing",
        "Head of Product Design",
        "Head of Product Data Science",
        "Head of Product Security",
        "VP, Product Marketing",
        "VP Product Operations",
        "Lead Product Designer",
        "Product Lead Designer",
        "Product Designer",
        "Product Analyst",
        "Product Support Manager",
        "Product Compliance and Risk Manager",
        "Product Operations Manager",
        "Product Delivery Manager",
        "Product Manager Recruiter",
        "Product Management Analyst",
        "Product Management Engineer",
        "Head of Project Finance",
        "Project Accountant",
        "Project Engineer",
        "Project Manager Assistant",
        "Service Delivery Manager",
        "Finished Product Manager",
        # Somebody else's.
        "Executive Assistant to the Head of Product",
        "HR Business Partner for Product Management",
        "Finance Partner to Project Management",
        "Recruiter for Product Management",
        # Who teaches it.
        "Teacher of Project Management",
        "Associate Professor of Product Management",
        "Lecturer in Project Management (m/f/d)",
        "Instructor, Project Management",
        "Copywriter for the Head of Product",
        "Nurse to our Product Managers",
        "Assistant to Project Director",
        "Chief of Staff to the Chief Product Officer",
        "Recruiter, Product Managers",
        "Recruiter for Product Managers",
        "Coach - Project Managers",
        "Analyst, reporting to the Product Manager",
        # A field of work, after another job.
        "Technical Sourcer, Product Management (Contract)",
        "Business Analyst- Product Management",
        "Business Analyst (Project Management)",
        "Data Analyst IV - Project Management / Lean",
        "Software Engineer, Product",
        "Engineering Manager, Product",
        "Data Analyst, Capital PMO",
    ],
)
def test_titles_of_neither(reader: Reader, title: str) -> None:
    assert claimed(reader, title) == ""


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Sr. Director,  Product", ["Sr Director Product"]),
        ("Lead - Product Design", ["Lead Product Design"]),
        ("Analyst - Product/Growth", ["Analyst", "Product", "Growth"]),
        ("(Remote) Product Owner [m/f]", ["Remote", "Product Owner", "m", "f", ""]),
        ("Co-Lead of Post-Sales", ["Co-Lead of Post-Sales"]),
    ],
)
def test_parts(title: str, parts: list[str]) -> None:
    assert parted(title).split("\n") == parts


@given(st.lists(st.sampled_from(["Product", "Manager", "VP", ",", " - ", "/", "to", "  "])))
def test_parting_adds_no_word(pieces: list[str]) -> None:
    title = " ".join(pieces)
    words = parted(title).replace("-", " ").split()
    assert set(words) <= set(title.replace("/", " ").replace(",", " ").split())
