"""What a learner's object is called in a sentence, whatever it does when it is asked."""

from functools import partial
from unittest.mock import Mock

import pytest
from twisted.internet.task import LoopingCall

from course_lib.words import check_lane, in_a_line, name_of, shown, worded


class Silent:
    """Raises whenever it is asked for words."""

    def __repr__(self):
        raise RuntimeError("no words")

    __str__ = __repr__

    def __eq__(self, other):
        raise RuntimeError("not comparable")

    def __hash__(self):
        raise RuntimeError("no key")

    def __call__(self, *args):
        """Do nothing."""

    def __getattr__(self, name):
        raise RuntimeError(f"no {name}")


class Mute(Exception):
    """Has no message to give."""

    def __str__(self):
        raise RuntimeError("no words")


class NotText(Exception):
    def __str__(self):
        return 5


class Exits(Exception):
    def __str__(self):
        raise SystemExit


class Interrupted(Exception):
    def __str__(self):
        raise KeyboardInterrupt


def kind(value):
    """Name a case by the class of its values: pytest would ask them for their names."""
    return type(value).__name__


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("no"), "ValueError: no"),
        (ValueError(), "ValueError"),
        (ValueError("first\nsecond"), "ValueError: first"),
        (ValueError("\n"), "ValueError"),
        (Mute(), "Mute: <exception str() failed>"),
        (NotText(), "NotText: <exception str() failed>"),
        (Exits(), "Exits: <exception str() failed>"),
        (ValueError("\x1b[1;35mred\x1b[0m and \x1b]8;;http://x\x07link\x1b]8;;\x07"), "ValueError: red and link"),
        (ValueError("<Worker object at 0x7f00dead>"), "ValueError: <Worker object>"),
        (ValueError("half \ud800"), "ValueError: half \\ud800"),
        (type("Two\nlines", (Exception,), {})("no"), "Two lines: no"),
    ],
)
def test_an_exception_is_one_line_whatever_it_does(error, line):
    assert in_a_line(error) == line


def test_an_interrupt_is_not_held_back():
    with pytest.raises(KeyboardInterrupt):
        in_a_line(Interrupted())


def test_a_value_is_shown_in_one_line_without_its_address_and_colours():
    assert shown(object()) == "<object object>"
    assert shown("two\nlines") == "'two\\nlines'"
    assert shown(type("Many", (), {"__repr__": lambda self: "\x1b[31mone\n  two\x1b[0m"})()) == "one two"


def test_a_value_whose_words_fail_is_shown_by_its_class():
    assert shown(Silent()) == "<Silent whose repr() fails>"
    assert worded(Silent()) == "<Silent whose str() fails>"
    assert shown([Silent()]) == "<list whose repr() fails>"


def named(name):
    """Make a callable whose __name__ is anything."""
    return type("Worker", (), {"__name__": name, "__call__": lambda self: None})()


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (len, "len"),
        (named("two\nlines"), "two lines"),
        (named("\x1b[1mbold\x1b[0m"), "bold"),
        (named(5), "Worker"),
        (named(""), "Worker"),
        (Silent(), "Silent"),
        (Mock(), "Mock"),
        (Mock(spec=LoopingCall), "Mock"),
        (partial(partial(len)), "len"),
        (LoopingCall(len), "len"),
        (LoopingCall(LoopingCall(len)), "len"),
        (LoopingCall.withCount(len), "len"),
    ],
    ids=kind,
)
def test_a_callable_has_a_name_whatever_it_does(f, name):
    assert name_of(f) == name


def test_a_class_that_has_its_own_idea_of_its_name_has_one():
    class Meta(type):
        @property
        def __name__(cls):
            raise RuntimeError("no name")

    assert name_of(Meta("Worker", (), {})()) == "object"


def test_a_loop_that_calls_itself_has_a_name():
    loop = LoopingCall(None)
    loop.f = partial(loop)

    assert name_of(loop) in ("LoopingCall", "partial")


# Names of lanes


@pytest.mark.parametrize("name", ["beat", "job 1", "Zähler", "a, b: c"])
def test_a_line_of_text_names_a_lane(name):
    assert check_lane(name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (5, "5"),
        (None, "None"),
        (Silent(), "<Silent whose repr() fails>"),
        ("a\nb", "'a\\nb'"),
        ("", "''"),
        (" ", "' '"),
        ("\x1b[1mb", "'\\x1b[1mb'"),
        ("reactor", "'reactor'"),
    ],
    ids=kind,
)
def test_what_names_no_lane_is_refused_in_a_sentence(name, said):
    with pytest.raises(ValueError, match=r"^a lane's name is a text of one line, and not 'reactor'") as caught:
        check_lane(name)

    assert str(caught.value).endswith(f" This is {said}.")
