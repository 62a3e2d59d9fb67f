// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Tokens

/// The displayed part of one of `RumEvents`. A web client sends metadata and details as JSON inside a string.
struct ReceivedEvent: Encodable, Sendable, Hashable {
    /// Characters that each displayed text has at most; longer texts are truncated.
    private static let limit = 128

    let id: String
    let type: String
    /// The page that the visitor was on (`metadata.pageId`, as aws-rum-web sets it).
    let page: String?
    /// The message of an error event, the method and URL of a request event, or the URL of a resource event.
    let detail: String?
    /// Name and version of the web client (`aws:client` and `aws:clientVersion`). Version 3 sends them once for a batch, in
    /// `SessionMetadata`; earlier ones in each event's metadata.
    let client: String?

    /// - Parameter sessionMetadata: the batch's `SessionMetadata`.
    init(id: String, type: String, metadata: String?, details: String, sessionMetadata: String? = nil) {
        let metadata = Self.object(metadata)
        let details = Self.object(details)
        self.id = Self.truncated(id)
        self.type = Self.truncated(type)
        page = (metadata?["pageId"]?.string ?? details?["pageId"]?.string).map(Self.truncated)
        detail = Self.detail(details).map(Self.truncated)
        client = Self.client(metadata) ?? Self.client(Self.object(sessionMetadata))
    }

    private static func client(_ metadata: JSONObject?) -> String? {
        metadata?["aws:client"]?.string.map { name in
            truncated([name, metadata?["aws:clientVersion"]?.string].compactMap { $0 }.joined(separator: " "))
        }
    }

    private static func detail(_ details: JSONObject?) -> String? {
        if let message = details?["message"]?.string {
            return [details?["type"]?.string, message].compactMap { $0 }.joined(separator: ": ")
        }
        if let resource = details?["targetUrl"]?.string { return resource }
        let request = details?["request"]?.object
        return request?["url"]?.string.map { url in
            [request?["method"]?.string, url].compactMap { $0 }.joined(separator: " ")
        }
    }

    /// `nil` if the text is not a JSON object. The data plane accepts any text here.
    private static func object(_ text: String?) -> JSONObject? {
        guard let text else { return nil }
        do throws(JSONError) {
            return try JSONValue.parse(Array(text.utf8)).object
        } catch {
            return nil
        }
    }

    private static func truncated(_ text: String) -> String { String(text.prefix(limit)) }
}
