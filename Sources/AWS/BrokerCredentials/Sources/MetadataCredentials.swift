// SPDX-License-Identifier: Apache-2.0

import Outbound

/// Credentials of the EC2 instance's role, from IMDSv2 ("Use IMDSv2", EC2 User Guide). IMDSv1 is never used, because a
/// server-side request forgery would expose its credentials.
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
        // The name becomes part of a path.
        guard role.utf8.allSatisfy({ $0.isSessionNameCharacter }) else {
            throw BrokerCredentialError("\(service.name): expected a role's name")
        }
        let response = try await send(OutboundRequest(url: endpoint.rolesURL + role, headers: proof))
        return try CredentialDocument.read(response.body, .metadata, from: service.name)
    }

    private func send(
        _ request: OutboundRequest, hints: [Int: String] = [:]
    ) async throws(BrokerCredentialError) -> OutboundResponse {
        let response = try await service.send(request)
        guard response.status == 200 else {
            let hint = hints[response.status].map { ": \($0)" } ?? ""
            throw BrokerCredentialError("\(service.name): HTTP \(response.status)\(hint)")
        }
        return response
    }

    /// The first line of the response: a token and a role name have no more.
    private func line(
        _ request: OutboundRequest, _ what: String, hints: [Int: String]
    ) async throws(BrokerCredentialError) -> String {
        let body = try await send(request, hints: hints).body
        let line = body.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first ?? []
        guard (1...4_096).contains(line.count), line.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw BrokerCredentialError("\(service.name): the response is not \(what)")
        }
        return String(decoding: line, as: UTF8.self)
    }
}
