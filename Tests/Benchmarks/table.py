"""Formats the rows as lines of text."""

from goals import judge

HEAD = ("workload", "path", "system", "rate", "p50", "p99", "p99.9", "server CPU a unit", "fsyncs", "frames", "goal", "EchoChat is, times this one")
WIDTHS = (19, 7, 9, 40, 9, 9, 9, 46, 7, 7, 24, 0)
# Above this share of a core, other processes have disturbed the figures.
OTHERS_MAX = 0.15
# Above this share of its core, the load generator may be the limit.
LOAD_MAX = 0.9
# Tables with fewer frames a message are left out.
FRAMES_MIN = 0.005

# Of the database.
PAGE_BYTES = 4096

# Below this share of the due deliveries within the measured part, delivery was too slow.
DELIVERED_MIN = 0.99


def title() -> str:
    return _join(HEAD)


def line(row: dict, shows_goals: bool) -> str:
    """`shows_goals`: whether the figures are judged, too."""
    goals = ", ".join(judge(row)) if shows_goals else ""
    name = (row["label"], row["path"], row["system"])
    if "invalid" in row:
        return f"{_join(name)} INVALID: {row['invalid']}"
    if "absent" in row:
        return f"{_join(name)} not available: {row['absent']}"
    if "memory" in row:
        return _join((*name, f"{row['connections']:,} connections", "", "", "", _memory(row), "", "", goals, _ratios(row)))
    latency = row["latency_us"]
    percentiles = (_time(latency.get(name)) for name in ("p50", "p99", "p999"))
    flushes = row.get("flushes_per_message")
    counts = ("" if flushes is None else f"{flushes:.3f}", f"{row['written']['frames']:.2f}" if row.get("written") else "")
    return _join((*name, _rate(row), *percentiles, _cpu(row), *counts, goals, _ratios(row)))


def note(rows: list[dict]) -> str:
    """Notes on the rows: cores busy, and warnings about disturbed measurements."""
    lines = [_frames(row) for row in rows if row.get("written")]
    lines += ["Loops are closed unless a rate is named: the next message is sent after the reply to the one before, so waiting lowers the rate."]
    for row in rows:
        cores = row.get("cores")
        if not cores:
            continue
        busy = ", ".join(f"{program} {cores[program]:.2f}" for program in (*row["server_programs"], "load", "others"))
        remarks = [f"cores busy: {busy}"]
        if row.get("drain_seconds"):
            remarks.append(f"{row['bytes_per_delivery']:.0f} bytes a delivery, {row['deliveries_per_read']:.1f} deliveries a read")
            remarks.append(f"the last one arrived {row['drain_seconds'] * 1000:.0f} ms after the end")
        if "server_cpu_seconds" in row:
            remarks.append(f"{row['server_cpu_seconds'] * 1000:.0f} ms of server CPU in all")
        if "read_bytes" in row:
            remarks.append(f"{row['read_bytes'] / PAGE_BYTES:.2f} pages read from disk for each")
        if "disk_bytes" in row:
            remarks.append(f"{row['disk_bytes']:,.0f} bytes of database a message")
        if "stored" in row:
            remarks.append(f"{row['stored']:,} messages stored")
        if "before_us" in row:
            p99, before = row["latency_us"].get("p99"), row["before_us"].get("p99")
            remarks.append(f"others' p99 {_time(p99)} during the storm, {_time(before)} before")
        if "frames_per_member" in row:
            frames = f"{row['frames_per_member']:.1f} frames a member, {row['frames_max']:.0f} at most"
            spent = ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in row["cpu_seconds"].items())
            remarks.append(f"joining {row['joining_cpu_seconds'] * 1000:.0f} ms of server CPU beyond authentication ({spent}); {frames}")
        if "subscribers" in row and row["rate"] < DELIVERED_MIN * row["messages_rate"] * row["subscribers"]:
            remarks.append("DELIVERY WAS SLOWER THAN SENDING, so latency grew during the run")
        if cores["load"] > LOAD_MAX:
            remarks.append("THE LOAD GENERATOR WAS AT ITS LIMIT")
        if cores["others"] > OTHERS_MAX:
            remarks.append("OTHER PROCESSES WERE BUSY ON THIS MACHINE")
        lines.append(f"{row['label']} {row['path']} {row['system']}: {'; '.join(remarks)}")
    return "\n".join(lines)


def _join(cells) -> str:
    return " ".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=False)).rstrip()


def _rate(row: dict) -> str:
    text = f"{row['rate']:>9,.0f} {row['unit']}/s"
    return f"{text} ({row['messages_rate']:,.0f} messages/s)" if row["unit"] == "deliveries" else text


def _cpu(row: dict) -> str:
    used = {program: row["cpu_us"][program] for program in row["server_programs"]}
    parts = " + ".join(f"{program} {value:.2f}" for program, value in used.items() if value > 0)
    return f"{row['server_cpu_us']:.2f} µs ({parts})"


def _frames(row: dict) -> str:
    written = row["written"]
    tables = ", ".join(f"{name} {frames:.2f}" for name, frames in written["frames_by_table"].items() if frames >= FRAMES_MIN)
    return f"{row['label']} {row['path']} {row['system']}: frames a message, {written['messages_per_commit']:.0f} messages a commit: {tables}"


def _memory(row: dict) -> str:
    parts = ", ".join(f"{program} {value:,.0f}" for program, value in row["memory"].items() if value > 0)
    return f"{parts} B each"


def _ratios(row: dict) -> str:
    return ", ".join(f"{name} {ratio:.2f}" for name, ratio in row.get("echochat_to_this", {}).items())


def _time(microseconds: float | None) -> str:
    if microseconds is None:
        return ""
    return f"{microseconds:.0f} µs" if microseconds < 1000 else f"{microseconds / 1000:.1f} ms"
