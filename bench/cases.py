"""What is measured of feeds: each case gives two figures, whose ratio must reach something."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from icalendar import Calendar

from bench import probes
from bench.changing import changer
from bench.databases import application
from bench.load import Poll, ask, poll
from bench.rounds import interleaved
from bench.servers import Failed, Server, bare, shipped
from bench.subjects import Feed

EVENTS, FEWEST, MOST, EQUAL = 1_000, 10, 10_000, 100
"""Events of a feed: unless said otherwise, of a small one, of a large one, of those in databases of two sizes."""


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int
    seconds: int
    requests: int


@dataclass(frozen=True)
class Setting:
    """Where, what and how long."""

    engine: str
    path: Callable[[Flask, int], str]
    effort: Effort

    @contextmanager
    def serving(self, events: int, size: str = "feeds") -> Iterator[tuple[Flask, Feed]]:
        """A feed of so many events, served; and an application on the same database."""
        app = application(self.engine, size)
        with shipped(app) as server:
            yield app, self.feed(app, server, events)

    def feed(self, app: Flask, server: Server, events: int) -> Feed:
        """Another one on the same server."""
        return Feed(server, self.path(app, events), events)

    def rates(self, this: Poll, other: Poll) -> list[float]:
        """Answers a second to both."""
        seconds = self.effort.seconds
        return interleaved(self.effort.rounds, lambda: this.rate(seconds), lambda: other.rate(seconds))


def unchanged(setting: Setting) -> list[float]:
    """304s, against a bare view that answers 304."""
    with setting.serving(EVENTS) as (app, feed), bare(app, b"") as flask:
        this = feed.unchanged()
        return setting.rates(this, poll(flask, "/unchanged", 304, this.headers))


def packed(setting: Setting) -> list[float]:
    """Compressed answers, against a bare view that returns the plain bytes from memory."""
    return _whole(setting, Feed.packed)


def plain(setting: Setting) -> list[float]:
    """Plain answers, against the same."""
    return _whole(setting, Feed.plain)


def _whole(setting: Setting, way: Callable[[Feed], Poll]) -> list[float]:
    with setting.serving(EVENTS) as (app, feed):
        this, body = way(feed), feed.plain().answer.body
        with bare(app, body) as flask:
            other = poll(flask, "/whole", 200, this.headers)
            if other.answer.body != body:
                raise Failed("the bare view returns other bytes")
            return setting.rates(this, other)


def events(setting: Setting) -> list[float]:
    """304s of a large feed, against a small one."""
    with setting.serving(MOST) as (app, large):
        return setting.rates(large.unchanged(), setting.feed(app, large.server, FEWEST).unchanged())


def first_poll(setting: Setting) -> list[float]:
    """Milliseconds of the first poll after a change in a large feed, against icalendar that serialises it."""
    with setting.serving(MOST) as (app, feed), changer(app) as changes:
        calendar = Calendar.from_ical(feed.plain().answer.body)

        def ours() -> float:
            title = changes.change(probes.slug(MOST))
            began = time.perf_counter()
            came = ask(feed.server, feed.path, {})
            took = time.perf_counter() - began
            if came.status != 200 or title.encode() not in came.body.replace(b"\r\n ", b""):
                raise Failed(f"{feed.path} answers {came} without what was changed")
            return took * 1000

        def theirs() -> float:
            began = time.perf_counter()
            calendar.to_ical()
            return (time.perf_counter() - began) * 1000

        return interleaved(setting.effort.rounds, ours, theirs)


def groups_unchanged(setting: Setting) -> list[float]:
    """304s among many groups and meetings, against among few."""
    return _sizes(setting, Feed.unchanged)


def groups_packed(setting: Setting) -> list[float]:
    """Compressed answers of a feed of equal size, likewise."""
    return _sizes(setting, Feed.packed)


def _sizes(setting: Setting, way: Callable[[Feed], Poll]) -> list[float]:
    with setting.serving(EQUAL, "many groups") as (_, many), setting.serving(EQUAL, "few groups") as (_, few):
        lengths = [len(feed.packed().answer.body) for feed in (many, few)]
        if max(lengths) > 1.01 * min(lengths):
            raise Failed(f"the feeds are not of equal size: {lengths}")
        return setting.rates(way(many), way(few))


def changing(setting: Setting) -> list[float]:
    """Polls while the feed's own meetings are changed once a second, against at rest."""
    return _restless(setting, probes.slug(EVENTS))


def changing_elsewhere(setting: Setting) -> list[float]:
    """Polls while another group's meetings are changed once a second, against at rest."""
    return _restless(setting, probes.slug(FEWEST))


def _restless(setting: Setting, slug: str) -> list[float]:
    seconds = setting.effort.seconds
    with setting.serving(EVENTS) as (app, feed), changer(app) as changes:

        def restless() -> float:
            asked = feed.unchanged()
            with changes.every(1.0, slug):
                return asked.followed(seconds, changes=seconds + 1)

        return interleaved(setting.effort.rounds, restless, lambda: feed.unchanged().followed(seconds, changes=0))


def memory(setting: Setting) -> list[float]:
    """Megabytes of the process that answers, after all requests, against after a tenth of them."""
    with setting.serving(EVENTS) as (_, feed):
        process, polls, answered = feed.server.answering(), [feed.unchanged(), feed.packed(), feed.plain()], 0

        def after(requests: int) -> float:
            nonlocal answered
            while answered < requests:
                answered += sum(asked.many(setting.effort.seconds)[0] for asked in polls)
            if feed.server.answering() != process:
                raise Failed("the process that answers is not the same any more")
            return feed.server.memory() / 1e6

        tenth = after(setting.effort.requests // 10)
        return [after(setting.effort.requests), tenth]


@dataclass(frozen=True)
class Limit:
    """What a ratio must reach."""

    ratio: float
    at_most: bool = False

    def holds(self, ratio: float) -> bool:
        """Whether it does."""
        return ratio <= self.ratio if self.at_most else ratio >= self.ratio

    def __str__(self) -> str:
        return f"{'at most' if self.at_most else 'at least'} {self.ratio:g}"


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    text: str
    measure: Callable[[Setting], list[float]]
    limits: Mapping[str, Limit]
    """By engine; measured for information where there is none."""
    unit: str = "/s"


def _both(limit: Limit) -> dict[str, Limit]:
    return {"SQLite": limit, "PostgreSQL": limit}


CASES = {
    "304": Case("304 : bare view's 304", unchanged, {"SQLite": Limit(3.0), "PostgreSQL": Limit(0.95)}),
    "gzip": Case("200 gzip : bare view's plain bytes", packed, {"SQLite": Limit(2.5)}),
    "plain": Case("200 plain : bare view's plain bytes", plain, {"SQLite": Limit(0.9)}),
    "events": Case("304, 10,000 events : 10 events", events, _both(Limit(0.95))),
    "first-poll": Case("first poll, 10,000 events : icalendar", first_poll, _both(Limit(0.05, at_most=True)), "ms"),
    "groups-304": Case("304, 200,000 meetings : 500", groups_unchanged, _both(Limit(0.95))),
    "groups-200": Case("200 gzip, 200,000 meetings : 500", groups_packed, _both(Limit(0.95))),
    "changing": Case("304, its meetings change : at rest", changing, _both(Limit(0.8))),
    "elsewhere": Case("304, others' meetings change : at rest", changing_elsewhere, _both(Limit(0.8))),
    "memory": Case("memory, all requests : a tenth", memory, _both(Limit(1.05, at_most=True)), "MB"),
}
