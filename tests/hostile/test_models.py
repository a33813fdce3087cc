"""Model files that somebody crafted or broke: one clear line each, and nothing of theirs runs."""

from __future__ import annotations

import bz2
import copyreg
import gzip
import io
import lzma
import os
import pickle
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolenlp.errors import ModelError
from rolenlp.model_file import bundle
from rolenlp.model_file.bundle import load
from rolenlp.model_file.card import card_path
from tests.examples import TIMES
from tests.helpers_cli import run
from tests.hostile.helpers_models import FIXTURE, forged, good_card, good_state, packed

MORE = "is refused, because it holds more than plain data"
DAMAGED = "is not a rolenlp model, or is damaged"
ALTERED = "is not the file that its card describes"
NOT_A_CARD = "is not the card of a rolenlp model; get both files again"


def refused(path: Path, *says: str) -> None:
    """Loading fails with one line that names the file, says this and says what to do."""
    with pytest.raises(ModelError) as caught:
        load(path)
    line = str(caught.value)
    assert all(each in line for each in says)
    assert str(path.parent) in line and path.stem in line
    assert len(line.splitlines()) == 1 and len(line) < 600 and line.isprintable()
    assert any(hint in line for hint in ("get both", "name ", "do not open", "train", "install"))


class Calls:
    """Pickles as a call; what is called comes with it."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.call = function, args

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.call


class Stateful:
    """What its pickle calls is in the state that BUILD hands to ``__setstate__``."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __getstate__(self) -> str:
        return self.code

    def __setstate__(self, code: str) -> None:
        exec(code)


def _touch(mark: Path) -> str:
    return f"touch {mark}"


def _python(mark: Path) -> str:
    return f"open({str(mark)!r}, 'w').close()"


def _raw(template: str) -> Callable[[Path], bytes]:
    """A pickle written by hand; SHELL is a shell command that leaves a mark."""
    return lambda mark: template.encode("latin-1").replace(b"SHELL", _touch(mark).encode())


def _call(protocol: int, *path: str) -> Callable[[Path], bytes]:
    def make(mark: Path) -> bytes:
        what = {"system": (os.system, _touch(mark)), "eval": (eval, _python(mark))}
        what["exec"] = (exec, _python(mark))
        call: Any = Calls(*what[path[-1]])
        for step in path[:-1]:
            call = {"in a list": [call], "as a key": {"a": {"b": call}}, "in a call": None}[step]
            call = call or Calls(list, (Calls(*what[path[-1]]),))
        return pickle.dumps(call, protocol)

    return make


def _beside(mark: Path) -> bytes:
    return pickle.dumps({**good_state(), "more": Calls(os.system, _touch(mark))}, 4)


def _in_an_array(mark: Path) -> bytes:
    """As joblib keeps an array of objects: its wrapper, then a pickle of its own."""
    stream = io.BytesIO()
    joblib.dump({"a": np.array([Calls(os.system, _touch(mark))], object)}, stream)
    return stream.getvalue()


# Each leaves its mark when it is unpickled, which a test below makes sure of.
RUNS: dict[str, tuple[Callable[[Path], bytes], str]] = {
    **{f"os.system, protocol {n}": (_call(n, "system"), "GLOBAL") for n in range(4)},
    **{f"os.system, protocol {n}": (_call(n, "system"), "STACK_GLOBAL") for n in (4, 5)},
    "eval": (_call(4, "eval"), "STACK_GLOBAL"),
    "exec": (_call(2, "exec"), "GLOBAL"),
    "a call in a list": (_call(4, "in a list", "system"), "STACK_GLOBAL"),
    "a call in dictionaries": (_call(4, "as a key", "exec"), "STACK_GLOBAL"),
    "a call in a call": (_call(4, "in a call", "system"), "STACK_GLOBAL"),
    "__setstate__": (lambda mark: pickle.dumps(Stateful(_python(mark)), 4), "STACK_GLOBAL"),
    "GLOBAL": (_raw("cos\nsystem\n(VSHELL\ntR."), "GLOBAL"),
    "INST": (_raw("(VSHELL\nios\nsystem\n."), "UNICODE"),
    "INST of a short text": (_raw("(X\x04\0\0\0true0VSHELL\nios\nsystem\n."), "POP"),
    "OBJ": (_raw("(cos\nsystem\nVSHELL\no."), "GLOBAL"),
    "EXT1": (_raw("\x82\xf1(VSHELL\ntR."), "EXT1"),
    "EXT2": (_raw("\x83\xf1\x00(VSHELL\ntR."), "EXT2"),
    "EXT4": (_raw("\x84\xf1\x00\x00\x00(VSHELL\ntR."), "EXT4"),
    "a list and then a call": (_raw("\x80\x04](cos\nsystem\n(VSHELL\ntRe."), "GLOBAL"),
    "beside a good state": (_beside, "STACK_GLOBAL"),
    "in an array of objects": (_in_an_array, "STACK_GLOBAL"),
}


@contextmanager
def extension() -> Iterator[None]:
    """A number under which the registry of extensions gives os.system away."""
    copyreg.add_extension(os.system.__module__, "system", 0xF1)
    yield
    copyreg.remove_extension(os.system.__module__, "system", 0xF1)


@pytest.mark.parametrize("name", RUNS)
def test_a_pickle_that_would_run(name: str, tmp_path: Path) -> None:
    make, instruction = RUNS[name]
    mark = tmp_path / "ran"
    data = make(mark)
    with extension() if "EXT" in name else nullcontext():
        says = f"{MORE}: it has the pickle instruction {instruction}"
        refused(forged(tmp_path, zlib.compress(data)), says)
        assert not mark.exists()
        joblib.load(io.BytesIO(data)) if "array" in name else pickle.loads(data)
    assert mark.exists(), "this case proves nothing: it does not run where it could"


# Pickles without plain data, or with too much of it, that leave no mark.
ODD: dict[str, tuple[bytes, str]] = {
    "NEWOBJ": (b"\x80\x02cbuiltins\nobject\n)\x81.", f"{MORE}: it has the pickle instruction"),
    "NEWOBJ_EX": (b"\x80\x04cbuiltins\nobject\n)}\x92.", f"{MORE}: it has the pickle"),
    "BUILD": (b"\x80\x04}}b.", "BUILD"),
    "REDUCE of what is no function": (b"]]R.", "REDUCE"),
    "STACK_GLOBAL": (b"\x8c\x02os\x8c\x06system\x93.", "STACK_GLOBAL"),
    "STACK_GLOBAL of numbers": (b"K\x01K\x01\x93.", "STACK_GLOBAL"),
    "INST": (b"(ios\nsystem\n.", "INST"),
    "PERSID": (b"Pmodel\n.", "PERSID"),
    "BINPERSID": (b"K\x01Q.", "BINPERSID"),
    "NEXT_BUFFER": (b"\x80\x05\x97.", "NEXT_BUFFER"),
    "READONLY_BUFFER": (b"\x80\x05K\x01\x98.", "READONLY_BUFFER"),
    "BYTEARRAY8": (b"\x80\x05\x96" + bytes(8) + b".", "BYTEARRAY8"),
    "a tuple": (pickle.dumps((1, 2)), "TUPLE2"),
    "a set": (pickle.dumps({1}), "EMPTY_SET"),
    "a frozen set": (pickle.dumps(frozenset((1,))), "FROZENSET"),
    "a long number": (pickle.dumps(10**30), "LONG1"),
    "a very long number": (pickle.dumps(1 << 10_000), "LONG4"),
    "a long number as text": (b"L" + b"9" * 100_000 + b"L\n.", "LONG"),
    "one after the end": (pickle.dumps({}) + pickle.dumps({}), "something follows its end"),
    "an array of joblib": (b"", "STACK_GLOBAL"),  # made in the test
    "no instruction": (b"\xff.", DAMAGED),
    "nothing": (b"", DAMAGED),
    "no end": (pickle.dumps({})[:-1], DAMAGED),
    "an empty stack": (b".", DAMAGED),
    "a list as key": (b"}]]s.", DAMAGED),
    "a memo that is not there": (b"h\x07.", DAMAGED),
    "a mark alone": (b"(.", DAMAGED),
    "another protocol": (b"\x80\x7f}.", DAMAGED),
    "text that is no UTF-8": (b"\x8c\x02\xff\xfe.", DAMAGED),
    "no dictionary": (pickle.dumps([]), "not a rolenlp model (it has other parts)"),
    "a dictionary of its own": (b"}\x94\x8c\x01ah\x00s.", "(it has other parts)"),
    "None": (b"N.", "(it has other parts)"),
}


@pytest.mark.parametrize("name", ODD)
def test_a_pickle_that_is_no_model(name: str, tmp_path: Path) -> None:
    data, says = ODD[name]
    if name == "an array of joblib":
        stream = io.BytesIO()
        joblib.dump({"a": np.arange(3)}, stream)
        data = stream.getvalue()
    refused(forged(tmp_path, zlib.compress(data)), says)


@pytest.mark.parametrize("evil", [False, True], ids=["good", "evil"])
@pytest.mark.parametrize("way", ["plain", "zlib", "gzip", "bz2", "lzma", "xz", "lz4", "raw zlib"])
def test_the_ways_that_joblib_packs(way: str, evil: bool, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    what = Calls(os.system, _touch(mark)) if evil else good_state()
    stream = io.BytesIO()
    if way == "lz4":
        stream.write(b"\x04\x22\x4d\x18" + pickle.dumps(what))
    elif way == "raw zlib":
        packer = zlib.compressobj(wbits=-15)
        stream.write(packer.compress(pickle.dumps(what)) + packer.flush())
    else:
        joblib.dump(what, stream, compress=0 if way == "plain" else (way, 3))
    path = forged(tmp_path, stream.getvalue())
    if way == "zlib" and not evil:
        assert load(path).n_postings_ == 168
    else:
        refused(path, MORE if way == "zlib" else DAMAGED)
    assert not mark.exists()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zlib.compress])
def test_packed_twice(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    refused(forged(tmp_path, pack(FIXTURE.read_bytes())), DAMAGED)


def test_a_model_cut_short_anywhere(tmp_path: Path) -> None:
    data = FIXTURE.read_bytes()
    for end in (0, 1, 2, 10, 100, *range(1_000, len(data), 9_001), len(data) - 1):
        refused(forged(tmp_path, data[:end]), DAMAGED)
    path = forged(tmp_path, data)
    path.write_bytes(data[:-1])
    refused(path, ALTERED)


def test_a_state_cut_short_anywhere(tmp_path: Path) -> None:
    data = zlib.decompress(FIXTURE.read_bytes())
    for end in (0, 1, 2, 10, 11, 12, 100, *range(1_000, len(data), 17_001), len(data) - 1):
        refused(forged(tmp_path, zlib.compress(data[:end], 0)), DAMAGED)


def test_something_after_a_model(tmp_path: Path) -> None:
    refused(forged(tmp_path, FIXTURE.read_bytes() + b"more"), DAMAGED)


@settings(max_examples=50 * TIMES)
@given(st.data())
def test_flipped_bits_load_the_same_model_or_none(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A card that is right for the broken file: only what reads the file is left to notice."""
    plain = bytearray(zlib.decompress(FIXTURE.read_bytes()))
    for _ in range(data.draw(st.integers(1, 3))):
        # Most of it is words: half of the flips fall where the structure is.
        end = data.draw(st.sampled_from([200, len(plain)]))
        plain[data.draw(st.integers(0, end - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = forged(tmp_path_factory.mktemp("flips"), zlib.compress(bytes(plain), 1))
    try:
        model = load(path)
    except ModelError as error:
        assert str(error).isprintable() and str(path.parent) in str(error)
    else:  # a word that no canary holds
        assert np.isfinite(model.predict_proba(["Own the roadmap and the risk register."])).all()


@settings(max_examples=33 * TIMES)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for content in (data, zlib.compress(data)):
        with pytest.raises(ModelError):
            load(forged(folder, content))


@pytest.mark.parametrize("flip", [False, True], ids=["before", "between"])
def test_what_was_read_is_what_is_hashed_and_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flip: bool
) -> None:
    """A link that points elsewhere once the file was read changes nothing; before, it is seen."""
    mark = tmp_path / "ran"
    evil = tmp_path / "evil"
    evil.write_bytes(packed(Calls(os.system, _touch(mark))))
    path = forged(tmp_path, FIXTURE.read_bytes(), "link.joblib")
    path.rename(tmp_path / "good")
    path.symlink_to(tmp_path / "good")

    def swap() -> None:
        path.unlink()
        path.symlink_to(evil)

    read = bundle.read_regular

    def read_and_swap(*args: Any) -> bytes:
        if not flip:
            swap()
        data = read(*args)
        if flip:
            swap()
        return data

    monkeypatch.setattr(bundle, "read_regular", read_and_swap)
    if flip:
        assert load(path).n_postings_ == 168
    else:
        refused(path, ALTERED)
    assert path.resolve() == evil
    assert not mark.exists()


def test_a_file_that_changes_all_the_time(tmp_path: Path) -> None:
    """Two models take turns at a place: what loads is the good one."""
    mark = tmp_path / "ran"
    evil, good = packed(Calls(os.system, _touch(mark))), FIXTURE.read_bytes()
    path = forged(tmp_path, good)
    done = threading.Event()

    def take_turns() -> None:
        while not done.is_set():
            for content in (evil, good):
                (tmp_path / "next").write_bytes(content)
                (tmp_path / "next").replace(path)

    thread = threading.Thread(target=take_turns)
    thread.start()
    try:
        for _ in range(30):
            try:
                assert load(path).n_postings_ == 168
            except ModelError as error:
                assert ALTERED in str(error)
    finally:
        done.set()
        thread.join()
    assert not mark.exists()


def test_places_that_are_no_files(tmp_path: Path) -> None:
    for number, name in enumerate(("mine.joblib", "mine.skops")):
        os.mkfifo(tmp_path / name)
        card_path(tmp_path / name).write_bytes(card_path(FIXTURE).read_bytes())
        refused(tmp_path / name, "it is not a regular file")
        folder = tmp_path / f"{number}" / name
        folder.mkdir(parents=True)
        refused(folder, "is a directory")
    for device in ("/dev/zero", "/dev/full", "/dev/null"):
        path = tmp_path / "device.joblib"
        path.symlink_to(device)
        card_path(path).write_bytes(card_path(FIXTURE).read_bytes())
        refused(path, "it is not a regular file")
        path.unlink()
    path = tmp_path / "loop.joblib"
    path.symlink_to(path)
    refused(path, "no such model")


def test_cards_that_are_no_files(tmp_path: Path) -> None:
    path = forged(tmp_path, FIXTURE.read_bytes())
    card = card_path(path)
    card.unlink()
    os.mkfifo(card)
    refused(path, "is not a readable card")
    card.unlink()
    card.mkdir()
    refused(path, "is not a readable card")
    card.rmdir()
    card.symlink_to("/dev/zero")
    refused(path, "is not a readable card")


CANARY = {"title": "", "text": "Own the roadmap.", "probabilities": [0.25, 0.25, 0.25, 0.25]}
CARDS: dict[str, tuple[dict[str, Any], str]] = {
    "another format": ({"format_version": 99}, "has format 99, this rolenlp reads"),
    "a format that is nearly one": ({"format_version": True}, "has format True"),
    "a format as text": ({"format_version": "1\n\x1b[2J"}, "has format '1"),
    "a long format": ({"format_version": [1] * 10_000}, "has format [1, 1"),
    "a writer that moves the cursor": ({"format_version": 0, "rolenlp": "\x1b[2J\n"}, "format 0"),
    "another hash": ({"sha256": "0" * 64}, ALTERED),
    "a hash that is none": ({"sha256": None}, ALTERED),
    "no canaries": ({"canaries": []}, "promises no probabilities"),
    "canaries of nothing": ({"canaries": None}, NOT_A_CARD),
    "canaries that are numbers": ({"canaries": [1]}, NOT_A_CARD),
    "canaries in a dictionary": ({"canaries": {"a": CANARY}}, NOT_A_CARD),
    "too many canaries": ({"canaries": [CANARY] * 101}, NOT_A_CARD),
    "a canary without a text": ({"canaries": [{"title": ""}]}, NOT_A_CARD),
    "a text that is none": ({"canaries": [{**CANARY, "text": 1}]}, NOT_A_CARD),
    "NaN": ({"canaries": [{**CANARY, "probabilities": [float("nan")] * 4}]}, NOT_A_CARD),
    "infinite": ({"canaries": [{**CANARY, "probabilities": [float("inf")] * 4}]}, NOT_A_CARD),
    "three shares": ({"canaries": [{**CANARY, "probabilities": [0.5] * 3}]}, NOT_A_CARD),
    "shares as texts": ({"canaries": [{**CANARY, "probabilities": ["1"] * 4}]}, NOT_A_CARD),
    "other shares": ({"canaries": [CANARY]}, "does not give the probabilities"),
    "libraries of nothing": ({"canaries": [CANARY], "libraries": None}, "does not give the prob"),
    "counts that are none": ({"training": {"by_source": 3}}, NOT_A_CARD),
    "training that is none": ({"training": []}, NOT_A_CARD),
    "metrics that are none": ({"metrics_out_of_fold": {"duties": 1}}, NOT_A_CARD),
    "thresholds that are none": ({"thresholds_at_0.95": {"duties": ["x"]}}, NOT_A_CARD),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_that_does_not_match(name: str, tmp_path: Path) -> None:
    change, says = CARDS[name]
    refused(forged(tmp_path, FIXTURE.read_bytes(), **change), says)


@pytest.mark.parametrize(
    "card",
    [
        b"",
        b"no card",
        b"\xff\xfe{}",
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b"9" * 1_000_000,
        b'{"a": "' + b"x" * 5_000_000 + b'"}',
        pickle.dumps({}),
    ],
    ids=["empty", "text", "UTF-16", "lists", "dictionaries", "a number", "huge", "a pickle"],
)
def test_a_card_that_is_none(card: bytes, tmp_path: Path) -> None:
    path = forged(tmp_path, FIXTURE.read_bytes())
    card_path(path).write_bytes(card)
    refused(path, "is not a readable card; get both files again")


@pytest.mark.parametrize("value", [None, [], "x", 3, {"a": None}, [[1]], 1e400, "\x1b[2J\n"])
@pytest.mark.parametrize("key", [*good_card()])
def test_a_card_with_any_value_anywhere(key: str, value: Any, tmp_path: Path) -> None:
    """It is refused, or all that is shown of it is harmless."""
    path = forged(tmp_path, FIXTURE.read_bytes(), **{key: value})
    done_by = load_or_line(path)
    assert done_by is None or done_by.isprintable()


def load_or_line(path: Path) -> str | None:
    from rolenlp.model_file.card import card_lines, read_card

    try:
        assert all(line.isprintable() for line in card_lines(read_card(path)))
        load(path)
    except ModelError as error:
        return str(error)
    return None


def test_on_the_command_line(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    ads = tmp_path / "ads.csv"
    ads.write_text("title,text\nPM,Own the product roadmap and set the vision with design.\n")
    path = forged(tmp_path, packed(Calls(os.system, _touch(mark))))
    out = tmp_path / "out.csv"
    for command in (("label", ads, "-o", out), ("explain", ads), ("evaluate", ads)):
        done = run(*command, "--model", path)
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
        last = done.stderr.decode().splitlines()[-1]
        assert MORE in last or "label" in last
        assert not mark.exists() and not out.exists()
