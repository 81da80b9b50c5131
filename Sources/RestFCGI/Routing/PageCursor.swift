// The position in a list at which the next page begins: opaque to clients.
import Domain
import HTTPSyntax

/// The sort keys of the last item of a page, with the name of its list: a list accepts only its own cursors.
struct PageCursor: Equatable, Sendable {
  enum List: UInt8, Sendable {
    case rooms = 1
    case directory = 2
    case members = 3
    case sessions = 4
    case users = 5
    case blocks = 6
    case bans = 7
    case invites = 8
    case reports = 9
    case receipts = 10
    case export = 11
    case messageHits = 12
    case online = 13
    case userHits = 14
    case roomHits = 15
    case invitations = 16
    case accounts = 17
    case administeredRooms = 18
    case allReports = 19
    case registrationCodes = 20
    case replies = 21
    case saved = 22

    var numberCount: Int {
      switch self {
      case .members, .users, .blocks, .bans, .invites, .reports, .receipts, .export, .online, .invitations, .accounts,
        .administeredRooms, .allReports, .registrationCodes, .replies, .saved:
        1
      case .rooms, .directory, .sessions, .userHits: 2
      case .roomHits: 3
      case .messageHits: 5
      }
    }
  }

  let list: List
  /// As many as `list.numberCount`, none of them negative.
  let numbers: [Int64]

  init(_ list: List, _ numbers: Int64...) {
    self.list = list
    self.numbers = numbers
  }

  /// Reads the `text` of a cursor. Throws if it is not one of this list.
  init(_ text: String, of list: List) throws(ChatError) {
    guard let bytes = Base64URL.decode(text), bytes.count == 1 + 8 * list.numberCount, bytes.first == list.rawValue else {
      throw Self.unknown
    }
    numbers = (0..<list.numberCount).map { index in
      bytes[(1 + 8 * index)..<(9 + 8 * index)].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
    guard numbers.allSatisfy({ $0 >= 0 }) else { throw Self.unknown }
    self.list = list
  }

  var text: String {
    Base64URL.encode([list.rawValue] + numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } })
  }

  private static let unknown = ChatError.invalid("cursor", "value", "This is not a cursor of this list.")
}

extension Query {
  func cursor(of list: PageCursor.List) throws(ChatError) -> PageCursor? {
    guard let text = try value("cursor") else { return nil }
    return try PageCursor(text, of: list)
  }
}

extension Query {
  /// The row after which a page of `list` begins, for lists that are sorted by one number; 0 for the first page.
  func rowCursor(of list: PageCursor.List) throws(ChatError) -> Int64 {
    try cursor(of: list)?.numbers[0] ?? 0
  }
}
