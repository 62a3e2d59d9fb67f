package import Vending

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, read once.
package struct EnvironmentCredentials: OwnCredentialProvider {
    private let outcome: Result<OwnCredentials, ExchangeFailure>

    /// - Parameter environment: the process's variables; empty ones count as unset.
    package init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        outcome =
            switch (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
            case (let id?, let secret?):
                Self.check(
                    OwnCredentials(
                        accessKeyID: id, secretAccessKey: secret, sessionToken: value("AWS_SESSION_TOKEN")))
            case (_?, nil): Self.failure("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY")
            case (nil, _?): Self.failure("AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID")
            case (nil, nil): Self.failure("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
            }
    }

    package func credentials() async throws(ExchangeFailure) -> OwnCredentials {
        try outcome.get()
    }

    /// What is wrong with the variables, in words for the operator; `nil` if nothing is.
    package var problem: String? {
        if case .failure(let failure) = outcome { failure.detail } else { nil }
    }

    private static func check(_ credentials: OwnCredentials) -> Result<OwnCredentials, ExchangeFailure> {
        let fields = [
            ("AWS_ACCESS_KEY_ID", credentials.accessKeyID),
            ("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey),
            ("AWS_SESSION_TOKEN", credentials.sessionToken ?? ""),
        ]
        // A trailing newline is the usual mistake, and would end up in a header.
        for (name, value) in fields where !value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return failure("\(name) holds a blank, a line break or another character that no key has")
        }
        return .success(credentials)
    }

    private static func failure(_ words: String) -> Result<OwnCredentials, ExchangeFailure> {
        .failure(ExchangeFailure(.unavailable, "own AWS credentials: \(words)"))
    }
}
