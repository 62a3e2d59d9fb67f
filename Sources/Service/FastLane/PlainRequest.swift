// SPDX-License-Identifier: Apache-2.0

/// A complete request in the one form that the fast lane recognises, as places in the bytes that were received.
///
/// The grammar, in the words of RFC 9112; everything else is for the decoder:
///
///     request   = "GET /v1/apps/" app "/" resource " HTTP/1.1" CRLF 1*60( line ) CRLF   ; at most 24 KiB
///     app       = the characters of an app's name
///     resource  = "credentials" / "credentials/container" / "guest-credentials" / "guest-credentials/container"
///     line      = name ":" [ " " ] value CRLF
///     name      = 1*tchar, in any case, and none of the names below
///     value     = visible ASCII and single inner spaces, not beginning or ending with a space; may be empty
///
/// `Host` occurs exactly once; `Authorization`, `Origin`, `X-Forwarded-For` and `Connection` at most once, and the value
/// of `Connection` is `keep-alive`. A request with `Content-Length`, `Transfer-Encoding`, `Expect`, `Upgrade`, `TE`,
/// `Trailer`, `Keep-Alive`, `Proxy-Connection` or `HTTP2-Settings` is not in this form.
package struct PlainRequest {
    package typealias Place = Range<Int>

    /// Bytes of the whole request.
    package private(set) var length = 0
    package let app: Place
    package let resource: Target.Resource
    package private(set) var host = 0..<0
    package private(set) var authorization: Place?
    package private(set) var origin: Place?
    package private(set) var forwardedFor: Place?

    static let lengthLimit = 24 << 10
    private static let lineLimit = 60

    /// `nil` if the bytes do not begin with a whole request in this form.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard let path = unsafe Self.path(bytes) else { return nil }
        (app, resource) = (path.app, path.resource)
        var (place, hosts, lines) = (path.end, 0, 0)
        let limit = min(bytes.count, Self.lengthLimit)

        while true {
            guard place + 1 < limit, lines <= Self.lineLimit else { return nil }
            if unsafe bytes[place] == 0x0D {
                guard unsafe bytes[place + 1] == 0x0A, hosts == 1 else { return nil }
                length = place + 2
                return
            }
            lines += 1
            guard let line = unsafe Self.line(bytes, from: place, limit: limit) else { return nil }
            place = line.end
            switch line.name {
            case .other: continue
            case .forbidden: return nil
            case .host:
                hosts += 1
                host = line.value
            case .authorization:
                guard authorization == nil else { return nil }
                authorization = line.value
            case .origin:
                guard origin == nil else { return nil }
                origin = line.value
            case .forwardedFor:
                guard forwardedFor == nil else { return nil }
                forwardedFor = line.value
            case .connection:
                connections += 1
                guard connections == 1, unsafe Self.isEqual(bytes, line.value, "keep-alive") else { return nil }
            }
        }
    }

    private var connections = 0

    private static func path(_ bytes: UnsafeRawBufferPointer) -> (app: Place, resource: Target.Resource, end: Int)? {
        let begin = 13
        guard unsafe isEqual(bytes, 0..<begin, "GET /v1/apps/") else { return nil }
        var end = begin
        while end < bytes.count, end - begin <= 64, unsafe ByteClass.isAppName(bytes[end]) { end += 1 }
        let app = begin..<end
        guard (1...64).contains(app.count), unsafe ByteClass.isAlphanumeric(bytes[begin]), end < bytes.count,
            unsafe bytes[end] == UInt8(ascii: "/")
        else {
            return nil
        }
        for (text, resource) in resources {
            let place = (end + 1)..<(end + 1 + text.utf8CodeUnitCount)
            guard place.upperBound <= bytes.count, unsafe isEqual(bytes, place, text) else { continue }
            return (app, resource, place.upperBound)
        }
        return nil
    }

    private static let resources: [(StaticString, Target.Resource)] = [
        ("credentials HTTP/1.1\r\n", .credentials), ("guest-credentials HTTP/1.1\r\n", .guestCredentials),
        ("credentials/container HTTP/1.1\r\n", .container),
        ("guest-credentials/container HTTP/1.1\r\n", .guestContainer),
    ]

    private enum Name {
        case other, forbidden, host, authorization, origin, forwardedFor, connection
    }

    private static func line(
        _ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int
    ) -> (name: Name, value: Place, end: Int)? {
        var place = start
        while place < limit, unsafe ByteClass.isToken(bytes[place]) { place += 1 }
        guard place > start, place + 1 < limit, unsafe bytes[place] == UInt8(ascii: ":") else { return nil }
        let name = unsafe name(bytes, start..<place)
        place += 1
        if unsafe bytes[place] == 0x20 { place += 1 }
        let begin = place
        place = unsafe ByteClass.endOfText(bytes, from: place, limit: limit)
        guard place + 1 < limit, unsafe bytes[place] == 0x0D, unsafe bytes[place + 1] == 0x0A else { return nil }
        if place > begin {
            guard unsafe bytes[begin] != 0x20, unsafe bytes[place - 1] != 0x20 else { return nil }
        }
        return (name, begin..<place, place + 2)
    }

    private static func name(_ bytes: UnsafeRawBufferPointer, _ place: Place) -> Name {
        func matches(_ text: StaticString) -> Bool { unsafe isEqual(bytes, place, text, ignoringCase: true) }
        switch place.count {
        case 2: return matches("te") ? .forbidden : .other
        case 4: return matches("host") ? .host : .other
        case 6: return matches("origin") ? .origin : matches("expect") ? .forbidden : .other
        case 7: return matches("upgrade") || matches("trailer") ? .forbidden : .other
        case 10: return matches("connection") ? .connection : matches("keep-alive") ? .forbidden : .other
        case 13: return matches("authorization") ? .authorization : .other
        case 14: return matches("content-length") || matches("http2-settings") ? .forbidden : .other
        case 15: return matches("x-forwarded-for") ? .forwardedFor : .other
        case 16: return matches("proxy-connection") ? .forbidden : .other
        case 17: return matches("transfer-encoding") ? .forbidden : .other
        default: return .other
        }
    }

    /// - Parameter text: in lower case, if `ignoringCase`.
    static func isEqual(
        _ bytes: UnsafeRawBufferPointer, _ place: Place, _ text: StaticString, ignoringCase: Bool = false
    ) -> Bool {
        guard place.count == text.utf8CodeUnitCount, place.upperBound <= bytes.count else { return false }
        let expected = unsafe text.utf8Start
        for offset in 0..<place.count {
            let byte = unsafe bytes[place.lowerBound + offset]
            let folded = ignoringCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            guard unsafe folded == expected[offset] else { return false }
        }
        return true
    }
}
