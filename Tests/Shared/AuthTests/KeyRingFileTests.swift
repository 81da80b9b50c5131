// The file of token keys: made once, shared by all, closed to others.

import Glibc
import HTTPSyntax
import Testing
import TestSupport

@testable import Auth

@Suite struct KeyRingFileTests {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/keys" }

  @Test func `the first start makes a key, and every later one finds it`() throws {
    let first = try KeyRing.load(from: path)
    let second = try KeyRing.load(from: path)
    #expect(first.keys.count == 1)
    #expect(first.currentKeyName == second.currentKeyName)
    let claims = AccessClaims(userID: "alice", sessionID: "s", tokenID: "t", issuedAtSeconds: 1, expiresAtSeconds: 9)
    let token = try AccessTokenIssuer(ring: first, issuer: "i", audience: "a").issue(claims)
    #expect(try AccessTokenIssuer(ring: second, issuer: "i", audience: "a").verify(token, nowSeconds: 1) == claims)

    #expect(folder.names == ["keys"])
    #expect(folder.mode("keys") == 0o600)
    let other = try KeyRing.load(from: path + "2")
    #expect(other.currentKeyName != first.currentKeyName)
  }

  @Test func `sixteen programs that start at once share one ring, and leave no drafts behind`() throws {
    for round in 0..<40 {
      let path = "\(folder.path)/keys\(round)"
      let tokens = Threads.run(16) { _ -> String? in
        guard let ring = try? KeyRing.load(from: path), let issuer = try? AccessTokenIssuer(ring: ring, issuer: "i", audience: "a") else {
          return nil
        }
        return issuer.issue(AccessClaims(userID: "u", sessionID: "s", tokenID: "t", issuedAtSeconds: 1, expiresAtSeconds: 9))
      }
      // The same claims under the same key are the same token.
      let issuer = try AccessTokenIssuer(ring: KeyRing.load(from: path), issuer: "i", audience: "a")
      let expected = issuer.issue(AccessClaims(userID: "u", sessionID: "s", tokenID: "t", issuedAtSeconds: 1, expiresAtSeconds: 9))
      #expect(tokens == Array(repeating: expected, count: 16))
    }
    #expect(folder.names.count == 40)
  }

  @Test func `the first line signs and all verify; remarks and empty lines are passed over`() throws {
    let (one, two) = (Random.secret(), Random.secret())
    folder.write("keys", "# newest first\n\nnew-1 \(one)\nold_2 \(two)\n")
    let ring = try KeyRing.load(from: path)
    #expect(ring.keys.map(\.name) == ["new-1", "old_2"])
    #expect(ring.currentKeyName == "new-1")
    folder.write("keys", "old_2 \(two)")
    #expect(try KeyRing.load(from: path).currentKeyName == "old_2")
  }

  @Test(
    arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666, 0o777] as [mode_t])
  func `a file that others may access is rejected, whichever others`(mode: mode_t) throws {
    folder.write("keys", "k \(Random.secret())\n")
    #expect(throws: Never.self) { try KeyRing.load(from: path) }
    chmod(path, mode)
    let error = #expect(throws: KeyRingError.self) { try KeyRing.load(from: path) }
    #expect(error == .openToOthers(path: path, mode: mode))
    #expect(error?.description.contains("chmod 600 \(path)") == true)
  }

  @Test(
    arguments: [
      ("", 0), ("# nothing\n", 0), ("\n\n", 0), ("k1\n", 1), ("k1 \n", 1), (" SECRET\n", 1), ("k1  SECRET\n", 1), ("k1 SECRET \n", 1),
      ("k1 SECRET x\n", 1), ("k1\tSECRET\n", 1), ("k1 SECRET\r\n", 1), ("k1 SECRET=\n", 1), ("k/1 SECRET\n", 1), ("k\"1 SECRET\n", 1),
      ("../k SECRET\n", 1), ("é SECRET\n", 1), ("123456789012345678901234567890123 SECRET\n", 1), ("k1 SECRET\nk1 SECRET\n", 2),
      ("# remark\nk1 SECRET\n\nk2\n", 4), ("k1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 1),
      ("k1 c2VjcmV0\n", 1), ("k1 changeme\n", 1),
      ("k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg\n", 1), ("{\"k1\":\"SECRET\"}\n", 1), ("k1 SECRET\u{0}\n", 1),
    ])
  func `a file that is not lines of name and secret is refused with the line, and never overwritten`(text: String, line: Int) throws {
    let secret = Random.secret()
    let whole = text.replacing("SECRET", with: secret)
    folder.write("keys", whole)
    let error = #expect(throws: KeyRingError.self) { try KeyRing.load(from: path) }
    guard case .malformed(path, line, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(folder.read("keys") == whole)
    // The secret is never part of the complaint.
    #expect(error?.description.contains(secret) == false)
  }

  @Test func `sixteen keys are a ring and seventeen are refused; a file without end is not read to its end`() throws {
    let lines = (0..<17).map { "k\($0) \(Random.secret())\n" }
    folder.write("keys", lines[..<16].joined())
    #expect(try KeyRing.load(from: path).keys.count == 16)
    folder.write("keys", lines.joined())
    let tooMany = KeyRingError.malformed(path: path, line: 17, reason: "there are more than 16 keys")
    #expect(throws: tooMany) { try KeyRing.load(from: path) }
    folder.write("keys", String(repeating: "#\n", count: 10_000))
    let tooLong = KeyRingError.malformed(path: path, line: 0, reason: "it has more than 16384 bytes")
    #expect(throws: tooLong) { try KeyRing.load(from: path) }
  }

  @Test func `secrets of 32 to 64 bytes are taken, shorter and longer ones refused`() {
    for (bytes, good) in [(31, false), (32, true), (48, true), (64, true), (65, false)] {
      folder.write("keys", "k \(Base64URL.encode(Random.bytes(bytes)))\n")
      #expect(((try? KeyRing.load(from: path)) != nil) == good, "\(bytes) bytes")
    }
  }

  @Test func `what is no plain file is refused, without waiting for a pipe's writer`() {
    #expect(throws: KeyRingError.notAFile(path: folder.path)) { try KeyRing.load(from: folder.path) }
    mkfifo(path, 0o600)
    #expect(throws: KeyRingError.notAFile(path: path)) { try KeyRing.load(from: path) }
  }

  @Test func `a folder that does not exist, and a link that leads nowhere, are the operator's to mend`() {
    let missing = folder.path + "/no/keys"
    let error = #expect(throws: KeyRingError.self) { try KeyRing.load(from: missing) }
    guard case .system(_, "create", ENOENT) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("No such file or directory") == true)
    symlink(folder.path + "/nothing", path)
    #expect(throws: KeyRingError.system(path: path, operation: "open", code: ENOENT)) { try KeyRing.load(from: path) }
    #expect(folder.names == ["keys"])
  }
}
