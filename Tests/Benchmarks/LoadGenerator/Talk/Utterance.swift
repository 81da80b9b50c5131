// A message as clients hand it in, over either door.

enum Utterance {
  /// The `send_message` command, with the number as its `ref`.
  static func command(_ stamp: Stamp, room: String, run: String) -> [UInt8] {
    var json = Array("{\"event\":\"send_message\",\"ref\":\"\(stamp.number)\",\"data\":{\"room_id\":\"\(room)\",".utf8)
    appendFields(stamp, run, to: &json)
    json.append(contentsOf: "}}".utf8)
    return json
  }

  /// The body of a POST.
  static func body(_ stamp: Stamp, run: String) -> [UInt8] {
    var json = Array("{".utf8)
    appendFields(stamp, run, to: &json)
    json.append(UInt8(ascii: "}"))
    return json
  }

  private static func appendFields(_ stamp: Stamp, _ run: String, to json: inout [UInt8]) {
    json.append(contentsOf: "\"client_id\":\"\(run)-\(stamp.number)\",\"content\":\"".utf8)
    stamp.append(to: &json)
    json.append(UInt8(ascii: "\""))
  }
}
