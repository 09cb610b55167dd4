"""Wrappers go in once and come out without a trace; what others wrapped on top of ours stays whole."""

from __future__ import annotations

import gc
import sys
from types import ModuleType

import pytest

import whence
from whence.hooks._frames.moves import argument, telling
from whence.hooks._frames.remembered import Remembered
from whence.hooks._inside import inside
from whence.hooks._patches import Patches


class Base:
    def inherited(self):
        return "inherited"


class Owner(Base):
    def own(self, number: int = 1) -> int:
        """Return it."""
        return number


@pytest.fixture
def patches():
    made = Patches("test")
    made.switch_on()
    yield made
    made.take_out()


def doubling(original):
    return lambda *args, **kwargs: original(*args, **kwargs) * 2


class TestPut:
    def test_in_and_out(self, patches):
        before = Owner.own
        patches.put(Owner, "own", doubling)
        patches.put(Owner, "own", doubling)
        assert Owner().own(2) == 4
        assert (Owner.own.__name__, Owner.own.__doc__) == ("own", "Return it.")
        patches.take_out()
        patches.take_out()
        assert Owner.own is before

    def test_inherited_is_left_to_the_base(self, patches):
        patches.put(Owner, "inherited", doubling)
        assert Owner().inherited() == "inherited" * 2
        assert Base().inherited() == "inherited"
        patches.take_out()
        assert "inherited" not in vars(Owner)

    def test_what_is_not_there_or_cannot_be_replaced(self, patches):
        patches.put(Owner, "missing", doubling)
        patches.put(dict, "get", doubling)
        assert not hasattr(Owner, "missing")
        assert {}.get(1, "a") == "a"

    def test_everywhere_a_package_has_it(self, patches, monkeypatch):
        package, inner, other = ModuleType("pack"), ModuleType("pack.inner"), ModuleType("packed")
        for module in (package, inner, other):
            module.f = len
            monkeypatch.setitem(sys.modules, module.__name__, module)
        patches.put_everywhere("pack", "f", doubling)
        assert (package.f("a"), inner.f is package.f, other.f is len) == (2, True, True)
        patches.take_out()
        assert package.f is inner.f is len

    def test_under_anothers_wrapper(self, patches):
        before = Owner.own
        patches.put(Owner, "own", doubling)
        ours = Owner.own
        Owner.own = theirs = lambda *args: ours(*args) + 1
        try:
            patches.take_out()
            assert Owner.own is theirs
            assert not patches.is_on
            patches.switch_on()
            patches.put(Owner, "own", doubling)
            assert Owner.own is theirs
            Owner.own = ours
            patches.take_out()
            assert Owner.own is before
        finally:
            Owner.own = before

    def test_frames_may_count_as_the_librarys(self):
        blending = Patches("test", blends=True)
        before = Owner.own
        blending.put(Owner, "own", doubling)
        try:
            assert Owner.own.__code__.co_filename == before.__code__.co_filename
            assert Owner().own(2) == 4
        finally:
            blending.take_out()

    def test_too_many_failures_switch_it_off(self, patches):
        for _ in range(19):
            patches.failed(ValueError())
        assert patches.is_on
        patches.failed(ValueError())
        assert not patches.is_on


class TestTellingCalls:
    def test_outside_of_runs_nothing_is_asked(self, patches):
        asked = []
        call = telling(patches, "input", lambda *_: asked.append(1) or [], lambda *_: None)(len)
        assert call("abc") == 3
        assert asked == []

    def test_inside_another_call_nothing_is_asked(self, patches, collected):
        asked = []
        call = telling(patches, "input", lambda *_: asked.append(1) or [], lambda *_: None)(len)
        with whence.job("j"):
            token = inside.set([0, 0])
            call("abc")
            inside.reset(token)
            assert asked == []
            call("abc")
        assert asked == [1]
        assert collected.end("j")["inputs"] == []

    def test_hooks_below_are_quiet_and_their_bytes_count(self, patches, collected):
        def read(path):
            inside.get()[0] += len(path)
            return 5

        call = telling(patches, "input", lambda *_: [("s3://b", "k")], lambda answer, *_: (answer, None))(read)
        with whence.job("j"):
            assert call("abc") == 5
            assert inside.get() is None
            with pytest.raises(TypeError):
                call()
            assert inside.get() is None
        assert collected.statistics("j", "k") == {"rowCount": 5, "size": 3, "fileCount": 1}

    def test_arguments(self):
        assert argument((1, 2), {}, 1, "b") == 2
        assert argument((1,), {"b": 3}, 1, "a", "b") == 3
        assert argument((), {}, 0, "a") is None


class TestRemembered:
    def test_by_identity_and_weakly(self):
        class Odd:
            __hash__ = None

            def __eq__(self, other):
                raise TypeError

        held, thing, other = Remembered(), Odd(), Odd()
        held.put(thing, "note")
        held.put(thing, "newer")
        assert (held.get(thing), held.get(other), len(held)) == ("newer", None, 1)
        assert held.pop(thing) == "newer"
        assert held.get(thing) is None
        held.put(thing, "again")
        del thing
        gc.collect()
        assert len(held) == 0

    def test_what_takes_no_weak_reference(self):
        held = Remembered()
        held.put(3, "note")
        assert held.get(3) is None
