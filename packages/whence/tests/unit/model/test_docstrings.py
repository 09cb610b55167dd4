"""Every example in a docstring of the model says what really comes out."""

import doctest
import importlib
import pathlib

import pytest

import whence.model

MODULES = sorted(
    path.stem for path in pathlib.Path(whence.model.__file__).parent.glob("_*.py") if path.stem != "__init__"
)


@pytest.mark.parametrize("module", MODULES)
def test_examples(module):
    loaded = importlib.import_module(f"whence.model.{module}")
    names = {name: getattr(whence.model, name) for name in whence.model.__all__}
    assert doctest.testmod(loaded, extraglobs=names).failed == 0
