// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import Vending

/// Signs and forwards batches of pages whose RUM client does not sign (`signing: false`).
///
/// The client disables itself after 403 and 404, so this wire reports both as 401.
struct SigningProxyWire: Wire {
    let broker: Broker
    let batchBytes: Int
    let hash: BearerTokenHash

    var method: HTTPRequest.Method { .post }
    var bodyBytes: Int? { batchBytes }

    func parse(
        _ head: HTTPRequest, _ target: Target, requestID: String, client: ClientAddress?
    ) throws(ServiceError) -> CredentialsRequest? {
        guard let monitorID = target.monitorID else { return nil }
        let token = try Authorization(head.headerFields, hash).token()
        return CredentialsRequest(
            app: target.app, audience: token.map { .signedIn($0) } ?? .guest,
            purpose: .forward(monitorID: monitorID), requestID: requestID, client: client)
    }

    func admit(_ request: ServiceRequest) async throws(ServiceError) {
        let credentials = try request.requiredCredentials()
        _ = try BatchFields(request.head.headerFields)
        do throws(VendingError) {
            try await broker.admit(credentials)
        } catch {
            throw ServiceError(error)
        }
    }

    func respond(to request: WireRequest) async throws(ServiceError) -> WireResponse {
        let credentials = try request.credentials()
        let batch = try BatchFields(request.request.head.headerFields).batch(request.body)
        do throws(ForwardingError) {
            let forwarded = try await broker.forward(batch, credentials)
            var response = WireResponse(
                status: .ok, contentType: "application/json", body: ByteBuffer(bytes: forwarded.delivery.body),
                hit: forwarded.hit)
            if let requestID = forwarded.delivery.requestID { response.headers[.amazonRequestID] = requestID }
            return response
        } catch {
            throw ServiceError(error)
        }
    }

    func adapt(_ error: ServiceError) -> ServiceError {
        var error = error
        if error.status == .forbidden || error.status == .notFound { error.status = .unauthorized }
        return error
    }

    /// The client's `headers` setting can add custom fields.
    func allowedHeaders(_ preflight: HTTPRequest) -> [String] {
        ["content-encoding"] + PageFields.named(in: preflight.headerFields)
    }
}

extension HTTPField.Name {
    static let amazonRequestID = Self("x-amzn-requestid")!
}
