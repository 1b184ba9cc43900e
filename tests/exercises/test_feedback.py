"""What a learner reads, in which order, and as what a notebook shows it."""

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from twisted.internet import reactor
from twisted.internet.defer import Deferred, maybeDeferred

from course_lib.course.parts import nothing
from course_lib.exercises import exercise, judge
from course_lib.exercises.answers import Incorrect
from course_lib.exercises.check import Input, Mistake, Program, Scenario
from course_lib.exercises.exercise import _hints_given
from course_lib.exercises.feedback import Feedback, Hint, Outcome, escaped, plain
from course_lib.exercises.judge import judge as judged
from tests.exercises.wrong_answers import wrong_answers


def one_by_one(a, b, c):
    return {"A": [0, a], "B": [a, a + b], "C": [a + b, a + b + c]}


def only_these(a, b, c):
    return {"A": [0, 1], "B": [0, 0.5], "C": [0, 1.5]}


WRONG = """\
✗ Not yet.
The begin of B should be at 0 s; yours is at 1 s.
Likely cause: You let B begin when A had ended.
Ask yourself: Who holds the reactor while A waits? Look at the reactor's lane.
what happens: virtual time, one character is 0.1 s
         0         1         2         3 s
reactor  |    |    |    |
A        |~~~~~~~~~|
B        |~~~~|
C        |~~~~~~~~~~~~~~|
A        ran 0, 1; waited 0–1
B        ran 0, 0.5; waited 0–0.5
C        ran 0, 1.5; waited 0–1.5
yours:
A  0, 1
B  1, 1.5   ← number 1
C  1.5, 3"""

HIDDEN = """\
✗ Not yet: right with the numbers of the task, but not with others.
With a = 2, b = 2, c = 0.25: the end of C should be at 0.25 s; yours is at 1.5 s.
Likely cause: Your answer holds for the numbers of the task only.
Ask yourself: Which of the things that your function is given does each of its results depend on?
yours, with a = 2, b = 2, c = 0.25:
A  0, 1
B  0, 0.5
C  0, 1.5   ← number 2"""


@pytest.mark.parametrize(("answer", "text"), [(one_by_one, WRONG), (only_these, HIDDEN)])
def test_verdict_then_difference_then_cause_then_hint_then_picture(answer, text):
    assert repr(exercise("01-1").check(answer)) == text


def test_the_first_difference_is_ringed_in_both_rows():
    figure = exercise("01-1").check(one_by_one).diagram().figure
    rings = [[r.get_offsets().tolist() for r in ax.collections if r.get_gid() == "ring"] for ax in figure.axes]

    (((expected, _),),), (((yours, _),),) = rings
    assert (round(expected, 1), round(yours, 1)) == (0.0, 1.0)


def test_a_notebook_shows_the_words_and_below_them_the_picture():
    shell = InteractiveShell.instance()
    with capture_output() as shown:
        shell.display_formatter.format(exercise("01-1").check(one_by_one))
    InteractiveShell.clear_instance()

    words, picture = (output.data for output in shown.outputs)
    assert words["text/markdown"].startswith("**✗ Not yet.**\n\nThe begin of B")
    assert words["text/plain"] + "\n" + picture["text/plain"] == WRONG
    assert set(picture) == {"text/html", "text/plain"}


def test_what_the_code_printed_is_shown_below():
    def prints(a, b, c):
        print("a is", a)
        return only_these(a, b, c)

    assert exercise("01-1").check(prints).in_words().endswith("Your code printed:\n    a is 1\n    a is 2")


def test_the_learners_own_line_is_named_and_no_other():
    def counts(a, b, c):
        return {"A": [0, int("a")]}

    feedback = exercise("01-1").check(counts)

    assert feedback.outcome is Outcome.RAISED
    assert feedback.verdict == "Your code raised ValueError: invalid literal for int() with base 10: 'a'."
    assert len(feedback.lines) == 1
    assert re.fullmatch(r"line \d+, in counts: return \{\"A\": \[0, int\(\"a\"\)\]\}", feedback.lines[0])


def serve_with(f):
    return lambda clock, timeline, clients, reply: f(clock)


async def _awaits_what_fails(clock):
    raise KeyError("x")


@pytest.mark.parametrize(
    "answer",
    [
        lambda clock: clock.callLater(0.1, {}.__getitem__, "x"),
        lambda clock: clock.callLater(0.1, lambda: {}["x"]),
        _awaits_what_fails,
    ],
)
def test_what_is_raised_later_is_found_too(answer):
    assert exercise("01-5").check(serve_with(answer)).verdict == "Your code raised KeyError: 'x'."


def unwritten(*_):
    raise NotImplementedError


def in_a_deferred(clock):
    d = Deferred()
    d.addCallback(unwritten)
    clock.callLater(0.1, d.callback, None)


def in_a_deferred_that_is_returned(clock):
    d = Deferred()
    d.addCallback(unwritten)
    d.callback(None)
    return d


async def in_a_coroutine(clock):
    unwritten()


def as_the_cause_of_another(clock):
    try:
        unwritten()
    except NotImplementedError as error:
        raise ValueError from error


@pytest.mark.parametrize("answer", [unwritten, in_a_coroutine])
def test_a_stub_is_found_even_where_its_failure_is_handled(answer):
    def handled(answer):
        def experiment(clock, timeline):
            result = maybeDeferred(answer, clock)
            result.addErrback(lambda _: None)

        return experiment

    check = Program((Scenario({}, {"job": [1]}, until=2),), (), experiment=handled, takes=("clock",))

    assert judged("01-1", check, answer).outcome is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize(
    "answer",
    [
        unwritten,
        lambda clock: clock.callLater(0.1, unwritten),
        in_a_deferred,
        in_a_deferred_that_is_returned,
        in_a_coroutine,
        as_the_cause_of_another,
    ],
)
def test_a_stub_is_found_on_whichever_way_it_is_met(answer):
    feedback = exercise("01-5").check(serve_with(answer))

    assert feedback.outcome is Outcome.NOT_ATTEMPTED
    assert feedback.verdict == "01-5 is not attempted yet."


def test_a_way_that_is_not_written_is_not_attempted_even_if_the_task_s_numbers_do_not_lead_there():
    def half(later):
        if later:
            return ["next line", "last line", "result", "callback"]
        raise NotImplementedError

    assert exercise("01-3").check(half).outcome is Outcome.NOT_ATTEMPTED


def test_what_is_raised_may_be_a_known_mistake():
    def program(answer):
        return lambda clock, timeline: answer(clock, timeline.traced(nothing, name="job"))

    def cancels_twice(clock, job):
        call = clock.callLater(1, job)
        call.cancel()
        call.cancel()

    mistake = Mistake("M26", "You cancelled what was cancelled.", "How do you ask?", raised="AlreadyCancelled")
    check = Program((Scenario({}, {"job": []}, until=2),), (mistake,), experiment=program, takes=("clock", "job"))

    feedback = judged("01-1", check, cancels_twice)

    assert feedback.outcome is Outcome.RAISED
    assert (feedback.misconception, feedback.cause) == ("M26", "You cancelled what was cancelled.")
    assert "in cancels_twice: call.cancel()" in feedback.lines[-1]


def test_what_is_raised_only_with_other_numbers_says_with_which():
    def program(answer, delay):
        return lambda clock, timeline: answer(clock, timeline.traced(nothing, name="job"), delay)

    def knows_one(clock, job, delay):
        clock.callLater({1: 1}[delay], job)

    task, other = (Scenario({"delay": n}, {"job": [n]}, until=4, hidden=n > 1) for n in (1, 2))
    check = Program((task, other), (), experiment=program, takes=("clock", "job", "delay"))

    feedback = judged("01-1", check, knows_one)

    assert feedback.verdict == "Your code raised KeyError: 2."
    assert "That was with delay = 2; with the numbers of the task it runs." in feedback.in_words()


def test_hints_are_a_ladder_that_ends():
    _hints_given.clear()
    texts = [repr(exercise("01-1").hint()) for _ in range(4)]

    assert texts[0].startswith("Hint 1 of 3. Draw three lanes")
    assert texts[0].endswith('For the next one: `exercise("01-1").hint()`')
    assert texts[1].startswith("Hint 2 of 3.")
    assert texts[2].endswith("This was the last hint.")
    assert texts[3].endswith("There are no more hints; this was the last.")
    assert texts[2].splitlines()[0] == texts[3].splitlines()[0]


@pytest.mark.reactor
def test_what_is_right_runs_on_the_reactor_and_the_two_agree():
    from twisted.internet.task import deferLater

    def serve(clock, timeline, clients, reply):
        for client, seconds in clients.items():
            deferLater(clock, seconds, reply, client)

    feedback = exercise("01-5").check(serve)

    assert [timeline.live for timeline in feedback.rows] == [False, True]
    assert "And so it runs on the real reactor:" in repr(feedback)
    assert "virtual and live agree" in repr(feedback)


def test_nothing_wrong_ever_reaches_the_reactor(monkeypatch):
    started = []
    monkeypatch.setattr(judge, "run", lambda *args, **kw: started.append(kw["clock"]))

    for wrong in wrong_answers("01-5"):
        exercise("01-5").check(wrong.answer)

    assert reactor not in started
    assert started == []


def test_under_nbgrader_what_is_not_right_raises(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")

    with pytest.raises(Incorrect, match="The begin of B should be at 0 s"):
        exercise("01-1").check(one_by_one)
    assert exercise("01-1").check(lambda a, b, c: {"A": [0, a], "B": [0, b], "C": [0, c]}).right


def test_an_exercise_says_what_it_is():
    assert repr(exercise("01-1")) == "01-1 Three waits: predict, 3 minutes. check(answer), hint(), solution()"


@pytest.mark.parametrize("name", [None, 1, "1-1", "chapter 1"])
def test_there_is_no_other(name):
    with pytest.raises(LookupError, match=r"there is no exercise .*There are: 01-1"):
        exercise(name)


@pytest.mark.parametrize("text", ["a_b_c", "2 * 3 * 4", "<lambda>", "`a_b * c`", "plain"])
def test_signs_in_a_sentence_are_no_markdown(text):
    assert plain(escaped(text)) == text
    assert plain(f"**{escaped(text)}**") == text


def test_values_are_frozen_and_compare():
    assert Hint("01-1", 1, 3, "x") == Hint("01-1", 1, 3, "x")
    with pytest.raises(AttributeError):
        Feedback("01-1", Outcome.RIGHT, "Right.").verdict = "Wrong."


def test_an_input_is_asked_for_and_then_tried():
    check = Input(
        (Scenario({"n": 2}, {"job": [2]}, until=5), Scenario({"n": 3}, {"job": [3]}, until=5, hidden=True)),
        (),
        experiment=lambda when, n: (
            lambda clock, timeline: clock.callLater(when, timeline.traced(nothing, name="job")) and None
        ),
    )

    assert judged("01-1", check, lambda n: n).right
    assert judged("01-1", check, lambda n: 2).tried == "n = 3"
