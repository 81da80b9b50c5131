// Reads the accounts of a file, one after the other, without holding the file in memory.
import Domain
import Posix
import Wire

/// What a file of accounts is written in.
public enum ImportFormat: Sendable {
  case csv
  /// An array, or one object after the other, as in JSON lines.
  case json

  /// By the end of the file's name: `.csv`; `.json`, `.jsonl` or `.ndjson`. Nil for others.
  public init?(path: String) {
    let name = path.lowercased()
    if name.hasSuffix(".csv") {
      self = .csv
    } else if [".json", ".jsonl", ".ndjson"].contains(where: name.hasSuffix) {
      self = .json
    } else {
      return nil
    }
  }
}

/// One record of a file: where it begins, and the account or what is wrong with it.
typealias ImportRecord = (line: Int, account: Result<ImportedAccount, ChatError>)

struct ImportFile {
  let file: ReadableFile
  let format: ImportFormat
  /// What no account may be newer than.
  let now: Timestamp

  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  /// Calls `body` with each record. Throws `invalid_field` without a line for what makes the rest unreadable, `Errno`, or what `body` throws.
  func forEachRecord(_ body: (ImportRecord) throws -> Void) throws {
    switch format {
    case .csv: try forEachCSVRecord(body)
    case .json: try forEachJSONRecord(body)
    }
  }

  private func forEachCSVRecord(_ body: (ImportRecord) throws -> Void) throws {
    var records = CSVRecords()
    var columns: [ImportedAccount.Field]?
    func handle(_ fields: [String]?) throws {
      guard let fields else { return }
      guard let known = columns else {
        columns = try Self.columns(fields)
        return
      }
      guard fields.count == known.count else {
        let error = ChatError(.malformedRequest, "this line has \(fields.count) fields, the first one \(known.count)")
        return try body((records.recordLine, .failure(error)))
      }
      var values: [ImportedAccount.Field: String] = [:]
      for (field, value) in zip(known, fields) where !value.isEmpty { values[field] = value }
      try body((records.recordLine, Self.account(values, now)))
    }
    try locating({ records.recordLine }) {
      try forEachByte { try handle(try records.read($0)) }
      try handle(try records.end())
    }
    guard columns != nil else { throw ImportFault(line: 1, error: ChatError(.malformedRequest, "the first line must name the columns")) }
  }

  /// The columns that the first line names.
  private static func columns(_ names: [String]) throws(ChatError) -> [ImportedAccount.Field] {
    var columns: [ImportedAccount.Field] = []
    for name in names {
      guard let field = ImportedAccount.Field(rawValue: name) else { throw ImportedAccount.unknownField(name) }
      guard !columns.contains(field) else { throw ChatError(.malformedRequest, "the column \(name) is there twice") }
      columns.append(field)
    }
    guard columns.contains(.username) else {
      throw ChatError(.malformedRequest, "the first line must name the columns, among them username")
    }
    return columns
  }

  private static func account(_ values: [ImportedAccount.Field: String], _ now: Timestamp) -> Result<ImportedAccount, ChatError> {
    Result { () throws(ChatError) in try ImportedAccount(values, now: now) }
  }

  private func forEachJSONRecord(_ body: (ImportRecord) throws -> Void) throws {
    var records = JSONRecords()
    try locating({ records.recordLine }) {
      try forEachByte { byte in
        guard let object = try records.read(byte) else { return }
        let account = Result { () throws(ChatError) in
          try ImportedAccount(try JSONReader.decode(ImportRequest.self, from: object).values, now: now)
        }
        try body((records.recordLine, account))
      }
      try records.end()
    }
  }

  /// Names the line at which `read` fails.
  private func locating(_ line: () -> Int, _ read: () throws -> Void) throws {
    do {
      try read()
    } catch let error as ChatError {
      throw ImportFault(line: line(), error: error)
    }
  }

  private func forEachByte(_ body: (UInt8) throws -> Void) throws {
    var isFirst = true
    try file.forEachChunk { chunk in
      let mark = isFirst && chunk.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
      isFirst = false
      for byte in chunk.dropFirst(mark) { try body(byte) }
    }
  }
}

/// What makes a file unreadable from a line on.
struct ImportFault: Error {
  let line: Int
  let error: ChatError
}
