"""Sentences of our own for the behaviour tests: duties, near-misses and boilerplate.

They are written as ads say such things, so some use words that no phrase of rolenlp looks for.
Once a phrase is added for a sentence, it tells only that the phrase works: then write new ones.
"""

from __future__ import annotations

__all__ = ["BOILERPLATE", "COMPANIES", "DUTIES", "NEAR_MISSES", "NOT_PRODUCT", "NOT_PROJECT"]

# Ten plain duties of each theme.
DUTIES: dict[str, tuple[str, ...]] = {
    "risk": (
        "Keep the risk register up to date and chase the owners of open actions.",
        "Spot risks early and put mitigation plans in place.",
        "Manage risks and issues from kick-off to closure.",
        "Track dependencies between workstreams and warn the sponsor of likely delays.",
        "Escalate serious issues to the steering committee without delay.",
        "Assess risks to the delivery date and agree contingency plans with the sponsor.",
        "Maintain the RAID log and review it with the team every Monday.",
        "Remove blockers that hold the delivery team up.",
        "Identify potential problems on site and take corrective action.",
        "Lead risk workshops and record the mitigation for each threat.",
    ),
    "resource": (
        "Assign tasks to team members and balance their workload.",
        "Coordinate subcontractors and suppliers on site.",
        "Make sure the team has the people and equipment it needs.",
        "Plan resources across four workstreams and settle conflicts between them.",
        "Order materials in good time and check that they arrive.",
        "Select contractors, negotiate their contracts and supervise their work.",
        "Forecast resource needs for the next quarter with the heads of department.",
        "Manage third-party vendors who carry out part of the installation.",
        "Lead a project team of eight engineers drawn from three sites.",
        "Allocate staff to each phase of the work and release them when it is done.",
    ),
    "scope": (
        "Deliver the migration on time and within budget.",
        "Draw up the project plan and keep it current.",
        "Control scope, schedule and cost through a formal change process.",
        "Track milestones and report progress to the board each month.",
        "Prepare status reports for the sponsor and chair the weekly progress meeting.",
        "Monitor the budget and explain any variance to finance.",
        "Agree deadlines with every workstream and hold people to them.",
        "Handle change requests and keep the baseline schedule under control.",
        "See the works through from tender to handover.",
        "Maintain the critical path in Microsoft Project.",
    ),
    "customer": (
        "Interview customers every week to learn what they struggle with.",
        "Carry out market research and size new segments.",
        "Watch competitors and report on what they launch.",
        "Gather feedback from users and turn it into insights.",
        "Understand the needs of our customers better than anyone else.",
        "Run usability tests on early prototypes.",
        "Be the voice of the customer in every decision.",
        "Find out which user problems are worth solving.",
        "Analyse usage data to see where users drop out of the sign-up journey.",
        "Visit clients to discover unmet needs.",
    ),
    "vision": (
        "Define the product vision and explain it to the whole company.",
        "Own the roadmap and decide what we build next.",
        "Prioritise the backlog by value to users.",
        "Set the product strategy for the next three years.",
        "Write user stories with clear acceptance criteria.",
        "Answer for the profit and loss of the product line.",
        "Shape the go-to-market plan for each new feature.",
        "Decide which features make the first release and which must wait.",
        "Set goals for the product and measure its success after launch.",
        "Turn ideas into a product that sells, from concept to launch.",
    ),
    "crossfunctional": (
        "Work with engineering, design and marketing every day.",
        "Bring sales, support and engineering together around each launch.",
        "Partner with designers and developers from idea to release.",
        "Lead cross-functional teams without formal authority.",
        "Work closely with sales to train the field on new features.",
        "Be the bridge between commercial and technical teams.",
        "Collaborate with marketing on positioning and messages.",
        "Align stakeholders in sales, finance and engineering.",
        "Sit with data scientists and engineers to settle trade-offs.",
        "Coordinate marketing, legal and support before a release.",
    ),
}

# Words of the themes in other senses: none of these states a duty of any theme.
NEAR_MISSES: tuple[str, ...] = (
    "You will mentor at-risk youth after school.",
    "Patients at high risk of falls are seen first.",
    "Benefits include vision insurance and dental care.",
    "We offer medical, dental and vision cover from the first day.",
    "Questions about pay go to human resources.",
    "Join one of our employee resource groups.",
    "Nurses work within their scope of practice.",
    "Products of conception are sent to the laboratory.",
    "Corrected vision must meet the standard for drivers.",
    "Teach pupils how to use the library's online resources.",
    "Pupils present their science projects in June.",
    "Serve customers at the till and keep the shop tidy.",
    "Clean the kitchen with the products provided.",
    "Operators look down a microscope with a wide scope.",
    "Water the plants and mow the lawns on schedule.",
    "The gift shop sells dairy products.",
    "Adults at risk are referred to the safeguarding lead.",
    "The nurse explains the risk of infection to patients.",
    "Design lessons for pupils aged seven to nine.",
    "Drive along the planned route and help passengers with their bags.",
)

NOT_PROJECT: tuple[str, ...] = (
    "You will not manage projects.",
    "You will not manage budgets or schedules.",
    "This role does not manage project plans, and it has no budget.",
    "You will never have to track milestones.",
)
NOT_PRODUCT: tuple[str, ...] = (
    "You will not own the roadmap.",
    "You will not set product strategy or prioritise the backlog.",
    "This role does not define the product vision.",
    "You will never have to do market research.",
)

# What every board adds, American and British.
BOILERPLATE: dict[str, tuple[str, ...]] = {
    "equal opportunities, US": (
        "We are an equal opportunity employer. All qualified applicants will receive "
        "consideration for employment without regard to race, color, religion, sex, sexual "
        "orientation, gender identity, national origin, disability or protected veteran status.",
        "Our company celebrates difference and is proud to be an EEO employer. If you need a "
        "reasonable accommodation at any stage of the hiring process, let your recruiter know. "
        "We take part in E-Verify.",
    ),
    "equal opportunities, UK": (
        "We welcome applications from everyone, whatever their age, disability, ethnicity, faith, "
        "gender or sexual orientation. We are a Disability Confident employer and guarantee an "
        "interview to disabled candidates who meet the essential criteria.",
        "We are committed to safeguarding and to equality of opportunity. The post is subject to "
        "a satisfactory DBS check, and you must have the right to work in the UK.",
    ),
    "benefits, US": (
        "What we offer: medical, dental and vision insurance, a 401(k) with company match, "
        "unlimited PTO, twelve weeks of parental leave, commuter benefits and an annual learning "
        "stipend.",
        "The salary range for this position is $95,000 to $140,000, depending on experience and "
        "location, plus bonus and equity. Benefits start on your first day.",
    ),
    "benefits, UK": (
        "In return you will have 28 days of annual leave plus bank holidays, a contributory "
        "pension, private medical cover, life assurance, a cycle to work scheme and a season "
        "ticket loan.",
        "Salary: £48,000 to £55,000 a year, pro rata for part-time colleagues. We work a hybrid "
        "pattern of two days in the office. A car allowance may apply.",
    ),
    "about us, US": (
        "Founded in 2009, we help more than 4,000 companies do their best work. Our platform is "
        "trusted by customers in 60 countries, and we were named a Best Place to Work five years "
        "in a row. We move fast, care deeply and win together.",
        "We are a family-owned group with 1,200 employees, headquartered in the Midwest. For "
        "three generations we have stood for quality, safety and service to our communities.",
    ),
    "about us, UK": (
        "We are one of the leading organisations in our field, with 3,500 colleagues at 14 sites "
        "across the UK and Ireland. Our values are respect, courage and curiosity, and we aim to "
        "be net zero by 2035.",
        "A growing business backed by patient investors, we bring new technology to an old "
        "industry. Our products are used by over two million people, and our vision is a fairer "
        "market for all.",
    ),
    "how to apply, US": (
        "To apply, submit your resume and a short cover letter through our careers page. Because "
        "of the number of applications we can only contact candidates selected for an interview. "
        "No phone calls or agencies, please.",
        "Apply with one click. The process has three steps: a call with a recruiter, an interview "
        "with the hiring manager, and a panel interview. We aim to decide within two weeks.",
    ),
    "how to apply, UK": (
        "To apply, send your CV and a supporting statement of no more than two pages. Closing "
        "date: 30 June. Interviews will be held in the week of 14 July. For an informal chat, "
        "contact the recruitment team.",
        "We reserve the right to close this vacancy early if we receive enough applications. By "
        "applying you agree to our privacy notice, which says how long your data is kept.",
    ),
}

COMPANIES: tuple[str, ...] = ("Norvale Group", "Quillmark", "Tessarine Systems", "Halden & Pryce")
