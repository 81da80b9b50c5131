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
    json.append(contentsOf: "\"client_id\":\"".utf8)
    appendClientID(stamp.number, run, to: &json)
    json.append(contentsOf: "\",\"content\":\"".utf8)
    stamp.append(to: &json)
    json.append(UInt8(ascii: "\""))
  }

  /// A UUID of version 4, as clients make them, but the same for one number in each run of this name: ids that rise would lie side by side
  /// in the index.
  private static func appendClientID(_ number: Int, _ run: String, to json: inout [UInt8]) {
    let seed = run.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    var random = SplitMix64(seed: seed &+ UInt64(number) &* 0xD120_2A6F_C6F2_96D3)
    let (high, low) = (random.next(), random.next())
    for index in 0..<32 {
      if index == 8 || index == 12 || index == 16 || index == 20 { json.append(UInt8(ascii: "-")) }
      let half = index < 16 ? high : low
      let digit = UInt8(truncatingIfNeeded: half >> UInt64(4 * (index % 16))) & 15
      let shown = index == 12 ? 4 : index == 16 ? digit & 3 | 8 : digit
      json.append(shown < 10 ? UInt8(ascii: "0") + shown : UInt8(ascii: "a") + shown - 10)
    }
  }
}
