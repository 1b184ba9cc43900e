"""Whatever an experiment does with its clock, its timeline is one that can have happened."""

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_lib import VirtualClock, run
from course_lib.timeline.text import comparison_text, exact_text
from tests.late_clock import JitteredClock

MOMENT = 2e-6  # seconds; in virtual time a turn takes some nanoseconds, and holds nearer than a microsecond are one
ALIKE = settings(derandomize=True, database=None, deadline=None)  # the same examples in each run, here and in CI

# A program is a list of actions. A call has actions of its own, for when it fires, and so has what is done at once;
# cancel, reset and delay name one of the calls made so far by its number.


def actions(delays, moves, blocks):
    """Make programs whose delays, moves and blocks are drawn from these."""
    some_call = st.integers(0, 9)
    simple = st.one_of(
        st.tuples(st.just("cancel"), some_call),
        st.tuples(st.just("reset"), some_call, delays),
        st.tuples(st.just("delay"), some_call, moves),
        st.tuples(st.just("block"), blocks),
    )
    kinds = st.sampled_from(["call", "traced", "do"])
    return st.recursive(
        st.lists(simple | st.tuples(kinds, delays, st.just([])), max_size=6),
        lambda inner: st.lists(simple | st.tuples(kinds, delays, inner), max_size=6),
        max_leaves=12,
    )


def experiment_of(program):
    """Make the experiment that does what a program says."""

    def experiment(clock, timeline):
        Interpreter(clock, timeline).perform(program)

    return experiment


class Interpreter:
    """Do what a program says, on a clock."""

    def __init__(self, clock, timeline):
        self.clock, self.timeline, self.calls, self.parts = clock, timeline, [], 0

    def perform(self, actions):
        """Do one action after the other; what would move a call that is over is left out."""
        for act, *arguments in actions:
            if act in ("call", "traced"):
                self.schedule(act, *arguments)
            elif act == "do":
                self.do(arguments[-1])
            elif act == "block":
                self.timeline.block(*arguments)
            elif arguments[0] < len(self.calls) and self.calls[arguments[0]].active():
                getattr(self.calls[arguments[0]], act)(*arguments[1:])

    def do(self, actions):
        """Do the actions at once, as a job inside whatever runs now."""
        self.parts += 1
        self.timeline.traced(self.perform, name=f"part {self.parts}")(actions)

    def schedule(self, kind, delay, actions):
        """Schedule a job that will do the actions, in a lane of its own."""

        def job():
            self.perform(actions)

        job.__name__ = f"job {len(self.calls)}"
        self.calls.append(self.clock.callLater(delay, self.timeline.traced(job) if kind == "traced" else job))


UNTIL = 3
ANY_TIMES = st.floats(0, 5) | st.sampled_from([0, 0.25, 0.5, 1])
ANY = actions(delays=ANY_TIMES, moves=ANY_TIMES | st.floats(-3, 0), blocks=st.floats(0, 2))


def ran(program, clock=None):
    return run(experiment_of(program), clock=clock or VirtualClock(), until=UNTIL)


def a_late_clock():
    """Make a clock that is as late as a real one."""
    return JitteredClock(seed=1)


def whatever_the_program(test):
    """Look for a program that breaks what a test says, in exact virtual time and on a late clock."""
    searched = settings(ALIKE, max_examples=150)(given(program=ANY)(test))
    return pytest.mark.parametrize("clock", [VirtualClock, a_late_clock])(searched)


@whatever_the_program
def test_nothing_runs_before_it_is_due(clock, program):
    timeline = ran(program, clock())

    assert [call for call in timeline.calls if call.ran is not None and call.ran < call.due] == []


@whatever_the_program
def test_a_call_ends_in_one_way_and_what_was_due_before_the_end_has_run(clock, program):
    timeline = ran(program, clock())

    for call in timeline.calls:
        assert (call.ran is None) == (call.ended is None)
        assert call.ran is None or call.cancelled is None
        if call.outcome == "pending":
            assert max(call.due, call.scheduled) >= UNTIL - MOMENT
        if call.outcome == "fired":
            assert call.scheduled - MOMENT <= call.ran <= call.ended
        if call.outcome == "cancelled":
            assert call.scheduled - MOMENT <= call.cancelled


@whatever_the_program
def test_one_job_at_a_time_holds_the_reactor(clock, program):
    timeline = ran(program, clock())

    holds = sorted(timeline.holds, key=lambda hold: (hold.start, hold.end))

    assert [(a, b) for a, b in pairwise(holds) if a.end > b.start + MOMENT] == []
    assert [hold for hold in holds if hold.end < hold.start] == []


@whatever_the_program
def test_bars_lie_where_the_reactor_was_held(clock, program):
    timeline = ran(program, clock())

    stretches = held(timeline)

    for bar in timeline.bars:
        assert any(start - MOMENT <= bar.start <= bar.end <= end + MOMENT for start, end in stretches)


def held(timeline):
    """Join the holds that touch."""
    stretches = []
    for hold in sorted(timeline.holds, key=lambda hold: (hold.start, hold.end)):
        if stretches and hold.start <= stretches[-1][1] + MOMENT:
            stretches[-1][1] = max(stretches[-1][1], hold.end)
        else:
            stretches.append([hold.start, hold.end])
    return stretches


@whatever_the_program
def test_each_call_that_fired_is_a_bar_from_when_it_ran_to_when_it_ended(clock, program):
    timeline = ran(program, clock())

    fired = sorted((call.lane, call.ran) for call in timeline.calls if call.outcome == "fired")
    bars = sorted((bar.lane, bar.start) for bar in timeline.bars if bar.lane.startswith("job"))

    assert [lane for lane, _ in bars] == [lane for lane, _ in fired]
    assert [start for _, start in bars] == pytest.approx([ran for _, ran in fired], abs=0.02)


@whatever_the_program
def test_it_can_be_told_in_words(clock, program):
    timeline = ran(program, clock())

    for text in (exact_text(timeline), comparison_text(timeline), repr(timeline)):
        lines = text.splitlines()
        assert lines[0].startswith("experiment: ")
        assert [line.split("  ")[0] for line in lines[2:]] == ["reactor", *timeline.lanes, *timeline.lanes]


# Whose order does not hang on a tie

FIFTHS = st.integers(1, 16).map(lambda fifths: fifths / 5)
APART = actions(delays=FIFTHS, moves=FIFTHS | FIFTHS.map(lambda s: -s), blocks=st.just(0.05))
SEEDS = range(5)


def near(timeline):
    """List pairs of instants at which different things happen or were due, less than 0.1 s apart."""
    calls = [call for call in timeline.calls if call.outcome != "pending"]
    instants = {0.0, float(UNTIL)}
    instants |= {round(call.due, 3) for call in timeline.calls} | {round(old, 3) for c in calls for _, old in c.moves}
    same = len(timeline.calls) - len({round(call.due, 3) for call in timeline.calls})
    return [pair for pair in pairwise(sorted(instants)) if pair[1] - pair[0] < 0.1] + [None] * same


def order(timeline):
    """List what happened in order: which call ran, what it did within, and how each call ended."""
    jobs = [bar.lane for bar in timeline.bars]  # in the order in which they ended
    return jobs, [(call.lane, call.by, call.outcome, len(call.moves)) for call in timeline.calls]


@settings(ALIKE, max_examples=200)
@given(program=APART)
def test_on_a_late_clock_what_is_a_tenth_of_a_second_apart_happens_in_the_same_order(program):
    exact = ran(program)
    assume(near(exact) == [])

    assert [order(ran(program, JitteredClock(seed))) for seed in SEEDS] == [order(exact)] * len(SEEDS)


# The jittered clock itself


def test_two_jittered_clocks_of_one_seed_are_alike_and_of_two_seeds_are_not():
    program = [("call", 0.5, [("call", 0.5, [])]), ("traced", 1, [])]
    first, again, other = (ran(program, JitteredClock(seed)).calls for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_a_jittered_clock_is_late_as_a_real_one_is():
    late = [
        call.ran - call.due
        for seed in range(20)
        for call in ran([("call", tenths / 10, []) for tenths in range(1, 29)], JitteredClock(seed)).calls
    ]

    assert min(late) > 0
    assert 0.0005 < sorted(late)[len(late) // 2] < 0.0015
    assert max(late) > 0.005


def test_a_jittered_clock_reads_a_new_time_each_time():
    clock = JitteredClock(seed=1)
    readings = [clock.seconds() for _ in range(1000)]
    steps = sorted(later - earlier for earlier, later in pairwise(readings))

    assert steps[0] >= 2e-6
    assert 2e-6 <= steps[500] <= 20e-6
    assert 10 <= len([step for step in steps if step > 21e-6]) <= 40
    assert steps[-1] <= 5e-3
