"""Logistic regression in forty lines: enough of a model to be worth asking where it comes from.

Must not: know anything of the shop. Plain gradient descent on standardised columns; the same rows give the same
weights.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import NamedTuple

STEPS = 200
RATE = 0.5


class Model(NamedTuple):
    """Weights for standardised columns: probability = 1 / (1 + e^-(bias + sum of weight * (x - mean) / spread))."""

    means: list[float]
    spreads: list[float]
    weights: list[float]
    bias: float

    def probability(self, row: list[float]) -> float:
        """Give the probability that the row's label is 1."""
        parts = zip(self.weights, row, self.means, self.spreads, strict=True)
        return _sigmoid(self.bias + sum(w * (x - m) / s for w, x, m, s in parts))


def train(rows: list[list[float]], labels: list[int]) -> Model:
    """Fit a model to rows and their labels (0 or 1)."""
    columns = list(zip(*rows, strict=True))
    means = [sum(column) / len(rows) for column in columns]
    spreads = [
        sqrt(sum((x - mean) ** 2 for x in column) / len(rows)) or 1.0
        for column, mean in zip(columns, means, strict=True)
    ]
    scaled = [[(x - m) / s for x, m, s in zip(row, means, spreads, strict=True)] for row in rows]
    weights, bias = [0.0] * len(columns), 0.0
    for _ in range(STEPS):
        errors = [
            _sigmoid(bias + sum(w * x for w, x in zip(weights, row, strict=True))) - label
            for row, label in zip(scaled, labels, strict=True)
        ]
        bias -= RATE * sum(errors) / len(rows)
        for i in range(len(weights)):
            weights[i] -= RATE * sum(e * row[i] for e, row in zip(errors, scaled, strict=True)) / len(rows)
    return Model(means, spreads, weights, bias)


def ranking_quality(model: Model, rows: list[list[float]], labels: list[int]) -> float:
    """Give the chance that a row with label 1 is ranked above one with label 0 (the area under the ROC curve)."""
    scored = [(model.probability(row), label) for row, label in zip(rows, labels, strict=True)]
    ones = [score for score, label in scored if label]
    zeros = [score for score, label in scored if not label]
    wins = sum((one > zero) + 0.5 * (one == zero) for one in ones for zero in zeros)
    return wins / (len(ones) * len(zeros)) if ones and zeros else 0.5


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))
