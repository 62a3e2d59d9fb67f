// SPDX-License-Identifier: Apache-2.0

import Compression
import StrictJSON
import Tokens

/// The body of PutRumEvents, checked against the service's model.
struct PutRumEventsBody: Sendable {
    /// Bytes of a decompressed body, at most: 4 MiB.
    private static let inflatedLimit = 4 << 20

    /// The member `RumEvents`.
    let events: [ReceivedEvent]

    init(_ request: SignedRequest) throws(DataPlaneError) {
        let encodings = request.values(of: "content-encoding").map { $0.lowercased() }
        switch encodings {
        case [], ["identity"]: events = try Self.events(request.body)
        case ["gzip"]: events = try Self.events(Self.inflated(request.body))
        default: throw .validation("The content encoding is not supported.")
        }
    }

    private static func inflated(_ body: [UInt8]) throws(DataPlaneError) -> [UInt8] {
        do throws(GzipError) {
            return try Gzip.inflate(body, limit: inflatedLimit)
        } catch {
            throw error == .tooLarge ? .tooLarge : .validation("The body is not gzip data.")
        }
    }

    private static func events(_ body: [UInt8]) throws(DataPlaneError) -> [ReceivedEvent] {
        let json: JSONValue
        do {
            json = try JSONValue.parse(body)
        } catch {
            throw .validation("The body is not JSON.")
        }
        guard let batch = json.object else { throw .validation("The body is not a JSON object.") }
        guard isIdentifier(batch["BatchId"]) else { throw .validation("BatchId must be a UUID.") }
        guard let details = batch["AppMonitorDetails"]?.object, hasStrings(details, ["id", "name", "version"]) else {
            throw .validation("AppMonitorDetails must be an object of strings.")
        }
        guard let user = batch["UserDetails"]?.object, hasStrings(user, ["userId", "sessionId"]) else {
            throw .validation("UserDetails must be an object of strings.")
        }
        guard hasStrings(batch, ["SessionMetadata"]) else { throw .validation("SessionMetadata must be a string.") }
        let sessionMetadata = batch["SessionMetadata"]?.string
        guard let list = batch["RumEvents"]?.array else { throw .validation("RumEvents must be a list.") }
        var events: [ReceivedEvent] = []
        for event in list {
            guard let event = event.object, isIdentifier(event["id"]), event["timestamp"]?.double != nil,
                let id = event["id"]?.string, let type = event["type"]?.string,
                let details = event["details"]?.string, hasStrings(event, ["metadata"])
            else { throw .validation("Each of RumEvents needs id, timestamp, type and details.") }
            events.append(
                ReceivedEvent(
                    id: id, type: type, metadata: event["metadata"]?.string, details: details,
                    sessionMetadata: sessionMetadata))
        }
        return events
    }

    /// Whether each of these members is a string or absent.
    private static func hasStrings(_ object: JSONObject, _ names: [String]) -> Bool {
        names.allSatisfy { name in object[name].map { $0.string != nil } ?? true }
    }

    /// A UUID as text: 36 characters, hexadecimal digits in the groups `8-4-4-4-12`.
    private static func isIdentifier(_ json: JSONValue?) -> Bool {
        guard let text = json?.string else { return false }
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }
}
