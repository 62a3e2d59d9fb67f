import FoundationEssentials
import HTTPTypes
import Hummingbird

/// The RUM data plane on the wire, and what it received.
struct DataPlaneRoutes: Sendable {
    private struct ErrorBody: Encodable {
        let message: String
        var resourceName: String?
        var resourceType: String?
    }

    let dataPlane: DataPlane
    let random: RandomBytes
    let now: @Sendable () -> Date

    func add(to router: Router<BasicRequestContext>) {
        router.post("/appmonitors/{id}") { request, context in
            try await put(request, monitor: try context.parameters.require("id"))
        }
        router.get("/_sandbox/events") { _, _ in
            try Response.json(dataPlane.received.report, headers: [.cacheControl: "no-store"])
        }
    }

    private func put(_ request: Request, monitor id: String) async throws -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        let requestID = AmazonRequestID.make(random)
        headers.setAmazon(requestID: requestID)
        let signed = try await SignedRequest(request, bodyLimit: DataPlane.bodyLimit)
        do throws(DataPlaneError) {
            guard let signed else { throw dataPlane.refuseTooLarge(monitor: id, at: now()) }
            try dataPlane.put(signed, monitor: id, at: now())
        } catch {
            headers.setAmazon(requestID: requestID, errorType: error.code)
            var body = ErrorBody(message: error.message)
            if error == .resourceNotFound {
                body.resourceName = String(id.prefix(36))
                body.resourceType = "AppMonitor"
            }
            return try .json(body, status: error.status, headers: headers)
        }
        return Response(status: 200, contentType: "application/json", body: [], headers: headers)
    }
}
