"""Results in order, several at once, the earliest first; one failure ends all."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from finish.engine.scheduler import Scheduler, in_order


def test_results_come_in_order_whatever_takes_longest() -> None:
    def slow(number: int) -> int:
        time.sleep(0.02 * (5 - number))
        return number

    assert list(in_order([partial(slow, number) for number in range(5)], 3, lambda _: None)) == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_no_more_than_so_many_are_in_hand() -> None:
    now, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1

    list(in_order([work] * 12, 3, lambda _: None))
    assert most == 3


def test_where_one_fails_those_in_hand_are_told_and_the_others_never_begin() -> None:
    stopped, begun = threading.Event(), []

    def work(number: int) -> int:
        begun.append(number)
        if number == 1:
            raise ValueError("one is bad")
        if number > 1:
            assert stopped.wait(5), "nobody told it"
        return number

    found = in_order([partial(work, number) for number in range(20)], 2, lambda _: stopped.set())
    assert next(found) == 0
    with pytest.raises(ValueError, match="one is bad"):
        next(found)
    assert len(begun) < 20


def test_who_wants_no_more_stops_the_rest() -> None:
    stopped = threading.Event()

    def work() -> bool:
        return stopped.wait(0.05) or True

    found = in_order([work] * 3, 1, lambda _: stopped.set())
    next(found)
    found.close()
    assert stopped.is_set()


def test_the_lowest_number_goes_first() -> None:
    turns, went, ready = Scheduler(1), [], threading.Barrier(6)

    def wait(number: int) -> None:
        ready.wait()
        with turns.turn(number):
            went.append(number)

    with turns.turn(0):
        threads = [threading.Thread(target=wait, args=(number,)) for number in (5, 3, 9, 3, 7)]
        for each in threads:
            each.start()
        ready.wait()
        time.sleep(0.1)
        assert went == []
    for thread in threads:
        thread.join(5)
    assert went == [3, 3, 5, 7, 9]


def test_a_turn_that_fails_makes_room() -> None:
    turns = Scheduler(1)
    with pytest.raises(ValueError, match="bad"), turns.turn(1):
        raise ValueError("bad")
    with turns.turn(2):
        pass
