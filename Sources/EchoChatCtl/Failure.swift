// An error for the operator, with the exit status that goes with it.

/// Why a command failed, in a sentence for the operator.
struct Failure: Error {
  /// EX_USAGE and EX_CONFIG of sysexits.h.
  static let wrongUsage: Int32 = 64
  static let invalidSetting: Int32 = 78
  static let usage = Failure("this is not a command of echochatctl: try `echochatctl help`", status: wrongUsage)

  /// Everything has been said.
  static let silent = Failure("")

  /// Empty: nothing is to be said.
  let text: String
  let status: Int32

  init(_ text: String, status: Int32 = 1) {
    self.text = text
    self.status = status
  }
}
