import Cryptography
import Foundation
import Testing

/// The second implementation of JWTs: Python's joserfc reads ours and we read its.
@Suite struct JoserfcTests {
    @Test func `joserfc accepts our tokens`() throws {
        let key = try ES256SigningKey()
        let claims = TokenMembers(["exp": .integer(4_000_000_000), "iat": .integer(0), "sub": .string("ü\"\n")])
        let token = try JSONWebToken.sign(claims, type: "at+jwt", keyID: "k1", key: key)

        let answer = try python(
            """
            key = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": sys.argv[2], "y": sys.argv[3]})
            token = jwt.decode(sys.argv[1], key, algorithms=["ES256"])
            jwt.JWTClaimsRegistry(sub={"essential": True, "value": "ü\\"\\n"}).validate(token.claims)
            print(json.dumps([token.header, token.claims], sort_keys=True))
            """,
            token,
            Base64URL.encode(key.publicKey.x),
            Base64URL.encode(key.publicKey.y)
        )

        #expect(
            answer == """
                [{"alg": "ES256", "kid": "k1", "typ": "at+jwt"}, \
                {"exp": 4000000000, "iat": 0, "sub": "\\u00fc\\"\\n"}]
                """
        )
    }

    @Test func `we accept tokens of joserfc`() throws {
        let answer = try python(
            """
            key = ECKey.generate_key("P-256")
            header = {"alg": "ES256", "kid": "k1", "typ": "at+jwt"}
            print(base64.b64encode(key.as_der(private=False)).decode())
            print(jwt.encode(header, {"exp": 4000000000, "iat": 0, "sub": "ü"}, key, algorithms=["ES256"]))
            """
        )
        let lines = answer.split(separator: "\n").map(String.init)
        try #require(lines.count == 2)
        let key = try ES256PublicKey(der: Array(try #require(Data(base64Encoded: lines[0]))))

        let claims = try JSONWebToken.verify(lines[1], type: "at+jwt", now: 1) { _ in key }

        #expect(claims.string("sub") == "ü")
    }
}

/// What a Python program with joserfc at hand prints.
private func python(_ program: String, _ arguments: String...) throws -> String {
    let imports = "import base64, json, sys\nfrom joserfc import jwt\nfrom joserfc.jwk import ECKey\n"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", imports + program] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "needs python3 with joserfc: python3 -m pip install joserfc")
    return String(decoding: printed, as: UTF8.self).trimmingCharacters(in: .newlines)
}
