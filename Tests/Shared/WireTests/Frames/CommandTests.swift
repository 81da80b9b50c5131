// Valid and invalid command frames.
import Domain
import Testing
import Wire

@Suite struct CommandTests {
  private func frame(_ json: String) -> CommandFrame { CommandFrame(json: Array(json.utf8)) }

  private func command(_ json: String) throws -> Command { try frame(json).command.get() }

  private func refusal(_ json: String) -> ChatError? {
    if case .failure(let refusal) = frame(json).command { refusal } else { nil }
  }

  @Test func `every command is read, and unknown members are ignored`() throws {
    let sent = try command(
      #"{"event":"send_message","ref":"1","extra":{"a":[1]},"data":{"room_id":"r","content":"hé\n","client_id":"c","reply_to":3,"x":null}}"#
    )
    guard case .sendMessage("r", let message) = sent else { return fail("\(sent)") }
    #expect(message.content == "hé\n" && message.client_id == "c" && message.reply_to == 3)

    guard
      case .sendMessage("r", let bare) = try command(
        #"{"data":{"content":"x","room_id":"r","client_id":null,"reply_to":null},"event":"send_message"}"#)
    else { return fail("not a message") }
    #expect(bare.client_id == nil && bare.reply_to == nil)

    guard case .editMessage("r", 7, "new") = try command(#"{"event":"edit_message","data":{"room_id":"r","seq":7,"content":"new"}}"#)
    else { return fail("not an edit") }
    guard case .deleteMessage("r", 7) = try command(#"{"event":"delete_message","data":{"room_id":"r","seq":7}}"#)
    else { return fail("not a deletion") }
    guard case .addReaction("r", 7, "👍") = try command(#"{"event":"add_reaction","data":{"room_id":"r","seq":7,"emoji":"👍"}}"#)
    else { return fail("not a reaction") }
    guard case .removeReaction("r", 7, "👍") = try command(#"{"event":"remove_reaction","data":{"room_id":"r","seq":7,"emoji":"👍"}}"#)
    else { return fail("not a reaction") }
    guard case .mark("r", let update) = try command(#"{"event":"mark","data":{"room_id":"r","preview_seq":4,"read_seq":null}}"#)
    else { return fail("not a mark") }
    #expect(try update == ReadMarkersUpdate(deliveredSeq: nil, previewSeq: 4, readSeq: nil))
    guard case .typing("r") = try command(#"{"event":"typing","data":{"room_id":"r"}}"#) else { return fail("not typing") }
    guard case .setPresence(.idle) = try command(#"{"event":"set_presence","data":{"state":"idle"}}"#) else { return fail("not presence") }
    guard case .setPresence(.active) = try command(#"{"event":"set_presence","data":{"state":"active"}}"#)
    else { return fail("not presence") }
    guard case .authenticate("t", Cursor(position: 0, tag: 9)) = try command(#"{"event":"authenticate","data":{"token":"t","since":9}}"#)
    else { return fail("not a sign-in") }
    guard case .authenticate("t", nil) = try command(#"{"event":"authenticate","data":{"token":"t"}}"#)
    else { return fail("not a sign-in") }
    guard case .ping = try command(#"{"event":"ping"}"#) else { return fail("not a ping") }
    guard case .ping = try command(#" {"event":"ping","data":[1,2]} "#) else { return fail("not a ping") }
  }

  @Test func `a command without a room goes to the default room, if there is one`() throws {
    func room(_ json: String) throws -> String? {
      switch try CommandFrame(json: Array(json.utf8), defaultRoom: "d").command.get() {
      case .sendMessage(let room, _), .editMessage(let room, _, _), .deleteMessage(let room, _), .addReaction(let room, _, _),
        .removeReaction(let room, _, _), .mark(let room, _), .typing(let room):
        return room
      default: return nil
      }
    }
    for name in ["send_message", "edit_message", "delete_message", "add_reaction", "remove_reaction", "mark", "typing"] {
      let data = #""content":"x","seq":1,"emoji":"👍","read_seq":1"#
      #expect(try room(#"{"event":"\#(name)","data":{\#(data)}}"#) == "d")
      #expect(try room(#"{"event":"\#(name)","data":{\#(data),"room_id":null}}"#) == "d")
      #expect(try room(#"{"event":"\#(name)","data":{\#(data),"room_id":"r"}}"#) == "r")
      #expect(throws: ChatError.self) { try room(#"{"event":"\#(name)","data":{\#(data),"room_id":7}}"#) }
    }
    #expect(try room(#"{"event":"typing"}"#) == "d")
    #expect(throws: ChatError.self) { try room(#"{"event":"typing","data":7}"#) }
    #expect(throws: ChatError.self) { try room(#"{"event":"mark"}"#) }
  }

  /// A frame that is wrong, and what is said of it.
  static let wrong: [(json: String, field: String, code: String)] = [
    (#"{"ref":"me"}"#, "event", "missing"),
    (#"{"ref":"me","event":7}"#, "event", "type"),
    (#"{"ref":"me","event":null}"#, "event", "type"),
    (#"{"ref":"me","event":"send_message"}"#, "data", "missing"),
    (#"{"ref":"me","event":"send_message","data":null}"#, "data", "type"),
    (#"{"ref":"me","event":"send_message","data":"x"}"#, "data", "type"),
    (#"{"ref":"me","event":"send_message","data":[]}"#, "data", "type"),
    (#"{"ref":"me","event":"send_message","data":{"room_id":"r"}}"#, "data.content", "missing"),
    (#"{"ref":"me","event":"send_message","data":{"content":"x"}}"#, "data.room_id", "missing"),
    (#"{"ref":"me","event":"send_message","data":{"room_id":1,"content":"x"}}"#, "data.room_id", "type"),
    (#"{"ref":"me","event":"send_message","data":{"room_id":"r","content":{}}}"#, "data.content", "type"),
    (#"{"ref":"me","event":"send_message","data":{"room_id":"r","content":"x","client_id":5}}"#, "data.client_id", "type"),
    (#"{"ref":"me","event":"send_message","data":{"room_id":"r","content":"x","reply_to":"1"}}"#, "data.reply_to", "type"),
    (#"{"ref":"me","event":"set_presence","data":{"state":"offline"}}"#, "data.state", "value"),
    (#"{"ref":"me","event":"set_presence","data":{}}"#, "data.state", "missing"),
    (#"{"ref":"me","event":"edit_message","data":{"room_id":"r","seq":1}}"#, "data.content", "missing"),
    (#"{"ref":"me","event":"edit_message","data":{"room_id":"r","content":"x"}}"#, "data.seq", "missing"),
    (#"{"ref":"me","event":"edit_message","data":{"room_id":"r","seq":true,"content":"x"}}"#, "data.seq", "type"),
    (#"{"ref":"me","event":"delete_message","data":{"seq":1}}"#, "data.room_id", "missing"),
    (#"{"ref":"me","event":"delete_message","data":{"room_id":"r"}}"#, "data.seq", "missing"),
    (#"{"ref":"me","event":"add_reaction","data":{"room_id":"r","seq":1}}"#, "data.emoji", "missing"),
    (#"{"ref":"me","event":"remove_reaction","data":{"room_id":"r","emoji":"x"}}"#, "data.seq", "missing"),
    (#"{"ref":"me","event":"mark","data":{"read_seq":1}}"#, "data.room_id", "missing"),
    (#"{"ref":"me","event":"mark","data":{"room_id":"r"}}"#, "data.read_seq", "missing"),
    (#"{"ref":"me","event":"mark","data":{"room_id":"r","read_seq":"1"}}"#, "data.read_seq", "type"),
    (#"{"ref":"me","event":"mark","data":{"room_id":"r","delivered_seq":-1}}"#, "data.delivered_seq", "value"),
    (#"{"ref":"me","event":"typing","data":{}}"#, "data.room_id", "missing"),
    (#"{"ref":"me","event":"authenticate","data":{}}"#, "data.token", "missing"),
    (#"{"ref":"me","event":"authenticate","data":{"token":null}}"#, "data.token", "type"),
    (#"{"ref":"me","event":"authenticate","data":{"token":"t","since":"0"}}"#, "data.since", "type"),
    (#"{"ref":"me","event":"authenticate","data":{"token":"t","since":-1}}"#, "data.since", "value"),
    (#"{"ref":"me","event":"typing","data":{"room_id":"\ud800"}}"#, "data.room_id", "characters"),
  ]

  @Test(arguments: wrong)
  func `an invalid command is refused with the name of its field and its ref`(
    json: String, field: String, code: String
  ) {
    let frame = frame(json)
    #expect(frame.ref == "me")
    #expect(refusal(json)?.code == .invalidField)
    #expect(refusal(json)?.fields.map(\.field) == [field])
    #expect(refusal(json)?.fields.map(\.code) == [code])
  }

  static let numbers = [
    ("1.5", "format"), ("1e-1", "format"), ("1E-400", "format"), ("-0.5", "format"), ("1.0000000000000000000001", "format"),
    ("1e-99999999999999999999", "format"), ("1e400", "range"), ("-1e400", "range"), ("1e99999999999999999999", "range"),
    ("99999999999999999999", "range"), ("-99999999999999999999", "range"), ("9223372036854775808", "range"),
    ("-9223372036854775809", "range"), ("1e19", "range"), (String(repeating: "9", count: 5000), "range"),
  ]

  @Test(arguments: numbers)
  func `a number that is no whole number of 64 bits is refused with its field, not rounded`(number: String, code: String) {
    let json = #"{"ref":"me","event":"delete_message","data":{"room_id":"r","seq":\#(number)}}"#
    #expect(frame(json).ref == "me")
    #expect(refusal(json)?.code == .invalidField)
    #expect(refusal(json)?.fields.map(\.field) == ["data.seq"] && refusal(json)?.fields.map(\.code) == [code])
    let since = #"{"ref":"me","event":"authenticate","data":{"token":"t","since":\#(number)}}"#
    #expect(refusal(since)?.fields.map(\.field) == ["data.since"])
  }

  @Test(
    arguments: [
      ("-0", 0), ("0.000", 0), ("0e999999999", 0), ("7.0", 7), ("70e-1", 7), ("0.7e1", 7), ("-1.5e1", -15),
      ("1.0e18", 1_000_000_000_000_000_000),
      ("9223372036854775807.000", .max), ("9.223372036854775807e18", .max), ("-92233720368547758080e-1", .min),
    ] as [(String, Int64)])
  func `a whole number is read exactly in any notation`(text: String, number: Int64) throws {
    guard case .deleteMessage(_, number) = try command(#"{"event":"delete_message","data":{"room_id":"r","seq":\#(text)}}"#)
    else { return fail("\(text) was read as another number") }
  }

  @Test func `a text with too many combining marks is refused with its field and the ref of the command`() {
    let marks = "e" + String(repeating: "\u{301}", count: 200)
    let json = #"{"ref":"me","event":"send_message","data":{"room_id":"r","content":"\#(marks)"}}"#
    #expect(frame(json).ref == "me" && CommandFrame.ref(inJSON: Array(json.utf8)) == "me")
    #expect(refusal(json)?.code == .invalidField && refusal(json)?.fields.map(\.field) == ["data.content"])
  }

  @Test func `the least and the greatest whole number are accepted`() throws {
    for number in [Int64.min, .max, 0] {
      guard case .deleteMessage(_, number) = try command(#"{"event":"delete_message","data":{"room_id":"r","seq":\#(number)}}"#)
      else { return fail("\(number) was read as another number") }
    }
  }

  @Test(arguments: ["unknown", "", "SEND_MESSAGE", "send_message ", "welcome", "ok"])
  func `an unknown command is refused as such, with its ref`(word: String) {
    let json = #"{"ref":"r7","event":"\#(word)","data":{}}"#
    #expect(frame(json).ref == "r7")
    #expect(refusal(json)?.code == .unknownCommand)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[]", "null", "7", #""ping""#, "{]", #"{"event":"ping""#, #"{"event":"ping"}}"#, #"{"event":"ping",}"#,
    "{'event':'ping'}",
    #"{event:"ping"}"#, "\u{feff}x", #"{"event":"pi\q"}"#, #"{"event":"ping"} {}"#, "{\"event\":\"pi\nng\"}",
  ])
  func `anything but a JSON object is refused as malformed`(text: String) {
    #expect(refusal(text)?.code == .malformedJSON)
    #expect(frame(text).ref == nil)
  }

  @Test func `half of a surrogate pair is refused`() {
    #expect(refusal(#"{"event":"\ud800"}"#) != nil)
    #expect(refusal(#"{"event":"typing","data":{"room_id":"\udc00"}}"#) != nil)
  }

  @Test func `bytes that are not UTF-8 are refused as malformed`() {
    for bytes: [UInt8] in [[0xff], [0x22, 0xff, 0x22], Array(#"{"event":""#.utf8) + [0xc3, 0x28] + Array(#""}"#.utf8)] {
      guard case .failure(let refusal) = CommandFrame(json: bytes).command else { return fail("\(bytes) was read") }
      #expect(refusal.code == .malformedJSON)
    }
  }

  @Test(arguments: [600, 10_000, 32_000])
  func `deep nesting is refused and does not exhaust the stack`(depth: Int) {
    let arrays = String(repeating: "[", count: depth)
    #expect(refusal(arrays)?.code == .malformedJSON)
    #expect(refusal(arrays + String(repeating: "]", count: depth))?.code == .malformedJSON)
    #expect(refusal(String(repeating: #"{"data":"#, count: depth)) != nil)
  }

  @Test func `a ref has at most 64 characters and is a string`() {
    let longest = String(repeating: "é", count: 64)
    #expect(frame(#"{"ref":"\#(longest)","event":"ping"}"#).ref == longest)
    for ref in ["\"\(longest)x\"", "7", "[]", "{}", "true", "\"" + String(repeating: "e\\u0301\\u0301", count: 60) + "\""] {
      let json = #"{"ref":\#(ref),"event":"ping"}"#
      #expect(frame(json).ref == nil)
      #expect(refusal(json)?.fields.map(\.field) == ["ref"], "\(ref)")
    }
    #expect(frame(#"{"event":"ping"}"#).ref == nil)
    #expect(frame(#"{"event":"ping","ref":""}"#).ref == "")
  }
}

private func fail(_ what: String) { Issue.record("\(what)") }
