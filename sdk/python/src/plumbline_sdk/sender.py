"""The background half of a recorder: a bounded buffer and a thread that sends it in batches."""

import gzip
import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass
from typing import Any, Deque, Dict, List, Optional, Tuple

Event = Dict[str, Any]
Numbered = Tuple[int, Event, int]
_TEXTS = ("input", "output", "error")
_FINAL = frozenset({400, 409, 413, 415, 422})
"""Answers that sending the same again cannot change. Any other (a wrong token, too many requests, a server
that is down) may be mended while the events wait."""
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Refusal:
    """The last answer that was not a success: its HTTP status (0: none came) and the start of its text."""

    status: int
    detail: str


@dataclass(frozen=True)
class Statistics:
    """How many events were delivered, dropped because the buffer was full, refused, and are waiting."""

    delivered: int
    dropped: int
    refused: int
    waiting: int
    last_refusal: Optional[Refusal] = None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for one server only, and another page's 200 is no receipt."""

    def redirect_request(self, *_: Any) -> None:
        return None


_open = urllib.request.build_opener(_NoRedirects).open


@dataclass(frozen=True)
class _Answer:
    status: int
    detail: str = ""
    retry_after: float = 0.0


class Sender:
    """Takes events without waiting and sends them in order, each batch until it is answered.

    The oldest events are dropped when more than ``capacity`` wait, or texts of more than
    ``text_capacity`` characters. A batch is sent when ``batch_size`` events wait or ``interval`` seconds
    after the first of them. A batch that the server cannot use is halved until the event at fault stands
    alone; that one is given up.
    """

    def __init__(
        self,
        url: str,
        token: str,
        source: str,
        capacity: int,
        text_capacity: int,
        batch_size: int,
        interval: float,
        timeout: float,
    ) -> None:
        self._url, self._token, self._source = url, token, source
        self._capacity, self._text_capacity, self._text = capacity, text_capacity, 0
        self._batch_size, self._interval, self._timeout = batch_size, interval, timeout
        self._waiting: Deque[Numbered] = deque()
        self._in_flight: List[List[Numbered]] = []
        self._changed = threading.Condition()
        self._next, self._delivered, self._dropped, self._refused = 1, 0, 0, 0
        self._last_refusal: Optional[Refusal] = None
        self._hurry, self._closing = False, False
        self._thread: Optional[threading.Thread] = None

    def put(self, event: Event) -> None:
        """Number the event and leave it to the thread; never waits for the network."""
        with self._changed:
            if self._closing:
                self._dropped += 1
                return
            size = _text_of(event)
            self._waiting.append((self._next, event, size))
            self._text += size
            self._next += 1
            # The oldest go first: what happens now is what somebody has to see when the server is back. The
            # numbers keep counting, so the server sees the gap.
            while len(self._waiting) > self._capacity or self._text > self._text_capacity:
                self._text -= self._waiting.popleft()[2]
                self._dropped += 1
            if self._thread is None or not self._thread.is_alive():
                self._begin()
            if len(self._waiting) in (1, self._batch_size):
                self._changed.notify_all()

    def _begin(self) -> None:
        """Start the thread; where the process can start none, as when it is ending, events just wait."""
        thread = threading.Thread(target=self._run, name="plumbline-sdk", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return
        self._thread = thread

    def flush(self, timeout: float) -> bool:
        """Send everything now; whether that was done within ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while self._waiting or self._in_flight:
                self._hurry = True
                self._changed.notify_all()
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(min(left, 0.2))
        return True

    def close(self, timeout: float) -> bool:
        """Take nothing more, send what waits for at most ``timeout`` seconds; whether all was sent."""
        done = self.flush(timeout)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        return done

    def after_fork(self, source: str) -> None:
        """Start over in a child process: what waits belongs to the parent, and so do thread and numbers."""
        self._source, self._changed = source, threading.Condition()
        self._waiting.clear()
        self._text = 0
        self._in_flight, self._thread, self._next = [], None, 1
        self._delivered, self._dropped, self._refused, self._last_refusal = 0, 0, 0, None
        self._hurry = False

    def statistics(self) -> Statistics:
        """What became of the events so far."""
        with self._changed:
            waiting = len(self._waiting) + sum(len(part) for part in self._in_flight)
            return Statistics(self._delivered, self._dropped, self._refused, waiting, self._last_refusal)

    def _run(self) -> None:
        while self._in_flight or self._take():
            pause = 0.2
            while self._in_flight:
                answer = self._post(self._in_flight[0])
                if self._settle(answer):
                    pause = 0.2
                # Scattered, so that many senders do not come back at the same moment after an outage.
                elif not self._pause(max(pause * (0.5 + random.random()), answer.retry_after)):
                    return
                else:
                    pause = min(pause * 2, _LONGEST_PAUSE)

    def _take(self) -> bool:
        """Wait for a batch and put it in flight; ``False`` when there will be none."""
        with self._changed:
            while not self._waiting:
                if self._closing:
                    return False
                self._changed.wait()
            deadline = time.monotonic() + self._interval
            while len(self._waiting) < self._batch_size and not (self._hurry or self._closing):
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            size = min(self._batch_size, len(self._waiting))
            self._in_flight = [[self._waiting.popleft() for _ in range(size)]]
            self._text -= sum(text for _, _, text in self._in_flight[0])
            self._hurry = self._hurry and bool(self._waiting)
        return True

    def _pause(self, seconds: float) -> bool:
        """Wait before the next try, briefly when somebody waits for us; ``False`` when it is over."""
        deadline = time.monotonic() + min(seconds, _LONGEST_PAUSE)
        with self._changed:
            while not self._closing:
                left = deadline - time.monotonic()
                if left <= 0:
                    return True
                self._changed.wait(min(left, 0.2))
                if self._hurry:
                    self._hurry = False
                    return True
        return False

    def _settle(self, answer: _Answer) -> bool:
        """Record the answer to the first part in flight; whether it need not be sent again as it is."""
        with self._changed:
            part = self._in_flight[0]
            if 200 <= answer.status < 300:
                self._delivered += len(part)
                del self._in_flight[0]
            else:
                self._last_refusal = Refusal(answer.status, answer.detail)
                if answer.status not in _FINAL:
                    return False
                if len(part) > 1:
                    half = len(part) // 2
                    self._in_flight[0:1] = [part[:half], part[half:]]
                else:
                    self._refused += 1
                    del self._in_flight[0]
            self._changed.notify_all()
        return True

    def _post(self, numbered: List[Numbered]) -> _Answer:
        batch = {
            "source": self._source,
            "counter": numbered[0][0],
            "events": [event for _, event, _ in numbered],
        }
        request = urllib.request.Request(
            self._url + "/api/v1/telemetry/batches",
            data=gzip.compress(json.dumps(batch, allow_nan=False).encode(), 3),
            headers={
                "Authorization": "Bearer " + self._token,
                "Content-Type": "application/json",
                "Content-Encoding": "gzip",
                "User-Agent": "plumbline-sdk",
            },
            method="POST",
        )
        try:
            with _open(request, timeout=self._timeout) as response:
                response.read()
                return _Answer(response.status)
        except urllib.error.HTTPError as error:
            with error:
                wait = error.headers.get("Retry-After", "")
                detail = error.read(2_000).decode("utf-8", "replace")
                return _Answer(error.code, detail, float(wait) if wait.isdigit() else 0.0)
        except (OSError, ValueError, http.client.HTTPException) as error:  # cut off, not HTTP, a bad token …
            return _Answer(0, type(error).__name__)


def _text_of(event: Event) -> int:
    """Characters of the free texts of an event, with its features and attributes: nearly all of its size."""
    size = sum(len(event.get(name, "")) for name in _TEXTS)
    for group in ("features", "attributes"):
        for name, value in event.get(group, {}).items():
            size += len(name) + (len(value) if isinstance(value, str) else 0)
    return size
