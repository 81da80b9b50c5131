// Which texts are addresses and networks: they go into nginx's configuration, so nothing else may pass.
import HTTPSyntax
import Testing

@Suite struct IPNetworkTests {
  @Test(arguments: [
    "192.0.2.7", "0.0.0.0", "255.255.255.255", "10.0.0.0/8", "192.0.2.7/32", "0.0.0.0/0", "::1", "2001:db8::/32", "::/0",
    "::ffff:192.0.2.7",
    "2001:db8:0:0:0:0:0:1/128",
  ])
  func `an address or a network is kept as it is written`(text: String) {
    #expect(IPNetwork(text)?.text == text)
  }

  @Test(arguments: [
    "", "all", "localhost", "192.0.2", "192.0.2.256", "192.0.2.7.1", "192.0.2.7/33", "192.0.2.7/", "192.0.2.7/8/8", "192.0.2.7/-1", "/8",
    ":::1",
    "1::2::3", "12345::", "2001:db8::/129", "::1%eth0", "192.0.2.7;", "192.0.2.7 deny", "0x7f.0.0.1", "192.0.2.+7", "1::/0000000008",
    "١.١.١.١",
  ])
  func `anything else is refused`(text: String) {
    #expect(IPNetwork(text) == nil)
  }
}
