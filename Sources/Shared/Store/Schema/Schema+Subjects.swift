// Migration 9, columns: what an event is about.

extension Schema {
  static let subjects = """
    -- The message of a message event.
    ALTER TABLE journal ADD COLUMN seq INTEGER;
    -- The session of the event that ends it.
    ALTER TABLE journal ADD COLUMN session_id INTEGER;
    -- The room's public id, of events that survive its deletion.
    ALTER TABLE journal ADD COLUMN room_public_id TEXT;

    UPDATE journal SET seq = json_extract(data, '$.seq') WHERE kind IN (1, 2, 3) AND json_valid(data);
    UPDATE journal SET session_id = CAST(data AS INTEGER), data = '' WHERE kind = 100;
    UPDATE journal SET room_public_id = json_extract(data, '$.room_id') WHERE kind IN (12, 20, 21, 22) AND json_valid(data);
    """
}
