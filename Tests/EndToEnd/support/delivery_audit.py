"""Compares the messages that were attempted, acknowledged, stored and delivered."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class DeliveryAudit:
    """What a crash test observed, and the errors that `compare` finds in it."""

    attempted: dict[str, str] = field(default_factory=dict)  # client_id to room
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)  # client_id to room and seq
    refused: list[str] = field(default_factory=list)
    stored: list[tuple[int, str]] = field(default_factory=list)  # row id and client_id
    delivered: list[list[tuple[int, str, int, str]]] = field(default_factory=list)  # for each listener: position, room, seq, client_id
    retries: Counter = field(default_factory=Counter)
    not_resumed: int = 0
    recoveries: list[tuple[str, float]] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    integrity: str = ""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)

    def compare(self) -> "DeliveryAudit":
        stored = {client_id: row for row, client_id in self.stored}
        self.lost += [f"{one} was acknowledged and is not stored" for one in self.acknowledged if one not in stored]
        self.lost += [
            f"{one} was acknowledged as {seq} and is stored as {stored[one] & 0xFFFFFFFF}"
            for one, (_, seq) in self.acknowledged.items()
            if one in stored and stored[one] & 0xFFFFFFFF != seq
        ]
        self.duplicated += [f"{one} is stored {count} times" for one, count in Counter(one for _, one in self.stored).items() if count > 1]
        self.phantom += [f"{one} is stored and was never sent" for one in stored if one not in self.attempted]
        seqs_by_room: dict[int, list[int]] = {}
        for row, _ in sorted(self.stored):
            seqs_by_room.setdefault(row >> 32, []).append(row & 0xFFFFFFFF)
        for room, seqs in seqs_by_room.items():
            if seqs != list(range(1, len(seqs) + 1)):
                self.out_of_order.append(f"the seqs of stored room {room} are not dense")
        for i, received in enumerate(self.delivered):
            self._compare_listener(f"listener {i}", received, stored)
        return self

    def _compare_listener(self, name: str, received, stored: dict[str, int]) -> None:
        seen: set[str] = set()
        last_position, last_seq = 0, Counter()
        for position, room, seq, client_id in received:
            if client_id in seen:
                self.duplicated.append(f"{client_id} was delivered twice to {name}")
                continue
            seen.add(client_id)
            if client_id not in stored:
                self.phantom.append(f"{client_id} was delivered to {name} and is not stored")
            if position <= last_position or seq <= last_seq[room]:
                self.out_of_order.append(f"{client_id} came to {name} as {position}, {seq} after {last_position}, {last_seq[room]}")
            last_position, last_seq[room] = max(position, last_position), max(seq, last_seq[room])
        self.lost += [f"{one} is stored and was never delivered to {name}" for one in stored if one not in seen]

    @property
    def slowest_recovery(self) -> float:
        return max((seconds for _, seconds in self.recoveries), default=0.0)

    def report(self) -> str:
        lines = [
            f"recoveries {len(self.recoveries)}  attempted {len(self.attempted)}  acknowledged {len(self.acknowledged)}  "
            f"stored {len(self.stored)}  delivered {'/'.join(str(len(received)) for received in self.delivered)}",
            f"lost {len(self.lost)}  duplicated {len(self.duplicated)}  phantom {len(self.phantom)}  "
            f"out of order {len(self.out_of_order)}  not resumed {self.not_resumed}  refused {len(self.refused)}  "
            f"unfinished {len(self.unfinished)}  integrity {self.integrity}",
        ]
        if self.recoveries:
            times = sorted(seconds for _, seconds in self.recoveries)
            slowest = max(self.recoveries, key=lambda one: one[1])[0]
            lines.append(f"recovery: median {times[len(times) // 2] * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms (of {slowest})")
        lines.append("retries because of: " + (", ".join(f"{why} {count}" for why, count in self.retries.most_common(8)) or "nothing"))
        for name in ("lost", "duplicated", "phantom", "out_of_order", "refused", "unfinished"):
            lines += [f"  {name}: {one}" for one in getattr(self, name)[:5]]
        return "\n".join(lines)

    @property
    def is_clean(self) -> bool:
        return (
            not (self.lost or self.duplicated or self.phantom or self.out_of_order or self.not_resumed or self.refused or self.unfinished)
            and self.integrity == "ok"
        )
