// Finds the code in a text: what stands between backticks or in a fenced block.

/// The rules of CommonMark, as far as chats use them. One or two backticks enclose code until as many follow, in the same paragraph. Three or
/// more enclose a block until at least as many follow, wherever that is: people write "```one line```" as well as whole blocks. A line that
/// begins with three `~` begins a block, too. A block that begins a line and is never closed goes on to the end; other backticks that are
/// never closed are plain text, as is one after a backslash.
///
/// Takes a time that grows with the length of the text, whatever it is.
enum CodeSpans {
  /// The code with its marks, in order and apart from each other.
  static func find(in scalars: [Unicode.Scalar]) -> [Range<Int>] {
    let runs = runs(in: scalars)
    guard !runs.isEmpty else { return [] }
    let closers = closers(of: runs)
    var spans: [Range<Int>] = []
    var index = 0
    while index < runs.count {
      let run = runs[index]
      if let closer = closers[index], !run.isEscaped {
        spans.append(run.range.lowerBound..<runs[closer].range.upperBound)
        index = closer + 1
      } else if run.isFence, run.beginsLine, !run.isEscaped {
        spans.append(run.range.lowerBound..<scalars.count)
        break
      } else {
        index += 1
      }
    }
    return spans
  }

  /// Consecutive equal marks.
  private struct Run {
    let range: Range<Int>
    let mark: Unicode.Scalar
    /// Blank lines before it.
    let paragraph: Int
    /// Only spaces, three at most, are before it on its line.
    let beginsLine: Bool
    let isEscaped: Bool

    var isFence: Bool { range.count >= 3 }
  }

  /// All backticks, and the `~` that can begin or end a block.
  private static func runs(in scalars: [Unicode.Scalar]) -> [Run] {
    var runs: [Run] = []
    var paragraph = 0
    var lineStart = 0
    var isBlank = true
    var backslashes = 0
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case "\n":
        if isBlank { paragraph += 1 }
        isBlank = true
        lineStart = index + 1
        index += 1
      case " ", "\t", "\r":
        index += 1
      case "`", "~":
        var end = index + 1
        while end < scalars.count, scalars[end] == scalar { end += 1 }
        let run = Run(
          range: index..<end, mark: scalar, paragraph: paragraph, beginsLine: isBlank && index - lineStart <= 3,
          isEscaped: backslashes % 2 == 1)
        if scalar == "`" || (run.isFence && run.beginsLine) { runs.append(run) }
        isBlank = false
        index = end
      default:
        isBlank = false
        index += 1
      }
      backslashes = scalar == "\\" ? backslashes + 1 : 0
    }
    return runs
  }

  /// For each run the one that would close it; nil if none does.
  private static func closers(of runs: [Run]) -> [Int?] {
    var closers = [Int?](repeating: nil, count: runs.count)
    /// The next run of each length.
    var nextOfLength: [Int: Int] = [:]
    // The next runs of each mark, without those that a longer one hides.
    var visible: [Unicode.Scalar: [Int]] = [:]
    for (index, run) in runs.enumerated().reversed() {
      while let last = visible[run.mark]?.last, runs[last].range.count < run.range.count { visible[run.mark]?.removeLast() }
      if run.isFence {
        closers[index] = visible[run.mark]?.last
      } else if let next = nextOfLength[run.range.count], runs[next].paragraph == run.paragraph {
        closers[index] = next
      }
      visible[run.mark, default: []].append(index)
      if run.mark == "`" { nextOfLength[run.range.count] = index }
    }
    return closers
  }
}
