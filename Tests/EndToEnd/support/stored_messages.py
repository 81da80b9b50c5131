"""All messages of a database, for queries of tests: those in the table of messages, and those that are in the tails of rooms."""

STORED = """(
    SELECT id, user_id, client_id, position, json FROM messages
    UNION ALL
    SELECT j.room_id << 32 | j.seq, j.author_id, j.client_id, j.position, j.data
    FROM journal j JOIN rooms r ON r.id = j.room_id
    WHERE j.kind = 1 AND j.seq > r.last_seq - r.tail_count
)"""
