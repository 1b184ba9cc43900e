"""A hand on what an experiment has started: what is right to press, and what a press brings about."""

from types import SimpleNamespace

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Cooperator, LoopingCall, deferLater

from course_lib import VirtualClock, run
from course_lib.errors import ExperimentError
from course_lib.widgets.hand import in_hand
from course_lib.widgets.kinds import METHODS


def looping(clock, job, interval=1.0):
    loop = LoopingCall(job)
    loop.clock = clock
    loop.start(interval)
    return loop


def stepping(clock, steps, every=1.0):
    cooperator = Cooperator(
        scheduler=lambda turn: clock.callLater(every, turn), terminationPredicateFactory=lambda: lambda: True
    )
    return cooperator.cooperate(steps)


def heart(clock, timeline):
    return {"heart": looping(clock, timeline.traced(lambda: None, name="beat"))}


def work(clock, timeline, steps=100):
    return {"work": stepping(clock, timeline.traced(iter(range(steps)), name="step"))}


def alarm(clock, timeline):
    return {"alarm": clock.callLater(2, timeline.traced(lambda: None, name="ring"))}


def waiting_work(clock, timeline):
    def steps():
        while True:
            yield deferLater(clock, 3)

    return {"work": stepping(clock, timeline.traced(steps(), name="step"))}


def slow_job(clock, timeline):
    return {"heart": looping(clock, timeline.traced(lambda: deferLater(clock, 1.5), name="job"))}


def endless_job(clock, timeline):
    return {"heart": looping(clock, timeline.traced(lambda: Deferred(), name="job"))}


class Valve:
    """Somebody's own thing."""

    def pause(self):
        """Pause."""

    def resume(self):
        """Go on."""

    def stop(self):
        """End."""

    def start(self):
        """Begin again."""


def valve(clock, timeline):
    return {"valve": Valve()}


def pressed(experiment, presses, until=6):
    """Run in virtual time, and return the hand and the timeline."""
    hands = []
    timeline = run(in_hand(experiment, hands.append, presses), clock=VirtualClock(), until=until)
    return hands[0], timeline


def right_at(experiment, at, presses=None):
    """Find out what is right to press at an instant."""
    found = []

    def took(hand):
        clock.callLater(at, lambda: found.extend(m for m in METHODS if hand.is_right(*hand.things, m)))

    def experiment_on(given, timeline):
        nonlocal clock
        clock = given
        return experiment(given, timeline)

    clock = None
    run(in_hand(experiment_on, took, presses or {}), clock=VirtualClock(), until=at + 1)
    return found


RIGHT = {
    "a loop runs": (heart, 0.5, {}, ["stop"]),
    "a loop is stopped": (heart, 1.5, {1.2: "heart.stop"}, ["start"]),
    "a loop is stopped, its job still on": (slow_job, 0.8, {0.5: "heart.stop"}, []),
    "a loop is stopped, its job over": (slow_job, 1.7, {0.5: "heart.stop"}, ["start"]),
    "a task works": (work, 1.5, {}, ["pause", "stop"]),
    "a task is paused": (work, 1.5, {1.2: "work.pause"}, ["pause", "resume", "stop"]),
    "a task is paused twice and resumed once": (
        work, 1.9, {1.2: "work.pause", 1.4: "work.pause", 1.6: "work.resume"}, ["pause", "resume", "stop"],
    ),
    "a task is paused and resumed": (work, 1.9, {1.2: "work.pause", 1.6: "work.resume"}, ["pause", "stop"]),
    "a task waits for its Deferred": (waiting_work, 1.5, {}, ["pause", "stop"]),
    "a task is stopped": (work, 1.5, {1.2: "work.stop"}, []),
    "a task is finished": (lambda clock, timeline: work(clock, timeline, steps=1), 2.5, {}, []),
    "a call is to come": (alarm, 0.5, {}, ["cancel"]),
    "a call is cancelled": (alarm, 1.5, {1: "alarm.cancel"}, []),
    "a call has run": (alarm, 2.5, {}, []),
    "something else": (valve, 0.5, {}, ["pause", "stop"]),
    "something else, paused": (valve, 0.5, {0.2: "valve.pause"}, ["resume", "stop"]),
    "something else, stopped": (valve, 0.5, {0.1: "valve.pause", 0.2: "valve.stop"}, ["start"]),
    "something else, started again": (valve, 0.5, {0.1: "valve.stop", 0.2: "valve.start"}, ["pause", "stop"]),
    "a stranger has taken a pause away": (
        waiting_work, 4.5, {1.5: "work.resume", 1.75: "work.pause"}, ["pause", "stop"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("experiment", "at", "presses", "right"), RIGHT.values(), ids=RIGHT)
def test_what_is_right_to_press_when(experiment, at, presses, right):
    assert right_at(experiment, at, presses) == right


def test_a_press_does_what_the_method_does():
    _, timeline = pressed(heart, {1.5: "heart.stop", 3.25: "heart.start"})
    assert timeline.times("beat") == [0, 1, 3.25, 4.25, 5.25]

    _, timeline = pressed(work, {1.5: "work.pause", 3.5: "work.resume", 4.75: "work.stop"})
    assert timeline.times("step") == [1, 4.5]

    _, timeline = pressed(alarm, {1.5: "alarm.cancel"})
    assert timeline.times("ring") == []


def test_a_press_is_marked_and_draws_no_lane_of_its_own():
    _, timeline = pressed(work, {1.5: "work.pause", 3.5: "work.resume", 3.75: "work.resume"})

    assert [(round(mark.at, 3), mark.label) for mark in timeline.marks] == [
        (1.5, "pause"),
        (3.5, "resume"),
        (3.75, "resume!"),
    ]
    assert timeline.lanes == ("step",)


def test_of_several_things_the_mark_names_which():
    def both(clock, timeline):
        return heart(clock, timeline) | alarm(clock, timeline)

    _, timeline = pressed(both, {0.5: "heart.stop"})

    assert [mark.label for mark in timeline.marks] == ["heart.stop"]


WRONG = {
    "stop twice": (
        heart, {0.5: "heart.stop", 1.25: "heart.stop"},
        "1.25 s: heart.stop() raised AssertionError: Tried to stop a LoopingCall that was not running.",
    ),
    "start twice": (
        heart, {0.5: "heart.start"},
        "0.5 s: heart.start() raised AssertionError: Tried to start an already running LoopingCall.",
    ),
    "pause a loop": (
        heart, {0.5: "heart.pause"},
        "0.5 s: heart.pause() raised AttributeError: 'LoopingCall' object has no attribute 'pause'",
    ),
    "resume what runs": (work, {1.5: "work.resume"}, "1.5 s: work.resume() raised NotPaused: nobody has paused it"),
    "stop what is stopped": (
        work, {1.5: "work.stop", 2: "work.stop"}, "2 s: work.stop() raised TaskStopped: it has been stopped",
    ),
    "cancel what has rung": (
        alarm, {3: "alarm.cancel"},
        "3 s: alarm.cancel() raised AlreadyCalled: Tried to cancel an already-called event.",
    ),
    "resume what waits": (
        waiting_work, {1.5: "work.resume"},
        "1.5 s: work.resume() was not refused. But that pause was the Cooperator's: the task no longer waits for its"
        " Deferred",
    ),
    "resume what was stopped in a pause": (
        work, {1.2: "work.pause", 1.4: "work.stop", 2: "work.resume"},
        "2 s: work.resume() was not refused, and did nothing",
    ),
    "resume what is stopped while it waits": (
        waiting_work, {1.5: "work.stop", 2: "work.resume"}, "2 s: work.resume() was not refused, and did nothing",
    ),
    "resume something else": (valve, {1: "valve.resume"}, "1 s: valve.resume() was not refused, and did nothing"),
    "start while a job is on": (
        slow_job, {0.5: "heart.stop", 1: "heart.start"},
        "1 s: heart.start() was not refused. But its job was still on: there are two chains of calls now",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("experiment", "presses", "said"), WRONG.values(), ids=WRONG)
def test_what_a_wrong_press_brings_about_is_said(experiment, presses, said):
    hand, timeline = pressed(experiment, presses)

    assert hand.log[-1] == said
    assert timeline.marks[-1].label.endswith("!")


def test_a_wrong_resume_lets_the_work_go_on_without_its_result():
    _, alone = pressed(waiting_work, {})
    _, corrupted = pressed(waiting_work, {1.5: "work.resume"})

    assert alone.times("step") == [1, 5]
    assert corrupted.times("step")[:2] == [1, 2.5]


def test_a_wrong_start_makes_two_chains():
    """So that there are two jobs on at once, which a LoopingCall by itself never has."""
    _, timeline = pressed(slow_job, {0.5: "heart.stop", 1: "heart.start"}, until=8)

    waits = [(wait.start, wait.end) for wait in timeline.waits]
    assert any(a < c < b for a, b in waits for c, _ in waits)


def test_a_loop_that_is_started_by_hand_and_fails_says_so():
    def failing(clock, timeline):
        def job():
            if clock.seconds() > 3:
                raise ValueError("no")

        loop = looping(clock, timeline.traced(job))
        loop._deferred.addErrback(lambda _: None)
        return {"heart": loop}

    hand, timeline = pressed(failing, {1.5: "heart.stop", 2.5: "heart.start"})

    assert hand.log[-1] == "3.5 s: heart has ended: ValueError: no"
    assert timeline.notes == ()


def failing_work(clock, timeline):
    return {"work": stepping(clock, timeline.traced((1 / n for n in [1, 0]), name="step"))}


STATES = [
    ("running", heart, {}),
    ("stopped", heart, {0.5: "heart.stop"}),
    ("stopped, its job still on", endless_job, {0.5: "heart.stop"}),
    ("running", work, {}),
    ("running", work, {1.5: "work.pause", 2.5: "work.resume"}),
    ("paused once by you", work, {1.5: "work.pause"}),
    ("paused 2 times by you", work, {1.5: "work.pause", 2: "work.pause"}),
    ("waits for its Deferred", waiting_work, {}),
    ("paused once by you, and waits for its Deferred", waiting_work, {5.5: "work.pause"}),
    ("paused once by you", waiting_work, {1.5: "work.pause"}),
    ("stopped", work, {1.5: "work.pause", 2.5: "work.stop"}),
    ("done", lambda clock, timeline: work(clock, timeline, steps=1), {}),
    ("failed: ZeroDivisionError", failing_work, {}),
    ("pending", lambda clock, timeline: {"alarm": clock.callLater(60, print)}, {}),
    ("cancelled", alarm, {0.5: "alarm.cancel"}),
    ("fired", alarm, {}),
    ("running", valve, {}),
    ("paused once by you", valve, {1.5: "valve.pause"}),
    ("stopped", valve, {1.5: "valve.pause", 2.5: "valve.stop"}),
    ("running", valve, {1.5: "valve.pause", 2.5: "valve.stop", 3.5: "valve.start"}),
]


@pytest.mark.parametrize(("state", "experiment", "presses"), STATES)
def test_how_a_thing_stands(state, experiment, presses):
    states = []

    def took(hand):
        clock.callLater(5.9, lambda: states.append(hand.state(*hand.things)))

    clock = VirtualClock()
    run(in_hand(experiment, took, presses), clock=clock, until=6)

    assert states == [state]


REFUSED = {
    "nothing": (lambda clock, timeline: None, {}, "returned None: here it returns what there is to press on, by name"),
    "no mapping": (lambda clock, timeline: Deferred(), {}, "here it returns what there is to press on, by name"),
    "a thing without a handle": (
        lambda clock, timeline: {"it": SimpleNamespace(run=1)}, {},
        "returned namespace(run=1) as 'it', which has none of start, pause, resume, stop, cancel",
    ),
    "a loop never started": (
        lambda clock, timeline: {"loop": LoopingCall(print)}, {}, "'loop' without having started it",
    ),
    "a press on nobody": (heart, {1: "lung.stop"}, "there is no press 'lung.stop': write one of heart, a dot"),
    "a press of another kind": (heart, {1: "heart.reset"}, "there is no press 'heart.reset'"),
}  # fmt: skip


@pytest.mark.parametrize(("experiment", "presses", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_held_is_refused_with_a_sentence(experiment, presses, sentence):
    with pytest.raises(ExperimentError) as caught:
        pressed(experiment, presses)

    assert sentence in str(caught.value)
