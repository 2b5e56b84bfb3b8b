/// How far a hold has come. It ends exactly once.
package enum HoldPhase: Int64, Sendable {
    case open = 0
    case settled = 1
    case released = 2
    case expired = 3
}
