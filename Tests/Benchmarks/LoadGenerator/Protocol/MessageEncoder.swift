// Encodes test messages for WebSocket and REST.

enum MessageEncoder {
  /// The `send_message` command, with the number as its `ref`.
  static func command(_ stamp: MessageStamp, room: String, run: String) -> [UInt8] {
    var json = Array("{\"event\":\"send_message\",\"ref\":\"\(stamp.number)\",\"data\":{\"room_id\":\"\(room)\",".utf8)
    appendFields(stamp, run, to: &json)
    json.append(contentsOf: "}}".utf8)
    return json
  }

  /// The `new_message` event in the form of EchoChat, for a server that forwards what a publisher sends.
  static func event(_ stamp: MessageStamp, seq: Int, room: String, run: String) -> [UInt8] {
    var json = Array("{\"event\":\"new_message\",\"id\":\(seq),\"data\":{\"room_id\":\"\(room)\",\"seq\":\(seq),".utf8)
    json.append(contentsOf: "\"user_id\":\"u2345678901234567890\",\"username\":\"bench1\",\"display_name\":\"Bench User 1\",".utf8)
    appendFields(stamp, run, to: &json)
    json.append(contentsOf: ",\"reply_to\":null,\"attachments\":[],\"mentions\":[],\"reactions\":{},".utf8)
    json.append(contentsOf: "\"created_at\":\"2026-02-05T10:30:00.123Z\",\"edited_at\":null,\"deleted\":false}}".utf8)
    return json
  }

  /// The body of a POST.
  static func body(_ stamp: MessageStamp, run: String) -> [UInt8] {
    var json = Array("{".utf8)
    appendFields(stamp, run, to: &json)
    json.append(UInt8(ascii: "}"))
    return json
  }

  private static func appendFields(_ stamp: MessageStamp, _ run: String, to json: inout [UInt8]) {
    json.append(contentsOf: "\"client_id\":\"\(run)-\(stamp.number)\",\"content\":\"".utf8)
    stamp.append(to: &json)
    json.append(UInt8(ascii: "\""))
  }
}
