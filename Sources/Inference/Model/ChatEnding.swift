/// How the provider's part of a chat ended.
enum ChatEnding: Sendable {
    /// The model finished.
    case completed(ChatCompletion)
    /// The caller left before the provider was called.
    case unsent
    /// The caller hung up, cancelled, or ran out of time.
    case abandoned
    /// The provider broke off or gave nothing.
    case failed(ChatModelFailure)
}
