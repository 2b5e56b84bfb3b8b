extension UInt64 {
    /// How far SplitMix64 walks from one number to the next.
    static let mixingStep: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// A number that seems to have nothing to do with this one: SplitMix64's output function.
    var mixed: UInt64 {
        var mixed = (self ^ (self >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
