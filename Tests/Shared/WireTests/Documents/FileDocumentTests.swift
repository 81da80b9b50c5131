// Files in messages: written, read back, and found by their names.
import Domain
import TestSupport
import Testing

@testable import Wire

@Suite struct FileDocumentTests {
  private static func message(_ content: String?, _ files: [FileInfo]) -> Message {
    Message(
      roomID: PublicID(trusted: "r1"), seq: 1, userID: PublicID(trusted: "u1"), username: "alice", displayName: "Alice", content: content,
      clientID: nil, replyTo: nil, attachments: files, createdAt: Timestamp(milliseconds: 0))
  }

  private static func file(_ name: String, isPicture: Bool = false) -> FileInfo {
    FileInfo(
      id: PublicID(trusted: "f1"), name: name, mediaType: isPicture ? "image/png" : "text/plain", size: 5, width: isPicture ? 40 : nil,
      height: isPicture ? 30 : nil, hasThumbnail: isPicture)
  }

  private static func json(_ message: Message) -> [UInt8] {
    var writer = JSONWriter()
    writer.message(message)
    return writer.bytes
  }

  @Test func `a message with files is read back as it was written`() throws {
    for files in [[], [Self.file("a.txt")], [Self.file("b \"c\" \\ \n.png", isPicture: true), Self.file("ü")]] {
      let message = Self.message("hi", files)
      #expect(Message(json: Self.json(message)) == message)
    }
    // As an older program wrote it.
    #expect(
      Message(
        json: Array(
          #"{"room_id":"r1","seq":1,"user_id":"u1","username":"a","display_name":"A","content":"x","mentions":[],"reactions":{},"#.utf8
        ) + Array(#""created_at":"2026-01-01T00:00:00.000Z","deleted":false}"#.utf8))?.attachments == [])
  }

  @Test func `the paths are those of the file, and a thumbnail is named only if there is one`() throws {
    let value = try JSONValue(Self.json(Self.message("", [Self.file("a.png", isPicture: true), Self.file("b.txt")])))
    guard case .array(let files)? = value["attachments"] else { return #expect(Bool(false)) }
    #expect(files[0]["url"]?.text == "/api/v1/files/f1" && files[0]["thumbnail_url"]?.text == "/api/v1/files/f1/thumbnail")
    #expect(files[1]["thumbnail_url"] == .null && files[1]["width"] == .null)
  }

  @Test func `a search sees the text and the names, and no other word of the files`() {
    let names = [#"a "quoted" ]name\.txt"#, "x\",\"name\":\"y", "ü 🎉.png", ",\"content\":\""]
    let files = names.map { Self.file($0, isPicture: true) }
    #expect(
      MessageContent.searchableText(inMessage: Self.json(Self.message("some words", files)))
        == (["some words"] + names).joined(separator: "\n"))
    #expect(MessageContent.searchableText(inMessage: Self.json(Self.message("", files))) == names.joined(separator: "\n"))
    let trap = #"no files: ,"attachments":[{"name":"x"}]"#
    #expect(MessageContent.searchableText(inMessage: Self.json(Self.message(trap, []))) == trap)
    #expect(MessageContent.searchableText(inMessage: Self.json(Self.message(nil, []))) == nil)
    #expect(MessageContent.searchableText(inMessage: Array(#","content":"x","attachments":[{"name":"#.utf8)) == "x")
  }

  @Test func `the avatar's URL changes with the picture`() throws {
    func url(_ avatar: String?) throws -> String? {
      var writer = JSONWriter()
      writer.user(
        User(
          rowID: UserRowID(1), id: PublicID(trusted: "u1"), username: "a", displayName: "A", statusText: "",
          avatar: avatar.map { PublicID(trusted: $0) }, createdAt: Timestamp(milliseconds: 0)))
      return try JSONValue(writer.bytes)["avatar_url"]?.text
    }
    #expect(try url(nil) == nil && url("f1") == "/api/v1/users/u1/avatar?v=f1" && url("f2") != url("f1"))
  }

  // MARK: Requests

  private func attachments(_ json: String) -> Result<[String], ChatError> {
    Result { () throws(ChatError) in try NewMessage(JSONObject(json: Array(#"{"content":"","attachments":\#(json)}"#.utf8))).attachments }
  }

  @Test func `attachments are a list of at most ten strings`() throws {
    #expect(try attachments("null").get() == [] && attachments("[]").get() == [] && attachments(" [ ] ").get() == [])
    #expect(try attachments(#"["a"]"#).get() == ["a"] && attachments(#"[ "a" , "\u0062" ]"#).get() == ["a", "b"])
    for wrong in ["1", "\"a\"", "{}", "[1]", "[null]", "[[]]", #"["a",{}]"#, "true"] {
      guard case .failure(let error) = attachments(wrong) else { return #expect(Bool(false), "\(wrong)") }
      #expect(error.fields.map(\.field) == ["attachments"] && error.fields.map(\.code) == ["type"])
    }
    let many = "[" + Array(repeating: "\"a\"", count: 11).joined(separator: ",") + "]"
    guard case .failure(let error) = attachments(many) else { return #expect(Bool(false)) }
    #expect(error.fields.map(\.code) == ["count"])
  }
}
