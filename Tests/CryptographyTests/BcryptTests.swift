import Cryptography
import Testing

@Suite struct BcryptTests {
    @Test(arguments: [
        ("", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
        ("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*U", "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
    ])
    func `verifies the vectors of crypt_blowfish`(secret: String, hash: String) throws {
        #expect(try Bcrypt.verify(Array(secret.utf8), against: hash))
        #expect(try !Bcrypt.verify(Array("\(secret)x".utf8), against: hash))
    }

    @Test func `hashes with a fresh salt at the asked cost`() throws {
        let first = try Bcrypt.hash(Array("secret".utf8), cost: 5)
        let second = try Bcrypt.hash(Array("secret".utf8), cost: 5)

        #expect(first.hasPrefix("$2b$05$") && first.utf8.count == 60)
        #expect(first != second)
        #expect(try Bcrypt.verify(Array("secret".utf8), against: second))
    }

    @Test func `sees 72 bytes and refuses the 73rd instead of cutting it`() throws {
        let longest = [UInt8](repeating: 97, count: 72)
        let hash = try Bcrypt.hash(longest, cost: 4)

        #expect(try Bcrypt.verify(longest, against: hash))
        #expect(try !Bcrypt.verify(longest.dropLast() + [98], against: hash))
        #expect(throws: CryptographyError.self) { try Bcrypt.hash(longest + [97], cost: 4) }
        #expect(throws: CryptographyError.self) { try Bcrypt.verify(longest + [97], against: hash) }
    }

    @Test func `refuses a NUL instead of ending there`() {
        #expect(throws: CryptographyError.self) { try Bcrypt.hash([97, 0, 98], cost: 4) }
    }

    @Test(arguments: [
        "", "*0", "$2b$05$", "$1$abcdefgh$8YnXzOqT5cFAhVOXcvO5N1", "$2b$99$CCCCCCCCCCCCCCCCCCCCC.", "plain",
    ])
    func `refuses what is no hash of bcrypt`(hash: String) {
        #expect(throws: CryptographyError.self) { try Bcrypt.verify([97], against: hash) }
    }

    @Test(arguments: [-1, 0, 3, 32, .max])
    func `refuses a cost out of range`(cost: Int) {
        #expect(throws: CryptographyError.self) { try Bcrypt.hash([97], cost: cost) }
    }

    @Test func `a decoy is verified like any hash and fits nothing`() throws {
        let decoy = try Bcrypt.decoy(cost: 4)

        #expect(decoy.hasPrefix("$2b$04$") && decoy.utf8.count == 60)
        #expect(try !Bcrypt.verify([97], against: decoy))
    }
}
