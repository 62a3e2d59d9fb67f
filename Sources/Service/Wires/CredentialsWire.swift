// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import Vending

/// Credentials as JSON: in the native form for pages, and in the form of container credential endpoints.
struct CredentialsWire: Wire {
    let broker: Broker
    let isContainer: Bool
    let hash: BearerTokenHash

    var method: HTTPRequest.Method { .get }

    func parse(
        _ head: HTTPRequest, _ target: Target, requestID: String, client: ClientAddress?
    ) throws(ServiceError) -> CredentialsRequest? {
        let audience: CredentialsRequest.Audience =
            target.resource.isForGuests
            ? .guest
            : .signedIn(try Authorization(head.headerFields, schemeIsOptional: isContainer, hash).token())
        return CredentialsRequest(app: target.app, audience: audience, requestID: requestID, client: client)
    }

    func respond(to request: WireRequest) async throws(ServiceError) -> WireResponse {
        let credentials = try request.credentials()
        do throws(VendingError) {
            return response(try await broker.vend(credentials, after: request.request.decision))
        } catch {
            throw ServiceError(error)
        }
    }

    func encode(_ result: VendResult) -> WireResponse? { response(result) }

    func encodeError(_ error: ServiceError, requestID: String) -> WireResponse {
        var response = WireResponse.problem(error, requestID: requestID)
        if isContainer {
            response.contentType = "application/json"
            response.body = ByteBuffer(string: ContainerBody.encode(error.code))
        }
        return response
    }

    private func response(_ result: VendResult) -> WireResponse {
        WireResponse(
            status: .ok, contentType: "application/json",
            body: isContainer ? ContainerBody.encode(result.vended.encoded) : CredentialsBody.copy(result.vended),
            hit: result.hit)
    }
}
