// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HTTPTypes
import Hummingbird
import StrictForm
import Tokens

/// HTTP routes of the identity provider: discovery, key set and token endpoint.
struct IdentityProviderRoutes: Sendable {
    /// Bytes of the body, at most.
    private static let bodyLimit = 8 << 10

    /// `nil` until the sandbox knows its address, which is its issuer.
    let provider: @Sendable () -> IdentityProvider?
    let now: @Sendable () -> Date

    func add(to router: Router<BasicRequestContext>) {
        router.get("/.well-known/openid-configuration") { _, _ in
            try Response.json(ProviderMetadata(issuer: try current().issuer))
        }
        router.get(RouterPath(ProviderMetadata.keySetPath)) { _, _ in
            Response(status: 200, contentType: "application/json", body: try current().signer.jwks())
        }
        router.post(RouterPath(ProviderMetadata.tokenPath)) { request, _ in try await token(request) }
    }

    private func current() throws -> IdentityProvider {
        guard let provider = provider() else { throw HTTPError(.serviceUnavailable) }
        return provider
    }

    private func token(_ request: Request) async throws -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        guard let body = try await request.bytes(upTo: Self.bodyLimit) else {
            return try .json(
                OAuthErrorBody(error: OAuthError.invalidRequest.rawValue, description: "The body is too large."),
                status: 413, headers: headers)
        }
        do {
            guard request.isForm else { throw OAuthError.invalidRequest }
            // A client that tries to authenticate with the header must get 401 (RFC 6749 §5.2).
            guard request.headers[.authorization] == nil else { throw OAuthError.invalidClient }
            return try .json(try current().token(try form(body), at: now()), headers: headers)
        } catch let error as OAuthError {
            let challenged = request.headers[.authorization] != nil && error == .invalidClient
            if challenged { headers[.wwwAuthenticate] = "Basic realm=\"sandbox\"" }
            return try .json(
                OAuthErrorBody(error: error.rawValue, description: error.description),
                status: challenged ? 401 : 400, headers: headers)
        }
    }

    private func form(_ body: [UInt8]) throws(OAuthError) -> FormParameters {
        do {
            return try FormParameters(body, limit: SecurityTokenService.parameterLimit)
        } catch {
            throw .invalidRequest
        }
    }
}
