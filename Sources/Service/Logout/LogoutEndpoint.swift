// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import StrictForm
import Vending

/// `POST /v1/backchannel-logout/{name}`: an issuer sends a logout token (OpenID Connect Back-Channel Logout 1.0 §2.5).
/// It answers 200 or, whatever the reason, 400 (§2.8).
struct LogoutEndpoint: Sendable {
    static let method = HTTPRequest.Method.post
    /// Has room for a token of the accepted length, percent-encoded.
    static let bodyBytes = 64 << 10
    private static let prefix = "/v1/backchannel-logout/"
    /// Issuers may send more than `logout_token` (§2.5).
    private static let parameterLimit = 16

    let logout: BackChannelLogout

    /// The name of an issuer that sends logout tokens; `nil` for every other path. Compared byte for byte, without the
    /// query.
    func issuer(path: String?) -> String? {
        guard let path, path.hasPrefix(Self.prefix) else { return nil }
        let name = String(path.dropFirst(Self.prefix.count).prefix { $0 != "?" })
        return logout.serves(name) ? name : nil
    }

    /// Whether the body is worth reading.
    func admit(_ request: ServiceRequest) throws(ServiceError) {
        do throws(LogoutError) {
            try logout.admit(request.client)
        } catch {
            throw ServiceError(error)
        }
    }

    func respond(to request: ServiceRequest, issuer: String, body: ByteBuffer) async throws(ServiceError) {
        let token = try Self.token(request.head.headerFields[.contentType], body)
        do throws(LogoutError) {
            try await logout.receive(token, for: issuer, from: request.client)
        } catch {
            throw ServiceError(error)
        }
    }

    private static func token(_ contentType: String?, _ body: ByteBuffer) throws(ServiceError) -> String {
        guard SecurityTokenRequest.isForm(contentType) else {
            throw ServiceError(.malformedRequest, reason: "logout_form", detail: "Content-Type is not that of a form")
        }
        let form: FormParameters
        do throws(FormError) {
            form = try FormParameters(body.readableBytesView, limit: parameterLimit)
        } catch {
            throw ServiceError(.malformedRequest, reason: "logout_form", detail: "the body is not a valid form")
        }
        guard let token = form["logout_token"] else {
            throw ServiceError(.malformedRequest, reason: "logout_form", detail: "the form has no logout_token")
        }
        return token
    }
}

extension ServiceError {
    fileprivate init(_ error: LogoutError) {
        switch error {
        case .tokenRefused(let error): self.init(.malformedRequest, reason: error.reason.rawValue, detail: error.detail)
        case .invalid(let reason, let detail): self.init(.malformedRequest, reason: reason.rawValue, detail: detail)
        case .rateLimited(let limited): self.init(limited)
        }
    }
}
