// The completion of echochatctl for bash, made from the table of commands.

enum Completion {
  /// A script for bash-completion: the words of a command one by one, then its options; a file where an option or operand names one.
  static func script(of commands: [Command]) -> String {
    var cases: [String] = []
    for prefix in prefixes(of: commands) {
      let next = Set(commands.filter { $0.name.starts(with: prefix) && $0.name.count > prefix.count }.map { $0.name[prefix.count] })
      let options = commands.first { $0.name == prefix }?.options.map(\.name) ?? []
      cases.append("        \"\(prefix.joined(separator: " "))\") words=\"\((next.sorted() + options).joined(separator: " "))\" ;;")
    }
    return """
      # Completion of echochatctl for bash. Made by `make man`.
      _echochatctl() {
          local current=${COMP_WORDS[COMP_CWORD]} typed="" word words=""
          for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
              case "${typed:+$typed }$word" in
                  \(prefixes(of: commands).filter { !$0.isEmpty }.map { "\"\($0.joined(separator: " "))\"" }.joined(separator: "|")))
                      typed="${typed:+$typed }$word" ;;
              esac
          done
          case "$typed" in
      \(cases.joined(separator: "\n"))
          esac
          mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
      }
      complete -o default -F _echochatctl echochatctl

      """
  }

  /// All beginnings of commands, the empty one and whole ones included.
  private static func prefixes(of commands: [Command]) -> [[String]] {
    var all: Set<[String]> = [[]]
    for command in commands {
      for count in 1...command.name.count { all.insert(Array(command.name.prefix(count))) }
    }
    return all.sorted { $0.joined(separator: " ") < $1.joined(separator: " ") }
  }
}
