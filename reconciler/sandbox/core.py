"""One request through the sandbox: route, fault, carry out, record. Everything but sockets and files.

The clock is given; one lock guards the state. A `Visit` begins when a request has arrived and ends with how its reply is
to be delivered; between the two the server may hold it back, and meanwhile the hotel's only connection stays taken.
"""

import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from reconciler.sandbox.faults import Fault, FaultBook
from reconciler.sandbox.log import Log
from reconciler.sandbox.routes import Operation, hotel_hint, operation_for
from reconciler.sandbox.state import World
from reconciler.sandbox.wire import Reply, Request, redact

MAX_KEPT_TEXT = 1_000_000
UNKNOWN = Operation("", "unknown", lambda _world, _request, _now: Reply(404))


@dataclass(slots=True)
class Visit:
    """A request under way: `seconds` is how long to hold it back first."""

    request: Request
    operation: Operation
    hotel: str
    connection: str = ""
    busy: bool = False
    fault: Fault | None = None

    @property
    def seconds(self) -> float:
        latency = self.fault is not None and self.fault.kind == "latency"
        return float(self.fault.details["seconds"]) if self.fault and latency else 0.0


@dataclass(slots=True)
class Delivery:
    """`send` is how many bytes of the body to send before the connection is closed; None: all of it, left open."""

    reply: Reply
    send: int | None = None
    drop: bool = False


@dataclass(slots=True)
class Sandbox:
    world: World
    clock: Callable[[], datetime]
    save: Callable[[World, set[str]], None] = lambda _world, _hotels: None
    log: Log = field(default_factory=Log)
    faults: FaultBook = field(default_factory=FaultBook)
    lock: Any = field(default_factory=threading.RLock)
    _connections: set[str] = field(default_factory=set)

    def now(self) -> datetime:
        return self.world.clock.read(self.clock())

    def begin(self, request: Request) -> Visit | None:
        """Routes a request and takes its hotel's connection; None, and recorded, for a path that neither provider has."""
        operation = operation_for(request)
        if operation is None:
            with self.lock:
                self._record(Visit(request, UNKNOWN, ""), Delivery(Reply(404)))
            return None
        with self.lock:
            visit = Visit(request, operation, hotel_hint(self.world, request), operation.connection(request))
            visit.busy = bool(visit.connection) and visit.connection in self._connections
            if not visit.busy:
                self._connections.add(visit.connection)
                facts = {"provider": operation.provider, "operation": operation.name}
                visit.fault = self.faults.take(facts | {"path": request.path, "hotel": visit.hotel})
        return visit

    def carry_out(self, visit: Visit) -> Delivery:
        """Does what was asked, as far as the fault lets it, and records it."""
        with self.lock:
            reply = self._reply(visit)
            if reply.changed:
                self.save(self.world, {f"{visit.operation.provider}/{reply.hotel}"})
            delivery = _delivery(visit.fault, reply)
            self._record(visit, delivery)
        return delivery

    def end(self, visit: Visit) -> None:
        if not visit.busy:
            with self.lock:
                self._connections.discard(visit.connection)

    def _reply(self, visit: Visit) -> Reply:
        operation, fault = visit.operation, visit.fault
        if visit.busy:
            return operation.busy(visit.connection)
        if fault is not None and not fault.carries_out:
            return _status_reply(fault)
        request = visit.request
        if fault is not None and fault.kind == "partial":
            request = replace(request, refuse=tuple(int(index) for index in fault.details.get("items", [0])))
        if fault is not None and fault.kind == "misread":
            request = replace(request, body=fault.reworded(request.body))
        world = deepcopy(self.world) if fault is not None and fault.kind == "ignore" else self.world
        reply = operation.handle(world, request, self.now())
        if fault is not None and fault.kind == "rewrite":
            return replace(reply, body=fault.reworded(reply.body))
        if fault is not None and fault.kind == "status":
            told = _status_reply(fault)
            return replace(reply, status=told.status, body=told.body, media_type=told.media_type, headers=told.headers)
        return reply

    def _record(self, visit: Visit, delivery: Delivery) -> None:
        request, reply = visit.request, delivery.reply
        body = request.body.decode(errors="replace")[:MAX_KEPT_TEXT]
        answer = reply.body.decode(errors="replace")[:MAX_KEPT_TEXT]
        self.log.add(
            {
                "at": self.now().isoformat(),
                "provider": visit.operation.provider,
                "operation": visit.operation.name,
                "method": request.method,
                "path": request.path,
                "query": dict(request.query),
                "hotel": reply.hotel or visit.hotel,
                "status": None if delivery.drop else reply.status,
                "codes": reply.codes,
                "updates": reply.updates,
                "applied": reply.applied,
                "fault": visit.fault.kind if visit.fault else None,
                "body": redact(body),
                "reply": redact(answer),
            },
        )


def _status_reply(fault: Fault) -> Reply:
    status = int(fault.details.get("status", 500))
    retry_after = fault.details.get("retry_after")
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = str(fault.details.get("body", f"fault on order: {status}"))
    return Reply(status, body.encode(), "text/plain", headers)


def _delivery(fault: Fault | None, reply: Reply) -> Delivery:
    kind = fault.kind if fault else ""
    if fault is not None and kind == "truncate":
        return Delivery(reply, int(fault.details.get("bytes", len(reply.body) // 2)))
    return Delivery(reply, drop=kind in ("drop_before", "drop_after"))
