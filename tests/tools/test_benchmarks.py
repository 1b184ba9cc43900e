"""The benchmarks' own arithmetic; what they measure is not tested, because no machine is quiet enough."""

from course_lib.tools.benchmarks import clocks, measure, peers
from course_lib.tools.benchmarks.measure import Row, ratio


def test_a_bar_is_kept_up_to_it_and_not_beyond():
    assert [Row("a", "b", value, 2).kept for value in (1.9, 2, 2.1)] == [True, True, False]


def test_a_bar_from_below_is_kept_from_it_on():
    assert [Row("a", "b", value, 2, at_least=True).kept for value in (1.9, 2, 2.1)] == [False, True, True]


def test_a_missed_bar_is_said():
    assert str(Row("drawing", "a bare one", 1.62, 1.5)).split()[-5:] == ["1.62", "≤", "1.5", "times", "MISSED"]


def test_what_is_only_compared_has_no_bar_to_miss():
    assert Row("drawing", "a bare one", 1e9).kept
    assert str(Row("drawing", "a bare one", 1.62)).split()[-2:] == ["1.62", "times"]


def test_peers_are_given_the_same_work(monkeypatch):
    """Each calls what it has to call as often as we do."""
    called = []
    monkeypatch.setattr(clocks, "nothing", lambda: called.append("timer"))
    monkeypatch.setattr(peers, "nothing", lambda: called.append("timer"))
    monkeypatch.setattr(peers, "TICKS", 7)

    def calls(f, *arguments):
        called.clear()
        f(*arguments)
        return len(called)

    times = [0.5, 0.25, 1.5]
    assert [calls(f, times) for f in (clocks.step_through, clocks.bare_heap)] == [3] * 2
    assert [calls(f, times) for f in (peers.timeouts, peers.tasks)] == [3] * 2
    assert [calls(peers.looping), calls(peers.process), calls(peers.task), calls(clocks.traced, 7)] == [7] * 4


def test_a_ratio_is_the_median_of_pairs_measured_in_turn(monkeypatch):
    seconds = iter([2, 1, 9, 1, 3, 1])
    monkeypatch.setattr(measure, "spent", lambda f: next(seconds))

    assert ratio(int, int, rounds=3) == 3
