// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HTTPTypes
import Hummingbird

/// HTTP routes of the RUM data plane, and `GET /_sandbox/events`, which reports what it received.
struct DataPlaneRoutes: Sendable {
    private struct ErrorBody: Encodable {
        let message: String
        var resourceName: String?
        var resourceType: String?
    }

    private struct MonitorBody: Encodable {
        struct Monitor: Encodable {
            let id: String
            let name: String

            private enum CodingKeys: String, CodingKey {
                case id = "Id"
                case name = "Name"
            }
        }

        let appMonitor: Monitor

        private enum CodingKeys: String, CodingKey {
            case appMonitor = "AppMonitor"
        }
    }

    let dataPlane: SandboxDataPlane
    let random: RandomBytes
    let now: @Sendable () -> Date

    func add(to router: Router<BasicRequestContext>) {
        router.post("/appmonitors/{id}") { request, context in
            try await put(request, monitor: try context.parameters.require("id"))
        }
        router.get("/appmonitor/{name}") { request, context in
            try await describe(request, monitor: try context.parameters.require("name"))
        }
        router.get("/_sandbox/events") { request, _ in
            let after: Int =
                try request.uri.queryParameters["after"].map { text in
                    guard let number = Int(text), number >= 0 else { throw HTTPError(.badRequest) }
                    return number
                } ?? 0
            return try Response.json(dataPlane.received.report(after: after), headers: [.cacheControl: "no-store"])
        }
    }

    /// GetAppMonitor. AWS serves it at the control plane (CloudWatch RUM API).
    private func describe(_ request: Request, monitor name: String) async throws -> Response {
        try await answer(request, about: name) { signed throws(DataPlaneError) in
            guard let signed else { throw .tooLarge }
            let monitor = try dataPlane.monitor(name, for: signed, at: now())
            return MonitorBody(appMonitor: MonitorBody.Monitor(id: monitor.id, name: monitor.name))
        }
    }

    private func put(_ request: Request, monitor id: String) async throws -> Response {
        try await answer(request, about: id) { signed throws(DataPlaneError) -> MonitorBody? in
            guard let signed else { throw dataPlane.refuseTooLarge(monitor: id, at: now()) }
            try dataPlane.put(signed, monitor: id, at: now())
            return nil
        }
    }

    /// - Parameter result: handles the request, which is `nil` if its body is over the limit; no result is an empty
    ///   body.
    private func answer(
        _ request: Request, about monitor: String, result: (SignedRequest?) throws(DataPlaneError) -> MonitorBody?
    ) async throws -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        let requestID = AmazonRequestID.make(random)
        headers.setAmazon(requestID: requestID)
        let signed = try await SignedRequest(request, bodyLimit: SandboxDataPlane.bodyLimit)
        let body: MonitorBody?
        do throws(DataPlaneError) {
            body = try result(signed)
        } catch {
            headers.setAmazon(requestID: requestID, errorType: error.code)
            var body = ErrorBody(message: error.message)
            if error == .resourceNotFound {
                body.resourceName = String(monitor.prefix(36))
                body.resourceType = "AppMonitor"
            }
            return try .json(body, status: error.status, headers: headers)
        }
        if let body { return try .json(body, headers: headers) }
        return Response(status: 200, contentType: "application/json", body: [], headers: headers)
    }
}
