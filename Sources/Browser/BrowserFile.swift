// SPDX-License-Identifier: Apache-2.0

private import Cryptography
import FoundationEssentials

/// A file of the browser module, with its response headers.
package struct BrowserFile: Sendable {
    package let path: String
    package let contentType: String
    /// Value of `Cache-Control` (RFC 9111 §5.2.2; `immutable` is RFC 8246).
    package let cacheControl: String
    package let content: [UInt8]
    /// Value of an `integrity` attribute (W3C Subresource Integrity §3.1): `sha384-` and the digest in base64.
    package let integrity: String

    private init(path: String, contentType: String, cacheControl: String, content: [UInt8], integrity: String) {
        self.path = path
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.content = content
        self.integrity = integrity
    }

    static func script(path: String, _ content: [UInt8]) -> BrowserFile {
        released(path, "text/javascript; charset=utf-8", content)
    }

    static func types(path: String, _ content: [UInt8]) -> BrowserFile {
        released(path, "text/plain; charset=utf-8", content)
    }

    private static func released(_ path: String, _ contentType: String, _ content: [UInt8]) -> BrowserFile {
        BrowserFile(
            path: path, contentType: contentType, cacheControl: "public, max-age=31536000, immutable", content: content,
            integrity: "sha384-" + Data(SHA384.digest(content)).base64EncodedString())
    }

    /// The same content under a path whose content changes with the next version, so caches keep it for an hour only.
    func moving(to path: String) -> BrowserFile {
        BrowserFile(
            path: path, contentType: contentType, cacheControl: "public, max-age=3600", content: content,
            integrity: integrity)
    }
}
