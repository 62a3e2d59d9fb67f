// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// The status line and the fixed header fields of an app's warm responses as bytes, up to the value of `x-request-id`.
struct LaneHeaders {
    private let base: [UInt8]
    private let byOrigin: [(origin: [UInt8], head: [UInt8])]

    init(_ sets: HeaderSets, origins: Set<String>) {
        base = Self.head(sets.credentials(for: nil))
        byOrigin = origins.sorted().map { (Array($0.utf8), Self.head(sets.credentials(for: $0))) }
    }

    func head(for origin: UnsafeRawBufferPointer?) -> [UInt8] {
        guard let origin = unsafe origin else { return base }
        return byOrigin.first { unsafe $0.origin.elementsEqual(origin) }?.head ?? base
    }

    private static func head(_ fields: HTTPFields) -> [UInt8] {
        var text = "HTTP/1.1 200 OK\r\n"
        for field in fields { text += "\(field.name.rawName): \(field.value)\r\n" }
        return Array((text + "\(HTTPField.Name.requestID.rawName): ").utf8)
    }
}
