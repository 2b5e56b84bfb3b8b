import Glibc

/// Whether a terminal shows what is typed on it.
struct Echo: Sendable {
    private let terminal: Int32
    private let settings: termios

    /// - Throws: `Failure` when `input` is no terminal.
    init(of input: Input) throws {
        var settings = termios()
        guard tcgetattr(input.descriptor, &settings) == 0 else {
            throw Failure(.failure, "Cannot hide what is typed here.")
        }
        self.terminal = input.descriptor
        self.settings = settings
    }

    /// Shows line ends only. What was typed before is thrown away.
    func turnOff() {
        var hidden = self.settings
        hidden.c_lflag &= ~tcflag_t(ECHO)
        hidden.c_lflag |= tcflag_t(ECHONL)
        tcsetattr(self.terminal, TCSAFLUSH, &hidden)
    }

    /// Leaves the terminal as it was found.
    func restore() {
        var settings = self.settings
        tcsetattr(self.terminal, TCSANOW, &settings)
    }
}
