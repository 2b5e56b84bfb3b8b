import NIOCore
import NIOEmbedded
import Testing

@testable import hub_gateway

@Suite(.timeLimit(.minutes(1)))
struct HangUpTests {
    @Test func `gives what the operation gives`() async throws {
        #expect(try await HangUp().cancelling { 5 } == 5)
    }

    @Test func `cancels the operation when the client closes its side`() async throws {
        let hangUp = HangUp()
        let channel = await NIOAsyncTestingChannel(handler: hangUp)

        await #expect(throws: CancellationError.self) {
            try await hangUp.cancelling {
                channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
                await untilCancelled()
            }
        }
    }

    @Test func `cancels at once when the client has gone before`() async throws {
        let hangUp = HangUp()
        let channel = await NIOAsyncTestingChannel(handler: hangUp)
        channel.pipeline.fireChannelInactive()
        await channel.testingEventLoop.run()

        await #expect(throws: CancellationError.self) { try await hangUp.cancelling { await untilCancelled() } }
    }

    @Test func `serves one call after the other`() async throws {
        let hangUp = HangUp()

        for number in 1...3 { #expect(try await hangUp.cancelling { number } == number) }
    }
}
