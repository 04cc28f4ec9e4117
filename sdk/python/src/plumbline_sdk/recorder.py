"""The recorder: decisions, reviews and outcomes in the caller's words.

No method waits for the network, and none raises for a value that cannot be recorded: such a value is left out
and counted in `Recorder.faults`. A system that decides must not fail, or slow down, because its record does.
"""

import atexit
import functools
import inspect
import math
import os
import re
import secrets
import time
import weakref
from datetime import datetime, timezone
from types import TracebackType
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Type, TypeVar, Union, cast

from plumbline_sdk.ids import uuid7
from plumbline_sdk.redaction import redact_text
from plumbline_sdk.sender import Event, Sender, Statistics

Scalar = Union[str, int, float, bool]
Function = TypeVar("Function", bound=Callable[..., Any])
_NOT_SLUG = re.compile(r"[^a-z0-9._-]+")
_TEXT_LIMIT, _LINE_LIMIT, _WORD_LIMIT, _NAME_LIMIT, _ENTRY_LIMIT = 65_536, 4_000, 200, 100, 64
_EVENT_TEXT_LIMIT = 2 * _TEXT_LIMIT + _LINE_LIMIT + 2 * _ENTRY_LIMIT * (_NAME_LIMIT + _LINE_LIMIT)
"""Characters of text one event can carry: input, output, error, features and attributes."""


class Decision:
    """One decision while it is made: set ``outcome``, ``score``, ``features`` … before the block ends."""

    def __init__(self, recorder: "Recorder", fields: Dict[str, Any]) -> None:
        self.id = str(uuid7())
        self.outcome: Optional[str] = None
        self.score: Optional[float] = None
        self.features: Dict[str, Scalar] = {}
        self.subject: Optional[str] = None
        self.input: Optional[str] = None
        self.output: Optional[str] = None
        self.error: Optional[str] = None
        self.latency_ms: Optional[float] = None
        self.tokens_in: Optional[int] = None
        self.tokens_out: Optional[int] = None
        self.attributes: Dict[str, Scalar] = {}
        self.model: Optional[str] = None
        self.model_version: Optional[str] = None
        self.time: Optional[datetime] = None
        for name, value in fields.items():
            if name not in _DECISION_FIELDS:
                raise TypeError("a decision has no field " + name)
            setattr(self, name, value)
        self._recorder = recorder
        self._started: Optional[float] = None

    def returned(self, result: Any) -> Any:
        """Take what a function returned as the outcome, if it is text, number or truth; answers it."""
        if self.outcome is None and isinstance(result, (str, int, float, bool)):
            self.outcome = _scalar_text(result)
        return result

    def __enter__(self) -> "Decision":
        self._started = time.perf_counter()
        if self.time is None:
            self.time = datetime.now(timezone.utc)
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if self.latency_ms is None and self._started is not None:
            self.latency_ms = (time.perf_counter() - self._started) * 1000
        if kind is not None and self.error is None:
            self.error = kind.__name__
        self._recorder._record(self)


_DECISION_FIELDS = frozenset(
    (
        *("outcome", "score", "features", "subject", "input", "output", "error", "latency_ms"),
        *("tokens_in", "tokens_out", "attributes", "model", "model_version", "time"),
    )
)


class Recorder:
    """Records what one AI system does and sends it to a Plumbline server in the background.

    ``system`` is the system's slug, ``token`` one with the scope ``ingest``. ``source`` names this
    sender; a part that is new for every process is added, so that its events can be counted without
    gaps. ``capacity`` bounds the events kept while the server is away, ``text_capacity`` the characters
    of their free texts; ``redact`` takes patterned personal data out of free text before it leaves the
    process.
    """

    def __init__(
        self,
        url: str,
        token: str,
        system: str,
        *,
        source: str = "",
        redact: bool = False,
        capacity: int = 10_000,
        text_capacity: int = 32_000_000,
        batch_size: int = 500,
        interval: float = 1.0,
        timeout: float = 10.0,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("url must start with http:// or https://")
        if not 1 <= batch_size <= 5_000 or capacity < batch_size:
            raise ValueError("batch_size must be 1 to 5000, and capacity not below it")
        if text_capacity < _EVENT_TEXT_LIMIT:
            raise ValueError(f"text_capacity must hold one event: {_EVENT_TEXT_LIMIT} characters or more")
        self.system = _slug(system)
        self.faults = 0
        self._redact = redact
        self._name = _slug(source or system)[:60]
        self._sender = Sender(
            url.rstrip("/"),
            token.strip(),
            self._run_name(),
            capacity,
            text_capacity,
            batch_size,
            interval,
            timeout,
        )
        _recorders.add(self)
        atexit.register(self._close_at_exit)

    @property
    def dropped(self) -> int:
        """How many events were dropped because the buffer was full."""
        return self._sender.statistics().dropped

    def statistics(self) -> Statistics:
        """What became of the events so far."""
        return self._sender.statistics()

    def decision(self, **fields: Any) -> Decision:
        """A decision to be used in a ``with`` block; recorded when the block ends.

        Fields: outcome, score, features, subject (a pseudonym), input, output, error, latency_ms,
        tokens_in, tokens_out, attributes, model, model_version, time.
        """
        return Decision(self, fields)

    def record(self, **fields: Any) -> str:
        """Record a decision that was made already; answers its id. Fields as of `decision`."""
        decision = Decision(self, fields)
        self._record(decision)
        return decision.id

    def call(self, **fields: Any) -> str:
        """Record a call of a language model; answers its id. Fields as of `decision`."""
        decision = Decision(self, fields)
        self._record(decision, "call")
        return decision.id

    def watch(self, **fields: Any) -> Callable[[Function], Function]:
        """Decorate a function that decides, plain or ``async``.

        The text, number or truth it returns is the outcome.
        """

        def decorate(function: Function) -> Function:
            @functools.wraps(function)
            def watched(*args: Any, **kwargs: Any) -> Any:
                with self.decision(**fields) as decision:
                    return decision.returned(function(*args, **kwargs))

            @functools.wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with self.decision(**fields) as decision:
                    return decision.returned(await function(*args, **kwargs))

            return cast(Function, awaited if inspect.iscoroutinefunction(function) else watched)

        return decorate

    def review(
        self, about: str, decision: str, *, reviewer: Optional[str] = None, time: Optional[datetime] = None
    ) -> str:
        """Record what a person did with a decision: approve, reject, override or escalate. Answers the id."""
        review: Event = {"decision": decision}
        who = self._text(reviewer, _WORD_LIMIT)
        if who:
            review["reviewer"] = who
        return self._send("review", {"about": str(about), "review": review}, time)

    def outcome(
        self, about: str, truth: Union[str, int, float, bool], *, time: Optional[datetime] = None
    ) -> str:
        """Record what turned out to be true of a decision. Answers the id, empty if it cannot be recorded."""
        value: Any = str(truth).lower() if isinstance(truth, bool) else _finite(truth)
        if isinstance(truth, str):
            value = self._text(truth, _WORD_LIMIT)
        if value is None or value == "":
            self.faults += 1
            return ""
        return self._send("outcome", {"about": str(about), "truth": value}, time)

    def flush(self, timeout: float = 5.0) -> bool:
        """Send what waits; whether everything was settled within ``timeout`` seconds."""
        return self._sender.flush(timeout)

    def close(self, timeout: float = 5.0) -> bool:
        """Send what waits and take nothing more; whether everything was settled in time."""
        atexit.unregister(self._close_at_exit)
        return self._sender.close(timeout)

    def _close_at_exit(self) -> None:
        """Send what waits when the program ends, for two seconds at most: a program must be able to end."""
        self._sender.close(2.0)

    def _renew(self) -> None:
        """Start over in a forked child: what waits, the lock and the numbers are the parent's.

        The lock may have been held at the moment of the fork, by a thread that the child does not have;
        waiting for it would never end.
        """
        self._sender.after_fork(self._run_name())

    def _run_name(self) -> str:
        return self._name + "-" + secrets.token_hex(6)

    def _record(self, decision: Decision, kind: str = "decision") -> None:
        event: Event = {}
        limits = (("input", _TEXT_LIMIT), ("output", _TEXT_LIMIT), ("error", _LINE_LIMIT))
        for name, limit in (*limits, ("outcome", _WORD_LIMIT), ("subject", _WORD_LIMIT)):
            text = self._text(getattr(decision, name), limit)
            if text:
                event[name] = text
        score, latency = self._number(decision.score), self._number(decision.latency_ms)
        if score is not None:
            event["score"] = score
        if latency is not None and latency >= 0:
            event["latency_ms"] = latency
        model, version = _scalar_text(decision.model), _scalar_text(decision.model_version)
        if model:
            event["model"] = {
                "name": model[:_WORD_LIMIT],
                **({"version": version[:_WORD_LIMIT]} if version else {}),
            }
        tokens = {"input": self._number(decision.tokens_in), "output": self._number(decision.tokens_out)}
        known = {name: int(count) for name, count in tokens.items() if count is not None and count >= 0}
        if known:
            event["tokens"] = known
        features = {
            name: float(value) if isinstance(value, bool) else value
            for name, value in self._scalars(decision.features)
        }
        attributes = dict(self._scalars(decision.attributes))
        event.update(
            {name: values for name, values in (("features", features), ("attributes", attributes)) if values}
        )
        self._send(kind, event, decision.time, decision.id)

    def _text(self, value: Any, limit: int) -> Optional[str]:
        text = _scalar_text(value)
        if text is None:
            self.faults += value is not None
            return None
        text = text[:limit]
        return redact_text(text)[:limit] if self._redact else text

    def _number(self, value: Any) -> Optional[float]:
        number = _finite(value)
        self.faults += value is not None and number is None
        return number

    def _scalars(self, values: Any) -> "List[Tuple[str, Scalar]]":
        """The first 64 entries that can be recorded: text, truth and finite numbers."""
        if not isinstance(values, Mapping):
            self.faults += values is not None
            return []
        kept: "List[Tuple[str, Scalar]]" = []
        for name, value in values.items():
            plain: Optional[Scalar] = value if isinstance(value, bool) else _finite(value)
            if isinstance(value, str):
                plain = self._text(value, _LINE_LIMIT)
            label = _scalar_text(name)
            if plain is None or not label or len(kept) == _ENTRY_LIMIT:
                self.faults += 1
            else:
                kept.append((label[:_NAME_LIMIT], plain))
        return kept

    def _send(self, kind: str, fields: Event, when: Optional[datetime], id: Optional[str] = None) -> str:
        name = id or str(uuid7())
        moment = self._moment(when)
        self._sender.put(
            {"id": name, "time": moment.isoformat(), "system": self.system, "type": kind, **fields}
        )
        return name

    def _moment(self, when: Any) -> datetime:
        """``when`` with its zone (that of the machine if it has none), or now."""
        if isinstance(when, datetime):
            try:
                return when if when.tzinfo is not None else when.astimezone()
            except (OverflowError, ValueError, OSError):  # a day at the ends of time has no local one
                self.faults += 1
        return datetime.now(timezone.utc)


# Weakly, so that a recorder that nobody uses any more can be collected.
_recorders: "weakref.WeakSet[Recorder]" = weakref.WeakSet()


def _renew_all() -> None:
    for recorder in list(_recorders):
        recorder._renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)


def _scalar_text(value: Any) -> Optional[str]:
    """Text, number or truth as text that UTF-8 can carry; ``None`` for anything else."""
    if isinstance(value, str):
        text = str.__str__(value)  # a member of an enumeration of texts is its value
    elif isinstance(value, (int, float, bool)):
        try:
            text = str(value)
        except ValueError:  # a number of thousands of digits
            return None
    else:
        return None
    return text.encode("utf-8", "replace").decode("utf-8")


def _finite(value: Any) -> Optional[float]:
    """``value`` as a finite number (also of NumPy's), else ``None``."""
    if value is None or isinstance(value, (str, bool)):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # the last one: tensors of several numbers
        return None
    return number if math.isfinite(number) else None


def _slug(text: str) -> str:
    slug = _NOT_SLUG.sub("-", text.lower()).strip("-._")[:80]
    if not slug:
        raise ValueError("a system or source needs a name with letters or digits")
    return slug
