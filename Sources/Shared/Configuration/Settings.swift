// Every setting of EchoChat: its name, its default and its validation.
public import Domain
public import HTTPSyntax

/// Read once at start, from the environment and from a file; an invalid value stops the program with a message that names it.
public struct Settings: Sendable {
  public struct Invalid: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
      self.description = description
    }
  }

  public enum PasswordCost: String, Sendable { case interactive, minimum }
  public enum LogLevel: String, Sendable { case error, warning, info, debug }

  /// `ECHOCHAT_PORT`: the port of nginx in the run configuration.
  public var port: UInt16 = 8080
  /// `ECHOCHAT_PROXIES`: proxies in front of `serve`, whose word is taken for the address of a client.
  public var proxies: [IPNetwork] = []
  /// `ECHOCHAT_LISTEN`: the addresses of nginx under `serve`, which reads them; empty: 127.0.0.1 and `port`.
  public var listen: [String] = []
  /// `ECHOCHAT_DATA`: the directory of database, keys, files, sockets and logs.
  public var data = "var"
  /// `ECHOCHAT_RUN`: the directory of the sockets between nginx and the programs; empty: `run` in the data directory.
  public var run = ""
  /// `ECHOCHAT_PUBLIC_URL`: the URL of the site; the issuer of its tokens and one of the allowed origins.
  public var publicURL: Origin?
  /// The path of that URL: below which the site is.
  public var publicPath = SitePath.root
  /// `ECHOCHAT_ORIGINS`: further origins whose pages may use the API, open WebSockets and read event streams, separated by commas or white space.
  public var origins: [Origin] = []
  /// `ECHOCHAT_METRICS_FROM`: addresses and networks, besides this machine, that may read `/metrics`; enforced by nginx.
  public var metricsFrom: [IPNetwork] = []
  /// `ECHOCHAT_MESSAGE_RATE`: messages a user may send, REST and WebSocket counted together; nil is "off".
  public var messageRate: RateLimit? = RateLimit(count: 5, windowMilliseconds: 5000)
  /// `ECHOCHAT_EVENT_RATE`: events that others are told, other than messages, which a user may cause; nil is "off".
  public var eventRate: RateLimit? = RateLimit(count: 20, windowMilliseconds: 10_000)
  /// `ECHOCHAT_COMMAND_RATE`: commands of any kind of a user, and changing requests over REST; nil is "off".
  public var commandRate: RateLimit? = RateLimit(count: 200, windowMilliseconds: 10_000)
  /// `ECHOCHAT_CONNECTIONS_PER_ADDRESS`: WebSockets and event streams, and REST requests at a time, of one client address; nil is "off".
  public var connectionsPerAddress: Int? = 64
  /// `ECHOCHAT_REGISTRATION`: who may create an account.
  public var registration = RegistrationMode.open
  /// `ECHOCHAT_SIGNIN_RATE`: attempts to register or sign in, per address; enforced by nginx.
  public var signInRateLimited = true
  /// `ECHOCHAT_CONNECTIONS_PER_USER`: WebSockets and event streams one user may hold open; nil is "off".
  public var connectionsPerUser: Int? = 20
  /// `ECHOCHAT_ROOMS_PER_USER`, `ECHOCHAT_OWNED_ROOMS_PER_USER`, `ECHOCHAT_UNOPENED_ROOMS_PER_USER`, `ECHOCHAT_MEMBERS_PER_ROOM`,
  /// `ECHOCHAT_ROOM_RATE` and `ECHOCHAT_ADDING_RATE`.
  public var roomLimits = RoomLimits()
  /// What users may upload: `Settings+Files.swift`.
  public var files = FileSettings()
  /// `ECHOCHAT_PASSWORD_COST`: `interactive` (argon2id, 64 MiB) or `minimum` (for tests only).
  public var passwordCost = PasswordCost.interactive
  /// `ECHOCHAT_ACCESS_TOKEN_TTL`: life of an access token.
  public var accessTokenSeconds: Int64 = 15 * 60
  /// `ECHOCHAT_REFRESH_TOKEN_TTL`: how long a session lives without being used.
  public var refreshTokenSeconds: Int64 = 30 * 24 * 3600
  /// `ECHOCHAT_HOST_KEYS`, `ECHOCHAT_HOST_ISSUER` and `ECHOCHAT_HOST_AUDIENCE`: the application whose users' tokens are accepted.
  public var hostApplication: HostApplication?
  /// `ECHOCHAT_REST_THREADS`: threads of a FastCGI worker: more than nginx's workers times its kept connections.
  public var restThreads = 64
  /// `ECHOCHAT_LOOPS`: event loops of the daemon.
  public var loops = 1
  /// `ECHOCHAT_PUSH_LISTEN`: an extra TCP address of the daemon.
  public var pushListen: String?
  /// `ECHOCHAT_SIGNIN_DEADLINE`: seconds in which a WebSocket must sign in.
  public var signInDeadlineSeconds: Int64 = 10
  /// `ECHOCHAT_HEARTBEAT`: seconds of silence before the daemon pings.
  public var heartbeatSeconds: Int64 = 25
  /// `ECHOCHAT_OUTBOX_BYTES`: unsent bytes a connection may have before it is closed as too slow.
  public var sendBufferBytesMax = 1 << 20
  /// `ECHOCHAT_TAIL_BYTES`: bytes of the newest events that the daemon keeps in memory for resuming clients.
  public var replayBufferBytesMax = 16 << 20
  /// `ECHOCHAT_JOURNAL_KEEP`: how long a cursor can be resumed.
  public var journalKeepSeconds: Int64 = 7 * 24 * 3600
  /// `ECHOCHAT_RETENTION`: how long messages are kept, with their files, in rooms that have no retention of their own.
  public var retention = Retention.forever
  /// `ECHOCHAT_AUDIT_KEEP`: how long it is remembered who did what.
  public var auditKeepSeconds: Int64 = 90 * 24 * 3600
  /// `ECHOCHAT_WATCHDOG`: seconds without an answer after which `echochatctl serve` replaces a program; nil is "off".
  public var watchdogSeconds: Int64? = 9
  /// `ECHOCHAT_ERASE_WITHIN`: how long words that were deleted or replaced may stay in the files.
  public var eraseWithinSeconds: Int64 = 3600
  /// `ECHOCHAT_LOG`: the least level of the lines that the programs log.
  public var logLevel = LogLevel.info
  /// `ECHOCHAT_LOG_FILE`: the file that the program logs to; nil: standard error. `Log.reopen` opens it.
  public var logFile: String?
  /// `ECHOCHAT_LOG_TO`: whether `serve` has all programs log into files, or to its own output, as in a container.
  public var logsToFiles = true
  /// `ECHOCHAT_LOG_BYTES`: the size at which `serve` begins a log anew.
  public var logBytesMax: Int64 = 16 << 20
  /// `ECHOCHAT_USER`: whom a program that is started by root becomes; nil: the owner of the data directory, or the user `echochat`.
  public var user: String?
  /// Sending e-mail, and the site's name in it.
  public var mail = MailSettings()
  /// `ECHOCHAT_REQUIRE_VERIFIED`: users change nothing until they have verified an e-mail address.
  public var requiresVerified = false
  /// Variables of the environment that look like settings and are none, and names in the file that are none.
  public private(set) var unknownNames: Set<String> = []
  /// What to tell the operator about them; nil if there are none.
  public private(set) var unknownNamesWarning: String?
  #if DEBUG
    /// `ECHOCHAT_FAULT`: makes a debug build misbehave, so that tests can show that they notice.
    public var fault: String?
  #endif

  public init() {}

  /// The names are those of the README's table. Of a name that is also in `file`, the environment's value counts, an empty one too.
  public init(environment: [String: String], file: [String: String] = [:]) throws(Invalid) {
    let reader = SettingsReader(environment.merging(file) { own, _ in own })
    // The caller has read the file that it names.
    _ = reader.text("ECHOCHAT_CONFIG")
    port = try reader.integer("ECHOCHAT_PORT", port, 1...UInt16.max)
    listen = try reader.listen()
    proxies = try reader.networks("ECHOCHAT_PROXIES")
    data = reader.text("ECHOCHAT_DATA") ?? data
    run = reader.text("ECHOCHAT_RUN") ?? run
    (publicURL, publicPath) = try reader.publicURL()
    origins = try reader.origins()
    metricsFrom = try reader.networks("ECHOCHAT_METRICS_FROM")
    messageRate = try reader.rate("ECHOCHAT_MESSAGE_RATE", messageRate)
    eventRate = try reader.rate("ECHOCHAT_EVENT_RATE", eventRate)
    commandRate = try reader.rate("ECHOCHAT_COMMAND_RATE", commandRate)
    connectionsPerAddress = try reader.integerOrOff("ECHOCHAT_CONNECTIONS_PER_ADDRESS", connectionsPerAddress, 1...1_000_000)
    registration = try reader.word("ECHOCHAT_REGISTRATION", registration, "open, invite or closed")
    signInRateLimited = try reader.isFirst("ECHOCHAT_SIGNIN_RATE", of: "on", "off")
    connectionsPerUser = try reader.integerOrOff("ECHOCHAT_CONNECTIONS_PER_USER", connectionsPerUser, 1...1_000_000)
    roomLimits = try reader.roomLimits(roomLimits)
    files = try reader.files(files)
    passwordCost = try reader.word("ECHOCHAT_PASSWORD_COST", passwordCost, "interactive or minimum")
    accessTokenSeconds = try reader.duration("ECHOCHAT_ACCESS_TOKEN_TTL", accessTokenSeconds, 1...86_400)
    refreshTokenSeconds = try reader.duration("ECHOCHAT_REFRESH_TOKEN_TTL", refreshTokenSeconds, 60...400 * 86_400)
    hostApplication = try HostApplication(
      keysPath: reader.text("ECHOCHAT_HOST_KEYS"), issuer: reader.text("ECHOCHAT_HOST_ISSUER"),
      audience: reader.text("ECHOCHAT_HOST_AUDIENCE"), site: site)
    restThreads = try reader.integer("ECHOCHAT_REST_THREADS", restThreads, 1...1024)
    loops = try reader.integer("ECHOCHAT_LOOPS", loops, 1...64)
    pushListen = reader.text("ECHOCHAT_PUSH_LISTEN")
    signInDeadlineSeconds = try reader.duration("ECHOCHAT_SIGNIN_DEADLINE", signInDeadlineSeconds, 1...60)
    heartbeatSeconds = try reader.duration("ECHOCHAT_HEARTBEAT", heartbeatSeconds, 1...3600)
    sendBufferBytesMax = try reader.integer("ECHOCHAT_OUTBOX_BYTES", sendBufferBytesMax, 4096...(1 << 30))
    replayBufferBytesMax = try reader.integer("ECHOCHAT_TAIL_BYTES", replayBufferBytesMax, 0...(1 << 32))
    journalKeepSeconds = try reader.duration("ECHOCHAT_JOURNAL_KEEP", journalKeepSeconds, 1...3650 * 86_400)
    retention = try reader.retention("ECHOCHAT_RETENTION")
    auditKeepSeconds = try reader.duration("ECHOCHAT_AUDIT_KEEP", auditKeepSeconds, 1...3650 * 86_400)
    watchdogSeconds = try reader.durationOrOff("ECHOCHAT_WATCHDOG", watchdogSeconds, 3...3600)
    eraseWithinSeconds = try reader.duration("ECHOCHAT_ERASE_WITHIN", eraseWithinSeconds, 1...86_400)
    logLevel = try reader.word("ECHOCHAT_LOG", logLevel, "error, warning, info or debug")
    mail = try reader.mail(mail, publicURL: publicURL)
    requiresVerified = try reader.requiresVerified(isMailOn: mail.isOn)
    logBytesMax = try reader.integer("ECHOCHAT_LOG_BYTES", logBytesMax, 65_536...(1 << 40))
    logsToFiles = try reader.isFirst("ECHOCHAT_LOG_TO", of: "files", "output")
    logFile = reader.text("ECHOCHAT_LOG_FILE")
    user = reader.text("ECHOCHAT_USER")
    // Debug builds alone heed it; a release of `serve` hands it on to them.
    let fault = reader.text("ECHOCHAT_FAULT")
    // `Process.protect` reads it before any other.
    guard [nil, "on", "off"].contains(reader.text("ECHOCHAT_CORE_DUMPS")) else { throw reader.invalid("ECHOCHAT_CORE_DUMPS", "on or off") }
    #if DEBUG
      self.fault = fault
    #else
      _ = fault
    #endif
    let unknown = UnknownNames(known: reader.names, in: environment, file: file)
    unknownNames = unknown.names
    unknownNamesWarning = unknown.warning
  }

  /// Issuer and audience of the access tokens.
  public var site: String { publicURL.map { $0.text + publicPath.text } ?? "echochat" }
  /// Where browsers reach the site: without `ECHOCHAT_PUBLIC_URL`, on this machine, as under `serve`.
  public var siteURL: String { publicURL.map { $0.text + publicPath.text } ?? "http://127.0.0.1:\(port)" }
  /// Whether browsers reach the site over TLS, as far as it is known.
  public var isSecure: Bool { publicURL?.scheme == "https" }
  /// Which web pages may use the service.
  public var originPolicy: OriginPolicy { OriginPolicy(publicURL: publicURL, origins: origins) }

  /// Whether the site sends e-mail; without, everything that needs none works.
  public var isMailOn: Bool { mail.isOn }

  /// How often each of the jobs runs that erase words: three that follow each other take no longer than `eraseWithinSeconds`.
  public var erasePeriodMilliseconds: Int64 { eraseWithinSeconds * 250 }

  // Paths.
  public var databasePath: String { data + "/echochat.db" }
  /// Locked by every program that uses the data.
  public var lockPath: String { data + "/lock" }
  /// What identifies the history in the database; written by the programs alone.
  public var identityPath: String { data + "/echochat.identity" }
  /// When the data were backed up last.
  public var lastBackupPath: String { data + "/last-backup" }
  /// What a restore makes; gone once it is done.
  public var restoringPath: String { data + "/.restoring~" }
  /// Rebuilt from the database when it is missing.
  public var searchIndexPath: String { data + "/search.db" }
  public var keysPath: String { data + "/keys/access-tokens" }
  public var filesDirectory: String { data + "/files" }
  public var runDirectory: String { run.isEmpty ? data + "/run" : run }
  public var logDirectory: String { data + "/log" }
  public var restSocketPath: String { runDirectory + "/rest.sock" }
  public var pushSocketPath: String { runDirectory + "/push.sock" }
  public var doorbellPath: String { runDirectory + "/doorbell.sock" }
  /// Where echochat-outbound says whether it works.
  public var outboundSocketPath: String { runDirectory + "/outbound.sock" }

  /// The directories that a program writes to, with the mode of those that are made: only the owner may enter those with keys.
  public func directories(withSockets: Bool, withLogs: Bool) -> [(path: String, mode: UInt32)] {
    var directories: [(path: String, mode: UInt32)] = [(data, 0o750), (data + "/keys", 0o700), (filesDirectory, 0o750)]
    if withSockets { directories.append((runDirectory, 0o750)) }
    if withLogs { directories.append((logDirectory, 0o750)) }
    return directories
  }
}
