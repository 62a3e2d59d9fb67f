import Tokens

/// The body of PutRumEvents, checked against the service's model.
struct PutRumEventsBody: Sendable {
    /// `RumEvents[].type`; `nil` for a compressed body, which is taken as it is.
    let eventTypes: [String]?

    init(_ request: SignedRequest) throws(DataPlaneError) {
        let encodings = request.values(of: "content-encoding").map { $0.lowercased() }
        switch encodings {
        case [], ["identity"]:
            eventTypes = try Self.eventTypes(request.body)
        case ["gzip"]:
            // RFC 1952 §2.3.1: the magic number, then deflate, and no member is shorter than 18 bytes.
            guard request.body.count >= 18, request.body.starts(with: [0x1F, 0x8B, 8]) else {
                throw .validation("The body is not gzip data.")
            }
            eventTypes = nil
        default:
            throw .validation("The content encoding is not supported.")
        }
    }

    private static func eventTypes(_ body: [UInt8]) throws(DataPlaneError) -> [String] {
        let json: JSONValue
        do {
            json = try JSONValue.parse(body)
        } catch {
            throw .validation("The body is not JSON.")
        }
        guard let batch = json.object else { throw .validation("The body is not a JSON object.") }
        guard isIdentifier(batch["BatchId"]) else { throw .validation("BatchId must be a UUID.") }
        guard let details = batch["AppMonitorDetails"]?.object, hasTexts(details, ["id", "name", "version"]) else {
            throw .validation("AppMonitorDetails must be an object of strings.")
        }
        guard let user = batch["UserDetails"]?.object, hasTexts(user, ["userId", "sessionId"]) else {
            throw .validation("UserDetails must be an object of strings.")
        }
        guard let events = batch["RumEvents"]?.array else { throw .validation("RumEvents must be a list.") }
        var types: [String] = []
        for event in events {
            guard let event = event.object, isIdentifier(event["id"]), event["timestamp"]?.double != nil,
                let type = event["type"]?.string, event["details"]?.string != nil, hasTexts(event, ["metadata"])
            else { throw .validation("Each of RumEvents needs id, timestamp, type and details.") }
            types.append(String(type.prefix(128)))
        }
        return types
    }

    private static func hasTexts(_ object: JSONObject, _ names: [String]) -> Bool {
        names.allSatisfy { name in object[name].map { $0.string != nil } ?? true }
    }

    /// 36 characters, `8-4-4-4-12` hexadecimal digits.
    private static func isIdentifier(_ json: JSONValue?) -> Bool {
        guard let text = json?.string else { return false }
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }
}
