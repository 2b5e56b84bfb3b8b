extension ProtoSource {
    /// A service with one method, whose declaration starts at 5:3.
    init(method: String, service: String = "ShopCommands") {
        self.init(
            declarations: """
                // Sells.
                service \(service) {
                  // Buys.
                  \(method)
                }
                """ + Self.messages
        )
    }

    /// A service with one method `Buy`, whose first option starts at 6:5.
    init(
        policy: String,
        option: String? = nil,
        service: String = "ShopCommands",
        request: String = "BuyRequest"
    ) {
        let options = [option, "option (hub.options.v1.policy) = { \(policy) };"].compactMap(\.self)
        self.init(
            method: """
                rpc Buy(\(request)) returns (Receipt) {
                    \(options.joined(separator: "\n    "))
                  }
                """,
            service: service
        )
    }

    /// A service with one public command `Buy`, whose HTTP rule starts at 6:5.
    init(route: String) {
        self.init(policy: "public: {}", option: "option (google.api.http) = { \(route) };")
    }

    /// A service with two public commands, `Buy` with its HTTP rule at 6:5 and `Sell` with its HTTP rule at 11:5.
    init(routes first: String, _ second: String) {
        self.init(
            declarations: """
                // Trades.
                service ShopCommands {
                  // Buys.
                  rpc Buy(BuyRequest) returns (Receipt) {
                    option (google.api.http) = { post: "\(first)" body: "*" };
                    option (hub.options.v1.policy) = { public: {} };
                  }
                  // Sells.
                  rpc Sell(BuyRequest) returns (Receipt) {
                    option (google.api.http) = { post: "\(second)" body: "*" };
                    option (hub.options.v1.policy) = { public: {} };
                  }
                }
                """ + Self.messages
        )
    }

    /// What the methods speak.
    static let messages = """

        // Asks for a thing.
        message BuyRequest {
          // Chosen by the caller.
          string request_id = 1;
          // Who buys.
          string user_id = 2;
          // What to buy.
          string thing = 3;
          // Where.
          string shop = 4;
          // How many.
          int32 count = 5;
          // What it is like.
          repeated string tags = 6;
          // What to write on it.
          Note note = 7;
        }

        // Words on paper.
        message Note {
          // The words.
          string text = 1;
        }

        // What was done.
        message Receipt {
          // Credits paid.
          string price = 1;
        }
        """
}
