import Testing

@testable import hub_gateway

struct ClientAddressTests {
    @Test(
        arguments: [
            // Nobody is believed but the trusted.
            ("198.51.100.1", "203.0.113.9", "198.51.100.1"),
            ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
            // What the first proxy was told by its caller is not believed.
            ("10.1.2.3", "6.6.6.6, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
            ("10.1.2.3", nil, "10.1.2.3"),
            ("10.1.2.3", "", "10.1.2.3"),
            ("10.1.2.3", "203.0.113.9, unknown", "10.1.2.3"),
            ("10.1.2.3", "10.4.4.4, 10.5.5.5", "10.4.4.4"),
            ("::1", "2001:db8::7", "2001:db8::7"),
            ("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
            (nil, "203.0.113.9", nil),
        ] as [(String?, String?, String?)]
    )
    func `believes trusted proxies only`(_ peer: String?, _ forwarded: String?, _ address: String?) throws {
        let finder = ClientAddress(trusted: try ["10.0.0.0/8", "::1"].map { try #require(AddressRange($0)) })

        #expect(finder.find(peer: peer, forwardedFor: forwarded) == address)
    }

    @Test(
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false), ("172.16.0.0/12", "172.31.255.255", true),
            ("172.16.0.0/12", "172.32.0.0", false), ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "::1", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ]
    )
    func `tells which addresses are in a network`(_ range: String, _ address: String, _ isInside: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isInside)
    }

    @Test(arguments: ["", "localhost", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/", "::/129"])
    func `refuses what is no address and no network`(_ text: String) {
        #expect(AddressRange(text) == nil)
    }
}
