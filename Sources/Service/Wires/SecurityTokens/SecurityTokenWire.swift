import HTTPTypes
import NIOCore
import Vending

/// The STS query API, for what knows how to take a role and nothing of Purser: the same decision as that of
/// `credentials`, with `WebIdentityToken` in the place of the bearer. Header fields with credentials are not looked at.
struct SecurityTokenWire: Wire {
    let broker: Broker

    var method: HTTPRequest.Method { .post }
    /// A token of 20,000 characters and a policy of 2,048, escaped.
    var bodyBytes: Int? { 64 << 10 }

    func answer(_ request: WireRequest) async throws(ServiceError) -> WireResponse {
        let asked = try read(request)
        let ask = CredentialsRequest(
            app: request.target.app, audience: .signedIn(asked.token), requestID: request.requestID, wish: asked.wish)
        do throws(VendingError) {
            let vend = try await broker.vend(ask)
            return WireResponse(
                status: .ok, contentType: Self.contentType,
                body: ByteBuffer(string: SecurityTokenBody.encode(vend, requestID: request.requestID)), hit: vend.hit)
        } catch {
            throw ServiceError(error)
        }
    }

    func encodeError(_ failure: ServiceError, requestID: String) -> WireResponse {
        let error = failure.told ?? SecurityTokenError(failure)
        return WireResponse(
            status: error.code.status, contentType: Self.contentType,
            body: ByteBuffer(string: SecurityTokenBody.encode(error, requestID: requestID)))
    }

    private func read(_ request: WireRequest) throws(ServiceError) -> SecurityTokenRequest {
        do throws(SecurityTokenError) {
            return try SecurityTokenRequest(
                request.head.headerFields[.contentType], request.body)
        } catch {
            throw ServiceError(error)
        }
    }

    private static let contentType = "text/xml"
}
