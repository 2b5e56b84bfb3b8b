import Testing

@testable import Postgres

struct StatementCacheTests {
    @Test func `a statement is missing once`() {
        var cache = StatementCache(limit: 2)

        #expect(cache.look(up: "a") == .missing("s1"))
        #expect(cache.look(up: "a") == .prepared("s1"))
    }

    @Test func `a full cache discards what was unused for longest`() {
        var cache = StatementCache(limit: 2)
        for statement in ["a", "b", "a", "c"] as [Statement] { _ = cache.look(up: statement) }

        #expect(cache.discarded == ["s2"])
        #expect(cache.look(up: "a") == .prepared("s1"))
        #expect(cache.count == 2)
    }

    @Test func `a statement the server does not know needs no freeing`() {
        var cache = StatementCache(limit: 2)
        _ = cache.look(up: "a")

        cache.forget("a", onServer: false)

        #expect(cache.discarded == [])
        #expect(cache.look(up: "a") == .missing("s2"))
    }
}
