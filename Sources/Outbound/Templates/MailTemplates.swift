// Finds the template of a mail: the operator's, or the shipped one.
import Domain
import Glibc
import Posix

/// The text of a mail, with its subject.
struct TextTemplate {
  let subject: MailTemplate
  let body: MailTemplate
}

/// For one thread. The operator's files are read for each mail: what they change counts from the next mail on.
final class MailTemplates {
  enum Form: String, CaseIterable {
    case text = "txt"
    case html
  }

  private let directory: String?
  /// Complaints that were logged already.
  private var logged: Set<String> = []

  /// `directory` holds `KIND.txt`, whose first line is `Subject: …` and whose second is empty, and `KIND.html`; nil: the shipped ones are used.
  init(directory: String?) {
    self.directory = directory
  }

  /// The subject and the body of the text.
  func text(_ kind: MailKind) -> TextTemplate {
    if let own = own(kind, .text, Self.text) { return own }
    do {
      return try Self.text(kind.shipped.text, kind)
    } catch {
      Self.fail(kind, error)
    }
  }

  func html(_ kind: MailKind) -> MailTemplate {
    if let own = own(kind, .html, Self.html) { return own }
    do {
      return try Self.html(kind.shipped.html, kind)
    } catch {
      Self.fail(kind, error)
    }
  }

  /// The shipped ones are templates; tests see to that.
  private static func fail(_ kind: MailKind, _ error: MailTemplate.Malformed) -> Never {
    preconditionFailure("the shipped template of \(kind) is none: \(error)")
  }

  /// Logs what of the operator's templates is missing or cannot be used.
  func check() {
    guard let directory else { return }
    let missing = MailKind.allCases.flatMap { kind in
      Form.allCases.map { "\(kind.rawValue).\($0.rawValue)" }.filter { access("\(directory)/\($0)", F_OK) != 0 }
    }
    if !missing.isEmpty { Log.warning("\(directory) lacks \(missing.joined(separator: ", ")): the shipped mail templates are used") }
    for kind in MailKind.allCases {
      _ = text(kind)
      _ = html(kind)
    }
  }

  /// Writes the shipped templates to files of a directory, which is made if need be, for the operator to change. Everybody may read them: the
  /// service's user must, and root may write them. Throws if one is there, which the operator may have changed.
  static func write(to directory: String) throws(Errno) {
    var files: [(path: String, text: String)] = []
    for kind in MailKind.allCases {
      files.append(("\(directory)/\(kind.rawValue).txt", kind.shipped.text))
      files.append(("\(directory)/\(kind.rawValue).html", kind.shipped.html))
    }
    if let present = files.first(where: { access($0.path, F_OK) == 0 }) { throw Errno("write \(present.path)", code: EEXIST) }
    if mkdir(directory, 0o755) == 0 {
      try Posix.check("chmod \(directory)") { chmod(directory, 0o755) }
    } else if errno != EEXIST {
      throw Errno("mkdir \(directory)")
    }
    for file in files {
      try TextFile.write(file.text, to: file.path)
      try Posix.check("chmod \(file.path)") { chmod(file.path, 0o644) }
    }
  }

  /// Nil if there is none, or it cannot be used, which is logged once.
  private func own<Template>(_ kind: MailKind, _ form: Form, _ read: (String, MailKind) throws(MailTemplate.Malformed) -> Template)
    -> Template?
  {
    guard let directory else { return nil }
    let path = "\(directory)/\(kind.rawValue).\(form.rawValue)"
    guard access(path, F_OK) == 0 else { return nil }
    do {
      guard let text = String(validating: try TextFile.bytes(path), as: UTF8.self) else {
        throw MailTemplate.Malformed(description: "it is not UTF-8")
      }
      return try read(text, kind)
    } catch {
      let complaint = "\(path): \(error); the shipped mail template is used"
      if logged.insert(complaint).inserted { Log.error(complaint) }
      return nil
    }
  }

  // MARK: Reading

  private static func text(_ file: String, _ kind: MailKind) throws(MailTemplate.Malformed) -> TextTemplate {
    let lines = file.replacing("\r\n", with: "\n").split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3, lines[0].hasPrefix("Subject: "), lines[1].isEmpty else {
      throw MailTemplate.Malformed(description: "it does not begin with a line `Subject: …` and an empty line")
    }
    let body = try MailTemplate(String(lines[2]))
    try checkLink(body, kind)
    return TextTemplate(subject: try MailTemplate(String(lines[0].dropFirst(9))), body: body)
  }

  private static func html(_ file: String, _ kind: MailKind) throws(MailTemplate.Malformed) -> MailTemplate {
    let template = try MailTemplate(file)
    try checkLink(template, kind)
    return template
  }

  private static func checkLink(_ template: MailTemplate, _ kind: MailKind) throws(MailTemplate.Malformed) {
    guard !kind.hasLink || template.has(.link) else {
      throw MailTemplate.Malformed(description: "it lacks {{link}}, for the sake of which the mail is sent")
    }
  }
}
