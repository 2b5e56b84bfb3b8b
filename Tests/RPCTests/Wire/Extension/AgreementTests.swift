import Testing

@testable import RPC

struct AgreementTests {
    private let ours = ExtensionSettings().message(maxStreams: 128)

    @Test func `takes what each end says, and the defaults for what it does not say`() throws {
        var theirs = Ttrpc_Settings()
        theirs.version = 1
        theirs.features = 0b11
        theirs.initialStreamWindow = 1000

        let agreement = try Agreement(ours: self.ours, theirs: theirs)

        #expect(agreement.features == [.flowControl, .fragments])
        #expect(agreement.sending.stream == 1000)
        #expect(agreement.sending.connection == 1024 * 1024)
        #expect(agreement.receiving.stream == 256 * 1024)
        #expect(agreement.fragment == 16 * 1024)
        #expect(agreement.maxMessage == 4 * 1024 * 1024)
        #expect(agreement.maxStreams == Int(UInt32.max))
        #expect(agreement.codec == nil)
    }

    @Test func `sends no body longer than the peer's frames or messages`() throws {
        var theirs = self.ours
        theirs.maxFrame = 1000
        theirs.maxMessage = 5000

        #expect(try Agreement(ours: self.ours, theirs: theirs).fragment == 1000)
        #expect(try Agreement(ours: self.ours, theirs: theirs).maxMessage == 5000)
        theirs.features = 0
        #expect(try Agreement(ours: self.ours, theirs: theirs).maxMessage == 1000)
    }

    @Test(
        arguments: [
            ([], nil), (["zstd"], nil), (["zstd", "deflate"], .deflate), (["deflate", "zstd"], .deflate),
        ] as [([String], Codec?)]
    )
    func `compresses with the peer's first codec that is known`(codecs: [String], codec: Codec?) throws {
        var theirs = self.ours
        theirs.codecs = codecs

        #expect(try Agreement(ours: self.ours, theirs: theirs).codec == codec)
    }

    @Test func `refuses a window that is too wide`() throws {
        for field in [\Ttrpc_Settings.initialStreamWindow, \.initialConnWindow] {
            var theirs = self.ours

            theirs[keyPath: field] = UInt32(Int32.max)
            _ = try Agreement(ours: self.ours, theirs: theirs)
            theirs[keyPath: field] += 1

            #expect(throws: MalformedFrame()) { try Agreement(ours: self.ours, theirs: theirs) }
        }
    }
}
