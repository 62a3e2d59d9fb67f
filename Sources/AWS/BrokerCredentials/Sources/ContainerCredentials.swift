import Outbound

/// Credentials from the container's endpoint.
struct ContainerCredentials: Sendable {
    let endpoint: ContainerEndpoint
    let files: any FileReader
    let service: LocalService

    static let limits = RetryPolicy.Limits(attempts: 3, attempt: .seconds(2), deadline: .seconds(8))

    init(
        _ endpoint: ContainerEndpoint, files: any FileReader, transport: any OutboundTransport, retry: RetryPolicy
    ) {
        self.endpoint = endpoint
        self.files = files
        service = LocalService(name: "container endpoint", transport: transport, retry: retry, isExpected: true)
    }

    func load() async throws(BrokerCredentialError) -> SigningCredentials {
        var headers = [(name: "Accept", value: "application/json")]
        if let token = try await token() { headers.append((name: "Authorization", value: token)) }
        let answer = try await service.send(OutboundRequest(url: endpoint.url, headers: headers))
        guard answer.status == 200 else { throw BrokerCredentialError("\(service.name): HTTP \(answer.status)") }
        return try CredentialDocument.read(answer.body, .container, from: service.name)
    }

    /// The `Authorization`, as it is now.
    private func token() async throws(BrokerCredentialError) -> String? {
        let (token, place): (String, String)
        switch endpoint.authorization {
        case .none: return nil
        case .token(let text): (token, place) = (text, "AWS_CONTAINER_AUTHORIZATION_TOKEN")
        case .file(let path):
            let files = files
            token = try await BlockingWork.run { () throws(BrokerCredentialError) in
                try files.text(path, limit: 65_536)
            }
            place = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE \(path)"
        }
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw BrokerCredentialError("\(place): expected a token without line breaks")
        }
        return token
    }
}
