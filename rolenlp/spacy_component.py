"""The spaCy component ``rolenlp``: a verdict on each Doc, beside what other components say of it.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> roles = nlp.add_pipe("rolenlp")
>>> doc = nlp("You own the product roadmap and its vision, and talk to customers every week.")
>>> doc._.role, max(doc.cats, key=doc.cats.get)
('product', 'product')

spaCy imports this module with every pipeline that it makes, also where nobody asks for it: so it
loads nothing heavy by itself, and changes nothing before a component is made.
"""

# spaCy reads the types of a factory's settings as they stand here: no annotations from __future__.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import srsly
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc, SpanGroup
from spacy.training import Example
from spacy.util import minibatch

from rolenlp.model_file.bundle import load_file, read_file
from rolenlp.model_file.card import card_path, default_model_path
from rolenlp.predict import default_model, predict_many
from rolenlp.schema import BATCH, MIN_PRECISION, ROLE_ORDER, Evidence, Prediction

KEY = "rolenlp"  # of the verdict in doc.user_data, of its evidence in doc.spans
_MODELS = ("model.joblib", "model.skops")  # a model's name in a saved pipeline


def _card(model: str) -> str:
    return card_path(model).name


_NAMES = {*_MODELS, *map(_card, _MODELS)}


def _verdict(doc: Doc) -> Prediction | None:
    """The verdict on a Doc; None before there is one."""
    plain = doc.user_data.get(KEY)
    if plain is None:
        return None
    evidence, stray = (tuple(Evidence(**e) for e in plain[name]) for name in ("evidence", "stray"))
    return Prediction(**{**plain, "evidence": evidence, "stray": stray})


def _role(doc: Doc) -> str:
    """The role of a Doc; empty where it has none."""
    role: str = doc.user_data.get(KEY, {}).get("role", "")
    return role


class RoleJudge:
    """Judges Docs by `rolenlp.predict.predict_many`, batch by batch.

    It sets ``doc.cats`` (role -> probability), ``doc._.role``, ``doc._.rolenlp`` (the
    `Prediction`) and ``doc.spans["rolenlp"]``: the evidence, widened to whole tokens, each span's
    label its theme. A Doc that cannot be judged gets no cats, no spans and the role "";
    ``doc._.rolenlp.status`` says why. An ad's title is ``doc._.title``, or "title" of the dict that
    ``nlp.pipe(..., as_tuples=True)`` takes beside the text. The verdict is kept as a dict of plain
    values, ``doc.user_data["rolenlp"]``, which goes through ``Doc.to_bytes`` and `DocBin`.

    Parameters
    ----------
    model
        The path of a model file; None for the model that ships with rolenlp. A saved pipeline
        holds its model, and does not ask for the path again.
    min_precision
        As in `rolenlp.predict.predict`.
    role_prior
        As there.
    """

    def __new__(cls, *_: Any, **__: Any) -> "RoleJudge":
        """A component, made or unpickled, finds its names on every Doc."""
        if not Doc.has_extension("title"):  # another component may have it
            Doc.set_extension("title", default=None)
        Doc.set_extension("role", getter=_role, force=True)
        Doc.set_extension("rolenlp", getter=_verdict, force=True)
        return super().__new__(cls)

    def __init__(
        self,
        model: str | None = None,
        min_precision: float = MIN_PRECISION,
        role_prior: Mapping[str, float] | None = None,
    ) -> None:
        # A path that is not there is no fault before a Doc is judged by it: spaCy makes a saved
        # pipeline's components anew before each is handed what it saved.
        self._model: Any = model
        self._files: dict[str, bytes] = {}
        self._settings: dict[str, Any] = {"min_precision": min_precision, "role_prior": role_prior}
        if model is None or Path(model).exists():
            self._take(model)
            list(self._judged([""]))  # refuses settings that are out of bounds

    @property
    def labels(self) -> tuple[str, ...]:
        """The roles, as ``nlp.pipe_labels`` shows them."""
        return ROLE_ORDER

    def __call__(self, doc: Doc) -> Doc:
        """Judge one Doc."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = BATCH) -> Iterator[Doc]:
        """Judge many Docs, lazily and in order."""
        for docs in minibatch(stream, batch_size):  # type: ignore[no-untyped-call]
            for doc, verdict in zip(docs, self._judged(map(_ad, docs)), strict=True):
                yield _told(doc, verdict)

    def score(self, examples: Iterable[Example], **_: Any) -> dict[str, Any]:
        """The scores of ``cats`` for ``nlp.evaluate``; a Doc that was not judged is `other`."""
        return Scorer.score_cats(
            examples, "cats", labels=ROLE_ORDER, multi_label=False, getter=_scored
        )

    def to_bytes(self, *, exclude: Sequence[str] = ()) -> bytes:
        """The model's file and its card as they are; `exclude` is spaCy's, and nothing here."""
        packed: bytes = srsly.msgpack_dumps(self._kept())
        return packed

    def from_bytes(self, bytes_data: bytes, *, exclude: Sequence[str] = ()) -> "RoleJudge":
        """Take the model of `to_bytes`; `ModelError` says what is wrong with it."""
        files = srsly.msgpack_loads(bytes_data)
        with TemporaryDirectory() as folder:
            for name in _NAMES & set(files):
                (Path(folder) / name).write_bytes(files[name])
            return self.from_disk(folder)

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write the model's file and its card into a folder."""
        kept = self._kept()
        Path(path).mkdir(parents=True, exist_ok=True)
        for name in _NAMES:  # none is left of a model that was saved there before
            (Path(path) / name).unlink(missing_ok=True)
        for name, data in kept.items():
            (Path(path) / name).write_bytes(data)

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> "RoleJudge":
        """Take the model of a folder that `to_disk` wrote; `ModelError` says what is wrong."""
        there = [name for name in _MODELS if (Path(path) / name).exists()]
        self._take(Path(path) / (there or _MODELS)[0])
        return self

    def _take(self, model: str | Path | None) -> None:
        """Load a model, and keep what its files hold: what was read is what is checked."""
        file = read_file(default_model_path() if model is None else model)
        self._model = default_model() if model is None else load_file(file)
        name = f"model{file.path.suffix}"
        self._files = {name: file.data, _card(name): file.card}

    def _kept(self) -> dict[str, bytes]:
        if not self._files:
            self._take(self._model)
        return self._files

    def _judged(self, ads: Iterable[Any]) -> Iterator[Prediction]:
        return predict_many(ads, model=self._model, **self._settings)


@Language.factory(
    "rolenlp",
    default_config={"model": None, "min_precision": MIN_PRECISION, "role_prior": None},
    assigns=["doc.cats", "doc.spans", "doc._.role", "doc._.rolenlp"],
)
def make_judge(
    nlp: Language,
    name: str,
    model: str | None,
    min_precision: float,
    role_prior: dict[str, float] | None,
) -> RoleJudge:
    """The component ``rolenlp`` of a pipeline."""
    return RoleJudge(model, min_precision, role_prior)


def _ad(doc: Doc) -> tuple[Any, str]:
    title, context = doc._.title, doc._context
    if title is None and isinstance(context, Mapping):
        title = context.get("title")
    return title, doc.text


def _told(doc: Doc, verdict: Prediction) -> Doc:
    doc.user_data[KEY] = verdict.to_dict()
    doc.cats.update(verdict.probabilities)
    spans: list[Any] = [
        doc.char_span(e.start, e.end, label=e.theme, alignment_mode="expand")
        for e in verdict.evidence
    ]
    doc.spans[KEY] = SpanGroup(doc, name=KEY, spans=spans)
    return doc


def _scored(doc: Doc, attr: str) -> dict[str, float]:
    """The cats of a Doc: spaCy fails where one that was looked at has no role among them."""
    return {**({"other": 0.0} if KEY in doc.user_data else {}), **doc.cats}
