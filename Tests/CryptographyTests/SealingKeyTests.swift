import Cryptography
import Testing

@Suite struct SealingKeyTests {
    @Test func `opens test case 16 of the GCM specification`() throws {
        let key = try SealingKey(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))
        let nonce = hex("cafebabefacedbaddecaf888")
        let text = hex(
            """
            522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
            8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
            """
        )
        let tag = hex("76fc6ece0f4e1768cddf8853bb2d551b")

        let message = try key.open(nonce + text + tag, context: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))

        #expect(
            message
                == hex(
                    """
                    d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                    1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                    """
                )
        )
    }

    @Test(arguments: [0, 1, 16, 4_096])
    func `opens what it sealed`(length: Int) throws {
        let key = try SealingKey(Randomness.bytes(32))
        let message = Randomness.bytes(length)

        let sealed = try key.seal(message, context: [7])

        #expect(sealed.count == length + 28)
        #expect(try key.open(sealed, context: [7]) == message)
    }

    @Test func `seals the same message differently each time`() throws {
        let key = try SealingKey(Randomness.bytes(32))

        #expect(try key.seal([1, 2, 3]) != key.seal([1, 2, 3]))
    }

    @Test func `refuses every changed bit, another context and another key`() throws {
        let key = try SealingKey(Randomness.bytes(32))
        let sealed = try key.seal(Array("secret".utf8), context: [1])

        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptographyError.self) { try key.open(changed, context: [1]) }
        }
        #expect(throws: CryptographyError.self) { try key.open(sealed, context: [2]) }
        #expect(throws: CryptographyError.self) { try key.open(sealed) }
        #expect(throws: CryptographyError.self) { try SealingKey(Randomness.bytes(32)).open(sealed, context: [1]) }
    }

    @Test func `refuses what is too short to be sealed, and a key of another length`() throws {
        let key = try SealingKey(Randomness.bytes(32))

        #expect(throws: CryptographyError.self) { try key.open([]) }
        #expect(throws: CryptographyError.self) { try key.open([UInt8](repeating: 0, count: 27)) }
        #expect(throws: CryptographyError.self) { try SealingKey([1, 2, 3]) }
    }
}
