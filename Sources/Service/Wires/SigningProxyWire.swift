import HTTPTypes
import NIOCore
import Vending

/// Batches of pages whose RUM client does not sign (`signing: false`), for the data plane.
///
/// The client stops for good at 403 and 404, so everything that is wrong with who asks for what is 401 here.
struct SigningProxyWire: Wire {
    let broker: Broker
    let batchBytes: Int

    var method: HTTPRequest.Method { .post }
    var bodyBytes: Int? { batchBytes }

    func answer(_ request: WireRequest) async throws(ServiceError) -> WireResponse {
        let ask = try ask(request)
        let batch = try BatchFields(request.head.headerFields).batch(request.body)
        do throws(ForwardingError) {
            let forwarded = try await broker.forward(batch, ask)
            var reply = WireResponse(
                status: .ok, contentType: "application/json", body: ByteBuffer(bytes: forwarded.delivery.body),
                hit: forwarded.hit)
            if let requestID = forwarded.delivery.requestID { reply.headers[.amazonRequestID] = requestID }
            return reply
        } catch {
            throw ServiceError(error)
        }
    }

    func adapt(_ failure: ServiceError) -> ServiceError {
        var failure = failure
        if failure.status == .forbidden || failure.status == .notFound { failure.status = .unauthorized }
        return failure
    }

    /// The `headers` setting of the client can add fields of the page's own.
    func allowedHeaders(_ preflight: HTTPRequest) -> [String] {
        ["content-encoding"] + PageFields.named(in: preflight.headerFields)
    }

    private func ask(_ request: WireRequest) throws(ServiceError) -> ForwardingRequest {
        let audience: CredentialsRequest.Audience
        switch Authorization(request.head.headerFields) {
        case .absent: audience = .guest
        case .bearer(let token): audience = .signedIn(token)
        case .otherScheme: throw ServiceError(.missingToken, reason: "authorization_scheme")
        case .repeated: throw ServiceError(.malformedRequest, reason: "authorization_repeated")
        }
        guard let monitorID = request.target.monitorID else { throw ServiceError(.notFound, reason: "path_unknown") }
        return ForwardingRequest(
            CredentialsRequest(app: request.target.app, audience: audience, requestID: request.requestID),
            monitorID: monitorID)
    }
}

extension HTTPField.Name {
    static let amazonRequestID = Self("x-amzn-requestid")!
}
