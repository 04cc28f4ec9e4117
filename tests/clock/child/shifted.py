"""A clock that runs on at a distance from the real one, the same to the microsecond in every process."""

import time

import time_machine


def run(seconds: float) -> "time_machine.travel":
    """Move the clock of this process by ``seconds`` until the answer is stopped."""
    travel = time_machine.travel(time.time(), tick=True)
    traveller = travel.start()
    # Reading the real clock and starting the other one are two steps, between which a busy machine may let
    # this process wait. Two processes must not differ by that: the trail refuses a clock that goes back.
    lag = 1.0
    while abs(lag) > 2e-6:
        lag = time_machine.escape_hatch.time.time() + seconds - time.time()
        traveller.shift(lag)
    _move_uptime(seconds)
    return travel


def _move_uptime(seconds: float) -> None:
    """Let the machine have run for as much longer: days that pass for a test pass for all of its clocks."""
    real, boot = time_machine.escape_hatch.time.clock_gettime, getattr(time, "CLOCK_BOOTTIME", None)
    earlier = 100_000_000  # the shift may lead back to before the machine was started

    def moved(clock: int) -> float:
        return real(clock) + earlier + seconds if clock == boot else shown(clock)

    shown, time.clock_gettime = time.clock_gettime, moved
