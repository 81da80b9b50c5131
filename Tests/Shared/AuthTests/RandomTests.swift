// What nobody can guess has the shape that others rely on.

import HTTPSyntax
import Testing

@testable import Auth

@Suite struct RandomTests {
  @Test func `bytes come in the number asked for, none included`() {
    #expect(Random.bytes(0) == [])
    #expect(Random.bytes(1).count == 1)
    #expect(Random.bytes(100_000).count == 100_000)
    #expect(Random.bytes(32) != Random.bytes(32))
  }

  @Test func `20,000 identifiers are 20 letters and digits each, all different, all characters equally likely`() {
    let ids = (0..<20_000).map { _ in Random.id() }
    #expect(Set(ids).count == ids.count)
    var counts = [UInt8: Int]()
    for id in ids {
      #expect(id.utf8.count == 20)
      for byte in id.utf8 { counts[byte, default: 0] += 1 }
    }
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    #expect(Set(counts.keys) == Set(alphabet.utf8))
    // Chi-squared with 61 degrees of freedom: 61 on average, over 170 once in 10^11 runs. Folding 64 values onto 62 gives some 12,000.
    let expected = Double(ids.count * 20) / 62
    let deviation = counts.values.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    #expect(deviation < 170)
  }

  @Test func `a secret is 256 bits of strict base64url`() {
    #expect(Random.secret().utf8.count == 43)
    #expect(Base64URL.decode(Random.secret())?.count == 32)
    #expect(Random.secret() != Random.secret())
  }
}
