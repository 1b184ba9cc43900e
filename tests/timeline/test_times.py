"""Which values are times, wherever one is handed in: to run(), to Timeline.of() and in an answer."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from course_lib import Timeline, VirtualClock, run
from course_lib.errors import ExperimentError
from course_lib.exercises.answers import Incorrect, as_lanes
from course_lib.timeline.times import as_seconds, out_of_numpy

TIMES = [
    3,
    3.0,
    np.int64(3),
    np.uint8(3),
    np.float32(3),
    np.float64(3),
    np.array(3),
    np.array(3.0),
    Fraction(3),
    Decimal(3),
]
NO_TIMES = [
    float("nan"), float("inf"), -float("inf"), np.float64("nan"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"),
    10**400, Fraction(10**400), True, np.True_, np.array([3]), np.timedelta64(3, "s"), "3", None, 3j, [3], (1, 2, 3),
]  # fmt: skip


def nothing(clock, timeline):
    pass


@pytest.mark.parametrize("value", TIMES, ids=lambda value: f"{type(value).__name__}")
def test_a_number_of_any_kind_is_a_time(value):
    assert as_seconds(value) == 3
    assert type(as_seconds(value)) is float

    assert Timeline.of({"A": [value, (0, value)]}, until=value).bars == (("A", 3, 3, "", ""), ("A", 0, 3, "", ""))
    assert as_lanes({"A": [value, (0, value)], "B": value}, {"A": [], "B": []}) == {"A": [3, (0, 3)], "B": [3]}
    assert str(run(nothing, clock=VirtualClock(), until=value)) == str(run(nothing, clock=VirtualClock(), until=3))


@pytest.mark.parametrize("value", NO_TIMES, ids=lambda value: f"{type(value).__name__}")
def test_what_is_no_finite_number_is_refused_in_a_sentence(value):
    assert as_seconds(value) is None

    with pytest.raises(ValueError, match="a time of 'A' should be a number of seconds, and is "):
        Timeline.of({"A": [value]}, until=2)
    with pytest.raises(ValueError, match="until should be a number of seconds, and is "):
        Timeline.of({"A": [1]}, until=value)
    with pytest.raises(Incorrect, match=r"the times of 'A' should be numbers of seconds\. One of yours is "):
        as_lanes({"A": [1, value]}, {"A": []})
    with pytest.raises(ExperimentError, match=r"run\(\) was given until=.*: it takes a number of seconds, more than 0"):
        run(nothing, clock=VirtualClock(), until=value)


@pytest.mark.parametrize("until", [0, -1, np.float64(0)])
def test_an_axis_is_longer_than_nothing(until):
    with pytest.raises(ValueError, match=r"until should be more than 0 s, and is (0|-1) s\."):
        Timeline.of({"A": [1]}, until=until)


def test_numpys_values_become_pythons_and_others_stay():
    values = out_of_numpy(np.array([[0, 1.5], [2, 3]])), out_of_numpy(np.int64(1)), out_of_numpy("text")

    assert values == ([[0, 1.5], [2, 3]], 1, "text")
    assert [type(value) for value in values] == [list, int, str]


@pytest.mark.parametrize("times", [np.array([0, 0.5]), np.arange(2) / 2, [np.float32(0), np.array(0.5)]])
def test_an_array_is_a_list_of_times(times):
    assert as_lanes({"A": times}, {"A": []}) == {"A": [0, 0.5]}
    assert Timeline.of({"A": times}, until=1).times("A") == [0, 0.5]


@pytest.mark.parametrize("name", [5, None, ("a", 1), "two\nlines", "", " ", "reactor"])
def test_a_lane_is_called_by_a_text_of_one_line_that_is_not_the_reactors(name):
    with pytest.raises((TypeError, ValueError), match="lane"):
        Timeline.of({name: [1]}, until=2)
