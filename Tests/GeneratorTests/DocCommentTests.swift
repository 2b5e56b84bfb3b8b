import Testing

@testable import protoc_gen_hub

struct DocCommentTests {
    private let comment = DocComment(
        """
         Buys a thing, such as `a.b`. It is sent
         at once.

         A second paragraph.

         Errors: `NOT_FOUND` for
         an unknown shelf.

        """
    )

    @Test func `lines lose the margin and empty ends`() {
        #expect(DocComment("\n One.\n   Two. \n\n").lines == ["One.", "  Two."])
    }

    @Test func `the summary is the first sentence`() {
        #expect(self.comment.summary == "Buys a thing, such as `a.b`.")
    }

    @Test func `an abbreviation does not end a sentence`() {
        #expect(DocComment.sentences(of: "One e.g. two. Three.") == ["One e.g. two.", "Three."])
    }

    @Test func `the explanation is all but the errors`() {
        #expect(self.comment.explanation == "Buys a thing, such as `a.b`. It is sent at once.\n\nA second paragraph.")
    }

    @Test func `the errors are a paragraph of their own`() {
        #expect(self.comment.errors == "`NOT_FOUND` for an unknown shelf.")
        #expect(DocComment("Nothing.").errors == "")
    }

    @Test func `as Swift it keeps its lines`() {
        #expect(DocComment(" One.\n\n Two.").swift == "/// One.\n///\n/// Two.")
    }

    @Test(
        arguments: [
            ("One. Two.", 9, "One. Two."),
            ("One. Two.", 8, "One."),
            ("One.\n\nTwo. Three.", 10, "One.\n\nTwo."),
            ("Onetwothree.", 6, "Onetw…"),
        ]
    )
    func `a text is shortened to whole sentences`(text: String, limit: Int, expected: String) {
        #expect(text.shortened(to: limit) == expected)
    }
}
