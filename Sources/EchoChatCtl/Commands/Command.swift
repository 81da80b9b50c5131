// A command of echochatctl: what dispatch, help text, manual page and completion need to know of it.

struct Command: Sendable {
  struct Option: Sendable {
    /// With its two dashes.
    let name: String
    /// What stands for its value; nil for an option that has none.
    let value: String?
    let text: String

    init(_ name: String, value: String? = nil, _ text: String) {
      (self.name, self.value, self.text) = (name, value, text)
    }

    static let json = Option("--json", "Prints JSON, as the REST API has it.")
    static let yes = Option("--yes", "Does not ask.")

    var synopsis: String { value.map { "\(name) \($0)" } ?? name }
  }

  /// One to three words.
  let name: [String]
  /// The names of the operands in their order; an optional one is in brackets, and last.
  let operands: [String]
  let options: [Option]
  /// What it does, in one line.
  let text: String
  let run: @Sendable (Arguments) throws -> Void

  init(
    _ name: String, _ operands: String..., options: [Option] = [], text: String, run: @escaping @Sendable (Arguments) throws -> Void
  ) {
    self.name = name.split(separator: " ").map(String.init)
    self.operands = operands
    self.options = options
    self.text = text
    self.run = run
  }

  /// The command as it is typed.
  var synopsis: String { (name + operands + options.map { "[\($0.synopsis)]" }).joined(separator: " ") }

  /// The error for arguments that are not the command's.
  var usage: Failure {
    Failure("usage: echochatctl \(synopsis); more: `echochatctl help \(name.joined(separator: " "))`", status: Failure.wrongUsage)
  }
}

/// The operands and options of a command that was typed.
struct Arguments: Sendable {
  let command: Command
  private var operands: [String: String] = [:]
  private var options: [String: String] = [:]

  /// Throws unless the words are as the command's synopsis says. Options may stand anywhere; `--` ends them.
  init(_ words: some Sequence<String>, of command: Command) throws {
    self.command = command
    var (given, rest) = ([String](), Array(words)[...])
    var areOptions = true
    while let word = rest.popFirst() {
      guard areOptions, word.hasPrefix("--") else {
        given.append(word)
        continue
      }
      guard word != "--" else {
        areOptions = false
        continue
      }
      let (name, equals) = (String(word.prefix { $0 != "=" }), word.firstIndex(of: "="))
      guard let option = command.options.first(where: { $0.name == name }), options[name] == nil else { throw command.usage }
      if option.value == nil {
        guard equals == nil else { throw command.usage }
        options[name] = ""
      } else if let equals {
        options[name] = String(word[word.index(after: equals)...])
      } else {
        guard let value = rest.popFirst() else { throw command.usage }
        options[name] = value
      }
    }
    let required = command.operands.count { !$0.hasPrefix("[") }
    guard (required...command.operands.count).contains(given.count) else { throw command.usage }
    for (name, value) in zip(command.operands, given) { operands[name] = value }
  }

  /// A required operand.
  subscript(name: String) -> String {
    guard let value = operands[name] else { preconditionFailure("\(command.synopsis) has no operand \(name)") }
    return value
  }

  /// An optional operand, by its name without brackets.
  func optional(_ name: String) -> String? { operands["[\(name)]"] }

  func has(_ option: String) -> Bool { options[option] != nil }

  /// The value of an option; nil if it was not given.
  func value(_ option: String) -> String? { options[option] }

  /// The value of an option as a whole number from 1 on. Throws for another text.
  func number(option: String) throws -> Int64? { try value(option).map { try wholeNumber($0) } }

  /// A required operand as a whole number from 1 on. Throws for another text.
  func number(operand: String) throws -> Int64 { try wholeNumber(self[operand]) }

  private func wholeNumber(_ text: String) throws -> Int64 {
    guard let number = Int64(text), number > 0, !text.hasPrefix("+") else { throw command.usage }
    return number
  }
}
