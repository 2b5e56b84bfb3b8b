import ArgumentParser
import Contract
import RPC

struct ShowBalance: MethodCommand {
    static let configuration = CommandConfiguration(
        commandName: "balance",
        abstract: "Show your credits: owned, held, available."
    )

    static let method = CreditQueries.getBalance

    @OptionGroup
    var call: CallArguments

    func fill(_ request: inout GetBalanceRequest, in shell: Shell) {}
}

struct ShowHistory: MethodCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show how your credits moved, newest first."
    )

    static let method = CreditQueries.listTransactions

    @Option(help: "Only movements of this kind.")
    var kind: TransactionKind?

    @Option(name: .customLong("limit"), help: "Most movements to show, 1 to 500. Without it: 50.")
    var pageSize: Int32?

    @Option(help: "Go on where an earlier page ended; it stands below that page.")
    var pageToken: String?

    @OptionGroup
    var call: CallArguments

    func fill(_ request: inout ListTransactionsRequest, in shell: Shell) {
        if let kind { request.kind = kind }
        if let pageSize { request.pageSize = pageSize }
        if let pageToken { request.pageToken = pageToken }
    }
}

struct ShowModels: MethodCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Show the models that can be called, and what they cost."
    )

    static let method = InferenceQueries.listModels

    @OptionGroup
    var call: CallArguments

    func fill(_ request: inout ListModelsRequest, in shell: Shell) {}
}
