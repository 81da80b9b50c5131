// Accounts of another system: what is read, what is refused, and what a second import does.
import Domain
import Posix
import SQL
import Store
import TestSupport
import Testing

@testable import Chat

@Suite struct ImportTests {
  /// "correct horse battery staple" (`TestUser.password`).
  private static let bcrypt = "$2b$04$7tAwIlv1X1dOmDFaoCipGeWk1bWHEAWsk8F91j2K7iWzc6rDy64uC"
  private let directory = TemporaryDirectory()

  private func run(_ fixture: ChatFixture, _ name: String, _ text: String, dryRun: Bool = false) throws -> ImportReport {
    let path = directory.path + "/" + name
    try TextFile.write(text, to: path)
    return try fixture.chat.importAccounts(
      from: try ReadableFile(path), as: try #require(ImportFormat(path: name)), isDryRun: dryRun, by: .commandLine("root"))
  }

  private static func problems(_ report: ImportReport) -> [String] {
    report.problems.map {
      "\($0.line) " + ($0.error.fields.first.map { "\($0.field) \($0.code)" } ?? String($0.error.detail.prefix { $0 != "," }))
    }
  }

  private static let csv = """
    username,email,display_name,password_hash,created_at,email_verified
    Zelda,Zelda@Example.org,"Zelda ""Z"", the first",\(bcrypt),2020-02-03T04:05:06Z,true
    yara,yara@example.org,,,,
    xaver,,Xaver,\(bcrypt),,false

    """

  @Test func `accounts of a CSV file sign in with their old password, whose hash is replaced then`() throws {
    let fixture = try ChatFixture()
    let chat = fixture.chat
    _ = try chat.setDefault(true, room: try chat.createPublicRoom(name: "Hall").text)
    let report = try run(fixture, "a.csv", Self.csv)
    #expect(report.made == 3 && report.existing == 0 && report.problemCount == 0)
    func hash(_ name: String) throws -> String? {
      try fixture.read { try $0.first("SELECT password_hash FROM users WHERE username = ?", .text(name)) { $0.optionalText(0) } ?? nil }
    }
    #expect(try hash("zelda") == Self.bcrypt)
    #expect(refusal { try fixture.logIn("zelda", password: "wrong") }?.code == .badCredentials)
    #expect(try hash("zelda") == Self.bcrypt, "a wrong password changes nothing")
    let zelda = try fixture.logIn("zelda@example.org")
    #expect(zelda.principal.user.displayName == "Zelda \"Z\", the first")
    #expect(String(decoding: zelda.principal.user.createdAt.rfc3339, as: UTF8.self) == "2020-02-03T04:05:06.000Z")
    #expect(try hash("zelda")?.hasPrefix("$argon2id$") == true)
    _ = try fixture.logIn("zelda")
    #expect(refusal { try fixture.logIn("yara", password: "") }?.code == .badCredentials, "yara has no password yet")
    let verified = try fixture.read { database in
      try database.all("SELECT username FROM users WHERE email_verified_at IS NOT NULL") { $0.text(0) }
    }
    #expect(verified == ["zelda"])
    #expect(try chat.rooms(of: zelda.principal, after: nil, limit: 5).map(\.room.name) == ["Hall"], "a new user is in the default rooms")
    #expect(try chat.users(searchedBy: "xav", after: nil, limit: 5).map(\.user.username) == ["xaver"])
    let recorded = try chat.auditEntries(about: nil, since: nil, action: .userImported, limit: 9)
    #expect(recorded.map(\.user) == ["zelda", "yara", "xaver"] && recorded.allSatisfy { $0.actor == .commandLine("root") })
  }

  @Test func `importing the same file again does nothing, also after the account was changed or deleted`() throws {
    let fixture = try ChatFixture()
    #expect(try run(fixture, "a.csv", Self.csv, dryRun: true).made == 3)
    #expect(try run(fixture, "a.csv", Self.csv).made == 3)
    let (zelda, xaver) = (try fixture.logIn("zelda"), try fixture.logIn("xaver"))
    _ = try fixture.chat.updateProfile(displayName: "Other", statusText: nil, by: zelda.principal)
    try fixture.chat.deleteAccount(password: TestUser.password, by: xaver.principal)
    for isDryRun in [true, false] {
      let report = try run(fixture, "a.csv", Self.csv, dryRun: isDryRun)
      #expect(report.made == 0 && report.existing == 3 && report.problemCount == 0)
    }
    #expect(try fixture.logIn("zelda").principal.user.displayName == "Other")
    #expect(refusal { try fixture.logIn("xaver") }?.code == .badCredentials)
    let more = try run(fixture, "b.csv", Self.csv + "walter,,,\(Self.bcrypt),,\n")
    #expect(more.made == 1 && more.existing == 3)
  }

  @Test func `JSON is an array, or one object after the other`() throws {
    let fixture = try ChatFixture()
    let zelda =
      #"{"username": "zelda", "email": "z@example.org", "password_hash": "\#(Self.bcrypt)", "email_verified": true, "display_name": null}"#
    let yara = #"{"username":"yara","display_name":"Y {[\"","password_hash":"\#(Self.bcrypt)","created_at":"2021-01-01T00:00:00+02:00"}"#
    #expect(try run(fixture, "a.json", "[\(zelda),\n \(yara)]\n").made == 2)
    #expect(try run(fixture, "a.jsonl", "\(zelda)\n\(yara)\n").existing == 2)
    #expect(try run(fixture, "b.json", "\u{feff}[]").made == 0)
    #expect(try run(fixture, "b.jsonl", "").problemCount == 0)
    #expect(try fixture.logIn("yara").principal.user.displayName == "Y {[\"")
    let wrong = """
      {"username": "walter", "email_verified": "yes"}
      {"username": 7, "password_hash": "x"}

      {"username": "walter", "nickname": "w"}
      {"username": "walter", "password_hash": "\(Self.bcrypt)",}
      {"password_hash": "\(Self.bcrypt)"}
      """
    #expect(
      Self.problems(try run(fixture, "c.jsonl", wrong)) == [
        "1 email_verified type", "2 username type", "4 nickname unknown", "5 This is not valid JSON",
        "6 username missing",
      ])
    for (text, line) in [("[{}", 1), ("[{},]", 1), ("[{} {}]", 1), ("{\n\"a\": ", 1), ("\n\n7", 3), ("[] []", 1), ("{\"a\":\"\\\"", 1)] {
      #expect(try run(fixture, "d.json", text).problems.contains { $0.line == line && $0.error.code == .malformedRequest }, "\(text)")
    }
    #expect(try run(fixture, "d.json", "{\"a\":\"" + String(repeating: "x", count: 70_000) + "\"}").problemCount == 1)
  }

  @Test func `what registration refuses is refused here, by line and field, and nothing is imported then`() throws {
    let fixture = try ChatFixture()
    let text = """
      username,email,display_name,password_hash,created_at,email_verified
      zelda,,,\(Self.bcrypt),,
      alice,,,\(Self.bcrypt),,
      ab,,,\(Self.bcrypt),,
      admin,,,\(Self.bcrypt),,
      ZELDA,,,\(Self.bcrypt),,
      walter,not an address,,\(Self.bcrypt),,
      walter,,\u{200b},\(Self.bcrypt),,
      walter,,,plain text,,
      walter,,,$argon2id$v=19$m=4194304\(","),t=3,,
      "walter",,,"$argon2id$v=19$m=4194304,t=3,p=4$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M",,
      walter,,,\(Self.bcrypt),2999-01-01T00:00:00Z,
      walter,,,\(Self.bcrypt),yesterday,
      walter,,,\(Self.bcrypt),,maybe
      walter,,,\(Self.bcrypt),,true
      walter,,,,,
      yara,y@example.org,,\(Self.bcrypt),,
      vera,Y@example.org,,\(Self.bcrypt),,
      ,,,\(Self.bcrypt),,
      walter,,,\(Self.bcrypt)
      """
    let report = try run(fixture, "a.csv", text)
    #expect(
      Self.problems(report) == [
        "3 username taken", "4 username length", "5 username reserved", "6 username repeated", "7 email format",
        "8 display_name length", "9 password_hash unknown", "10 this line has 8 fields", "11 password_hash cost",
        "12 created_at value", "13 created_at value", "14 email_verified value", "15 email_verified value", "16 password_hash missing",
        "18 email repeated", "19 username missing", "20 this line has 4 fields",
      ])
    #expect(report.problemCount == 17 && report.made == 0)
    #expect(refusal { try fixture.logIn("zelda") }?.code == .badCredentials, "not even the good lines")
    let columns: [(String, String)] = [
      ("", "1 the first line must name the columns"), ("username,passwort\nx,y\n", "1 passwort unknown"),
      ("email\nx@example.org\n", "1 the first line must name the columns"),
      ("username,username\n", "1 the column username is there twice"),
    ]
    for (text, problem) in columns { #expect(try Self.problems(run(fixture, "b.csv", text)) == [problem]) }
  }

  @Test func `a large file is made in portions, and one that was interrupted is completed by the same import`() throws {
    let fixture = try ChatFixture()
    func lines(_ range: ClosedRange<Int>) -> String { range.map { "user\($0),,,\(Self.bcrypt),," }.joined(separator: "\n") }
    let header = "username,email,display_name,password_hash,created_at,email_verified\n"
    #expect(try run(fixture, "a.csv", header + lines(1...250)).made == 250)
    let report = try run(fixture, "a.csv", header + lines(1...620))
    #expect(report.made == 370 && report.existing == 250)
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM users WHERE username LIKE 'user%'") { $0.integer(0) } } == 620)
    let many = header + (1...50).map { "x\($0)!,,,\(Self.bcrypt),," }.joined(separator: "\n")
    #expect(try run(fixture, "b.csv", many).problemCount == 50)
    #expect(try run(fixture, "b.csv", many).problems.count == ImportReport.problemsMax)
  }
}
