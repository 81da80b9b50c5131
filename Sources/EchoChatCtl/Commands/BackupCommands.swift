// `echochatctl backup`, `verify` and `restore`.
import Chat
import Configuration
import Domain
import Posix

enum BackupCommands {
  static let all = [backup, verify, restore]

  private static let backup = Command(
    "backup", "DIR",
    options: [
      .init("--keep", value: "N", "Removes the oldest backups of this site in DIR, so that N are left."),
      .init("--without-keys", "Leaves out the keys: after a restore with others, clients get new tokens."),
    ],
    text: "Copies database, files and keys into a new directory in DIR, beside the programs, and checks the copy."
  ) { arguments in
    let keep = try arguments.number(option: "--keep")
    // Before root is given up: a relative path may lead through a directory that the service's user cannot pass.
    let directory = (try? absolutePath(arguments["DIR"])) ?? arguments["DIR"]
    let settings = try ProgramStart.findDirectory()
    let backup = try Backup.make(settings, in: directory, withKeys: !arguments.has("--without-keys"))
    let manifest = backup.manifest
    if let missing = manifest.missing.first {
      Output.note("\(manifest.missing.count) files are missing from the data directory, such as \(missing): the backup does not have them")
    }
    do {
      try LastBackup(at: manifest.at, path: backup.path, bytes: manifest.bytes).write(settings)
    } catch {
      Output.note("\(settings.lastBackupPath) does not name the backup: \(error)")
    }
    Output.print("\(backup.path): \(manifest.counts.messages) messages, \(manifest.counts.files) files, \(manifest.bytes) bytes\n")
    guard let keep else { return }
    do {
      for path in try backup.removeOlder(keeping: Int(clamping: keep)) { Output.print("removed \(path)\n") }
    } catch {
      throw Failure("the backup is whole, but older ones cannot be removed: \(error)")
    }
  }

  private static let verify = Command(
    "verify", "[PATH]",
    text: "Checks the data directory, which may be in use, or the backup at PATH: rows, counters, files, hashes. Prints a line for each."
  ) { arguments in
    let (what, lines): (String, [CheckLine])
    if let path = arguments.optional("PATH") {
      try ProgramStart.becomeOwner(of: path)
      (what, lines) = (path, try BackupCheck(ofBackupAt: path).lines)
    } else {
      let settings = try ProgramStart.findDirectory()
      (what, lines) = (settings.data, try DataCheck.lines(settings))
    }
    for line in lines { Output.print(line.text + "\n") }
    let faults = lines.count { !$0.faults.isEmpty }
    guard faults == 0 else { throw Failure("\(what) is not whole") }
  }

  private static let restore = Command(
    "restore", "PATH",
    text:
      "Puts the backup at PATH in the place of the data, which are set aside. The programs must be stopped. Clients load their state anew."
  ) { arguments in
    let path = (try? absolutePath(arguments["PATH"])) ?? arguments["PATH"]
    let settings = try ProgramStart.makeDirectories(for: .command)
    let restored = try Restoration.restore(backupAt: path, settings)
    let manifest = restored.manifest
    Output.print("\(settings.data) has the backup of \(Output.text(manifest.at)): \(manifest.counts.messages) messages\n")
    if let old = restored.setAside { Output.print("what was there is in \(old): remove that once you need it no more\n") }
  }
}
