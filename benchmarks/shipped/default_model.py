"""Train the model that ships with rolenlp, from public postings and labels read from their duties.

    python -m benchmarks.shipped.default_model DATA -o models/role.joblib

DATA holds `postings.parquet` (posting_id, source, title, description) and `labels.csv`
(posting_id, role, certain, draw, themes). The postings are not part of this project.

Draws 1 and 4 took ads by their titles; draws 2 and 3 took ads near the boundary of a first model.
All train the classifiers; calibration and thresholds come from draws 1 and 4 alone, or hard ads
would make the model too modest on ads as they come. Sources that share employers or collectors
count as one.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.data import DRAWN_AS_THEY_COME, families
from rolenlp.model_file.card import card_lines
from rolenlp.schema import Posting
from rolenlp.train.labelled import Labelled
from rolenlp.train.run import train

UNSURE = 0.5  # the weight of a label that its annotator was not sure of


def read(data: Path) -> tuple[Labelled, dict[str, Any]]:
    """The labelled postings, and what else `train` is told of each: weights and themes."""
    postings = pd.read_parquet(data / "postings.parquet").set_index("posting_id")
    rows = pd.read_csv(data / "labels.csv").set_index("posting_id").join(postings)
    labelled = Labelled(
        [Posting(text, title) for text, title in zip(rows.description, rows.title, strict=True)],
        rows.role.tolist(),
        families(rows.source.to_numpy()),
    )
    return labelled, {
        "sample_weight": [1.0 if certain else UNSURE for certain in rows.certain],
        "calibration_weight": rows.draw.isin(DRAWN_AS_THEY_COME).astype(float).tolist(),
        "themes": [str(themes).split(";") if themes else [] for themes in rows.themes.fillna("")],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("models/role.joblib"))
    args = parser.parse_args()
    labelled, told = read(args.data)
    weight = told["sample_weight"]
    notes = {
        "labels_read_from_duties": {
            "certain": sum(w == 1.0 for w in weight),
            "unsure": sum(w != 1.0 for w in weight),
            "weight_of_unsure": UNSURE,
        },
        "calibrated_on": int(sum(told["calibration_weight"])),
        "labels_read_from_titles": {"used": 0},
        "data": (
            "Public English job postings, 2004-2026, of the sources named above (those that share "
            "employers or collectors under one name), labelled by their duties with titles and "
            "role names hidden. The postings belong to their "
            "employers and are not redistributed; the model holds words and weights only."
        ),
    }
    card = train(labelled, args.output, **told, notes=notes)
    print("\n".join(card_lines(card)))


if __name__ == "__main__":
    main()
