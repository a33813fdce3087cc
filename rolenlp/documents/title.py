"""The title that an ad's first lines give, where one of them is plainly a title.

A title weighs in the verdict, so a line is only taken that names a holder of a job and says
nothing else.
"""

from __future__ import annotations

import re

from rolenlp.text.clean import clean

_FIRST = 6  # lines that are not blank
_READ = 4_000  # characters that hold them
_LONGEST = 100
_MOST_WORDS = 12
_HOLDER = (
    r"(?:manager|mgr|owner|lead|leader|director|head|chief|president|vp|coordinator|officer|"
    r"engineer|developer|analyst|architect|consultant|designer|administrator|assistant|specialist|"
    r"executive|nurse|teacher|driver|scientist|researcher|technician|accountant|master|chef|cook|"
    r"clerk|planner|strategist|supervisor|superintendent|associate|representative|advis[eo]r|buyer|"
    r"agent|controller|editor|writer|recruiter|partner|intern|trainee|secretary|auditor|lawyer|"
    r"attorney|paralegal|pharmacist|physician|therapist|carpenter|electrician|plumber|mechanic|"
    r"welder|operator|inspector|surveyor|estimator|marketer|tester|programmer|trainer|instructor|"
    r"tutor|professor|lecturer|expert|evangelist)s?\b"
)
_NAMES_HOLDER = re.compile(rf"\b{_HOLDER}|\bpmo\b|\b(?:product|project) management\b", re.I)
_LABEL = re.compile(
    r"(?:job\s+|position\s+|vacancy\s+)?(?:title|description|position|role|vacancy|opening|job)"
    r"\s*[:|–—-]\s*",
    re.I,
)
_SOUGHT = re.compile(
    rf"\b(?:hiring|seeking|recruiting|looking\s+for)\s+(?:for\s+)?(?:an?|our|the)\s+(?:next\s+|new\s+)?"
    rf"((?:[A-Za-z][\w&/+.-]*\s+){{0,5}}?{_HOLDER})",
    re.I,
)
# What is said of a job, not its name.
_SAYS = re.compile(
    r"\b(?:we|we're|you|you'll|your|our|us|my|is|are|was|will|can|who|this|that|these|if|how|what|"
    r"why|join|apply|hiring|seeking|recruiting|looking|reports?|reporting|contact|about|line|work|"
    r"works|working|has|have|be|as)\b|[!?@;]|://|www\.|\.\s*\Z|:",
    re.I,
)


def title_in(text: str) -> str:
    """The title in the first lines of a text (plain, HTML, Markdown); empty where none is plain.

    Example:
        >>> title_in("Acme Ltd, London\\nJob title: Senior Project Manager\\nWe build bridges.")
        'Senior Project Manager'
        >>> title_in("We are looking for a Product Manager who owns the roadmap.")
        'Product Manager'
        >>> title_in("Own the roadmap.\\nReports to the Head of Product.")
        ''
    """
    lines = [" ".join(line.split()) for line in clean(text[:_READ]).text.split("\n")]
    first = [line for line in lines if line][:_FIRST]
    for line in first:
        title = _LABEL.sub("", line, count=1) if _LABEL.match(line) else line
        if _is_title(title):
            return title
    for line in first:
        if (sought := _SOUGHT.search(line)) and not _SAYS.search(sought[1]):
            return sought[1]
    return ""


def _is_title(line: str) -> bool:
    return (
        len(line) <= _LONGEST
        and len(line.split()) <= _MOST_WORDS
        and line[:1].isalpha()
        and _NAMES_HOLDER.search(line) is not None
        and _SAYS.search(line) is None
    )
