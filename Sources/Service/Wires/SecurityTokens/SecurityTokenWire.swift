// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import Vending

/// The STS query API, for clients that support AssumeRoleWithWebIdentity but not Purser's API. The decision is the same
/// as for `credentials`, with `WebIdentityToken` as the bearer token. The wire ignores `Authorization`.
struct SecurityTokenWire: Wire {
    let broker: Broker
    let hash: BearerTokenHash

    var method: HTTPRequest.Method { .post }
    /// Has room for a token of 20,000 characters and a policy of 2,048, both percent-encoded.
    var bodyBytes: Int? { 64 << 10 }

    /// Returns `nil`: the token is in the body.
    func parse(
        _ head: HTTPRequest, _ target: Target, requestID: String, client: ClientAddress?
    ) throws(ServiceError) -> CredentialsRequest? { nil }

    func admit(_ request: ServiceRequest) async throws(ServiceError) {
        guard let app = request.target?.app else { throw ServiceError(VendingError.audienceNotServed) }
        if let refusal = broker.refusalOfUsers(app) { throw ServiceError(refusal) }
    }

    func respond(to request: WireRequest) async throws(ServiceError) -> WireResponse {
        let parameters = try read(request)
        let requestID = request.request.requestID
        let credentials = CredentialsRequest(
            app: request.app, audience: .signedIn(parameters.token), purpose: .vend(parameters.session),
            requestID: requestID, client: request.request.client)
        do throws(VendingError) {
            let result = try await broker.vend(credentials)
            return WireResponse(
                status: .ok, contentType: Self.contentType,
                body: ByteBuffer(string: SecurityTokenBody.encode(result, requestID: requestID)), hit: result.hit)
        } catch {
            throw ServiceError(error)
        }
    }

    func encodeError(_ error: ServiceError, requestID: String) -> WireResponse {
        let error = error.securityTokenError ?? SecurityTokenError(error)
        return WireResponse(
            status: error.code.status, contentType: Self.contentType,
            body: ByteBuffer(string: SecurityTokenBody.encode(error, requestID: requestID)))
    }

    private func read(_ request: WireRequest) throws(ServiceError) -> SecurityTokenRequest {
        do throws(SecurityTokenError) {
            return try SecurityTokenRequest(request.request.head.headerFields[.contentType], request.body, hash)
        } catch {
            throw ServiceError(error)
        }
    }

    private static let contentType = "text/xml"
}
