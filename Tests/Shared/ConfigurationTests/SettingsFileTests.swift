// The settings file: what systemd and Compose read alike is read, and all else is refused with its line.
import Configuration
import Testing

@Suite struct SettingsFileTests {
  private func values(_ text: String) throws -> [String: String] { try SettingsFile(Array(text.utf8), path: "/etc/x.conf").values }

  private func error(_ bytes: [UInt8]) -> String? {
    do { _ = try SettingsFile(bytes, path: "/etc/x.conf") } catch { return error.description }
    return nil
  }

  @Test(
    arguments: [
      ("A=1", "1"), ("A=", ""), ("A=a b", "a b"), ("  A=1  ", "1"), ("A=\t1\r", "1"), ("A= 1 ", "1"), ("A=a#b", "a#b"), ("A=a=b", "a=b"),
      ("A=''", ""), ("A='a b '", "a b "), ("A='$HOME `x` \\ \" # é'", "$HOME `x` \\ \" # é"), ("A='x'  ", "x"), ("A=\"\"", ""),
      ("A=\" it's \\\"so\\\" \\\\ # \"", " it's \"so\" \\ # "),
      ("A=smtp://chat%40example.org:p%2Fw@host:587", "smtp://chat%40example.org:p%2Fw@host:587"),
    ])
  func `a value is plain or in quotes`(line: String, value: String) throws {
    #expect(try values(line) == ["A": value])
  }

  @Test func `empty lines and comments say nothing`() throws {
    #expect(try values("") == [:])
    #expect(try values("# A=1\n\n \t\n  # B=2\nC=3\n") == ["C": "3"])
  }

  @Test(
    arguments: [
      ("A", "wanted NAME=value"), ("A =1", "wanted NAME=value"), ("=1", "wanted NAME=value"), ("1A=1", "wanted NAME=value"),
      ("export A=1", "wanted NAME=value"), ("; A=1", "wanted NAME=value"), ("Ä=1", "wanted NAME=value"), ("# \\", "comment"),
      ("A='1", "closing '"), ("A='1' 2", "nothing may follow"), ("A=\"1", "closing \""), ("A=\"1\"2", "nothing may follow"),
      ("A=\"\\n\"", "backslash"), ("A=\"1\\\"", "closing \""), ("A=\"$B\"", "single quotes"), ("A=$B", "single quotes"),
      ("A=`b`", "single quotes"), ("A=a\\", "single quotes"), ("A=Bob's", "single quotes"), ("A=1 # one", "single quotes"),
      ("A=1\t#", "single quotes"), ("A=\u{1b}[2J", "control character"), ("A=\u{7f}", "control character"),
      ("A=1\u{0}", "control character"),
      ("ECHOCHAT_CONFIG=/x", "environment alone"), ("ECHOCHAT_CORE_DUMPS=on", "environment alone"),
    ])
  func `a line that others would read otherwise is refused with its number`(line: String, reason: String) throws {
    let sentence = try #require(error(Array("# settings\n\(line)\nB=1".utf8)))
    #expect(sentence.hasPrefix("/etc/x.conf, line 2: ") && sentence.contains(reason))
  }

  @Test func `no sentence shows what may be a secret`() throws {
    for line in ["s3cret", "A='s3cret", "A=s3cret$", "A=\"s3cret\" s3cret", "A=s3cret\nA=s3cret"] {
      #expect(!(try #require(error(Array(line.utf8)))).contains("s3cret"))
    }
  }

  @Test func `a name that is set twice is refused with both lines`() {
    #expect(error(Array("A=1\nB=1\nA=2".utf8)) == "/etc/x.conf, line 3: A is set in line 1 already")
  }

  @Test func `what is no text, or too large, is refused`() {
    #expect(error([0x41, 0x3d, 0xff]) == "/etc/x.conf, line 1: this is not UTF-8 text")
    let fits = Array("#".utf8) + [UInt8](repeating: 0x20, count: SettingsFile.bytesMax - 1)
    #expect(error(fits) == nil)
    #expect(error(fits + [0x20])?.contains("larger than 65536 bytes") == true)
  }

  @Test func `the environment wins, and the file's names are checked all`() throws {
    let settings = try Settings(
      environment: ["ECHOCHAT_PORT": "1", "ECHOCHAT_LOOPS": ""],
      file: ["ECHOCHAT_PORT": "2", "ECHOCHAT_LOOPS": "3", "ECHOCHAT_DATA": "/d", "PORT": "s3cret"])
    #expect(settings.port == 1 && settings.loops == 1 && settings.data == "/d")
    #expect(settings.unknownNames == ["PORT"] && settings.unknownNamesWarning?.contains("s3cret") == false)
    #expect(throws: Settings.Invalid.self) { try Settings(environment: [:], file: ["ECHOCHAT_PORT": "x"]) }
  }
}
