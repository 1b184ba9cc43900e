"""Whatever object an answer is, returns or raises: check() comes back with a sentence of one line."""

import numpy as np
import pytest
from twisted.internet.task import deferLater

from course_lib.course.parts import nothing
from course_lib.exercises import exercise
from course_lib.exercises.answers import Incorrect, brief, in_order, said
from course_lib.exercises.check import Input, Prediction, Program, Scenario
from course_lib.exercises.feedback import Outcome
from course_lib.exercises.judge import judge
from course_lib.exercises.own_lines import chain_of, described, is_stub, learners_lines


def raising(method):
    """Make an object of which one method raises."""

    def raises(self, *args):
        raise RuntimeError(f"no {method}")

    return type("Hostile", (), {"__hash__": object.__hash__} | {method: raises})()


class Endless(BaseException):
    """What no ordinary except catches."""


class Worse:
    def __repr__(self):
        raise Endless


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a", "'a' (a str)"),
        (raising("__repr__"), "<Hostile instance> (a Hostile)"),
        (Worse(), "<Worse that cannot be printed> (a Worse)"),
        (10**5000, "<int that cannot be printed> (an int)"),
        ([10**5000], "<list that cannot be printed> (a list)"),
        (type("", (), {"__repr__": lambda self: "x"})(), "x (a nameless)"),
        (type("two\nlines", (), {"__repr__": lambda self: "x\n   y"})(), "x y (a two lines)"),
        (np.array([[1.5, 2], [3, 4]]), "array([[1.5, 2. ], [3. , 4. ]]) (a ndarray)"),
    ],
    ids=range(8),
)
def test_a_value_is_printed_in_a_line_whatever_it_is(value, words):
    assert said(value).replace("<int instance>", "<int that cannot be printed>") == words


@pytest.mark.parametrize("value", ["x" * 10**6, list(range(10**6)), {"x" * 10**5: 1}, b"x" * 10**6, np.arange(10**6)])
def test_a_value_of_any_length_is_printed_in_few_words(value):
    assert len(brief(value)) < 150


def prediction(answer):
    """Judge a prediction that needs no chapter."""
    scenarios = (Scenario({"n": 1}, {"A": [1]}, until=5), Scenario({"n": 2}, {"A": [2]}, until=5, hidden=True))
    return judge("01-1", Prediction(scenarios, ()), answer)


class Named:
    @property
    def __name__(self):
        raise RuntimeError("no name")

    def __call__(self, n):
        return {"A": [n]}


class Keys(dict):
    def __iter__(self):
        raise RuntimeError("no keys")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda n: {"A": [float("nan")]}, "should be numbers of seconds. One of yours is nan (a float)."),
        (lambda n: {"A": [(0, float("inf"))]}, "should be numbers of seconds. One of yours is (0, inf) (a tuple)."),
        (lambda n: {"A": [10**400]}, "should be numbers of seconds. One of yours is 1"),
        (lambda n: {"A": [True]}, "should be numbers of seconds. One of yours is True (a bool)."),
        (lambda n: {"A": [raising("__repr__")]}, "One of yours is <Hostile instance> (a Hostile)."),
        (lambda n: {"A": [raising("__float__")]}, "(a Hostile)."),
        (lambda n: {raising("__repr__"): [1]}, "there is no lane <Hostile instance>: a prediction here looks like"),
        (lambda n: {"two\nlines": [1]}, "there is no lane 'two\\nlines': a prediction here looks like"),
        (lambda n: {"x" * 10**6: [1]}, "there is no lane 'xxx"),
        (lambda n: raising("__bool__"), "a prediction is a dict with a list of seconds for each lane"),
        (lambda n: raising("__eq__"), "a prediction is a dict with a list of seconds for each lane"),
        (lambda n: Keys(A=[1]), "Your code raised RuntimeError: no keys."),
        (lambda n: {raising("__hash__"): 1}, "Your code raised RuntimeError: no __hash__."),
        (Worse(), "check() was given <Worse that cannot be printed> (a Worse)."),
        (Named(), "Your code raised RuntimeError: no name."),
    ],
    ids=range(15),
)
def test_of_any_object_a_prediction_is_told_in_a_sentence(answer, sentence):
    words = prediction(answer).in_words()

    assert sentence in words
    assert max(map(len, words.splitlines())) < 400


@pytest.mark.parametrize(
    "answer",
    [
        lambda n: {"A": [np.int64(n)]},
        lambda n: {"A": np.array([n])},
        lambda n: {"A": np.array(n)},
        lambda n: {"A": [np.float32(n)]},
        lambda n: {"A": np.float64(n)},
    ],
    ids=range(5),
)
def test_numpys_times_are_right(answer):
    assert prediction(answer).right


def at_his_second(f):
    """Return an answer that is right when it is asked for the first time, and then does something else."""
    asked = []

    def answer(n):
        asked.append(n)
        return n if len(asked) < 3 else f()

    return answer


def ends():
    raise StopIteration


@pytest.mark.parametrize(
    ("later", "sentence"),
    [
        (lambda: {}["gone"], "Your code raised KeyError: 'gone'."),
        (ends, "Your code raised"),
        (lambda: None, "Not yet: answer returned None."),
        (lambda: raising("__eq__"), "Your code raised"),
    ],
)
def test_an_answer_that_is_another_when_it_is_asked_again_is_told_so(later, sentence):
    def trying(when, n):
        return lambda clock, timeline: clock.callLater(when, timeline.traced(nothing, name="job")) and None

    scenarios = tuple(Scenario({"n": n}, {"job": [n]}, until=5, hidden=n > 1) for n in (1, 2))

    assert sentence in judge("01-1", Input(scenarios, (), experiment=trying), at_his_second(later)).in_words()


def test_an_array_for_another_scenario_is_no_truth_value_to_ask_for():
    def trying(when, n):
        return lambda clock, timeline: clock.callLater(sum(when), timeline.traced(nothing, name="job")) and None

    scenarios = tuple(Scenario({"n": n}, {"job": [n]}, until=5, hidden=n > 1) for n in (1, 2))
    feedback = judge("01-1", Input(scenarios, (), experiment=trying), lambda n: np.array([0.5, 0.5]))

    assert feedback.cause == "Your answer holds for the numbers of the task only."


def test_what_ends_an_iterator_is_told_as_it_is():
    assert prediction(lambda n: next(iter(()))).verdict == "Your code raised StopIteration."


def test_an_order_of_many_names_is_told_in_few_words():
    with pytest.raises(Incorrect) as told:
        in_order(["a"] * 10**6, {"a": [], "b": []}, 1)

    assert str(told.value).endswith("Yours has " + "'a', " * 10 + "… (1,000,000 in all).")


def test_a_message_or_a_line_without_end_is_cut():
    source = f"raise ValueError('{'x' * 10**5}')"
    with pytest.raises(ValueError, match="xxx") as raised:
        exec(compile(source, "<cell>", "exec"))

    assert len(described(raised.value)) < 250
    assert max(map(len, learners_lines(raised.value))) < 300


def test_an_error_that_is_its_own_cause_has_an_end():
    error = ValueError("round")
    error.__cause__ = ValueError("and round")
    error.__cause__.__cause__ = error

    assert not is_stub(error)
    assert [str(each) for each in chain_of(error)] == ["round", "and round"]


# What is right in virtual time, and on the reactor?


def live(answer):
    """Judge an answer that runs on the reactor too."""

    def program(answer):
        return lambda clock, timeline: answer(clock, timeline.traced(nothing, name="job"))

    scenario = Scenario({}, {"job": [0.1]}, until=0.2)
    return judge("01-5", Program((scenario,), (), experiment=program, takes=("clock", "job"), live=True), answer)


def reads_what_only_a_test_clock_has(clock, job):
    clock.callLater(0.1 + 0 * clock.rightNow, job)


def reads_it_later(clock, job):
    clock.callLater(0.05, lambda: clock.callLater(0.05 + 0 * clock.rightNow, job))


async def awaits_it(clock, job):
    await deferLater(clock, 0.1)
    clock.rightNow  # noqa: B018
    job()


@pytest.mark.reactor
@pytest.mark.parametrize("answer", [reads_what_only_a_test_clock_has, reads_it_later, awaits_it])
def test_what_the_real_reactor_refuses_is_told_and_is_not_right(answer):
    feedback = live(answer)

    assert feedback.outcome is Outcome.RAISED
    assert feedback.verdict.startswith(
        "Right in virtual time, but on the real reactor your code raised AttributeError: "
    )
    assert "rightNow" in feedback.verdict
    assert "seconds() and callLater()" in feedback.hint


@pytest.mark.reactor
def test_the_line_that_the_real_reactor_refuses_is_named():
    line = live(reads_what_only_a_test_clock_has).lines[-1]

    assert line.endswith("in reads_what_only_a_test_clock_has: clock.callLater(0.1 + 0 * clock.rightNow, job)")


@pytest.mark.reactor
def test_an_input_that_another_question_changes_fails_live_in_a_sentence():
    """The experiment of an Input asks the answer again: this one raises the third time."""
    asked = []

    def answer(clients):
        asked.append(clients)
        return 0.1 if len(asked) < 3 else {}["gone"]

    def trying(when, clients):
        return lambda clock, timeline: clock.callLater(when, timeline.traced(nothing, name="job")) and None

    scenario = Scenario({"clients": 1}, {"job": [0.1]}, until=0.2)
    feedback = judge("01-1", Input((scenario,), (), experiment=trying, live=True), answer)

    assert feedback.verdict.endswith("on the real reactor your code raised KeyError: 'gone'.")


def test_the_words_of_a_feedback_lay_out_no_figure(monkeypatch):
    def stacked(timelines):
        raise AssertionError("a figure was laid out")

    monkeypatch.setattr("course_lib.exercises.picture.stacked", stacked)
    monkeypatch.setattr("course_lib.drawing.diagram.stacked", stacked)
    wrong = exercise("01-1").check(lambda a, b, c: {"A": [0]})

    assert repr(wrong).splitlines()[0] == "✗ Not yet."
    assert "yours:" in repr(wrong)
    with pytest.raises(AssertionError, match="laid out"):
        wrong.diagram().png()
