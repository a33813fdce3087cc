"""What rolenlp stands on: every library that `pip install rolenlp` brings, its size and licence.

    python -m benchmarks.shipped.libraries >docs/libraries.md

Run it in an environment where rolenlp is installed; sizes are those of files on the disk there.
"""

from __future__ import annotations

import os
import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

USE = {
    "spacy": "cuts texts into words",
    "pyarrow": "tables; finds words quickly",
    "scipy": "sparse features",
    "scikit-learn": "TF-IDF, the classifier, its calibration",
    "numpy": "arrays",
    "narwhals": "tables of any library in memory",
    "py3langid": "the language of the few ads whose function words do not tell",
    "jinja2": "pages",
    "joblib": "the model file",
    "charset-normalizer": "guesses the encoding of a table that is not UTF-8",
    "click": "the command line",
    "filelock": "one run at a time to one output",
    "tqdm": "the progress bar",
}
EXTRAS = {
    "pandas": "`train`: tables for features of your own",
    "spacy-lookups-data": "`train`: the lemmas of English",
    "openpyxl": "`excel`: reads workbooks",
    "XlsxWriter": "`excel`: writes workbooks",
    "duckdb": "`duckdb`: reads its databases",
    "matplotlib": "`report`: plots",
    "pypdf": "`documents`: PDF",
    "python-docx": "`documents`: .docx",
    "striprtf": "`documents`: RTF",
    "trafilatura": "`documents`: the main text of web pages",
    "dask": "`dask`: parts of a table on many machines",
    "distributed": "`dask`: its workers",
    "pyspark": "`spark`: the same",
    "fsspec": "`spark`: whether inputs are there",
    "skops": "`skops`: model files with classifiers of your own",
}


def plain(name: str) -> str:
    """A name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needs(name: str) -> set[str]:
    """The libraries that one needs here, and what these need."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for line in distribution(waiting.pop()).requires or []:
            needed = Requirement(line)
            applies = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if applies and plain(needed.name) not in found:
                found.add(plain(needed.name))
                waiting.append(needed.name)
    return found


def size(library: Distribution) -> int:
    """Bytes of a library's files."""
    paths = {Path(os.fspath(library.locate_file(file))) for file in library.files or []}
    return sum(path.stat().st_size for path in paths if path.exists())


def licence(library: Distribution) -> str:
    """Its licence, by what it says of itself."""
    about = library.metadata
    classified = [
        line.rsplit(" :: ", 1)[1]
        for line in about.get_all("Classifier") or []
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    said = about.get("License-Expression") or "; ".join(classified) or about.get("License")
    if not said:
        texts = [file.read_text() for file in library.files or [] if file.stem == "LICENSE"]
        said = "".join(texts).strip() or "?"
    return said.splitlines()[0][:60]


def row(name: str, use: str) -> str:
    library = distribution(name)
    return (
        f"| {library.metadata['Name']} | {size(library) / 2**20:.1f} | {licence(library)} | {use} |"
    )


def main() -> None:
    used = {plain(name): use for name, use in USE.items()}
    everything = needs("rolenlp")
    table = ["| library | MB | licence | for |", "| --- | --: | --- | --- |"]
    by_size = sorted(everything, key=lambda name: -size(distribution(name)))
    whole = sum(size(distribution(name)) for name in everything)
    print("# What rolenlp stands on\n")
    print(f"Labelling needs {len(everything)} libraries, {whole / 2**20:.0f} MB on the disk;")
    print("those without a word on their use are needed by the others. Written by")
    print("`python -m benchmarks.shipped.libraries`.\n")
    print(*table, *(row(name, used.get(name, "")) for name in by_size), sep="\n")
    print('\nExtras, `pip install "rolenlp[NAME]"`, bring more:\n')
    print(*table, sep="\n")
    for name, use in EXTRAS.items():
        try:
            print(row(name, use))
        except PackageNotFoundError:
            print(f"| {name} | not installed here | | {use} |")


if __name__ == "__main__":
    main()
