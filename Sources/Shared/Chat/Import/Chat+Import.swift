// Importing the accounts of another system, for the operator.
import Auth
public import Domain
public import Posix
import SQL
import Store

/// What an import did, or would do.
public struct ImportReport: Sendable {
  /// What is wrong with one line, in the file's order; the first `problemsMax` of them.
  public internal(set) var problems: [(line: Int, error: ChatError)] = []
  public internal(set) var problemCount = 0
  /// Accounts that were made, or that would be.
  public internal(set) var made = 0
  /// Accounts that an earlier import of the same lines has made.
  public internal(set) var existing = 0

  static let problemsMax = 20

  mutating func add(_ error: ChatError, _ line: Int) {
    problemCount += 1
    if problems.count < Self.problemsMax { problems.append((line, error)) }
  }
}

extension Chat {
  /// Accounts in one import; a file with more can be divided.
  public static let importedMax = 1_000_000
  /// Accounts that are checked at a time, and those that are made in one transaction: a tenth of a second of the writer.
  private static let importCheckedMax = 500
  private static let importPortionMax = 100

  /// Makes the accounts of a file, unless there is anything wrong with any of them: the whole file is checked first. Then they are made in
  /// portions of one transaction each, so that others get to write, and those who are online hear of the new members of default rooms. If
  /// it is interrupted, or somebody takes a name meanwhile, those of whole portions are there: the same import does the rest, since lines
  /// whose account was made before are passed over, even if the account has been changed or deleted since. Blocks for long. Throws `Errno`.
  public func importAccounts(
    from file: ReadableFile, as format: ImportFormat, isDryRun: Bool, by operator: Operator
  ) throws -> ImportReport {
    let file = ImportFile(file: file, format: format, now: clock.now)
    var report = try checkImport(of: file)
    if isDryRun { return report }
    (report.made, report.existing) = (0, 0)
    guard report.problemCount == 0 else { return report }
    var portion: [ImportLine] = []
    func make() throws {
      let lines = portion
      portion = []
      let made = try commit { [self] transaction in try makeAccounts(lines, by: `operator`, transaction) }
      report.made += made
      report.existing += lines.count - made
    }
    do {
      try file.forEachRecord { record in
        portion.append(ImportLine(record.line, try record.account.get()))
        if portion.count == Self.importPortionMax { try make() }
      }
      if !portion.isEmpty { try make() }
    } catch let fault as ImportFault {
      report.add(fault.error, fault.line)
    }
    return report
  }

  /// Reads the whole file and finds all that is wrong.
  private func checkImport(of file: ImportFile) throws -> ImportReport {
    var report = ImportReport()
    var seen: [Int64: Int] = [:]
    var waiting: [ImportLine] = []
    var count = 0
    func check() throws {
      let lines = waiting
      waiting = []
      for (line, outcome) in try readers.read({ database in try lines.map { ($0.line, try Self.outcome(of: $0, database)) } }) {
        switch outcome {
        case .free: report.made += 1
        case .existing: report.existing += 1
        case .taken(let error): report.add(error, line)
        }
      }
    }
    do {
      try file.forEachRecord { record in
        count += 1
        guard count <= Self.importedMax else { throw ChatError(.malformedRequest, "a file may have at most \(Self.importedMax) accounts") }
        do throws(ChatError) {
          let line = ImportLine(record.line, try record.account.get())
          try Self.checkHash(line.account.passwordHash)
          try line.checkNotRepeated(&seen)
          waiting.append(line)
        } catch {
          report.add(error, record.line)
        }
        if waiting.count == Self.importCheckedMax { try check() }
      }
    } catch let fault as ImportFault {
      report.add(fault.error, fault.line)
    }
    try check()
    // The lines of taken names were found later than what is wrong in the file itself.
    report.problems.sort { $0.line < $1.line }
    return report
  }

  private enum ImportOutcome {
    case free, existing
    case taken(ChatError)
  }

  private static func outcome(of line: ImportLine, _ database: Database) throws -> ImportOutcome {
    if try Users.isImported(line.digest, database) { return .existing }
    if try Users.exists(username: line.account.username, database) {
      return .taken(.invalid("username", "taken", "This user name is taken."))
    }
    if let email = line.account.email, try Users.exists(email: email, database) {
      return .taken(.invalid("email", "taken", "An account with this e-mail address exists."))
    }
    return .free
  }

  /// Returns how many were made.
  private func makeAccounts(_ lines: [ImportLine], by operator: Operator, _ transaction: Transaction) throws -> Int {
    var made = 0
    for line in lines {
      switch try Self.outcome(of: line, transaction.database) {
      case .existing: continue
      case .taken(let error): throw ImportFault(line: line.line, error: error)
      case .free:
        let id = PublicID(trusted: Random.id())
        let user = try Users.insert(line.account, id: id, digest: line.digest, at: transaction.now, transaction)
        try joinDefaultRooms(user, transaction)
        try `operator`.record(.userImported, user: user.rowID, transaction)
        made += 1
      }
    }
    return made
  }

  private static func checkHash(_ text: String?) throws(ChatError) {
    guard let text else { return }
    do throws(StoredHashError) {
      _ = try StoredHash(text)
    } catch {
      let field = ImportedAccount.Field.passwordHash.rawValue
      switch error {
      case .unknownKind:
        throw .invalid(field, "unknown", "A hash by argon2id, argon2i, bcrypt, bcrypt-sha256, yescrypt, sha512-crypt or sha256-crypt.")
      case .malformed: throw .invalid(field, "format", "The hash does not have the form of its kind.")
      case .tooCostly(let bound): throw .invalid(field, "cost", "Verifying this hash would take too much: \(bound).")
      }
    }
  }
}

/// A line with its account.
private struct ImportLine: Sendable {
  let line: Int
  let account: ImportedAccount
  /// What the account is recognised by in a later import. With the hash's salt in it, it tells nothing of a user who has been deleted.
  let digest: Int64

  init(_ line: Int, _ account: ImportedAccount) {
    self.line = line
    self.account = account
    digest = Digest.sha256Prefix64(
      Array([account.username.text, account.email?.text ?? "", account.passwordHash ?? ""].joined(separator: "\n").utf8))
  }

  /// Throws if a name or an address is in the file twice. `seen`: the lines of names and addresses, by a digest, which takes less memory.
  func checkNotRepeated(_ seen: inout [Int64: Int]) throws(ChatError) {
    for (field, text) in [("username", account.username.text), ("email", account.email?.text)] {
      guard let text else { continue }
      let key = Digest.sha256Prefix64(Array("\(field)\n\(text)".utf8))
      if let first = seen[key] { throw .invalid(field, "repeated", "This is that of line \(first), too.") }
      seen[key] = line
    }
  }
}
