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

from database import open_database, table, transaction
from regression import ranking_quality, train
from sqlalchemy import text

import whence

if TYPE_CHECKING:
    from sqlalchemy import Engine

FLOW = "fraud"
MODEL = "model:fraud/1.0.0"
FEATURES = ["order_count", "mean_amount", "night_share", "free_mail"]
LABEL = "charged_back"
ORIGIN = {"free_mail": "mail_domain"}
"""Columns of the training file that have another name than the table's column they come from."""
FREE_MAIL = "freemail.example"
EVERY_TEST_ROW = 4
SELECT = """
SELECT order_count, mean_amount, night_share, mail_domain, charged_back
  FROM customer_features
 ORDER BY customer_id
"""


@whence.job(flow=FLOW)
def write_training_file(engine: Engine, path: Path) -> int:
    """Write each customer's features, without anything that names him, to a file that a model can be trained on."""
    with transaction(engine) as connection:
        rows = connection.execute(text(SELECT)).all()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*FEATURES, LABEL])
        writer.writerows([row[0], f"{row[1]:.2f}", f"{row[2]:.4f}", int(row[3] == FREE_MAIL), row[4]] for row in rows)
    source, columns = table(engine, "customer_features"), [*FEATURES, LABEL]
    made = {column: [(source, ORIGIN.get(column, column), "TRANSFORMATION")] for column in columns}
    whence.add_output(path, fields=columns, rows=len(rows), columns=made)
    return len(rows)


@whence.job(flow=FLOW)
def train_model(training: Path, target: Path) -> float:
    """Fit a logistic regression, write it down, register it, and say how well it ranks customers it has not seen."""
    whence.add_input(training)
    with training.open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    rows = [[float(record[name]) for name in FEATURES] for record in records]
    labels = [round(float(record[LABEL])) for record in records]
    seen = [i for i in range(len(rows)) if i % EVERY_TEST_ROW]
    unseen = [i for i in range(len(rows)) if not i % EVERY_TEST_ROW]
    model = train([rows[i] for i in seen], [labels[i] for i in seen])
    quality = ranking_quality(model, [rows[i] for i in unseen], [labels[i] for i in unseen])
    target.write_text(json.dumps({"features": FEATURES, **model._asdict(), "quality": quality}, indent=2) + "\n")
    learned = {"fraud_probability": [(training, column, "AGGREGATION") for column in [*FEATURES, LABEL]]}
    whence.add_output(target, columns=learned)
    whence.add_output(MODEL, fields=["fraud_probability"], columns=learned)
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
