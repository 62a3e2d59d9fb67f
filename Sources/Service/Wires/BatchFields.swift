// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import Vending

/// The header fields of a page's request that describe its batch. No other field is forwarded to the data plane.
struct BatchFields {
    private let contentType: String
    private let isGzipped: Bool
    private let trace: [(name: String, value: String)]

    init(_ fields: HTTPFields) throws(ServiceError) {
        guard let contentType = Self.only(fields[values: .contentType]), Self.isKnown(contentType: contentType) else {
            throw ServiceError(.malformedRequest, reason: "content_type")
        }
        let encodings = fields[values: .contentEncoding]
        guard encodings.isEmpty || (encodings.count == 1 && encodings[0].lowercased() == "gzip") else {
            throw ServiceError(.malformedRequest, reason: "content_encoding")
        }
        self.contentType = contentType
        isGzipped = !encodings.isEmpty
        let known: [(HTTPField.Name, (String) -> Bool)] = [
            (.traceParent, Self.isTraceParent), (.amazonTraceID, Self.isAmazonTraceID),
        ]
        trace = known.compactMap { name, isWellFormed in
            guard let value = Self.only(fields[values: name]), isWellFormed(value) else { return nil }
            return (name.rawName, value)
        }
    }

    func batch(_ body: ByteBuffer) throws(ServiceError) -> Batch {
        guard body.readableBytes > 0 else { throw ServiceError(.malformedRequest, reason: "body_empty") }
        return Batch(body: Array(body.readableBytesView), contentType: contentType, isGzipped: isGzipped, trace: trace)
    }

    private static func only(_ values: [String]) -> String? { values.count == 1 ? values[0] : nil }

    /// Accepts what the RUM client sends: JSON, which sendBeacon labels as text to avoid a preflight, without a charset
    /// or in UTF-8.
    private static func isKnown(contentType: String) -> Bool {
        // What the client sends.
        if contentType == "application/json" || contentType == "text/plain;charset=UTF-8" { return true }
        guard contentType.utf8.count <= 100 else { return false }
        let parts = contentType.lowercased().split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " && $0 != "\t" } }
        guard ["application/json", "text/plain"].contains(parts[0]), parts.count <= 2 else { return false }
        return parts.count == 1 || parts[1] == "charset=utf-8" || parts[1] == #"charset="utf-8""#
    }

    /// W3C Trace Context, `traceparent`, version 00.
    private static func isTraceParent(_ value: String) -> Bool {
        let parts = value.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [2, 32, 16, 2] && parts[0].elementsEqual("00".utf8)
            && parts.allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } }
    }

    /// `Root=…;Parent=…;Sampled=…` (AWS X-Ray Developer Guide, "Tracing header").
    private static func isAmazonTraceID(_ value: String) -> Bool {
        (1...256).contains(value.utf8.count)
            && value.utf8.allSatisfy { $0.isASCIIAlphanumeric || "=;-:.?".utf8.contains($0) }
    }
}

extension HTTPField.Name {
    fileprivate static let traceParent = Self("traceparent")!
    fileprivate static let amazonTraceID = Self("x-amzn-trace-id")!
}
