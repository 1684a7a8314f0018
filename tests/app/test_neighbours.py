"""Users beside each other on a started server: whatever one of them sends, the others are answered."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import threading
import time
import weakref
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from lawqueue.app import desk, document, guard, server, session, work
from lawqueue.app import state as states
from lawqueue.app.house import House, keep
from lawqueue.app.state import State
from lawqueue.errors import Cancelled, InputError
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study.simulate import Settings

PARTS = ("question_asked", "changed", "headline", "detail", "steps", "faults", "file")
PATIENCE = 60
"""Longest time for which a test that has gone wrong hangs [s]."""


def link(text: str) -> str:
    return "?s=" + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()


def scenario(n_steps: int) -> str:
    step = "  - {at: 2021-04-02, multiply: {detention.places: 1.001}, source: x}\n"
    return states.opened("history").replace("changes: []\n", "changes:\n" + step * n_steps)


class User:
    """One browser: it sends what the page sends, and keeps what it was told."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.told: list[str] = []
        self.shown: dict[str, str] = {}

    async def send(self, **data: Any) -> None:
        await self._socket.send(json.dumps({"method": "update", "data": data}))

    async def raw(self, text: str) -> None:
        await self._socket.send(text)

    async def until(self, is_so: Callable[[User], bool]) -> None:
        """Listen until something is so."""
        while not is_so(self):
            message = json.loads(await asyncio.wait_for(self._socket.recv(), PATIENCE))
            about = (message.get("custom") or {}).items()
            self.told += [each["text"] for name, each in about if name in {"status", "progress"}]
            self.shown |= {name: each["query"] for name, each in about if name == "state"}
            values = (message.get("values") or {}).items()
            self.shown |= {name: each["html"] for name, each in values if each}

    async def hears(self, words: str) -> None:
        await self.until(lambda user: any(words in each for each in user.told))

    async def sees(self, part: str, words: str) -> None:
        await self.until(lambda user: words in user.shown.get(part, ""))


class Server:
    """A started server."""

    def __init__(self, port: int, house: House) -> None:
        self.address, self.house = f"127.0.0.1:{port}", house

    @asynccontextmanager
    async def user(self, query: str = "") -> AsyncIterator[User]:
        async with connect(f"ws://{self.address}/websocket/", max_size=None, max_queue=None) as socket:
            about = {f".clientdata_output_{each}_hidden": False for each in PARTS}
            first = {"method": "init", "data": {".clientdata_url_search": query, **about}}
            await socket.send(json.dumps(first))
            yield User(socket)

    def page(self, path: str, method: str = "GET") -> int:
        try:
            with urlopen(Request(f"http://{self.address}{path}", method=method), timeout=PATIENCE) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code


@pytest.fixture(scope="module")
def started() -> Iterator[Server]:
    """One for all tests: Shiny keeps one lock for all sessions of a process, which belongs to one event loop."""
    house = House()
    config = uvicorn.Config(server.made(house), port=0, log_level="critical", ws_max_size=server.MOST_MESSAGE)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        assert thread.is_alive()
        thread.join(0.01)
    yield Server(running.servers[0].sockets[0].getsockname()[1], house)
    running.should_exit = True
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any, str], threading.Event]]:
    """Let a function of a module wait, when it is called with a text, until the test is over; tells when it waits."""
    over, in_vain = threading.Event(), []

    def block(module: Any, name: str, text: str) -> threading.Event:
        begun, real = threading.Event(), getattr(module, name)

        def waits(first: Any, *others: Any) -> Any:
            if first == text:
                begun.set()
                if not over.wait(PATIENCE):
                    in_vain.append(name)
            return real(first, *others)

        monkeypatch.setattr(module, name, waits)
        return begun

    yield block
    over.set()
    assert not in_vain, "what had to go on meanwhile only went on afterwards"


def test_while_the_link_of_one_user_is_read_the_page_of_another_answers(
    started: Server, blocked: Callable[..., threading.Event]
) -> None:
    hostile = link(scenario(3))
    begun = blocked(states, "open_link", hostile)

    async def day() -> None:
        async with started.user(hostile) as one:
            await asyncio.to_thread(begun.wait, PATIENCE)
            async with started.user("?q=prosecute-1326") as other:
                await other.sees("steps", "0-prosecution-referral_share-reentry")
                await other.hears("Calculating an approximate answer.")
            assert await asyncio.to_thread(started.page, "/") == 200
            assert await asyncio.to_thread(started.page, "/rules") == 200
            assert "state" not in one.shown

    asyncio.run(day())


def test_the_line_for_a_first_look_is_shown_and_gets_shorter(
    started: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: State, __: Settings, stop: threading.Event, ___: Callable[[], None]) -> None:
        assert stop.wait(PATIENCE)
        raise Cancelled

    monkeypatch.setattr(session, "answered", never)

    async def day() -> None:
        async with started.user() as first:
            await first.hears("Calculating an approximate answer.")
            async with started.user("?q=prosecute-1326") as second:
                await second.hears("In line for a first look: 1 ahead of you.")
                async with started.user("?q=abolish-ice") as third:
                    await third.hears("In line for a first look: 2 ahead of you.")
                    # A question takes the place of the one before it, behind who came meanwhile.
                    await second.send(act={"do": "ask", "value": "null-reform"})
                    await third.hears("In line for a first look: 1 ahead of you.")
                    await first.send(act={"do": "ask", "value": "null-reform"})
                    await third.until(lambda user: user.told[-1].startswith("Calculating"))

    asyncio.run(day())


def test_a_link_that_is_refused_is_read_once(started: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = document.read_yaml
    monkeypatch.setattr(document, "read_yaml", lambda path: read.append(path.name) or real(path))
    bad = link(scenario(document.MOST_STEPS + 1))

    async def day() -> None:
        for _ in range(3):
            async with started.user(bad) as user:
                await user.sees("faults", "51 steps, and the page takes at most 50.")
                assert user.shown["state"] == f"model={MODEL.name}&q={MODEL.headline.opens}"

    asyncio.run(day())
    assert len(read) == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (link(scenario(1300)), "1,300 steps, and the page takes at most 50."),
        (link("a: " + "[" * 90_000), "nested too deep"),
        (link("{a: " * 20_000), "nested too deep"),
        (link("a: &a [x, x]\nb: [" + "*a, " * 9000 + "]\n"), "values"),
        (link("\n".join(f"a{n}: 1" for n in range(9000))), "unknown key"),
        (link("x" * 99_000 + ": 1"), "not valid YAML"),
        (link(scenario(1).replace("1.001", "9" * 9000)), "too many digits"),
        (link(scenario(1).replace("1.001", ".nan")), "must be a finite number, got .nan."),
        (link("a" * 10_000_000), "the link is damaged"),
        ("?s=" + "A" * 300_000, "the link has 300,003 characters"),
        ("?" + "s=&" * 100, "the link has more than 32 parts"),
        ("?q=history&seed=" + "9" * 5000, "no number"),
        ("?q=history&scale=nan", "scale nan"),
    ],
    ids=range(13),
)
def test_a_hostile_link_is_refused_with_the_reason(query: str, words: str) -> None:
    found = states.open_link(query)
    assert words in str(found.refused)
    assert found.state == State(
        states.opened(query.partition("q=")[2].partition("&")[0] or str(MODEL.headline.opens))
    )


def test_a_text_that_no_file_can_hold_is_refused_where_it_is() -> None:
    for letter in (chr(0xFFFD), chr(0xD800)):
        with pytest.raises(InputError, match=r"scenario.yaml:\d+:67: not UTF-8"):
            document.checked(scenario(1).replace("source: x", f"source: {letter}"))


def test_too_many_numbers_and_outcomes_are_refused() -> None:
    many = ", ".join(f"detention.places{n}: 1" for n in range(document.MOST_NUMBERS + 1))
    with pytest.raises(InputError, match="201 numbers, and the page takes at most 200"):
        document.checked(scenario(1).replace("detention.places: 1.001", many))
    listed = "outcomes: [" + "removals, " * 5000 + "]\noutcomez:"
    with pytest.raises(InputError, match="5,000 outcomes, and the page takes at most"):
        document.checked(scenario(1).replace("outcomes:", listed, 1))


def test_what_the_page_does_not_send_is_not_taken_and_others_go_on(started: Server) -> None:
    hostile = [
        "[" * 100_000,
        "5",
        "{}",
        '{"method": "update", "data": 5}',
        '{"method": "other", "data": {}}',
        json.dumps({"method": "update", "data": {f"n{each}": 1 for each in range(guard.MOST_INPUTS + 1)}}),
        '{"method": "uploadInit", "args": [[{"name": "x", "size": 1}]], "tag": 1}',
        json.dumps({"method": "update", "data": {"act": "x" * server.MOST_MESSAGE}}),
    ]

    async def day() -> None:
        async with started.user("?q=null-reform") as other:
            await other.sees("steps", "data-do")
            for message in hostile:
                async with started.user() as user:
                    await user.raw(message)
                    with pytest.raises(ConnectionClosed):
                        await user.until(lambda _: False)
            await other.send(act={"do": "ask", "value": "prosecute-1326"})
            await other.sees("state", "q=prosecute-1326")
        assert await asyncio.to_thread(started.page, "/", "POST") == 405

    asyncio.run(day())


def test_acts_follow_each_other_and_more_than_a_few_at_once_are_refused(started: Server) -> None:
    async def day() -> None:
        async with started.user("?q=history") as user:
            await user.until(lambda user: "state" in user.shown)
            for seed in range(5):
                await user.send(act={"do": "settings", "key": "seed", "value": seed + 1})
            await user.sees("state", "seed=5")
            over, real = threading.Event(), session.acts.acted

            def waits(*given: Any) -> State:
                assert over.wait(PATIENCE)
                return real(*given)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(session.acts, "acted", waits)
                for seed in range(desk.MOST_WAITING + 1):
                    await user.send(act={"do": "settings", "key": "seed", "value": 100 + seed})
                await user.sees("faults", "Too much was done at once")
                over.set()
                await user.sees("state", f"seed={100 + desk.MOST_WAITING - 1}")

    asyncio.run(day())


def test_the_answer_of_a_session_that_is_closed_is_let_go(
    started: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = work.answered(State(states.opened("null-reform")), Settings(0, 1, 0.001, 1))
    kept: list[weakref.ref[work.Answered]] = []

    def answered(asked: State, *_: Any) -> work.Answered:
        made = replace(found, state=asked)
        kept.append(weakref.ref(made))
        return made

    monkeypatch.setattr(session, "answered", answered)

    async def day() -> None:
        async with started.user("?q=null-reform") as user:
            await user.sees("headline", "What changes")
            await user.sees("detail", "</")
            assert any(each() is not None for each in kept)

    asyncio.run(day())
    asyncio.run(_settled(started))
    assert kept
    until = time.monotonic() + 30  # a thread that still draws for the closed session ends first
    while any(each() is not None for each in kept) and time.monotonic() < until:
        time.sleep(0.05)
        gc.collect()
    assert all(each() is None for each in kept)


async def _settled(started: Server) -> None:
    """Wait until the server has heard that the last session is closed: it answers another one after that."""
    async with started.user("?q=history") as user:
        await user.until(lambda user: "state" in user.shown)


def test_what_is_kept_for_all_sessions_is_bounded() -> None:
    kept: OrderedDict[int, int] = OrderedDict()
    for number in range(5):
        keep(kept, number, number, 3)
    assert list(kept) == [2, 3, 4]
