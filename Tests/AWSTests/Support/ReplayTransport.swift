// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound
import Synchronization

/// Replays recorded traffic (`http-traffic.json` of smithy-rs) in order, and records differences of the requests.
final class ReplayTransport: OutboundTransport {
    struct Exchange: Sendable {
        var method = ""
        var uri = ""
        var headers: [String: String] = [:]
        var body = ""
        var status = 0
        var answer = ""
    }

    /// Headers that carry meaning; the others are the recording SDK's own.
    private static let meaningful: Set = [
        "accept", "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds",
    ]

    private let state: Mutex<(left: ArraySlice<Exchange>, sent: [OutboundRequest], differences: [String])>

    init(_ recording: [Exchange]) {
        state = Mutex((recording[...], [], []))
    }

    var left: Int { state.withLock { $0.left.count } }
    var sent: [OutboundRequest] { state.withLock { $0.sent } }
    var differences: [String] { state.withLock { $0.differences } }

    func send(
        _ request: OutboundRequest, timeout: Duration, bodyLimit: Int
    ) async throws(OutboundError) -> OutboundResponse {
        let expected = state.withLock { state -> Exchange? in
            state.sent.append(request)
            guard let expected = state.left.popFirst() else {
                state.differences.append("not recorded: \(request.method.rawValue) \(request.url)")
                return nil
            }
            state.differences += Self.compare(request, expected)
            return expected
        }
        guard let expected else { throw .connection("not recorded") }
        return OutboundResponse(status: expected.status, body: Array(expected.answer.utf8))
    }

    private static func compare(_ request: OutboundRequest, _ expected: Exchange) -> [String] {
        var found: [String] = []
        func check(_ name: String, _ actual: String?, _ wanted: String?) {
            if actual != wanted { found.append("\(name): \(actual ?? "none") where \(wanted ?? "none") was recorded") }
        }
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name.lowercased(), $0.value) })
        check("method", request.method.rawValue, expected.method)
        check("address", request.url, expected.uri)
        for name in meaningful { check(name, headers[name], expected.headers[name]) }
        let (actual, wanted) = (form(request.body), form(Array(expected.body.utf8)))
        for name in ["Action", "Version"] { check(name, actual[name], wanted[name]) }
        check("parameters", actual.keys.sorted().joined(separator: ","), wanted.keys.sorted().joined(separator: ","))
        // The container recordings contain no tokens.
        guard request.method == .post else { return found }
        check("signed", String(headers["authorization"] != nil), String(expected.headers["authorization"] != nil))
        check("scope", scope(headers["authorization"]), scope(expected.headers["authorization"]))
        return found
    }

    static func form(_ body: [UInt8]) -> [String: String] {
        Dictionary(
            String(decoding: body, as: UTF8.self).split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], (parts.count > 1 ? parts[1] : "").removingPercentEncoding ?? "")
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Region and service that a signature is for.
    private static func scope(_ authorization: String?) -> String? {
        authorization?.split(separator: ",").first?.split(separator: "/").dropFirst(2).joined(separator: "/")
    }

    static func recording(_ data: Data) throws -> [Exchange] {
        let traffic = try JSONDecoder().decode(Traffic.self, from: data)
        var exchanges: [Int: Exchange] = [:]
        for event in traffic.events {
            var exchange = exchanges[event.connection_id] ?? Exchange()
            if let request = event.action.Request?.request {
                (exchange.method, exchange.uri) = (request.method, request.uri)
                exchange.headers = Dictionary(
                    uniqueKeysWithValues: request.headers.map { ($0.key.lowercased(), $0.value.first ?? "") })
            } else if let response = event.action.Response?.response.Ok {
                exchange.status = response.status
            } else if let data = event.action.Data {
                if data.direction == "Request" {
                    exchange.body += data.data.Utf8 ?? ""
                } else {
                    exchange.answer += data.data.Utf8 ?? ""
                }
            }
            exchanges[event.connection_id] = exchange
        }
        return exchanges.sorted { $0.key < $1.key }.map(\.value)
    }

    private struct Traffic: Decodable {
        struct Event: Decodable {
            let connection_id: Int
            let action: Action
        }
        struct Action: Decodable {
            struct RecordedRequest: Decodable {
                struct Content: Decodable {
                    let uri: String
                    let method: String
                    let headers: [String: [String]]
                }
                let request: Content
            }
            struct RecordedResponse: Decodable {
                struct Outcome: Decodable { let Ok: Status? }
                struct Status: Decodable { let status: Int }
                let response: Outcome
            }
            struct Chunk: Decodable {
                struct Text: Decodable { let Utf8: String? }
                let data: Text
                let direction: String
            }
            let Request: RecordedRequest?
            let Response: RecordedResponse?
            let Data: Chunk?
        }
        let events: [Event]
    }
}
