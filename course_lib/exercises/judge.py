"""Judges an answer: tries it in every scenario, finds the first thing wrong, and finds the words for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from course_lib.errors import ExperimentError, Runaway
from course_lib.exercises.answers import Incorrect, called
from course_lib.exercises.check import YOURS, Attempt, Check, Input, Mistake, Prediction, Scenario
from course_lib.exercises.feedback import Feedback, Outcome
from course_lib.exercises.limits import TimeUp, limited
from course_lib.exercises.own_lines import described, is_stub, learners_lines, tells_of_a_stub, those_before
from course_lib.exercises.sandbox import Output, captured, put_back, run_watched, unhandled_until_now, without_our_own
from course_lib.running.run import run
from course_lib.running.unhandled import unhandled_errors
from course_lib.timeline.compare import Difference
from course_lib.timeline.timeline import Timeline
from course_lib.words import number

LIMIT = 6.0  # seconds for all scenarios of an answer; a sound one needs milliseconds, on a busy machine more
OURS = (Runaway, ExperimentError)  # their messages are sentences for the learner
CONSTANT = Mistake(
    "constant",
    "Your answer holds for the numbers of the task only.",
    "Which of the things that your function is given does each of its results depend on?",
)


def judge(name: str, check: Check, answer: Any) -> Feedback:
    """Find out whether an answer is right, within a few seconds, whatever it does."""
    changed: list[str] = []
    with captured() as output:
        try:
            feedback = limited(lambda: _watched(name, check, answer, output, changed), LIMIT)
        except TimeUp as error:
            feedback = _meddled(name, changed) if changed else _too_long(name, error)
            feedback = replace(feedback, printed=str(output))
    if feedback.right and check.live:
        feedback = _lived(feedback, check, answer)
    return feedback


def _watched(name: str, check: Check, answer: Any, output: Output, changed: list[str]) -> Feedback:
    with put_back(changed), unhandled_errors() as told:  # garbage may speak up between two runs as well
        feedback = _judged(name, check, answer, told)
    if changed:
        feedback = _meddled(name, changed)
    return replace(feedback, printed=str(output))


def _judged(name: str, check: Check, answer: Any, told: list[str]) -> Feedback:
    for k, scenario in enumerate(check.scenarios):
        with _told_as_feedback(name, check, scenario) as wrong:
            wrong += _tried(name, check, answer, k, told)
        if wrong:
            return wrong[0]
    with _told_as_feedback(name, check, check.scenarios[0]) as feedback:
        feedback.append(_right(name, check, answer))
    return feedback[0]


@contextmanager
def _told_as_feedback(name: str, check: Check, scenario: Scenario) -> Iterator[list[Feedback]]:
    """Put what an answer raises in a scenario into words, whenever it is called or what it returned is looked at."""
    feedback: list[Feedback] = []
    try:
        yield feedback
    except Incorrect as error:
        feedback.append(Feedback(name, Outcome.WRONG, f"Not yet: {error}"))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 SystemExit too: the kernel is to live on
        feedback.append(_raised(name, check, scenario, error))


def _tried(name: str, check: Check, answer: Any, k: int, told: list[str]) -> list[Feedback]:
    """Try an answer in the k-th scenario, and return what is wrong, if anything is."""
    attempt = check.attempt(answer, k)
    if errors := [*_stubs(attempt), *attempt.errors]:
        return [_raised(name, check, attempt.scenario, errors[0])]
    if (difference := attempt.difference) is None:
        return []
    mistake = _known(check, attempt)
    if mistake is None and any(map(tells_of_a_stub, [*told, *unhandled_until_now()])):
        return [_raised(name, check, attempt.scenario, NotImplementedError())]
    return [_wrong(name, check, attempt, difference, mistake)]


def _right(name: str, check: Check, answer: Any) -> Feedback:
    return Feedback(
        name,
        Outcome.RIGHT,
        "Right, with the numbers of the task and with others.",
        then=f'`exercise("{name}").solution()` shows one way to write it, and says why.',
        rows=(_what_happens(check, answer),),
    )


def _wrong(name: str, check: Check, attempt: Attempt, difference: Difference, mistake: Mistake | None) -> Feedback:
    hidden = attempt.scenario.hidden
    rows: tuple[Timeline, ...] = (attempt.expected, attempt.got)
    if hidden:
        rows = (replace(attempt.got, name=f"yours, with {attempt.scenario}"[:70]),)
    elif isinstance(check, Prediction) and check.truth is not None:
        truth = _what_happens(check, attempt.answer)
        rows = (replace(truth, lanes=tuple(dict.fromkeys([*attempt.got.lanes, *truth.lanes]))), attempt.got)
    return Feedback(
        name,
        Outcome.WRONG,
        "Not yet: right with the numbers of the task, but not with others." if hidden else "Not yet.",
        tried=str(attempt.scenario) if hidden else "",
        difference=check.sentence(attempt),
        cause=_filled(mistake.cause, attempt) if mistake else "",
        hint=_filled(mistake.hint, attempt) if mistake else "",
        then="" if mistake else f'For a hint: `exercise("{name}").hint()`',
        rows=rows,
        ring=difference,
        misconception=mistake.misconception if mistake else "",
    )


def _known(check: Check, attempt: Attempt) -> Mistake | None:
    """Find the mistake that explains an attempt, if one does."""
    found = next((mistake for mistake in check.mistakes if mistake.explains(attempt)), None)
    if found is None and attempt.number and _is_constant(check, attempt):
        return CONSTANT
    return found


def _is_constant(check: Check, attempt: Attempt) -> bool:
    """Say whether an answer is the same here as for the task's own numbers."""
    first = check.scenarios[0]
    if isinstance(check, Input):
        return bool(called(attempt.answer, first.given) == called(attempt.answer, attempt.given))
    expected = Timeline.of(first.expected, until=first.until)
    return all(attempt.got.times(lane) == expected.times(lane) for lane in first.expected)


def _filled(text: str, attempt: Attempt) -> str:
    return text.format_map(attempt.given) if "{" in text else text


def _what_happens(check: Check, answer: Any) -> Timeline:
    """Run the first scenario once more for its picture: the truth of a prediction, or the program of an answer."""
    scenario = check.scenarios[0]
    experiment = check.experiment_of(answer, scenario.given)
    if experiment is None:
        return Timeline.of(scenario.expected, until=scenario.until, name=_title(check))
    return replace(run_watched(experiment, scenario.until, []), name=_title(check))


def _title(check: Check) -> str:
    return check.title if isinstance(check, Prediction) else YOURS


def _raised(name: str, check: Check, scenario: Scenario, error: BaseException) -> Feedback:
    if is_stub(error):
        lines = learners_lines(error)
        where = "" if len(lines) < 2 else f" Your code came to it here: `{lines[-2]}`."
        then = f'Replace `raise NotImplementedError` by your code.{where} For a hint: `exercise("{name}").hint()`'
        return Feedback(name, Outcome.NOT_ATTEMPTED, f"{name} is not attempted yet.", then=then)
    mistake = next((m for m in check.mistakes if m.raised and m.raised == type(error).__name__), None)
    said = f"Your code cannot run: {error}" if isinstance(error, OURS) else f"Your code raised {described(error)}"
    if isinstance(error, SystemExit):
        said = "Your code called sys.exit(), which would have ended this notebook's Python: leave it out"
    return Feedback(
        name,
        Outcome.RAISED,
        f"{said.rstrip('.')}.",
        tried=str(scenario) if scenario.hidden else "",
        lines=learners_lines(error),
        cause=mistake.cause if mistake else "",
        hint=mistake.hint if mistake else "",
        misconception=mistake.misconception if mistake else "",
    )


def _stubs(attempt: Attempt) -> list[BaseException]:
    """Find a NotImplementedError on whichever way it went: out of a call, into a bar, or into a Deferred."""
    found = [error for error in attempt.errors if is_stub(error)]
    told = [*(bar.failed for bar in attempt.got.bars), *(c.failed for c in attempt.got.calls), *attempt.got.notes]
    found += [NotImplementedError() for text in told if tells_of_a_stub(text)]
    return found[:1]


def _too_long(name: str, error: BaseException) -> Feedback:
    return Feedback(
        name,
        Outcome.RAISED,
        f"Your code had not come to an end after {number(LIMIT)} s and was stopped.",
        lines=next(filter(None, map(learners_lines, those_before(error))), ()),
        hint="Which loop here never ends, or never gives the reactor back?",
    )


def _meddled(name: str, changed: Iterable[str]) -> Feedback:
    what = " and ".join(dict.fromkeys(changed))
    return Feedback(
        name,
        Outcome.WRONG,
        f"Not yet. Your code changed {what}: that has been put back. An answer may use Twisted and the clock, not change them.",
    )


def _lived(feedback: Feedback, check: Check, answer: Any) -> Feedback:
    """Run what is right in virtual time on the real reactor too."""
    from twisted.internet import reactor

    scenario = check.scenarios[0]
    try:
        live = run(check.experiment_of(answer, scenario.given), clock=reactor, until=scenario.until)  # type: ignore[arg-type]
    except ExperimentError as error:
        return replace(feedback, then=f"On the real reactor it could not run: {error}")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 what a clock of its own lets an answer do, a reactor may refuse
        return _failed_live(feedback, described(error), learners_lines(error))
    if failed := _failures(live)[len(_failures(feedback.rows[0])) :]:
        return _failed_live(feedback, failed[0], ())
    live = replace(without_our_own(live), name=feedback.rows[0].name)
    return replace(
        feedback, verdict=f"{feedback.verdict} And so it runs on the real reactor:", rows=(*feedback.rows, live)
    )


def _failed_live(feedback: Feedback, what: str, lines: tuple[str, ...]) -> Feedback:
    verdict = f"Right in virtual time, but on the real reactor your code raised {what.rstrip('.')}."
    hint = "What do you use here that a VirtualClock has and the reactor has not? Both have seconds() and callLater()."
    return replace(feedback, outcome=Outcome.RAISED, verdict=verdict, lines=lines, hint=hint, then="", rows=())


def _failures(timeline: Timeline) -> list[str]:
    return [failed for failed in (*(b.failed for b in timeline.bars), *(c.failed for c in timeline.calls)) if failed]
