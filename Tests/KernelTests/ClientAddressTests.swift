import Testing

@testable import Kernel

@Suite struct ClientAddressTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "20:1:d:b8:0:1:0:2/64"),
        ("2001:0db8:0001:0002::1", "20:1:d:b8:0:1:0:2/64"), ("::ffff:192.0.2.7", "192.0.2.7"), ("local", "local"),
        ("", ""),
    ])
    func `counts IPv4 by address and IPv6 by network`(text: String, network: String) {
        #expect(ClientAddress(text).network == network)
    }

    @Test func `keeps at most 64 bytes of what it is told`() {
        #expect(ClientAddress(String(repeating: "x", count: 1_000)).text.utf8.count == 64)
    }
}
