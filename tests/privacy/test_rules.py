"""Rules about erasure, without Flask or a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.privacy.rules import Erased, pause_end, silent_since, to_erase_again

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_the_pause_has_whole_days() -> None:
    assert pause_end(NOW, 14) == datetime(2026, 12, 8, 9, tzinfo=UTC)
    assert pause_end(NOW, 0) == NOW


def test_silence_is_counted_in_months_and_may_never_end() -> None:
    assert silent_since(datetime(2026, 3, 31, tzinfo=UTC), 1) == datetime(2026, 2, 28, tzinfo=UTC)
    assert silent_since(NOW, 0) is None


def test_only_those_whom_the_backup_holds_are_erased_again_and_each_once() -> None:
    journal = [Erased(1, NOW), Erased(2, NOW), Erased(1, NOW + timedelta(days=1))]
    assert list(to_erase_again(journal, {1: NOW - timedelta(days=9), 3: NOW})) == [Erased(1, NOW)]


def test_another_person_who_got_the_number_later_is_left_alone() -> None:
    assert list(to_erase_again([Erased(1, NOW)], {1: NOW + timedelta(seconds=1)})) == []


def test_the_number_may_have_been_two_peoples() -> None:
    later = NOW + timedelta(days=9)
    assert list(to_erase_again([Erased(1, NOW), Erased(1, later)], {1: NOW + timedelta(days=1)})) == [Erased(1, later)]
