"""The pauses between attempts."""

from __future__ import annotations

from datetime import timedelta

from app.mail.rules import LONGEST_PAUSE, MOST_ATTEMPTS, pause_after


def test_pauses_double_from_a_minute_to_six_hours() -> None:
    for attempts, minutes in ((1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (19, 360)):
        for _ in range(50):
            pause = pause_after(attempts)
            assert pause is not None
            assert timedelta(minutes=minutes) * 0.9 <= pause <= timedelta(minutes=minutes)


def test_pauses_differ_so_that_what_failed_together_is_not_tried_together() -> None:
    assert len({pause_after(5) for _ in range(20)}) > 10


def test_gives_up_after_about_three_days() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]
    assert timedelta(days=2.5) < sum((pause for pause in pauses if pause), timedelta()) < timedelta(days=3.2)
    assert all(pauses)
    assert pause_after(MOST_ATTEMPTS) is None
    assert pause_after(MOST_ATTEMPTS + 1) is None
    assert max(pause for pause in pauses if pause) <= LONGEST_PAUSE
