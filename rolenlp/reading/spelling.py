"""British spelling -> American, so that "prioritise" and "prioritize" are one word."""

import re

__all__ = ["american"]

# Words in -ise and -yse that are not spelt with a z on either side of the Atlantic.
_KEEP_S = frozenset(
    "advertise advise appraise apprise arise braise bruise chastise circumcise clockwise "
    "comprise compromise concise cruise demise despise devise disenfranchise disguise "
    "enfranchise enterprise excise exercise expertise franchise fundraise guise improvise "
    "incise liaise likewise malaise merchandise noise otherwise paradise poise practise praise "
    "precise premise promise raise reappraise reprise revise rise stepwise sunrise supervise "
    "surmise surprise televise treatise turquoise uncompromise unsupervise wise".split()
)
_WORDS = {
    "programme": "program",
    "practise": "practice",
    "licence": "license",
    "defence": "defense",
    "offence": "offense",
    "catalogue": "catalog",
    "dialogue": "dialog",
    "cheque": "check",
    "fulfil": "fulfill",
    "fulfilment": "fulfillment",
    "enrol": "enroll",
    "enrolment": "enrollment",
    "skilful": "skillful",
    "judgement": "judgment",
    "acknowledgement": "acknowledgment",
    "ageing": "aging",
    "grey": "gray",
    "metre": "meter",
    "centre": "center",
    "theatre": "theater",
    "fibre": "fiber",
    "kerb": "curb",
    "tyre": "tire",
    "storey": "story",
    "aluminium": "aluminum",
    "mould": "mold",
    "plough": "plow",
    "whilst": "while",
    "organisational": "organizational",
    "speciality": "specialty",
}
_ISE = re.compile(r"(?<=[a-z]{3})(is|ys)(e|er|able|ation|ational|ing|ed|es|ers|ations)$")
_OUR = re.compile(r"^(behavi|col|endeav|fav|flav|harb|hon|hum|lab|neighb|rum|vap|vig)our")
_ELL = re.compile(r"^(cancel|channel|fuel|label|level|model|signal|total|travel)l(ed|er|ers|ing)$")


def american(lemma: str) -> str:
    """The American spelling of a lower-case lemma; most words come back as they are."""
    if lemma in _WORDS:
        return _WORDS[lemma]
    if "our" in lemma:
        lemma = _OUR.sub(r"\1or", lemma)
    if "ll" in lemma:
        lemma = _ELL.sub(r"\1\2", lemma)
    found = _ISE.search(lemma) if "is" in lemma or "ys" in lemma else None
    if found and lemma[: found.end(1)] + "e" not in _KEEP_S:
        return f"{lemma[: found.start(1)]}{found[1][0]}z{found[2]}"
    return lemma
