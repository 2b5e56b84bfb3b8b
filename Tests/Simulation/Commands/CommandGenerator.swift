package import Foundation

/// Makes up commands: sensible ones, wrong ones, repeats and misused request ids. The same seed makes the same commands.
package struct CommandGenerator: Sendable {
    /// Whom the commands are about; the first is the hot one.
    private let users: [UUID]
    private let principals: [UUID]
    /// Goes before each request id, so that generators side by side do not meet.
    private let name: String
    private let mix: Mix
    package private(set) var chance: Chance
    private var count = 0
    /// Of placed holds that may be open.
    private var holds: [UUID] = []
    private var recent: [Command] = []

    /// How often of which kind, as weights.
    package struct Mix: Sendable {
        package var place = 34
        package var settle = 24
        package var release = 12
        package var extend = 8
        package var adjust = 12
        package var deduct = 10
        /// Whether holds last so long that none runs out.
        package var isPatient = false
        /// Of a thousand commands: wrong whatever the state.
        package var flawed = 30
        /// Of a thousand: sent before.
        package var repeated = 60
        /// Of a thousand: another command with a request id that was used.
        package var reused = 30

        package init() {}
    }

    package init(users: [UUID], principals: [UUID], name: String = "r", mix: Mix = Mix(), _ chance: Chance) {
        self.users = users
        self.principals = principals
        self.name = name
        self.mix = mix
        self.chance = chance
    }

    package mutating func next() -> Command {
        if self.chance.happens(self.mix.repeated), let earlier = self.chance.pick(from: self.recent) { return earlier }
        var command = self.fresh()
        if self.chance.happens(self.mix.flawed) {
            command.flaw = self.chance.pick(from: Flaw.possible(for: command.action))
        } else if self.chance.happens(self.mix.reused),
            let earlier = self.recent.last(where: { $0.action.operation == command.action.operation })
        {
            (command.requestID, command.principal) = (earlier.requestID, earlier.principal)
        }
        remember(command, in: &self.recent)
        if case .place = command.action { remember(command.recordedID, in: &self.holds) }
        return command
    }

    private mutating func fresh() -> Command {
        self.count += 1
        let requestID = "\(self.name)-\(self.count)"
        let principal = self.chance.pick(from: self.principals) ?? UUID()
        return Command(self.action(), by: principal, requestID: requestID)
    }

    private mutating func action() -> Command.Action {
        enum Kind { case place, settle, release, extend, adjust, deduct }
        let mix = self.mix
        let kind: Kind = self.chance.pick([
            (mix.place, .place), (mix.settle, .settle), (mix.release, .release), (mix.extend, .extend),
            (mix.adjust, .adjust), (mix.deduct, .deduct),
        ])
        return switch kind {
        case .place: .place(user: self.user(), amount: self.amount(), lifetime: self.lifetime())
        case .settle: .settle(hold: self.hold(), amount: self.amount(), allowsOverrun: self.chance.happens(300))
        case .release: .release(hold: self.hold())
        case .extend: .extend(hold: self.hold(isEnded: false), lifetime: self.lifetime())
        case .adjust: .adjust(user: self.user(), amount: self.correction())
        case .deduct: .deduct(user: self.user(), amount: self.amount())
        }
    }

    /// The hot one half of the time; now and then somebody whom the ledger does not know.
    private mutating func user() -> UUID {
        if self.chance.happens(10) { return self.strangeID() }
        if self.chance.happens(500) { return self.users[0] }
        return self.chance.pick(from: self.users) ?? self.users[0]
    }

    /// A hold that was asked for lately. Most of those that are ended are not named again.
    private mutating func hold(isEnded: Bool = true) -> UUID {
        guard !self.chance.happens(20), let hold = self.chance.pick(from: self.holds) else { return self.strangeID() }
        if isEnded, self.chance.happens(700) { self.holds.removeAll { $0 == hold } }
        return hold
    }

    private mutating func strangeID() -> UUID {
        let (high, low) = (self.chance.next(), self.chance.next())
        return withUnsafeBytes(of: (high, low)) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// Mostly up to two credits, now and then a micro-credit or more than anybody owns.
    private mutating func amount() -> Int64 {
        self.chance.pick([
            (90, Int64.random(in: 1...2_000_000, using: &self.chance)), (5, 1),
            (5, Int64.random(in: 2_000_000...200_000_000, using: &self.chance)),
        ])
    }

    /// Gives more than it takes, since others spend; now and then so much that it does not fit.
    private mutating func correction() -> Int64 {
        self.chance.pick([
            (70, Int64.random(in: 1...10_000_000, using: &self.chance)), (28, -self.amount()), (2, Int64.max),
        ])
    }

    private mutating func lifetime() -> Int32 {
        if self.mix.isPatient { return 86_400 }
        return self.chance.pick([(60, Int32.random(in: 1...60, using: &self.chance)), (30, 0), (10, 86_400)])
    }
}

/// Adds an element and forgets the oldest.
private func remember<Element>(_ element: Element, in memory: inout [Element]) {
    memory.append(element)
    if memory.count > 24 { memory.removeFirst() }
}
