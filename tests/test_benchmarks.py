"""The benchmarks' own arithmetic; what they measure is not tested, because no machine is quiet enough."""

from tests.benchmarks import measure
from tests.benchmarks.measure import Row, ratio


def test_a_bar_is_kept_up_to_it_and_not_beyond():
    assert [Row("a", "b", value, 2).kept for value in (1.9, 2, 2.1)] == [True, True, False]


def test_a_bar_from_below_is_kept_from_it_on():
    assert [Row("a", "b", value, 2, at_least=True).kept for value in (1.9, 2, 2.1)] == [False, True, True]


def test_a_missed_bar_is_said():
    assert str(Row("drawing", "a bare one", 1.62, 1.5)).split()[-5:] == ["1.62", "≤", "1.5", "times", "MISSED"]


def test_a_ratio_is_the_median_of_pairs_measured_in_turn(monkeypatch):
    seconds = iter([2, 1, 9, 1, 3, 1])
    monkeypatch.setattr(measure, "spent", lambda f: next(seconds))

    assert ratio(int, int, rounds=3) == 3
