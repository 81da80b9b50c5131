// Every setting: its default, its bounds, and the sentence that the operator reads when it makes no sense.
import Configuration
import Domain
import Glibc
import HTTPSyntax
import Posix
import TestSupport
import Testing

@Suite struct SettingsTests {
  private func settings(_ name: String, _ value: String) throws -> Settings { try Settings(environment: [name: value]) }

  @Test(arguments: [[:], ["PATH": "/bin"], ["ECHOCHAT_PORT": "", "ECHOCHAT_DATA": "", "ECHOCHAT_MESSAGE_RATE": ""]])
  func `without a word from the operator everything works`(environment: [String: String]) throws {
    let settings = try Settings(environment: environment)
    #expect(settings.port == 8080 && settings.data == "var" && settings.publicURL == nil && settings.origins == [])
    #expect(settings.messageRate == RateLimit(count: 5, windowMilliseconds: 5000) && settings.signInRateLimited)
    #expect(settings.connectionsPerUser == 20 && settings.passwordCost == .interactive)
    #expect(settings.accessTokenSeconds == 900 && settings.refreshTokenSeconds == 30 * 86_400)
    #expect(settings.restThreads == 64 && settings.loops == 1 && settings.pushListen == nil)
    #expect(settings.signInDeadlineSeconds == 10 && settings.heartbeatSeconds == 25)
    #expect(
      settings.sendBufferBytesMax == 1 << 20 && settings.replayBufferBytesMax == 16 << 20 && settings.journalKeepSeconds == 7 * 86_400)
    #expect(settings.logLevel == .info && settings.watchdogSeconds == 9)
    #expect(settings.logBytesMax == 16 << 20 && settings.user == nil)
    #expect(settings.eraseWithinSeconds == 3600 && settings.registration == .open && settings.files == FileSettings())
  }

  @Test func `who may register is one of three words`() throws {
    for mode in RegistrationMode.allCases { #expect(try settings("ECHOCHAT_REGISTRATION", mode.rawValue).registration == mode) }
    for word in ["Open", "off", "invited", "1"] {
      #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_REGISTRATION", word) }
    }
  }

  @Test func `a duration has a unit or is in seconds`() {
    for (text, seconds) in [("90", 90), ("90s", 90), ("15m", 900), ("12h", 43_200), ("7d", 604_800)] as [(String, Int64)] {
      #expect(Settings.seconds(text) == seconds)
    }
    for text in ["", "d", "7 d", "7w", "1.5h", "9223372036854775807d"] { #expect(Settings.seconds(text) == nil) }
  }

  /// A setting that is a number or a duration, its bounds, and where it is kept.
  struct Bounded: Sendable, CustomTestStringConvertible {
    let name: String
    let range: ClosedRange<Int64>
    let isDuration: Bool
    let read: @Sendable (Settings) -> Int64
    var testDescription: String { name }
  }

  static let bounded = [
    Bounded(name: "ECHOCHAT_PORT", range: 1...65_535, isDuration: false) { Int64($0.port) },
    Bounded(name: "ECHOCHAT_CONNECTIONS_PER_USER", range: 1...1_000_000, isDuration: false) { Int64($0.connectionsPerUser ?? -1) },
    Bounded(name: "ECHOCHAT_ACCESS_TOKEN_TTL", range: 1...86_400, isDuration: true) { $0.accessTokenSeconds },
    Bounded(name: "ECHOCHAT_REFRESH_TOKEN_TTL", range: 60...34_560_000, isDuration: true) { $0.refreshTokenSeconds },
    Bounded(name: "ECHOCHAT_REST_THREADS", range: 1...1024, isDuration: false) { Int64($0.restThreads) },
    Bounded(name: "ECHOCHAT_LOOPS", range: 1...64, isDuration: false) { Int64($0.loops) },
    Bounded(name: "ECHOCHAT_SIGNIN_DEADLINE", range: 1...60, isDuration: true) { $0.signInDeadlineSeconds },
    Bounded(name: "ECHOCHAT_HEARTBEAT", range: 1...3600, isDuration: true) { $0.heartbeatSeconds },
    Bounded(name: "ECHOCHAT_OUTBOX_BYTES", range: 4096...1_073_741_824, isDuration: false) { Int64($0.sendBufferBytesMax) },
    Bounded(name: "ECHOCHAT_TAIL_BYTES", range: 0...4_294_967_296, isDuration: false) { Int64($0.replayBufferBytesMax) },
    Bounded(name: "ECHOCHAT_JOURNAL_KEEP", range: 1...315_360_000, isDuration: true) { $0.journalKeepSeconds },
    Bounded(name: "ECHOCHAT_RETENTION", range: 1...315_360_000, isDuration: true) { $0.retention.seconds },
    Bounded(name: "ECHOCHAT_AUDIT_KEEP", range: 1...315_360_000, isDuration: true) { $0.auditKeepSeconds },
    Bounded(name: "ECHOCHAT_WATCHDOG", range: 3...3600, isDuration: true) { $0.watchdogSeconds ?? -1 },
    Bounded(name: "ECHOCHAT_ERASE_WITHIN", range: 1...86_400, isDuration: true) { $0.eraseWithinSeconds },
    Bounded(name: "ECHOCHAT_FILE_BYTES_MAX", range: 1024...1_099_511_627_776, isDuration: false) { $0.files.limits.fileBytesMax },
    Bounded(name: "ECHOCHAT_FILES_PER_USER_BYTES", range: 4096...1_125_899_906_842_624, isDuration: false) {
      $0.files.limits.perUserBytes ?? -1
    },
    Bounded(name: "ECHOCHAT_FILES_TOTAL_BYTES", range: 4096...1_125_899_906_842_624, isDuration: false) {
      $0.files.limits.totalBytes ?? -1
    },
    Bounded(name: "ECHOCHAT_UNATTACHED_KEEP", range: 1...31_536_000, isDuration: true) { $0.files.unattachedKeepSeconds },
    Bounded(name: "ECHOCHAT_LOG_BYTES", range: 65_536...1_099_511_627_776, isDuration: false) { $0.logBytesMax },
  ]

  @Test(arguments: bounded)
  func `the bounds are allowed and what lies beyond them stops the program with a sentence`(setting: Bounded) throws {
    for value in [setting.range.lowerBound, setting.range.upperBound] {
      #expect(try setting.read(settings(setting.name, String(value))) == value)
    }
    let beyond = [setting.range.lowerBound - 1, setting.range.upperBound + 1].map(String.init)
    for value in beyond + ["x", "1.5", "0x10", " 1", "1 ", "-1", "99999999999999999999", "५", "1,000", "s", "9223372036854775807d"] {
      let error = #expect(throws: Settings.Invalid.self) { try settings(setting.name, value) }
      let sentence = error?.description ?? ""
      #expect(sentence.hasPrefix("\(setting.name)=\(value): wanted "), "\(sentence)")
      #expect(sentence.contains("from \(setting.range.lowerBound) to \(setting.range.upperBound)"), "\(sentence)")
    }
  }

  @Test(arguments: [("90", 90), ("90s", 90), ("15m", 900), ("12h", 43_200), ("1d", 86_400)] as [(String, Int64)])
  func `a duration may have a unit`(text: String, seconds: Int64) throws {
    #expect(try settings("ECHOCHAT_ACCESS_TOKEN_TTL", text).accessTokenSeconds == seconds)
    #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_ACCESS_TOKEN_TTL", text + "x") }
    #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_LOOPS", "1m") }
  }

  @Test func `a message rate is a count in a time`() throws {
    #expect(try settings("ECHOCHAT_MESSAGE_RATE", "5/5s").messageRate == RateLimit(count: 5, windowMilliseconds: 5000))
    #expect(try settings("ECHOCHAT_MESSAGE_RATE", "1000/1d").messageRate == RateLimit(count: 1000, windowMilliseconds: 86_400_000))
    #expect(try settings("ECHOCHAT_MESSAGE_RATE", "1/1").messageRate == RateLimit(count: 1, windowMilliseconds: 1000))
    #expect(try settings("ECHOCHAT_MESSAGE_RATE", "off").messageRate == nil)
    for value in ["5", "5/", "/5s", "5/5s/5s", "0/5s", "1001/5s", "5/0s", "5/2d", "-5/5s", "5/-5s", "OFF", "5 / 5s", "five/5s"] {
      let error = #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_MESSAGE_RATE", value) }
      #expect(error?.description.hasPrefix("ECHOCHAT_MESSAGE_RATE=\(value): wanted ") == true)
    }
  }

  @Test func `the sockets are in the data directory, unless another place is named`() throws {
    #expect(try settings("ECHOCHAT_DATA", "/srv/chat").doorbellPath == "/srv/chat/run/doorbell.sock")
    let settings = try Settings(environment: ["ECHOCHAT_DATA": "/srv/chat", "ECHOCHAT_RUN": "/run/echochat"])
    #expect([settings.restSocketPath, settings.pushSocketPath] == ["/run/echochat/rest.sock", "/run/echochat/push.sock"])
    #expect(settings.databasePath == "/srv/chat/echochat.db")
  }

  @Test func `what may be off is off`() throws {
    #expect(try settings("ECHOCHAT_CONNECTIONS_PER_USER", "off").connectionsPerUser == nil)
    #expect(try settings("ECHOCHAT_WATCHDOG", "off").watchdogSeconds == nil)
    #expect(try !settings("ECHOCHAT_SIGNIN_RATE", "off").signInRateLimited)
    #expect(try settings("ECHOCHAT_SIGNIN_RATE", "on").signInRateLimited)
    for name in ["ECHOCHAT_PORT", "ECHOCHAT_LOOPS", "ECHOCHAT_HEARTBEAT"] {
      #expect(throws: Settings.Invalid.self) { try settings(name, "off") }
    }
    #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_SIGNIN_RATE", "10/m") }
  }

  @Test func `the bounds of rooms have their own settings, each of which may be off`() throws {
    var limits = RoomLimits()
    #expect(try Settings(environment: [:]).roomLimits == limits)
    (limits.perUser, limits.ownedPerUser, limits.unopenedPerUser, limits.membersPerRoom) = (7, 6, 5, 4)
    limits.creation = RateLimit(count: 3, windowMilliseconds: 60_000)
    limits.adding = RateLimit(count: 2, windowMilliseconds: 3_600_000)
    let names = [
      "ECHOCHAT_ROOMS_PER_USER": "7", "ECHOCHAT_OWNED_ROOMS_PER_USER": "6", "ECHOCHAT_UNOPENED_ROOMS_PER_USER": "5",
      "ECHOCHAT_MEMBERS_PER_ROOM": "4", "ECHOCHAT_ROOM_RATE": "3/1m", "ECHOCHAT_ADDING_RATE": "2/1h",
    ]
    #expect(try Settings(environment: names).roomLimits == limits)
    let off = try Settings(environment: names.mapValues { _ in "off" }).roomLimits
    #expect(off.perUser == nil && off.ownedPerUser == nil && off.unopenedPerUser == nil && off.membersPerRoom == nil)
    #expect(off.creation == nil && off.adding == nil)
    for name in names.keys { #expect(throws: Settings.Invalid.self) { try settings(name, "0") } }
  }

  @Test func `a verified address is required only where mail is on`() throws {
    let mail = ["ECHOCHAT_SMTP_URL": "smtp://mail.example.org", "ECHOCHAT_PUBLIC_URL": "https://chat.example.org"]
    func required(_ value: String?) throws -> Bool {
      try Settings(environment: mail.merging(["ECHOCHAT_REQUIRE_VERIFIED": value].compactMapValues { $0 }) { $1 }).requiresVerified
    }
    #expect(try required("1") == true)
    for off in ["0", "", nil] { #expect(try required(off) == false) }
    #expect(throws: Settings.Invalid.self) { try required("yes") }
    let error = #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_REQUIRE_VERIFIED", "1") }
    #expect(error?.description.contains("mail is off") == true)
    #expect(try settings("ECHOCHAT_REQUIRE_VERIFIED", "0").requiresVerified == false)
  }

  @Test func `the password cost is one of two words`() throws {
    #expect(try settings("ECHOCHAT_PASSWORD_COST", "minimum").passwordCost == .minimum)
    #expect(try settings("ECHOCHAT_PASSWORD_COST", "interactive").passwordCost == .interactive)
    let error = #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_PASSWORD_COST", "Minimum") }
    #expect(error?.description == "ECHOCHAT_PASSWORD_COST=Minimum: wanted interactive or minimum")
  }

  @Test func `the log level is one of two words`() throws {
    #expect(try settings("ECHOCHAT_LOG", "debug").logLevel == .debug)
    #expect(try settings("ECHOCHAT_LOG", "info").logLevel == .info)
    for value in ["Debug", "verbose", "warning", "1"] {
      let error = #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_LOG", value) }
      #expect(error?.description == "ECHOCHAT_LOG=\(value): wanted info or debug")
    }
  }

  @Test func `the public URL and the origins are read in any spelling`() throws {
    #expect(try settings("ECHOCHAT_PUBLIC_URL", "HTTPS://Chat.example.org:443//").publicURL?.text == "https://chat.example.org")
    #expect(
      try settings("ECHOCHAT_ORIGINS", "https://A.example:443/, http://b.example:80\t,\nhttp://c:5173/").origins.map(\.text) == [
        "https://a.example", "http://b.example", "http://c:5173",
      ])
    #expect(try settings("ECHOCHAT_ORIGINS", " , ").origins == [])
    #expect(try settings("ECHOCHAT_PUSH_LISTEN", "127.0.0.1:8090").pushListen == "127.0.0.1:8090")
  }

  @Test(arguments: [
    "/", "*", "null", "chat.example.org", "localhost:5173", "https://", "https://chat.example.org/chat", "https://*.example.org",
    "wss://chat.example.org", "https://chat.example.org:0", "https://user@chat.example.org", "https://bücher.example", "file://",
  ])
  func `what no page has as its origin stops the program with a sentence that names the setting and the value`(value: String) {
    let url = #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_PUBLIC_URL", value) }
    #expect(url?.description.hasPrefix("ECHOCHAT_PUBLIC_URL=\(value): wanted the URL of the site") == true, "\(value)")
    let list = "https://chat.example.org,\(value)"
    let origins = #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_ORIGINS", list) }
    #expect(origins?.description.hasPrefix("ECHOCHAT_ORIGINS=\(list): wanted origins such as") == true, "\(value)")
    #expect(origins?.description.contains("; \(value) ") == true, "\(value)")
  }

  @Test func `an app's own scheme is an origin, but not the site's URL`() throws {
    #expect(try settings("ECHOCHAT_ORIGINS", "capacitor://localhost").origins.map(\.text) == ["capacitor://localhost"])
    #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_PUBLIC_URL", "capacitor://localhost") }
  }

  @Test func `everything lies below the data directory, which is made with doors that only the owner and the group open`() throws {
    let directory = TemporaryDirectory()
    let settings = try settings("ECHOCHAT_DATA", directory.path + "/deep/data")
    for path in [settings.databasePath, settings.keysPath, settings.restSocketPath, settings.pushSocketPath, settings.doorbellPath] {
      #expect(path.hasPrefix(directory.path + "/deep/data/"))
    }
    let all = settings.directories(withSockets: true, withLogs: true)
    try makeDirectories(all)
    try makeDirectories(all)
    #expect(TemporaryDirectory.names(in: settings.data) == ["files", "keys", "log", "run"])
    #expect(mode(settings.data + "/keys") == 0o700)
    for path in [settings.data, settings.runDirectory, settings.logDirectory] { #expect(mode(path) & 0o007 == 0) }
  }

  @Test func `a data directory that cannot be made is named`() throws {
    let directory = TemporaryDirectory()
    TemporaryDirectory.write([], to: directory.path + "/file")
    let error = #expect(throws: Errno.self) {
      try makeDirectories(settings("ECHOCHAT_DATA", directory.path + "/file/data").directories(withSockets: false, withLogs: false))
    }
    #expect(error?.code == ENOTDIR)
    #expect(error?.description.contains(directory.path + "/file/data") == true)
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    stat(path, &status)
    return status.st_mode & 0o777
  }

  @Test func `the check of uploads is a program with arguments, and no command for a shell`() throws {
    #expect(
      try settings("ECHOCHAT_UPLOAD_CHECK", " /usr/bin/clamdscan  --fdpass ").files.checkCommand == ["/usr/bin/clamdscan", "--fdpass"])
    #expect(throws: Settings.Invalid.self) { try settings("ECHOCHAT_UPLOAD_CHECK", "clamdscan --fdpass") }
    #expect(try settings("ECHOCHAT_FILES_PER_USER_BYTES", "off").files.limits.perUserBytes == nil)
  }
}
