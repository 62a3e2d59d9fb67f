import HTTPTypes
import NIOCore
import Vending

/// Credentials as JSON: in our own form for pages, and in that of the credential endpoints of containers.
struct CredentialsWire: Wire {
    let broker: Broker

    var method: HTTPRequest.Method { .get }
    let isContainer: Bool

    func answer(_ request: Inbound) async throws(Failure) -> Reply {
        let ask = try ask(request.head, request.target, requestID: request.requestID)
        do throws(VendingError) {
            let vend = try await broker.vend(ask)
            return reply(vend.vended, hit: vend.hit)
        } catch {
            throw Failure(error)
        }
    }

    func tell(_ failure: Failure, requestID: String) -> Reply {
        var reply = Reply.problem(failure, requestID: requestID)
        if isContainer {
            reply.contentType = "application/json"
            reply.body = ByteBuffer(string: ContainerBody.encode(failure.problem))
        }
        return reply
    }

    /// `nil` where the request needs more than what is here already, an error included.
    func recall(_ head: HTTPRequest, _ target: Target, requestID: String) -> Reply? {
        guard let ask = try? ask(head, target, requestID: requestID), let vended = broker.recall(ask) else {
            return nil
        }
        return reply(vended, hit: true)
    }

    private func reply(_ vended: Vended, hit: Bool) -> Reply {
        let body = isContainer ? ContainerBody.encode(vended.answer) : vended.answer
        return Reply(status: .ok, contentType: "application/json", body: ByteBuffer(bytes: body), hit: hit)
    }

    private func ask(
        _ head: HTTPRequest, _ target: Target, requestID: String
    ) throws(Failure) -> CredentialsAsk {
        func ask(_ audience: CredentialsAsk.Audience) -> CredentialsAsk {
            CredentialsAsk(app: target.app, audience: audience, requestID: requestID)
        }
        guard !target.resource.isForGuests else { return ask(.guest) }
        switch Authorization(head.headerFields, schemeIsOptional: isContainer) {
        case .absent: return ask(.signedIn(nil))
        case .bearer(let token): return ask(.signedIn(token))
        case .otherScheme: throw Failure(.missingToken, reason: "authorization_scheme")
        case .repeated: throw Failure(.malformedRequest, reason: "authorization_repeated")
        }
    }
}
