import Foundation
import Testing

@testable import protoc_gen_hub

struct JSONTests {
    @Test func `members keep their order`() {
        let json: JSON = ["b": 1, "a": [true, "x"], "c": [:], "d": []]

        #expect(
            json.text == """
                {
                  "b": 1,
                  "a": [
                    true,
                    "x"
                  ],
                  "c": {},
                  "d": []
                }
                """
        )
    }

    @Test func `texts are escaped`() throws {
        let text = "quote \" backslash \\ line\nreturn\r tab\t bell\u{7} umlaut ä 🙂"

        let read = try JSONDecoder().decode([String].self, from: Data(JSON.array([.string(text)]).text.utf8))

        #expect(read == [text])
    }

    @Test func `a later member of the same name counts`() {
        let json: JSON = ["a": 1, "b": 2]

        #expect(json.adding(["a": 3, "c": 4]) == ["a": 3, "b": 2, "c": 4])
    }
}
