"""The desk: who comes first runs first, and who leaves makes room."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest

from lawqueue.app import desk as desks
from lawqueue.app.desk import MOST_WAITING, Busy, Desk, Job
from lawqueue.errors import Cancelled


def test_how_long_a_job_still_takes_is_told_once_some_of_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 110.0])
    monkeypatch.setattr(desks, "monotonic", lambda: next(clock))
    job = Job(3)
    assert job.left == ""
    job.begin()
    assert job.left == ""
    job.step()
    assert job.left == "20 s"
    job.step()
    job.step()
    assert job.left == ""


def test_jobs_run_one_at_a_time_in_the_order_in_which_they_came() -> None:
    async def day() -> tuple[list[str], list[int | None], int]:
        desk, order, at_once, most = Desk(), [], 0, 0
        go = threading.Event()

        def work(name: str) -> None:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            go.wait(10)
            order.append(name)
            at_once -= 1

        jobs = {name: Job(1) for name in "abc"}
        tasks = [asyncio.create_task(desk.run(job, lambda n=name: work(n))) for name, job in jobs.items()]
        await asyncio.sleep(0.05)
        places = [desk.place(job) for job in jobs.values()]
        go.set()
        await asyncio.gather(*tasks)
        assert len(desk) == 0
        return order, places, most

    order, places, most = asyncio.run(day())
    assert order == ["a", "b", "c"]
    assert places == [0, 1, 2]
    assert most == 1


def test_a_job_that_is_cancelled_in_the_line_leaves_it_and_never_works() -> None:
    async def day() -> tuple[list[str], int | None]:
        desk, done, go = Desk(), [], threading.Event()

        def work(name: str) -> None:
            go.wait(10)
            done.append(name)

        first, second, third = Job(1), Job(1), Job(1)
        tasks = [
            asyncio.create_task(desk.run(job, lambda n=name: work(n)))
            for name, job in (("a", first), ("b", second), ("c", third))
        ]
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(Cancelled):
            await tasks[1]
        place = desk.place(third)
        go.set()
        await asyncio.gather(tasks[0], tasks[2])
        return done, place

    assert asyncio.run(day()) == (["a", "c"], 1)


def test_the_next_job_gets_the_cores_only_once_the_thread_of_a_cancelled_one_has_ended() -> None:
    async def day() -> list[str]:
        desk, seen = Desk(), []
        started = threading.Event()

        def slow() -> None:
            started.set()
            job.stop.wait(10)
            seen.append("ended")

        job, following = Job(1), Job(1)
        task = asyncio.create_task(desk.run(job, slow))
        after = asyncio.create_task(desk.run(following, lambda: seen.append("next")))
        await asyncio.to_thread(started.wait, 10)
        task.cancel()  # as when a tab is closed
        with pytest.raises(asyncio.CancelledError):
            await task
        await after
        return seen

    assert asyncio.run(day()) == ["ended", "next"]


def test_a_run_that_is_cancelled_twice_still_holds_the_cores_and_says_nothing() -> None:
    async def day() -> tuple[list[str], list[str]]:
        desk, seen, complaints = Desk(), [], []
        asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about["message"]))
        started, go = threading.Event(), threading.Event()

        def slow() -> None:
            started.set()
            go.wait(10)
            seen.append("ended")
            raise Cancelled

        task = asyncio.create_task(desk.run(Job(1), slow))
        after = asyncio.create_task(desk.run(Job(1), lambda: seen.append("next")))
        await asyncio.to_thread(started.wait, 10)
        for _ in range(2):  # a new question, and then the tab is closed
            task.cancel()
            await asyncio.sleep(0.02)
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        await after
        del task
        gc.collect()
        return seen, complaints

    assert asyncio.run(day()) == (["ended", "next"], [])


def test_a_fault_in_one_job_is_told_to_its_owner_and_to_nobody_else() -> None:
    async def day() -> int:
        desk = Desk()

        def fail() -> int:
            raise ValueError("mine")

        bad = asyncio.create_task(desk.run(Job(1), fail))
        good = asyncio.create_task(desk.run(Job(1), lambda: 7))
        with pytest.raises(ValueError, match="mine"):
            await bad
        return await good

    assert asyncio.run(day()) == 7


def test_who_asks_for_much_waits_longer_and_nobody_else_does() -> None:
    async def day() -> tuple[list[str], list[int | None]]:
        desk, order, go = Desk(), [], threading.Event()

        def work(name: str) -> None:
            go.wait(10)
            order.append(name)

        jobs = {name: Job(1, owner=name[0]) for name in ("a1", "a2", "a3", "b1", "b2", "c1")}
        tasks = [asyncio.create_task(desk.run(job, lambda n=name: work(n))) for name, job in jobs.items()]
        await asyncio.sleep(0.05)
        places = [desk.place(job) for job in jobs.values()]
        go.set()
        await asyncio.gather(*tasks)
        return order, places

    order, places = asyncio.run(day())
    assert order == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert places == [0, 3, 5, 1, 4, 2]


def test_one_owner_has_only_so_many_jobs_in_the_line() -> None:
    async def day() -> int:
        desk, go = Desk(), threading.Event()
        jobs = [Job(1, owner="a") for _ in range(MOST_WAITING + 2)]
        tasks = [asyncio.create_task(desk.run(job, lambda: go.wait(10))) for job in jobs]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await tasks[-1]
        other = asyncio.create_task(desk.run(Job(1, owner="b"), lambda: 7))
        go.set()
        await asyncio.gather(*tasks[:-1])
        return await other

    assert asyncio.run(day()) == 7
