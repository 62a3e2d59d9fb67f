// SPDX-License-Identifier: Apache-2.0

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
        let response = try await service.send(OutboundRequest(url: endpoint.url, headers: headers))
        guard response.status == 200 else { throw BrokerCredentialError("\(service.name): HTTP \(response.status)") }
        return try CredentialDocument.read(response.body, .container, from: service.name)
    }

    /// The current `Authorization`. A token file is read again on every call.
    private func token() async throws(BrokerCredentialError) -> String? {
        let (token, source): (String, String)
        switch endpoint.authorization {
        case .none: return nil
        case .token(let text): (token, source) = (text, "AWS_CONTAINER_AUTHORIZATION_TOKEN")
        case .file(let path):
            let files = files
            token = try await BlockingWork.run { () throws(BrokerCredentialError) in
                try files.text(path, limit: 65_536)
            }
            source = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE \(path)"
        }
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw BrokerCredentialError("\(source): expected a token without line breaks")
        }
        return token
    }
}
