import HTTPTypes
import NIOCore
import Vending

/// Credentials as JSON: in our own form for pages, and in that of the credential endpoints of containers.
struct CredentialsWire: Wire {
    let broker: Broker

    var method: HTTPRequest.Method { .get }
    let isContainer: Bool

    func answer(_ request: WireRequest) async throws(ServiceError) -> WireResponse {
        let ask = try ask(request.head, request.target, requestID: request.requestID)
        do throws(VendingError) {
            let vend = try await broker.vend(ask)
            return reply(vend.vended, hit: vend.hit)
        } catch {
            throw ServiceError(error)
        }
    }

    func encodeError(_ failure: ServiceError, requestID: String) -> WireResponse {
        var reply = WireResponse.problem(failure, requestID: requestID)
        if isContainer {
            reply.contentType = "application/json"
            reply.body = ByteBuffer(string: ContainerBody.encode(failure.problem))
        }
        return reply
    }

    /// `nil` where the request needs more than what is here already, an error included.
    func recall(_ head: HTTPRequest, _ target: Target, requestID: String) -> WireResponse? {
        guard let ask = try? ask(head, target, requestID: requestID), let vended = broker.recall(ask) else {
            return nil
        }
        return reply(vended, hit: true)
    }

    private func reply(_ vended: VendedCredentials, hit: Bool) -> WireResponse {
        let body = isContainer ? ContainerBody.encode(vended.answer) : vended.answer
        return WireResponse(status: .ok, contentType: "application/json", body: ByteBuffer(bytes: body), hit: hit)
    }

    private func ask(
        _ head: HTTPRequest, _ target: Target, requestID: String
    ) throws(ServiceError) -> CredentialsRequest {
        func ask(_ audience: CredentialsRequest.Audience) -> CredentialsRequest {
            CredentialsRequest(app: target.app, audience: audience, requestID: requestID)
        }
        guard !target.resource.isForGuests else { return ask(.guest) }
        switch Authorization(head.headerFields, schemeIsOptional: isContainer) {
        case .absent: return ask(.signedIn(nil))
        case .bearer(let token): return ask(.signedIn(token))
        case .otherScheme: throw ServiceError(.missingToken, reason: "authorization_scheme")
        case .repeated: throw ServiceError(.malformedRequest, reason: "authorization_repeated")
        }
    }
}
