// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import Observability
import Vending

/// Makes the responses of the fast lane: the same ones as those of the warm path.
package final class LaneResponder: Sendable {
    private let broker: Broker
    private let limits: RequestLimits
    private let log: AccessLog
    private let hash: BearerTokenHash
    private let apps: [LaneApp]

    init(
        broker: Broker, limits: RequestLimits, log: AccessLog, apps: [App], headers: [AppName: HeaderSets],
        hash: @escaping BearerTokenHash
    ) {
        self.broker = broker
        self.limits = limits
        self.log = log
        self.hash = hash
        self.apps = apps.compactMap { app in
            headers[app.name].map { LaneApp(app.name, LaneHeaders($0, origins: app.origins)) }
        }
    }

    /// Writes the response to `output` if the request can be answered from memory.
    /// - Parameters:
    ///   - connection: who is at the other end of the connection.
    /// - Returns: `false`, without an effect, if the request is for the decoder.
    func respond(
        to request: PlainRequest, _ bytes: UnsafeRawBufferPointer, _ connection: ConnectionClient,
        into output: inout ByteBuffer
    ) -> Bool {
        let began = ContinuousClock.now
        func slice(_ place: Range<Int>) -> UnsafeRawBufferPointer {
            unsafe UnsafeRawBufferPointer(rebasing: bytes[place])
        }
        func text(_ place: Range<Int>) -> String { unsafe String(decoding: slice(place), as: UTF8.self) }
        guard let app = apps.first(where: { unsafe $0.bytes.elementsEqual(slice(request.app)) }),
            let audience = unsafe audience(
                of: request.resource, authorization: request.authorization.map { unsafe slice($0) })
        else { return false }
        let client = connection.address(forwarded: request.forwardedFor.map { [text($0)] } ?? [])
        let requestID = RequestID.next()
        guard limits.take(for: client) else { return false }
        guard
            case .hit(let result) = broker.recall(
                CredentialsRequest(app: app.name, audience: audience, requestID: requestID, client: client),
                hitsOnly: true)
        else {
            limits.giveBack(for: client)
            return false
        }
        connection.noteRequest(isForwarded: request.forwardedFor != nil)
        let head = unsafe app.headers.head(for: request.origin.map { unsafe slice($0) })
        write(result.vended, request.resource, head, requestID, into: &output)
        log.succeeded(
            AccessLog.Record(
                method: .get, endpoint: .app(request.resource), app: app.name, client: client,
                requestID: requestID, began: began), status: .ok, hit: true)
        return true
    }

    /// `nil` if a user's request has no bearer token, so that the decoder's path refuses it.
    private func audience(
        of resource: Target.Resource, authorization: UnsafeRawBufferPointer?
    ) -> CredentialsRequest.Audience? {
        guard !resource.isForGuests else { return .guest }
        guard let authorization = unsafe authorization,
            case .bearer(let token) = unsafe Authorization(
                authorization, schemeIsOptional: resource.isContainer, hash)
        else { return nil }
        return .signedIn(token)
    }

    private func write(
        _ vended: VendedCredentials, _ resource: Target.Resource, _ head: [UInt8], _ requestID: String,
        into output: inout ByteBuffer
    ) {
        let length = resource.isContainer ? ContainerBody.length(vended.encoded) : vended.bodyCount
        output.reserveCapacity(head.count + length + 128)
        output.writeBytes(head)
        output.writeString(requestID)
        output.writeStaticString("\r\nContent-Length: ")
        output.writeString(String(length))
        output.writeStaticString("\r\nDate: ")
        output.writeBytes(DateHeader.bytes())
        output.writeStaticString("\r\n\r\n")
        if resource.isContainer {
            ContainerBody.write(vended.encoded, to: &output)
        } else {
            CredentialsBody.write(vended, to: &output)
        }
    }
}

private final class LaneApp: Sendable {
    let bytes: [UInt8]
    let name: AppName
    let headers: LaneHeaders

    init(_ name: AppName, _ headers: LaneHeaders) {
        bytes = Array(name.rawValue.utf8)
        self.name = name
        self.headers = headers
    }
}
