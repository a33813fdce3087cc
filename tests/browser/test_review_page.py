"""The review page in a real browser: settled by keyboard, reloaded, downloaded, attacked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rolenlp.metrics import macro_f1
from rolenlp.predict import load
from tests.browser.attacks import ATTACKS
from tests.helpers_cli import SAMPLE, phrases_model, read, run, table
from tests.small_ads import PRODUCT, PROJECT


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


def made(folder: Path, source: Path, *options: object) -> Path:
    path = folder / "review.html"
    done = run("review", source, "-o", path, *options)
    assert done.returncode == 0, done.stderr.decode()
    return path


@pytest.fixture(scope="module")
def sample_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the sample as `label` judged it."""
    folder = tmp_path_factory.mktemp("sample")
    judged = folder / "judged.csv"
    assert run("label", SAMPLE, "--prefix", "judged_", "-o", judged).returncode == 0
    return made(folder, judged, "--limit", 40)


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    rows = [
        {"id": name, "title": attack, "company": attack, "description": f"{duties} {attack}"}
        for (name, attack), duties in zip(ATTACKS.items(), [*PRODUCT, *PROJECT], strict=True)
    ]
    return made(folder, table(folder / "ads.jsonl", rows), "--model", model)


def test_twenty_ads_by_keyboard(sample_page: Path, visit: Any, tmp_path: Path) -> None:
    seen = visit(sample_page)
    assert seen.text("h1") == "What does this ad’s holder answer for?"
    assert "Ad 1 of 40; 0 decided" in seen.status()
    assert "model says" not in seen.text("main")
    seen.press("v")
    assert "The model says" in seen.status()
    seen.press("pjhos" * 2)
    assert "Ad 11 of 40; 8 decided, 2 skipped" in seen.status()
    title = seen.text("#ad h2")
    seen.page.reload()
    assert "Ad 11 of 40; 8 decided, 2 skipped" in seen.status()
    assert seen.text("#ad h2") == title
    seen.press("p")
    assert seen.text("#ad h2") != title
    assert "Last ad: you said product. The model says" in seen.status()
    seen.press("u")
    assert seen.text("#ad h2") == title
    assert "Ad 11 of 40; 8 decided, 2 skipped" in seen.status()
    seen.press("oooooooooooo")
    assert "Ad 23 of 40; 20 decided, 2 skipped" in seen.status()
    rows = seen.download(tmp_path / "corrections.csv")
    said = ["product", "project", "hybrid", "other"] * 2 + ["other"] * 12
    assert [row["role"] for row in rows] == said
    assert seen.said == []
    assert seen.requests[:2] == [sample_page.as_uri()] * 2  # opened, reloaded
    assert all(url.startswith("blob:") for url in seen.requests[2:])  # the download

    ads = {row["id"]: row for row in read(SAMPLE)}
    assert len({row["id"] for row in rows}) == 20
    for row in rows:
        ad = ads[row["id"]]
        ad["original_role"] = ad.pop("role")
        assert {name: row[name] for name in ad} == ad
        assert row["model_role"] in ("product", "project", "hybrid", "other")
        age = datetime.now(UTC) - datetime.fromisoformat(row["reviewed_at"])
        assert timedelta(0) <= age < timedelta(minutes=10)
    assert list(rows[0])[-3:] == ["role", "model_role", "reviewed_at"]


# Duties of a brewery, in words of its own.
BREWERY = {
    "product": (
        "choose which beers we brew next year; sit with drinkers at tasting evenings; "
        "write the story of each bottle; listen to landlords about what they would pour; "
        "retire beers that nobody orders; settle the price of a pint; "
        "persuade brewers to try odd hops; name the summer ale"
    ),
    "project": (
        "see the new cellar through until it opens; chase builders about late deliveries; "
        "agree dates with the pipe fitters; keep the list of what could go wrong; "
        "count what the works have cost; order tanks in good time; "
        "walk the site with the architect; tell the owners how far we are"
    ),
    "other": (
        "scrub kettles and rinse hoses; drive the forklift in the yard; "
        "stack kegs on the lorry; weigh malt for the morning mash; "
        "serve visitors behind the bar; mend leaking taps; "
        "file invoices for the bookkeeper; sweep the bottling hall"
    ),
}


def brewery(count: int) -> list[dict[str, str]]:
    rng = np.random.default_rng(0)
    ads = []
    for number in range(count):
        role = list(BREWERY)[number % 3]
        duties = rng.permutation(BREWERY[role].split("; "))[:5]
        town = " ".join(rng.permutation("Alder Birch Cedar Elm Hazel Maple Oak Rowan".split()))
        text = f"A brewery near {town} is looking for help. You will {', '.join(duties)}."
        ads.append({"title": f"Vacancy {number}", "text": text, "truth": role})
    return ads


def test_reviewed_ads_make_a_better_model(visit: Any, tmp_path: Path) -> None:
    """The whole round: train, judge, settle 40 ads, train again, and judge the rest better."""
    ads = brewery(120)
    old, new, judged = (tmp_path / name for name in ("old.joblib", "new.joblib", "judged.csv"))
    assert run("train", SAMPLE, "-o", old).returncode == 0
    unread = table(tmp_path / "ads.csv", [{k: ad[k] for k in ("title", "text")} for ad in ads])
    assert run("label", unread, "--model", old, "-o", judged).returncode == 0
    seen = visit(made(tmp_path, judged, "--model", old, "--limit", 40))
    truth = {ad["title"]: ad["truth"] for ad in ads}
    for _ in range(40):
        seen.press({"product": "p", "project": "j", "other": "o"}[truth[seen.text("#ad h2")]])
    reviewed = {row["title"] for row in seen.download(tmp_path / "corrections.csv")}
    assert len(reviewed) == 40
    done = run("train", SAMPLE, tmp_path / "corrections.csv", "-o", new)
    assert done.returncode == 0, done.stderr.decode()

    rest = [ad for ad in ads if ad["title"] not in reviewed]
    roles = np.array([ad["truth"] for ad in rest])
    before, after = (
        macro_f1(roles, load(path).predict([ad["text"] for ad in rest])) for path in (old, new)
    )
    assert len(rest) == 80
    assert after > before + 0.5


def test_all_settled(model: Path, visit: Any, tmp_path: Path) -> None:
    ads = [{"description": PRODUCT[0]}, {"description": PROJECT[0]}]
    page = made(tmp_path, table(tmp_path / "ads.csv", ads), "--model", model)
    seen = visit(page)
    assert seen.text("#ad h2") == "(no title)"
    seen.press("ds")
    assert seen.page.is_disabled("#download")
    seen.press("hh")  # the second finds nothing to decide
    assert seen.text("#ad h2") == "That was the last ad"
    assert "2 ads; 1 decided, 1 skipped" in seen.status()
    assert seen.page.is_disabled("[data-role=product]")
    seen.page.click("text=Go back to the 1 skipped")
    assert "Ad 1 of 2; 1 decided" in seen.status()
    seen.page.click("[data-role=other]")
    rows = seen.download(tmp_path / "corrections.csv")
    assert [row["role"] for row in rows] == ["other", "hybrid"]
    seen.press("uuu")
    assert "There is nothing to undo." in seen.status()
    assert seen.said == []


@pytest.mark.parametrize("keys", ["Control+p", "Alt+p", "Meta+j", "x", "Tab"])
def test_other_keys_decide_nothing(sample_page: Path, visit: Any, keys: str) -> None:
    seen = visit(sample_page)
    seen.page.evaluate("window.print = () => {}")
    seen.page.keyboard.press(keys)
    assert "0 decided" in seen.status()


def test_single_keys_can_be_turned_off(sample_page: Path, visit: Any) -> None:
    seen = visit(sample_page)
    seen.page.uncheck("text=Single keys decide")
    seen.press("pj")
    assert "0 decided" in seen.status()


def test_a_key_held_down_decides_once(sample_page: Path, visit: Any) -> None:
    seen = visit(sample_page)
    for _ in range(5):
        seen.page.keyboard.down("p")
    assert "1 decided" in seen.status()


def test_kept_decisions_that_are_damaged_are_passed_over(sample_page: Path, visit: Any) -> None:
    seen = visit(sample_page)
    seen.press("p")
    good = '{"ad": 0, "role": "other", "time": "2026-01-01T00:00:00Z"}'
    for damaged in (
        "{",
        "{}",
        "null",
        f'[{good}, {{"ad": 99, "role": "other", "time": ""}}, null]',
    ):
        seen.page.evaluate("text => localStorage.setItem(localStorage.key(0), text)", damaged)
        seen.page.reload()
        assert "of 40" in seen.status()
    assert seen.said == []


def test_other_ads_have_decisions_of_their_own(
    sample_page: Path, hostile_page: Path, visit: Any
) -> None:
    seen = visit(sample_page)
    seen.press("pp")
    seen.page.goto(hostile_page.as_uri())
    assert "0 decided" in seen.status()
    seen.page.goto(sample_page.as_uri())
    assert "2 decided" in seen.status()


def test_nothing_of_a_hostile_ad_runs_or_loads(
    hostile_page: Path, visit: Any, tmp_path: Path
) -> None:
    seen = visit(hostile_page)
    title = seen.page.title()
    names = "HTML HEAD META TITLE STYLE BODY MAIN SECTION ARTICLE DIV H1 H2 P UL LI SPAN MARK SMALL"
    controls = "BUTTON KBD B LABEL INPUT PROGRESS BR SCRIPT"
    for _ in ATTACKS:
        tags = seen.page.evaluate("[...new Set([...document.all].map(e => e.tagName))]")
        assert set(tags) <= {*names.split(), *controls.split()}
        assert seen.page.evaluate("document.scripts.length") == 2
        assert seen.page.is_visible("#ad h2")
        seen.press("o")
    assert seen.text("#ad h2") == "That was the last ad"
    assert seen.page.title() == title
    rows = {row["id"]: row for row in seen.download(tmp_path / "corrections.csv")}
    assert set(rows) == set(ATTACKS)
    for name, attack in ATTACKS.items():
        assert rows[name]["description"].endswith(attack)
        assert rows[name]["company"] == attack
    assert seen.said == []
    assert [url for url in seen.requests if not url.startswith("blob:")] == [hostile_page.as_uri()]


def test_the_policy_holds_what_escaping_would_let_through(hostile_page: Path, visit: Any) -> None:
    # Put in as markup on purpose: the browser itself must refuse.
    seen = visit(hostile_page)
    failed: dict[str, str] = {}
    seen.page.on("requestfailed", lambda request: failed.update({request.url: request.failure}))
    blocked = seen.page.evaluate(
        """() => {
            const tried = [];
            const attempt = (what) => { try { what(); tried.push("done"); }
                                        catch (error) { tried.push(error.name); } };
            attempt(() => { document.body.innerHTML = "<img src=x onerror=alert(1)>"; });
            attempt(() => { document.body.setAttribute("onclick", "alert(2)"); });
            const image = document.createElement("img");
            image.src = "https://images.test/a.png";
            return new Promise((done) => { image.onerror = () => done(tried); });
        }"""
    )
    assert blocked == ["TypeError", "TypeError"]
    assert failed == {"https://images.test/a.png": "csp"}


def test_a_screen_reader_is_told(sample_page: Path, visit: Any) -> None:
    seen = visit(sample_page)
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    assert seen.page.evaluate("document.activeElement.id") == "heading"
    seen.press("p")
    assert seen.page.evaluate("document.activeElement.id") == "heading"
    assert seen.page.get_by_role("heading", level=1).count() == 1
    assert seen.page.get_by_role("article").count() == 1
    assert seen.page.get_by_role("status").count() == 1
    assert seen.page.get_by_role("group", name="What does this ad’s holder answer for?").count()
    assert seen.page.get_by_role("progressbar").count() == 1
    for name in ("product", "project", "hybrid", "other", "Skip", "Undo", "Verdict", "Download"):
        assert seen.page.get_by_role("button", name=name).count() >= 1, name
    assert seen.page.get_by_role("checkbox", name="Single keys decide").count() == 1
    # Every control can be reached by Tab, and shows that it has the focus.
    reached = set()
    for _ in range(12):
        seen.press(["Tab"])  # type: ignore[arg-type]
        reached.add(seen.page.evaluate("document.activeElement.dataset.key ?? ''"))
    assert set("pjhosuvd") <= reached


CONTRAST = """() => {
    const channel = (c) => { c /= 255; return c <= .03928 ? c / 12.92
                                                    : ((c + .055) / 1.055) ** 2.4; };
    const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
    const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
    const ground = (e) => {
        for (; e; e = e.parentElement) {
            const c = rgb(getComputedStyle(e).backgroundColor);
            if (c.length < 4 || c[3] > 0) return c;
        }
        return [255, 255, 255];
    };
    const poor = [];
    for (const e of document.querySelectorAll("main *")) {
        const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        if (!own || e.closest(":disabled") || !e.offsetParent) continue;
        const [a, b] = [rgb(getComputedStyle(e).color), ground(e)].map(light);
        const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        if (ratio < 4.5) poor.push(`${e.tagName} ${e.className} ${ratio.toFixed(1)}`);
    }
    return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 860), (1000, 560), (768, 1024), (390, 844), (320, 568)])
def test_it_can_be_read(sample_page: Path, visit: Any, scheme: str, size: tuple[int, int]) -> None:
    width, height = size
    seen = visit(sample_page, color_scheme=scheme, viewport={"width": width, "height": height})
    seen.press("p")
    ground = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.page.evaluate(CONTRAST) == []
    # The ad's title and the four roles are there at once, without scrolling.
    for selector in ("#ad h2", *(f"[data-role={role}]" for role in ("product", "other"))):
        box = seen.page.locator(selector).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, selector


def test_phrases_are_told_apart_without_colour(sample_page: Path, visit: Any) -> None:
    seen = visit(sample_page)
    for _ in range(10):
        marks = seen.page.evaluate(
            "[...document.querySelectorAll('#ad mark')].map(m => [m.className, "
            "getComputedStyle(m).borderBottomStyle, m.nextSibling.textContent.trim()])"
        )
        for pole, line, themes in marks:
            assert line == {"product": "solid", "project": "dashed"}[pole]
            assert themes
        seen.press("s")


def test_the_page_is_small(sample_page: Path) -> None:
    data = sample_page.read_text("utf-8")
    assert len(data.encode()) / 40 * 200 < 5e6
    assert "http" not in data.split('id="data"')[0].replace("http-equiv", "")
    json.loads(data.split('id="data">')[1].split("</script>")[0])
