// The end of a certificate: found in those that there are, and in nothing else.
import Domain
import FoundationEssentials
import Testing

@testable import EchoChatCtl

@Suite struct CertificateExpiryTests {
  /// Made by OpenSSL.
  private static let pem = """
    -----BEGIN CERTIFICATE-----
    MIIBgzCCASmgAwIBAgIUUA1pJw2lWAdq1Mv4+ZsBY7eBejQwCgYIKoZIzj0EAwIw
    FzEVMBMGA1UEAwwMY2hhdC5leGFtcGxlMB4XDTI2MTEzMDIzMzM0N1oXDTM2MTEy
    NzIzMzM0N1owFzEVMBMGA1UEAwwMY2hhdC5leGFtcGxlMFkwEwYHKoZIzj0CAQYI
    KoZIzj0DAQcDQgAEzdoYb1BGDWcpTuLbTN+9ynF7CxNxnQccjHM81Dv4AmwdXUPs
    Srb5Zfb5quaVsMyRWiMqX2NAflXhPnJpu0vwKaNTMFEwHQYDVR0OBBYEFIuMRZFD
    dAHGAyQm0ln6r4bvZ/GgMB8GA1UdIwQYMBaAFIuMRZFDdAHGAyQm0ln6r4bvZ/Gg
    MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgWh2nzYoalwckFFxO
    rf6XuSiDS5bDQJLzNr7s/vP258kCIQCoqeF/4FFMcUnvvWTF0sUpLeRYgjsyQmLJ
    Egk+DWAOag==
    -----END CERTIFICATE-----

    """

  private static let utcTime: UInt8 = 0x17
  private static let generalizedTime: UInt8 = 0x18

  /// An element of DER.
  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    let length: [UInt8] =
      switch count {
      case ..<0x80: [UInt8(count)]
      case ..<0x100: [0x81, UInt8(count)]
      default: [0x82, UInt8(count >> 8), UInt8(count & 0xff)]
      }
    return [tag] + length + content
  }

  /// As much of a certificate as there is before its end, and a key.
  private static func der(_ end: String, _ tag: UInt8 = utcTime, version: [UInt8] = [0xa0, 3, 2, 1, 2], issuerBytes: Int = 20) -> [UInt8] {
    let validity = element(utcTime, Array("200101000000Z".utf8)) + element(tag, Array(end.utf8))
    let serial = element(0x02, [1])
    let algorithm = element(0x30, [0x06, 1, 1])
    let issuer = element(0x30, Array(repeating: 0, count: issuerBytes))
    let signed = version + serial + algorithm + issuer + element(0x30, validity) + element(0x30, [1, 2, 3])
    return element(0x30, element(0x30, signed) + algorithm)
  }

  private static func end(_ der: [UInt8]) -> String? {
    let text = "-----BEGIN CERTIFICATE-----\n\(Data(der).base64EncodedString())\n-----END CERTIFICATE-----\n"
    return CertificateExpiry.end(ofPEM: text).map { String(decoding: $0.rfc3339, as: UTF8.self) }
  }

  @Test func `the first certificate of a file is read, whatever is around it`() {
    let end = Timestamp(rfc3339: "2036-11-27T23:33:47.000Z")
    #expect(end != nil && CertificateExpiry.end(ofPEM: Self.pem) == end)
    #expect(CertificateExpiry.end(ofPEM: "subject=CN = chat.example\n" + Self.pem + Self.pem.replacing("MII", with: "AAA")) == end)
    #expect(CertificateExpiry.end(ofPEM: Self.pem.replacing("\n", with: "\r\n")) == end)
    let key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"
    #expect(CertificateExpiry.end(ofPEM: key + Self.pem) == end)
  }

  @Test(arguments: [
    ("300102030405Z", utcTime, "2030-01-02T03:04:05.000Z"), ("491231235959Z", utcTime, "2049-12-31T23:59:59.000Z"),
    ("500101000000Z", utcTime, "1950-01-01T00:00:00.000Z"), ("991231235959Z", utcTime, "1999-12-31T23:59:59.000Z"),
    ("20500101000000Z", generalizedTime, "2050-01-01T00:00:00.000Z"), ("99991231235959Z", generalizedTime, "9999-12-31T23:59:59.000Z"),
  ])
  func `both forms of time are read`(text: String, tag: UInt8, expected: String) {
    #expect(Self.end(Self.der(text, tag)) == expected)
  }

  @Test(arguments: [0, 127, 128, 255, 256, 5000]) func `lengths of every form are read, with a version and without`(issuerBytes: Int) {
    for version in [[], [0xa0, 3, 2, 1, 2]] as [[UInt8]] {
      #expect(Self.end(Self.der("300102030405Z", version: version, issuerBytes: issuerBytes)) == "2030-01-02T03:04:05.000Z")
    }
  }

  @Test(arguments: [
    ("300102030405", utcTime), ("3001020304Z", utcTime), ("30010203040aZ", utcTime), ("301302030405Z", utcTime), ("300132030405Z", utcTime),
    ("-00102030405Z", utcTime), ("20300102030405Z", utcTime), ("300102030405Z", generalizedTime), ("300102030405+0000", utcTime),
    ("300102030405Z", 0x16), ("", utcTime),
  ])
  func `what is no time has no end`(text: String, tag: UInt8) {
    #expect(Self.end(Self.der(text, tag)) == nil)
  }

  @Test func `what is cut off anywhere before its end is none`() {
    let whole = Self.der("300102030405Z")
    #expect(Self.end(whole) != nil)
    for count in whole.indices { #expect(Self.end(Array(whole[..<count])) == nil, "\(count) bytes") }
  }

  @Test(
    arguments: [
      [0x30], [0x30, 0x80], [0x30, 0x84, 0xff, 0xff, 0xff, 0xff], [0x30, 0x83, 0xff, 0xff, 0xff],
      [0x30, 0x88] + Array(repeating: 0xff, count: 8),
      [0x31, 0x02, 0x30, 0x00], [0x30, 0x02, 0x30, 0x00], [0x30, 0x00],
    ] as [[UInt8]])
  func `lengths that lead out of the file are none`(bytes: [UInt8]) {
    #expect(Self.end(bytes) == nil)
  }

  @Test(arguments: [
    "", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----",
    "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----",
  ])
  func `a text without a certificate has none`(text: String) {
    #expect(CertificateExpiry.end(ofPEM: text) == nil)
  }
}
