"""What an exercise checks, as data: scenarios with what must happen in them, and the mistakes that are known."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from course_lib.exercises.answers import as_lanes, called, check_answer, in_order
from course_lib.exercises.sandbox import noting_a_stub, run_watched
from course_lib.timeline.compare import Difference, first_difference
from course_lib.timeline.timeline import Timeline
from course_lib.words import number

Lanes = Mapping[str, Sequence[float | tuple[float, float]]]
Experiment = Callable[[Any, Any], Any]

PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
EXPECTED, YOURS, HAPPENS = "expected", "yours", "what happens"


@dataclass(frozen=True)
class Scenario:
    """One trial of an answer: what it is given, and what must happen, lane by lane in seconds.

    A bar is written as its start, or as (start, end) where its end matters too. A hidden scenario is
    not in the task: of it a learner is told only what was given, and the first difference.
    """

    given: Mapping[str, Any]
    expected: Lanes
    until: float
    hidden: bool = False
    words: str = ""  # what is given, where the values do not say it themselves

    def __str__(self) -> str:
        told = [f"{name} = {_short(value)}" for name, value in self.given.items()]
        return self.words or ", ".join(told)


@dataclass(frozen=True)
class Attempt:
    """What came of an answer in one scenario; `errors` are what delayed calls raised."""

    answer: Any
    scenario: Scenario
    number: int  # of the scenario, from 0
    expected: Timeline
    got: Timeline
    errors: tuple[BaseException, ...] = ()

    @property
    def given(self) -> Mapping[str, Any]:
        """Say what the answer was given."""
        return self.scenario.given

    @property
    def difference(self) -> Difference | None:
        """Find the first difference."""
        return first_difference(self.expected, self.got)


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that is known: by the lanes it gives in a scenario, all or some, by a test, or by what it raises.

    `cause` and `hint` may name what is given: "{wait}".
    """

    misconception: str
    cause: str
    hint: str
    lanes: Sequence[Lanes] = ()  # by scenario, in order; {} where nothing is known of one
    when: Callable[[Attempt], bool] | None = None
    raised: str = ""  # the exception it ends in

    def explains(self, attempt: Attempt) -> bool:
        """Say whether an attempt is this mistake."""
        if self.raised or (self.when is not None and not self.when(attempt)):
            return False
        known = self.lanes[attempt.number] if attempt.number < len(self.lanes) else {}
        if not known:
            return self.when is not None and not self.lanes
        return first_difference(Timeline.of(known, until=attempt.scenario.until), attempt.got) is None


@dataclass(frozen=True)
class Check(ABC):
    """The scenarios of an exercise, the mistakes that are known, and how an answer is tried.

    `events` names the bars of a lane in a sentence, "" those of any other lane: "tick {k}", or a tuple that
    names the first, the second and all that follow.
    With `live`, an answer that is right runs once more on the real reactor, in the first scenario.
    """

    scenarios: tuple[Scenario, ...]
    mistakes: tuple[Mistake, ...]
    events: Mapping[str, str | tuple[str, ...]] = field(default_factory=lambda: {"": "{lane} number {k}"})
    live: bool = field(default=False, kw_only=True)

    @abstractmethod
    def attempt(self, answer: Any, number: int) -> Attempt:
        """Try an answer in one of the scenarios."""

    @abstractmethod
    def experiment_of(self, answer: Any, given: Mapping[str, Any]) -> Experiment | None:
        """Make the experiment of a scenario, None where there is nothing to run."""

    def event(self, lane: str, k: int) -> str:
        """Name the k-th bar of a lane."""
        names = self.events.get(lane) or self.events.get("", "{lane} number {k}")
        name = names if isinstance(names, str) else names[min(k, len(names)) - 1]
        return name.format(lane=lane, k=k)

    def sentence(self, attempt: Attempt) -> str:
        """Say what the first difference is."""
        difference = attempt.difference
        if difference is None:
            return ""
        event = self.event(difference.lane, difference.number)
        came = "is" if attempt.got.predicted else "came"
        if difference.expected is None:
            assert difference.got is not None
            return f"{event}, {at(difference.got.start)}, is one too many"
        ends = difference.expected.end > difference.expected.start
        wanted = f"{event} should be {at(difference.expected.start, difference.expected.end)}"
        if difference.got is None:
            return f"{wanted}; yours {'is not there' if attempt.got.predicted else 'never came'}"
        return f"{wanted}; yours {came} {at(difference.got.start, difference.got.end if ends else None)}"


@dataclass(frozen=True)
class Prediction(Check):
    """The answer is a function that says what will happen: it takes what is given and returns lanes.

    `truth` makes the experiment that is predicted; `read` makes lanes of what the answer returned.
    """

    truth: Callable[..., Experiment] | None = field(default=None, kw_only=True)
    read: Callable[[Any, Scenario], Lanes] = field(
        default=lambda said, scenario: as_lanes(said, scenario.expected), kw_only=True
    )
    title: str = field(default=HAPPENS, kw_only=True)

    def attempt(self, answer: Any, number: int) -> Attempt:
        """Ask the answer what will happen in a scenario."""
        scenario = self.scenarios[number]
        lanes = self.read(called(answer, scenario.given), scenario)
        got = Timeline.of(lanes, until=scenario.until, name=YOURS)
        expected = Timeline.of(scenario.expected, until=scenario.until, name=self.title)
        return Attempt(answer, scenario, number, expected, got)

    def experiment_of(self, answer: Any, given: Mapping[str, Any]) -> Experiment | None:  # noqa: ARG002
        """Make the experiment that was to be predicted."""
        return None if self.truth is None else self.truth(**deepcopy(dict(given)))


@dataclass(frozen=True)
class Order(Prediction):
    """The answer says in which order jobs run, as a list of lanes; each takes `each` seconds."""

    each: float = field(default=0.1, kw_only=True)

    def __post_init__(self) -> None:
        """Read orders."""
        object.__setattr__(self, "read", lambda said, scenario: in_order(said, scenario.expected, self.each))

    def sentence(self, attempt: Attempt) -> str:
        """Say what comes at another place than it should."""
        difference = attempt.difference
        if difference is None or difference.expected is None or difference.got is None:
            return super().sentence(attempt)
        should, does = (PLACES[round(bar.start / self.each)] for bar in (difference.expected, difference.got))
        return f"{difference.lane} should come {should}; in yours it comes {does}"


@dataclass(frozen=True)
class Program(Check):
    """The answer is a part of a program, and takes what `takes` names: `experiment(answer, **given)` puts it in its place.

    Where many answers are right, `wanted(timeline, **given)` says which lanes would have been right with this one.
    """

    experiment: Callable[..., Experiment] = field(kw_only=True)
    takes: tuple[str, ...] = field(default=(), kw_only=True)
    wanted: Callable[..., Lanes] | None = field(default=None, kw_only=True)

    def attempt(self, answer: Any, number: int) -> Attempt:
        """Run the program with the answer in it."""
        scenario = self.scenarios[number]
        check_answer(answer, self.takes or tuple(scenario.given))
        errors: list[BaseException] = []
        experiment = self.experiment_of(noting_a_stub(answer, errors), scenario.given)
        got = run_watched(experiment, scenario.until, errors)
        wanted = scenario.expected if self.wanted is None else self.wanted(got, **scenario.given)
        expected = Timeline.of(wanted, until=scenario.until, name=EXPECTED)
        lanes = tuple(dict.fromkeys([*(lane for lane in expected.lanes if lane in got.lanes), *got.lanes]))
        return Attempt(answer, scenario, number, expected, replace(got, name=YOURS, lanes=lanes), tuple(errors))

    def experiment_of(self, answer: Any, given: Mapping[str, Any]) -> Experiment:
        """Make the experiment with the answer in it."""
        return self.experiment(answer, **deepcopy(dict(given)))


@dataclass(frozen=True)
class Input(Program):
    """The answer is a function that finds an input: it takes what is given, and `experiment(input, **given)` tries it."""

    read: Callable[[Any, Scenario], Any] = field(default=lambda said, scenario: said, kw_only=True)  # noqa: ARG005

    def experiment_of(self, answer: Any, given: Mapping[str, Any]) -> Experiment:
        """Make the experiment with the input that the answer finds."""
        scenario = next(s for s in self.scenarios if s.given == given)
        return super().experiment_of(self.read(called(answer, given), scenario), given)


def at(start: float, end: float | None = None) -> str:
    """Say when: at 1 s, or from 1 to 2 s."""
    if end is None or number(end) == number(start):
        return f"at {number(start)} s"
    return f"from {number(start)} to {number(end)} s"


def _short(value: Any) -> str:
    return number(value) if isinstance(value, float) else repr(value)
