import ArgumentParser

/// What the callers of one case do.
enum Workload: String, ExpressibleByArgument {
    case holdUniform = "hold-uniform"
    case holdZipf = "hold-zipf"
    case holdHot = "hold-hot"
    case holdSettleUniform = "hold-settle-uniform"
    case holdMixed = "hold-mixed"

    /// Whether each hold is settled at once. Both together count as one command.
    var settles: Bool { self == .holdSettleUniform }

    /// How many of a hundred holds ask for more than there is.
    var refused: Int { self == .holdMixed ? 5 : 0 }

    /// How many of a hundred are their caller's previous command again.
    var repeated: Int { self == .holdMixed ? 1 : 0 }

    /// How the holds spread over the accounts.
    var spread: Accounts.Spread {
        switch self {
        case .holdUniform, .holdSettleUniform, .holdMixed: .uniform
        case .holdZipf: .zipf(exponent: 1.001)  // the lowest exponent that pgbench can do
        case .holdHot: .hot
        }
    }
}
