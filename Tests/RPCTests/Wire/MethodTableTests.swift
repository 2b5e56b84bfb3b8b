import Testing

@testable import RPC

struct MethodTableTests {
    private static func descriptor(_ service: String, _ name: String) -> MethodDescriptor {
        MethodDescriptor(service: service, name: name, kind: .unary, safety: .query)
    }

    @Test func `finds each of many methods and no other`() throws {
        let names = (0..<500).map { ("service.\($0 % 7)", String(repeating: "m", count: $0 % 20) + "\($0)") }
        let table = try MethodTable(names.enumerated().map { (Self.descriptor($1.0, $1.1), $0) })

        for (index, (service, name)) in names.enumerated() {
            #expect(table.find(service: service.utf8.span, name: name.utf8.span) == index)
        }
        #expect(table.find(service: "service.1".utf8.span, name: "".utf8.span) == nil)
        #expect(table.find(service: "".utf8.span, name: "".utf8.span) == nil)
    }

    @Test func `tells where the service ends and the name begins`() throws {
        let table = try MethodTable([(Self.descriptor("ab", "c"), 1), (Self.descriptor("a", "bc"), 2)])

        #expect(table.find(service: "ab".utf8.span, name: "c".utf8.span) == 1)
        #expect(table.find(service: "a".utf8.span, name: "bc".utf8.span) == 2)
    }

    @Test func `refuses a method given twice`() {
        #expect(throws: DuplicateMethod.self) {
            try MethodTable([(Self.descriptor("a", "b"), 1), (Self.descriptor("a", "b"), 2)])
        }
    }
}
