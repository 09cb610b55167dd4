"""The shop's second flow: write a training file, train a model of fraud on it, register it.

    python fraud.py FOLDER

Two jobs. What SQL does, the SQLAlchemy hook sees; what Python does with the rows afterwards only its author knows, so
he says it: which column of the training file is which column of the table, and what the model was trained on.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import whence
from database import open_database
from regression import ranking_quality, train
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Engine

FLOW = "fraud"
MODEL = "model:fraud/1.0.0"
FEATURES = ["order_count", "mean_amount", "night_share", "free_mail"]
LABEL = "charged_back"
EVERY_TEST_ROW = 4
SELECT = """
SELECT order_count, mean_amount, night_share, free_mail, charged_back
  FROM customer_features
 ORDER BY customer_id
"""


@whence.job(flow=FLOW, description="Write the table of features to a file that a model can be trained on.")
def write_training_file(engine: Engine, path: Path) -> int:
    """Write one row for each customer, without anything that names him."""
    with engine.connect() as connection:
        rows = connection.execute(text(SELECT)).all()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*FEATURES, LABEL])
        writer.writerows([f"{float(value):.4f}" for value in row] for row in rows)
    return len(rows)


@whence.job(flow=FLOW, description="Train and register the model.")
def train_model(training: Path, target: Path) -> float:
    """Fit a logistic regression, write it down, and say how well it ranks customers that it has not seen."""
    with training.open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    rows = [[float(record[name]) for name in FEATURES] for record in records]
    labels = [round(float(record[LABEL])) for record in records]
    seen = [i for i in range(len(rows)) if i % EVERY_TEST_ROW]
    unseen = [i for i in range(len(rows)) if not i % EVERY_TEST_ROW]
    model = train([rows[i] for i in seen], [labels[i] for i in seen])
    quality = ranking_quality(model, [rows[i] for i in unseen], [labels[i] for i in unseen])
    target.write_text(json.dumps({"features": FEATURES, **model._asdict(), "quality": quality}, indent=2) + "\n")
    return quality


def main(folder: Path) -> None:
    """Run the flow; its jobs become child runs of this one."""
    engine = open_database()
    with whence.job(FLOW, description="From features to a registered model."):
        rows = write_training_file(engine, folder / "training.csv")
        print(f"write_training_file: {rows:,} rows written")
        quality = train_model(folder / "training.csv", folder / "fraud-1.0.0.json")
        print(f"train_model: {MODEL} registered, it ranks {quality:.0%} of unseen pairs rightly")
    engine.dispose()


if __name__ == "__main__":
    whence.install("sqlalchemy")
    main(Path(sys.argv[1]))
