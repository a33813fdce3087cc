"""The spaCy pipeline, the reference: text -> a stream of lemmas.

The stream of a text is its words as lemmas in reading order, in lower case and American
spelling, without punctuation, bare numbers and glue words (articles, "and", "our" ...).
Between sentences, clauses and lines it holds one ``BREAK``.

:func:`build_nlp` makes the pipeline: spaCy's English tokenizer, its look-up lemmatizer, its
sentencizer, and our own component, which reads the stream off. `rolenlp.reading.streams` gives the
same streams, many times quicker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from spacy.attrs import ORTH  # type: ignore[import-not-found]
from spacy.lang.en import English
from spacy.lang.tokenizer_exceptions import emoticons
from spacy.language import Language
from spacy.lookups import Lookups
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.tokens import Doc
from spacy.util import (
    compile_infix_regex,
    compile_prefix_regex,
    compile_suffix_regex,
    load_language_data,
    registry,
)

from rolenlp.errors import MissingExtraError
from rolenlp.reading.lexicon import BREAK

__all__ = [
    "BREAKERS",
    "GLUE",
    "LONGEST_CHUNK",
    "Word",
    "american",
    "build_nlp",
    "build_tokenizer",
    "doc_stream",
    "english_lemmas",
    "is_kept",
    "lower",
    "special_cases",
    "with_hyphens",
]

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


# What stands between two white spaces is cut into pieces of so many characters before it is read:
# spaCy's time grows with the square of its length. Hardly one ad in 20,000 holds more.
LONGEST_CHUNK = 200

BREAKERS = frozenset(".!?;:…•·●▪‣◦–—|")
GLUE = frozenset(
    "a an the this these those our your their its his her all any each every and or both "
    "either such various etc s 's ’s".split()
)
_LONGEST_SUFFIX = 16  # those of spaCy have up to 8 characters, units of measure
_Search = Callable[[str, int], "re.Match[str] | None"]
_LONG = re.compile(rf"\S{{{LONGEST_CHUNK}}}(?=\S)")
# Words that name a thing of their own in a job ad: marketing is not the market.
_OWN_LEMMAS = frozenset(
    "ai computing engineering manufacturing marketing meeting offering pricing training "
    "third agenda data media".split()
)
# Written with a hyphen in Britain, and one word all the same.
_HYPHENATED = {
    f"co-{word}": f"co{word}"
    for word in (
        "ordinate ordinates ordinated ordinating ordination ordinator ordinators "
        "operate operates operated operating operation operative"
    ).split()
}
# Where the table errs ("develope", "phasis", "criterium") or lacks a word.
_MORE_LEMMAS = {
    "criteria": "criterion",
    "cutovers": "cutover",
    "developed": "develop",
    "developing": "develop",
    "kpis": "kpi",
    "offs": "off",
    "phases": "phase",
    "rollouts": "rollout",
    "submittals": "submittal",
}


def lower(text: str) -> str:
    """Lower case, one character for one, so that offsets stay true."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def english_lemmas() -> dict[str, str]:
    """spaCy's English look-up lemmas, word form -> lemma, from ``spacy-lookups-data``.

    A few words that mean more than their lemma in a job ad are left out and so stay themselves;
    a few lemmas are put right. Raises MissingExtraError where that package is not installed.
    """
    if "en" not in registry.lookups:
        raise MissingExtraError('training needs lemmas of English: pip install "rolenlp[train]"')
    table = dict(load_language_data(registry.lookups.get("en")["lemma_lookup"]))
    kept = {form: lemma for form, lemma in table.items() if form not in _OWN_LEMMAS}
    return {**kept, **_MORE_LEMMAS}


def with_hyphens(lemmas: Mapping[str, str]) -> dict[str, str]:
    """The lemmas, and those of "co-ordinate" and its like."""
    return {**lemmas, **{odd: lemmas.get(word, word) for odd, word in _HYPHENATED.items()}}


def special_cases() -> dict[str, Any]:
    """What spaCy does not split by its rules, such as "don't" and "e.g.", nor we by a hyphen."""
    # Emoticons swallow marks ("(B2B):" ends in one), and one broken by a space would undo its
    # neighbours, so that chunks would depend on each other.
    rules = English.Defaults.tokenizer_exceptions
    whole = {form: [{ORTH: form}] for form in _HYPHENATED}
    return {form: rules[form] for form in rules if form not in emoticons} | whole


def build_tokenizer() -> Language:
    """A pipeline of the tokenizer alone; it expects text that went through `lower`."""
    nlp = English(create_tokenizer=_cutting_tokenizer)  # or spaCy makes its own as well
    # No component asks a word for its shape, prefix, likeness to a number ...
    vocab: Any = nlp.vocab
    vocab.lex_attr_getters = {}
    return nlp


def build_nlp(lemmas: Mapping[str, str]) -> Language:
    """The plain pipeline over a lemma table; it expects text that went through `lower`."""
    nlp = build_tokenizer()
    lookups = Lookups()
    lookups.add_table("lemma_lookup", with_hyphens(lemmas))
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    lemmatizer.initialize(lookups=lookups)  # type: ignore[attr-defined]
    nlp.add_pipe("sentencizer", config={"punct_chars": list(BREAKERS)})
    nlp.add_pipe("rolenlp_stream")
    return nlp


def _at_end(search: _Search) -> _Search:
    """The search for a suffix, which looks no further than one can reach; but dots can be many."""

    def search_at_end(text: str, _: int = 0) -> re.Match[str] | None:
        return search(text, 0 if text.endswith("..") else max(0, len(text) - _LONGEST_SUFFIX))

    return search_at_end


def _cutting_tokenizer(nlp: Language) -> _CuttingTokenizer:
    english: Any = nlp.Defaults
    return _CuttingTokenizer(
        nlp.vocab,
        special_cases(),
        compile_prefix_regex(english.prefixes).match,  # a search looks at every place
        _at_end(compile_suffix_regex(english.suffixes).search),
        compile_infix_regex(english.infixes).finditer,
        english.token_match,
        english.url_match,
    )


class _CuttingTokenizer(Tokenizer):  # type: ignore[misc]
    """spaCy's tokenizer, for which no chunk is longer than `LONGEST_CHUNK`."""

    def __call__(self, string: str) -> Doc:
        cut = _LONG.sub(r"\g<0> ", string)
        doc: Doc = super().__call__(cut)
        if cut == string:
            return doc
        # The same tokens, but where it was cut no space follows.
        words, spaces = [], []
        at = 0
        for token in doc:
            at += len(token)
            spaces.append(token.whitespace_ == " " and string[at : at + 1] == " ")
            at += spaces[-1]
            words.append(token.text)
        return Doc(self.vocab, words, spaces)


class Word(NamedTuple):
    """One word of a stream and where it stands: ``text[start:end]``; a BREAK has no length."""

    lemma: str
    start: int
    end: int


def doc_stream(doc: Doc) -> list[Word]:
    """The stream of a text that the plain pipeline has read."""
    stream: list[Word] = doc.user_data["rolenlp_stream"]
    return stream


def is_kept(form: str) -> bool:
    """Whether a token is a word of the stream."""
    return form not in GLUE and any(map(str.isalpha, form))


@Language.component("rolenlp_stream")
def read_stream(doc: Doc) -> Doc:
    """The component ``rolenlp_stream``: keeps the words that count, with their offsets."""
    words: list[Word] = []
    broken = False
    for token in doc:
        broken = broken or bool(token.is_sent_start) or "\n" in token.text
        if not is_kept(token.text):
            continue
        if broken and words:
            words.append(Word(BREAK, token.idx, token.idx))
        words.append(Word(american(token.lemma_ or token.text), token.idx, token.idx + len(token)))
        broken = False
    doc.user_data["rolenlp_stream"] = words
    return doc
