import StrictJSON
import Tokens

/// One of `RumEvents`, as far as it is shown: a web client's metadata and details are JSON in a text.
struct ReceivedEvent: Encodable, Sendable, Hashable {
    /// Characters that a text may have here at most.
    private static let limit = 128

    let id: String
    let type: String
    /// Where the visitor was (`metadata.pageId`, as aws-rum-web sets it).
    let page: String?
    /// What happened: the message of an error, the address of a request.
    let detail: String?
    /// Which client says so, and its version (`metadata["aws:client"]`, `["aws:clientVersion"]`).
    let client: String?

    init(id: String, type: String, metadata: String?, details: String) {
        let metadata = Self.object(metadata)
        let details = Self.object(details)
        self.id = Self.short(id)
        self.type = Self.short(type)
        page = (metadata?["pageId"]?.string ?? details?["pageId"]?.string).map(Self.short)
        detail = Self.detail(details).map(Self.short)
        client = metadata?["aws:client"]?.string.map { name in
            Self.short([name, metadata?["aws:clientVersion"]?.string].compactMap { $0 }.joined(separator: " "))
        }
    }

    private static func detail(_ details: JSONObject?) -> String? {
        if let message = details?["message"]?.string {
            return [details?["type"]?.string, message].compactMap { $0 }.joined(separator: ": ")
        }
        let request = details?["request"]?.object
        return request?["url"]?.string.map { url in
            [request?["method"]?.string, url].compactMap { $0 }.joined(separator: " ")
        }
    }

    /// `nil` where it is no JSON object: the data plane takes any text.
    private static func object(_ text: String?) -> JSONObject? {
        guard let text else { return nil }
        do throws(JSONError) {
            return try JSONValue.parse(Array(text.utf8)).object
        } catch {
            return nil
        }
    }

    private static func short(_ text: String) -> String { String(text.prefix(limit)) }
}
