"""Every kind of diagram, from timelines written by hand; tests compare with a baseline of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from course_lib.drawing.diagram import Diagram, draw, draw_key
from course_lib.drawing.png import shrunk
from course_lib.timeline.records import Bar, Call, Hold, Mark, Wait
from course_lib.timeline.timeline import Timeline
from course_lib.tools.stored import PROJECT

BASELINE = PROJECT / "tests" / "drawing" / "baseline"
BASELINE_DPI = 50
PAGE = """<!doctype html><meta charset="utf-8"><title>diagrams</title>
<style>body {{ margin: 0; font: 15px sans-serif }} .row {{ display: flex }} .row > div {{ padding: 16px; width: 50%; box-sizing: border-box }}
img {{ width: 100% }} .light {{ background: #fff }} .dark {{ background: #111; color: #ddd }} pre {{ overflow: auto }}</style>
{rows}"""


def ticks(lane: str, interval: float, ran: Iterable[float], took: float = 0.0, until: float = 3.0) -> list[Call]:
    """Make the calls of a LoopingCall started at 0 whose ticks ran at the times given; the first is not a call."""
    calls, due = [], 0.0
    for t in [*ran, None]:
        if due:
            scheduled = due - interval
            calls.append(Call(lane, scheduled, due, t, None if t is None else t + took, grid=(0.0, interval)))
        if t is not None:
            due = interval * (int((t + took) / interval + 1e-9) + 1)
    return calls


def bars(lane: str, starts: Iterable[float], took: float = 0.0) -> list[Bar]:
    return [Bar(lane, t, t + took) for t in starts]


def made(name: str, until: float, bars: list[Bar], calls: Iterable[Call] = (), **more: object) -> Timeline:
    """Make a timeline whose reactor was held by every bar that is not in a thread."""
    lanes = tuple(dict.fromkeys(bar.lane for bar in bars))
    holds = sorted((Hold(b.lane, b.start, b.end) for b in bars if not b.thread), key=lambda h: (h.start, h.end))
    base = Timeline(name, until, until, lanes=lanes, bars=tuple(bars), calls=tuple(calls), holds=tuple(holds))
    return replace(base, **more)  # type: ignore[arg-type]


BEATS = [0, 0.25, 0.5, 0.75, 1, 1.7, 1.75, 2, 2.7, 2.75]


def heartbeat_and_report() -> Timeline:
    beats, reports = bars("heartbeat", BEATS), bars("report", [1, 2], 0.7)
    calls = ticks("heartbeat", 0.25, BEATS) + ticks("report", 1, [0, 1, 2], 0.7)
    return made("heartbeat_and_report", 3, [*beats, *bars("report", [0]), *reports], calls)


def live(timeline: Timeline, by: float = 0.0008) -> Timeline:
    """Make of a virtual run what a live one would record: everything a little later, in microseconds of work."""

    def later(k: int) -> float:
        return by * (1 + (k * 7919 % 13) / 6)

    moved = [b._replace(start=b.start + later(k), end=b.end + later(k) + 4e-5) for k, b in enumerate(timeline.bars)]
    calls = [c._replace(ran=None if c.ran is None else c.ran + later(k)) for k, c in enumerate(timeline.calls)]
    holds = [Hold(b.lane, b.start, b.end) for b in sorted(moved, key=lambda b: b.start)]
    return replace(timeline, live=True, bars=tuple(moved), calls=tuple(calls), holds=tuple(holds))


def waiting_overlaps() -> Timeline:
    jobs = [Bar(lane, t, t) for t in (0.0, 1.0) for lane in "ABC"]
    beats = [t * 0.25 for t in range(12)]
    waits = tuple(Wait(lane, 0, 1, "fired") for lane in "ABC")
    calls = ticks("heartbeat", 0.25, beats) + [Call(lane, 0, 1, 1, 1) for lane in "ABC"]
    return made("three_waiting_jobs", 3, jobs + bars("heartbeat", beats), calls, waits=waits)


def working_does_not() -> Timeline:
    jobs = [Bar("A", 0, 1), Bar("B", 1, 2), Bar("C", 2, 3)]
    calls = [Call("heartbeat", 0, 0.25, 3, 3, grid=(0, 0.25)), Call("heartbeat", 3, 3.25, grid=(0, 0.25))]
    return made("three_working_jobs", 3.2, [*jobs, *bars("heartbeat", [0, 3])], calls)


def waits_of_one_lane() -> Timeline:
    waits = [
        Wait("fetch", 0, 1, "fired"),
        Wait("fetch", 0.3, 1.6, "failed"),
        Wait("fetch", 0.6, 2.2, "cancelled"),
    ]
    waits += [Wait("save", 2.2, 3, "pending"), Wait("save", 0.2, 0.9, "fired")]
    work = bars("fetch", [0, 0.3, 0.6, 1.0]) + bars("save", [0.2, 2.2])
    return made("waits_and_their_ends", 3, work, waits=tuple(waits))


def threads() -> Timeline:
    work = [Bar("compute", 0.02 + 0.1 * k, 0.9 + 0.25 * k, thread=f"PoolThread-{k}") for k in range(3)]
    beats = [t * 0.25 for t in range(6)]
    notes = ("three threads of the reactor's pool were still there at the end",)
    return made(
        "work_in_threads",
        1.5,
        bars("heartbeat", beats) + work,
        ticks("heartbeat", 0.25, beats, until=1.5),
        notes=notes,
    )


def pauses() -> Timeline:
    steps = [0, 0.25, 0.5, 0.75, 1, 2, 2.25, 2.5, 2.75]
    marks = [Mark(0.8, "first result"), Mark(1.1, "pause"), Mark(1.4, "pause"), Mark(1.6, "resume")]
    marks += [Mark(1.9, "resume"), Mark(2.85, "task is almost done")]
    work = bars("count", steps) + bars("heartbeat", [t * 0.5 for t in range(6)])
    return made("pause_twice_resume_twice", 3, work, marks=tuple(marks))


def cancelled_and_moved() -> Timeline:
    calls = [
        Call("timeout", 0, 1, cancelled=0.6),
        Call("retry", 0, 2.25, 2.25, 2.25, moves=((0.5, 1), (0.9, 1.6))),
    ]
    calls += [Call("hurry", 0, 0.6, 0.6, 0.6, moves=((0.1, 1.3),)), Call("start", 0, 0.1, 0.1, 0.1)]
    work = bars("start", [0.1]) + bars("hurry", [0.6]) + bars("retry", [2.25])
    timeline = made("cancel_reset_delay", 3, work, calls, marks=(Mark(0.6, "answer came"),))
    return replace(timeline, lanes=("start", "timeout", "retry", "hurry"))


def pending() -> Timeline:
    calls = [Call("poll", 0, 1, 1, 1), Call("poll", 1, 2), Call("tidy", 0, 60), Call("tidy", 0, 1.5)]
    work = bars("poll", [0, 1])
    return replace(made("still_scheduled", 2, work, calls), lanes=("poll", "tidy"))


def failed() -> Timeline:
    calls = [Call("fragile", 0, t, t, t, failed="" if t < 1.5 else "ZeroDivisionError") for t in (0.5, 1, 1.5)]
    work = [
        Bar("fragile", 0.5, 0.5),
        Bar("fragile", 1, 1),
        Bar("fragile", 1.5, 1.5, "ZeroDivisionError: by zero"),
    ]
    work += [Bar("read", 1.75, 2.2, "ValueError: no such file"), Bar("download", 0.1, 0.1)]
    work += bars("heartbeat", [t * 0.25 for t in range(8)] + [2.2, 2.25, 2.5, 2.75])
    return made("one_failure_each", 3, work, calls, waits=(Wait("download", 0.1, 1.3, "failed"),))


def ended_early() -> Timeline:
    beats = [0, 0.5, 1, 1.5]
    note = "LoopingCall<0.1>(poll) did not use the clock it was given and was cancelled: set its clock before start()"
    notes = (note, "the experiment's Deferred had fired")
    return made(
        "done_before_time",
        3,
        bars("heartbeat", beats),
        ticks("heartbeat", 0.5, beats)[:-1],
        end=1.6,
        notes=notes,
    )


def still_on() -> Timeline:
    """Make what a look at a run shows that is not over, in which somebody has paused one thing and then another."""
    beats = [0, 0.5, 1, 1.5]
    calls = [*ticks("heartbeat", 0.5, beats)[:-1], Call("heartbeat", 1.5, 2)]
    marks = (Mark(0.4, "a.pause"), Mark(0.9, "b.pause"), Mark(1.1, "a.resume"), Mark(1.3, "b.cancel!"))
    work = bars("heartbeat", beats) + bars("a", [0.25, 1.35]) + bars("b", [0.25, 0.75])
    return live(made("in_hand", 3, work, calls, end=1.7, marks=marks, ended="now"))


def slices() -> Timeline:
    ms = 0.001
    steps = [("a", 0), ("b", 4), ("a", 8), ("b", 12), ("a", 16), ("b", 20), ("a", 24), ("b", 28)]
    work = [Bar(lane, t * ms, (t + 4) * ms) for lane, t in steps]
    beats = [(8, 12), (16, 24), (32, 32), (40, 40)]
    calls = [Call("heartbeat", 0, due * ms, ran * ms, ran * ms) for due, ran in beats]
    marks = tuple(Mark(t * ms, f"turn {k}") for k, t in enumerate((0, 12, 24), 1))
    return made("two_tasks_in_slices", 0.044, work + bars("heartbeat", [r * ms for _, r in beats]), calls, marks=marks)


def twelve_lanes() -> Timeline:
    names = ["heartbeat", "fetch", "parse", "store", "poll the sensors", "write_the_log_of_the_whole_evening"]
    names += [f"worker {k}" for k in range(1, 7)]
    work = [Bar(n, t, t + 0.02 * k) for k, n in enumerate(names) for t in (0.07 * k, 0.9 + 0.11 * k, 2.2 + 0.03 * k)]
    calls = [Call(b.lane, 0, b.start, b.start, b.end) for b in work]
    return made("twelve_lanes", 3, work, calls)


def ten_thousand() -> Timeline:
    beats = [k * 0.01 for k in range(9000)]
    work = bars("heartbeat", beats) + bars("report", [k * 0.1 + 0.003 for k in range(1000)], 0.004)
    return made("ten_thousand_bars", 100, work, ticks("heartbeat", 0.01, beats, until=100))


def predicted() -> Diagram:
    beats = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75]
    return draw({"heartbeat": beats, "report": [0, (1, 1.7), (2, 2.7)]}, heartbeat_and_report())


def grid() -> Diagram:
    """Draw the four rows of chapter 04: one of them leaves the old grid."""
    runs: dict[str, list[float]] = {"never_paused": [0, 1, 2, 3, 4, 5, 6], "stop_and_start": [0, 1, 4.25, 5.25, 6.25]}
    runs |= {"phase_kept": [0, 1, 4, 5, 6], "job_skips": [0, 1, 4, 5, 6]}
    stops = (Mark(1.5, "pause"), Mark(3.25, "resume"))
    rows = [
        made(name, 7, bars("heartbeat", times), marks=stops if k else ())
        for k, (name, times) in enumerate(runs.items())
    ]
    return draw(*rows)


KINDS: dict[str, Callable[[], Diagram]] = {
    "late-and-missed": lambda: draw(heartbeat_and_report()),
    "virtual-and-live": lambda: draw(heartbeat_and_report(), live(heartbeat_and_report())),
    "prediction": predicted,
    "waiting": lambda: draw(waiting_overlaps()),
    "working": lambda: draw(working_does_not()),
    "wait-ends": lambda: draw(waits_of_one_lane()),
    "threads": lambda: draw(threads()),
    "pauses": lambda: draw(pauses()),
    "cancelled-and-moved": lambda: draw(cancelled_and_moved()),
    "pending": lambda: draw(pending()),
    "failed": lambda: draw(failed()),
    "ended-early": lambda: draw(ended_early()),
    "still-on": lambda: draw(still_on()),
    "milliseconds": lambda: draw(slices()),
    "four-rows": grid,
    "twelve-lanes": lambda: draw(twelve_lanes()),
    "ten-thousand": lambda: draw(ten_thousand()),
    "key": draw_key,
}


def write_gallery(folder: Path) -> None:
    """Draw every kind into a folder, with a page that shows each on light and on dark ground."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, make in KINDS.items():
        diagram = make()
        (folder / f"{name}.png").write_bytes(diagram.png())
        picture = f'<h2>{name}</h2><img src="{name}.png" alt="{diagram.alt}"><pre>{diagram!r}</pre>'
        rows.append(f'<div class="row"><div class="light">{picture}</div><div class="dark">{picture}</div></div>')
    (folder / "index.html").write_text(PAGE.format(rows="\n".join(rows)), encoding="utf-8")
    print(folder / "index.html")


def write_baseline() -> None:
    """Renew the pictures that tests/drawing compares with."""
    BASELINE.mkdir(exist_ok=True)
    for name, make in KINDS.items():
        (BASELINE / f"{name}.png").write_bytes(shrunk(make().png(dpi=BASELINE_DPI)))
