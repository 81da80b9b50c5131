// Hashes of other systems: those made by bcrypt, passlib and argon2-cffi from PyPI, and by libxcrypt, are verified; costly ones are refused.
import Testing

@testable import Auth

@Suite struct StoredHashTests {
  private static let password = "correct horse battery staple"

  private static let foreign = [
    "$2b$04$7tAwIlv1X1dOmDFaoCipGeWk1bWHEAWsk8F91j2K7iWzc6rDy64uC",
    // The same, with the bits of the salt's last character set that do not count.
    "$2b$04$7tAwIlv1X1dOmDFaoCipGfWk1bWHEAWsk8F91j2K7iWzc6rDy64uC",
    "$2y$04$aaaaaaaaaaaaaaaaaaaaaeKzS2GsHdJDu7.1EW/MquSurC.CdsBSG",
    "$2a$04$bbbbbbbbbbbbbbbbbbbbbO9vXRKLrDtBzOAVkeacZ07pYntvqFC8C",
    "$bcrypt-sha256$v=2,t=2b,r=4$jhTthcq1SSTqKTGep97fZO$wFWOmT.Ui.7jPtFyso6.1bF7oAEi8Be",
    "$bcrypt-sha256$2b,4$iOEUDbzKMor2H/mgRKKFC.$HwFVrJE6KxTWbjaPcZpOscudZW1F7K6",
    "$6$S47Th5hTeg0dWc6c$luxLTPANzuiBMlEgUvL3m4lbmrJZyGI5E7wO0gHRRwL114haFo.vOB5E7CTHk8fuqT3yWzdV/gO7boVydWA7N/",
    "$6$rounds=1000$CZUdHyeVhUr5.4zD$zooaThc30a/0A.3ePKtz8HrA56WhbruW5LxYZwaMNMb7I1MdKmU0V/R3n0KDbhX3FHVPHuSfx.tArR0YsTcAm.",
    "$5$rounds=1000$gDjYzP5nPOEj6HGf$kkImDuAxnHo9NC0VeITaUA9EkfQvWh7AP2WLBwfMWa9",
    "$argon2id$v=19$m=64,t=1,p=4$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M",
    "$argon2i$v=19$m=64,t=3,p=2$9U8W+rpuYAzfbJQ+bNEqAQ$r/1q4OTmQ0uB++IAvPQ5u5Sp0eh40MEh1qKYJqMNIsc",
    "$y$j7T$abcdefgh$thK1zNaKMEHzuLL5Jiwq1ZFUD5UNuLdsYZkALx.Yv92",
  ]

  private let hasher = PasswordHasher(cost: .minimum)

  @Test(arguments: foreign)
  func `a password signs in with the hash of another system, any other does not, and the hash is to be replaced`(_ stored: String) throws {
    #expect(try hasher.verify(Self.password, against: stored))
    for other in ["", "correct horse battery stapl", Self.password + " ", Self.password + "\u{0}", "\u{0}", "Correct horse battery staple"]
    {
      #expect(try !hasher.verify(other, against: stored), "\(other)")
    }
    #expect(hasher.needsRehash(stored))
    let ours = try hasher.rehash(accepted: Self.password)
    #expect(ours.hasPrefix("$argon2id$") && !hasher.needsRehash(ours))
  }

  @Test(arguments: foreign)
  func `a hash that was changed anywhere fits no password, and crashes nothing`(_ stored: String) throws {
    for index in stored.indices {
      var changed = stored
      changed.replaceSubrange(index...index, with: stored[index] == "x" ? "z" : "x")
      let isLooseSalt = stored.hasPrefix("$2") && stored.distance(from: stored.startIndex, to: index) == 28
      if !isLooseSalt { #expect(try !hasher.verify(Self.password, against: changed), "\(changed)") }
      #expect(try !hasher.verify(Self.password, against: String(stored[..<index])))
    }
  }

  @Test func `a password that the other system got in another spelling of Unicode signs in as it was typed there`() throws {
    // bcrypt of "cre\u{300}me bru\u{302}le\u{301}e", decomposed.
    let stored = "$2y$04$aaaaaaaaaaaaaaaaaaaaae"
    let foreign = StoredHashTests.bcrypt("cre\u{300}me bru\u{302}le\u{301}e", setting: stored)
    #expect(try hasher.verify("cre\u{300}me bru\u{302}le\u{301}e", against: foreign))
    #expect(try !hasher.verify("creme brulee", against: foreign))
  }

  private static func bcrypt(_ password: String, setting: String) -> String {
    StoredHash.computed(Array(password.utf8), setting: setting) ?? ""
  }

  private static let refused: [(String, StoredHashError)] = [
    // 4 GiB, many passes, many lanes.
    ("$argon2id$v=19$m=4194304,t=1,p=4$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M", .tooCostly("at most 256 MiB")),
    ("$argon2i$v=19$m=64,t=4000,p=4$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M", .tooCostly("at most 10 passes")),
    ("$argon2id$v=19$m=4096,t=1,p=64$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M", .tooCostly("at most 16 lanes")),
    ("$2b$15$7tAwIlv1X1dOmDFaoCipGeWk1bWHEAWsk8F91j2K7iWzc6rDy64uC", .tooCostly("a cost of at most 14")),
    ("$bcrypt-sha256$v=2,t=2b,r=31$jhTthcq1SSTqKTGep97fZO$wFWOmT.Ui.7jPtFyso6.1bF7oAEi8Be", .tooCostly("a cost of at most 14")),
    ("$6$rounds=999999999$salt$" + String(repeating: "a", count: 86), .tooCostly("at most 1000000 rounds")),
    ("$y$jGT$abcdefgh$thK1zNaKMEHzuLL5Jiwq1ZFUD5UNuLdsYZkALx.Yv92", .tooCostly("at most 256 MiB")),
    // Older versions and broken kinds.
    ("$argon2id$v=16$m=64,t=1,p=4$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M", .malformed),
    ("$argon2d$v=19$m=64,t=1,p=4$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M", .unknownKind),
    ("$2x$04$7tAwIlv1X1dOmDFaoCipGeWk1bWHEAWsk8F91j2K7iWzc6rDy64uC", .unknownKind),
    ("$1$salt$Qk5Wx6SYbIV0rR1hbqTmD1", .unknownKind), ("5f4dcc3b5aa765d61d8327deb882cf99", .unknownKind), ("", .unknownKind),
    ("$", .unknownKind),
    ("*", .unknownKind), ("!$2b$04$7tAwIlv1X1dOmDFaoCipGeWk1bWHEAWsk8F91j2K7iWzc6rDy64uC", .unknownKind),
    // Of the wrong form.
    ("$2b$4$7tAwIlv1X1dOmDFaoCipGeWk1bWHEAWsk8F91j2K7iWzc6rDy64uC", .malformed),
    ("$2b$03$7tAwIlv1X1dOmDFaoCipGeWk1bWHEAWsk8F91j2K7iWzc6rDy64uC", .malformed),
    ("$2b$04$7tAwIlv1X1dOmDFaoCipGeWk1bWHEAWsk8F91j2K7iWzc6rDy64u", .malformed),
    ("$argon2id$v=19$m=64,t=1,p=0$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M", .malformed),
    ("$argon2id$v=19$m=064,t=1,p=1$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M", .malformed),
    ("$6$rounds=99$salt$" + String(repeating: "a", count: 86), .malformed), ("$6$salt$a$b$c", .malformed),
    ("$bcrypt-sha256$v=3,t=2b,r=4$jhTthcq1SSTqKTGep97fZO$wFWOmT.Ui.7jPtFyso6.1bF7oAEi8Be", .malformed),
    ("$bcrypt-sha256$$$", .malformed), ("$2b$", .malformed), ("$argon2id$", .malformed), ("$y$", .malformed),
    (" $2b$04$7tAwIlv1X1dOmDFaoCipGeWk1bWHEAWsk8F91j2K7iWzc6rDy64uC", .unknownKind), (String(repeating: "$", count: 300), .malformed),
  ]

  @Test(arguments: refused)
  func `what costs too much or is no hash is refused`(_ text: String, _ error: StoredHashError) {
    #expect(throws: error) { try StoredHash(text) }
  }
}
