import Testing

@testable import RPC

struct ServerNegotiationTests {
    @Test func `an offer is answered once`() {
        var negotiation = ServerNegotiation(isOn: true)

        #expect(negotiation.receiveOffer() == true)
        #expect(negotiation.receiveOffer() == false)
        #expect(negotiation.state == .offered)
    }

    @Test func `a frame sent before the offer decides for plain`() {
        var negotiation = ServerNegotiation(isOn: true)

        negotiation.sendsBaseFrame()

        #expect(negotiation.receiveOffer() == false)
        #expect(negotiation.receiveSettings(isAcknowledgement: true) == false)
        #expect(negotiation.state == .plain)
    }

    @Test func `a request without an offer decides for plain`() {
        var negotiation = ServerNegotiation(isOn: true)

        negotiation.receivePlainRequest()

        #expect(negotiation.receiveOffer() == false)
    }

    @Test func `frames sent after the settings decide nothing`() {
        var negotiation = ServerNegotiation(isOn: true)
        _ = negotiation.receiveOffer()

        negotiation.sendsBaseFrame()
        negotiation.receivePlainRequest()

        #expect(negotiation.receiveSettings(isAcknowledgement: false) == false)
        #expect(negotiation.receiveSettings(isAcknowledgement: true) == true)
        #expect(negotiation.receiveSettings(isAcknowledgement: true) == nil)
        #expect(negotiation.state == .agreed)
    }

    @Test func `settings that nobody asked for are passed over`() {
        var negotiation = ServerNegotiation(isOn: true)

        #expect(negotiation.receiveSettings(isAcknowledgement: true) == false)
        #expect(negotiation.state == .open)
    }
}
