import Outbound

/// Credentials of the EC2 instance's role, by the metadata service's second version ("Use IMDSv2", EC2 User Guide).
/// The first is never spoken: any request that a program can be talked into making would get at its credentials.
struct MetadataCredentials: Sendable {
    let endpoint: MetadataEndpoint
    let service: LocalService

    static let limits = RetryPolicy.Limits(attempts: 3, attempt: .seconds(1), deadline: .seconds(4))

    init(_ endpoint: MetadataEndpoint, transport: any OutboundTransport, retry: RetryPolicy) {
        self.endpoint = endpoint
        service = LocalService(name: "EC2 instance metadata", transport: transport, retry: retry, isExpected: false)
    }

    func load() async throws(BrokerCredentialError) -> SigningCredentials {
        let lifetime = (name: "x-aws-ec2-metadata-token-ttl-seconds", value: "21600")
        let token = try await line(
            OutboundRequest(method: .put, url: endpoint.tokenURL, headers: [lifetime]), "a token",
            hints: [403: "it is turned off"])
        let proof = [(name: "x-aws-ec2-metadata-token", value: token)]
        let role = try await line(
            OutboundRequest(url: endpoint.rolesURL, headers: proof), "a role",
            hints: [404: "the instance has no role"])
        // It becomes part of a path.
        guard role.utf8.allSatisfy({ $0.isSessionNameCharacter }) else {
            throw BrokerCredentialError("\(service.name): expected a role's name")
        }
        let answer = try await send(OutboundRequest(url: endpoint.rolesURL + role, headers: proof))
        return try CredentialDocument.read(answer.body, .metadata, from: service.name)
    }

    private func send(
        _ request: OutboundRequest, hints: [Int: String] = [:]
    ) async throws(BrokerCredentialError) -> OutboundResponse {
        let answer = try await service.send(request)
        guard answer.status == 200 else {
            let hint = hints[answer.status].map { ": \($0)" } ?? ""
            throw BrokerCredentialError("\(service.name): HTTP \(answer.status)\(hint)")
        }
        return answer
    }

    /// The first line, which is all that a token or a name is.
    private func line(
        _ request: OutboundRequest, _ what: String, hints: [Int: String]
    ) async throws(BrokerCredentialError) -> String {
        let body = try await send(request, hints: hints).body
        let line = body.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first ?? []
        guard (1...4_096).contains(line.count), line.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw BrokerCredentialError("\(service.name): the answer is not \(what)")
        }
        return String(decoding: line, as: UTF8.self)
    }
}
