// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Foundation
import Service

extension StatusPage {
    /// The page in `status.html`. Its policy names the hashes of its script and its style, so nothing else runs in it.
    static let content: StatusPage = {
        let html = String(decoding: PackageResources.status_html, as: UTF8.self)
        return StatusPage(
            html: html,
            policy: "default-src 'none'; script-src \(source("script", html)); style-src \(source("style", html)); "
                + "style-src-attr 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    }()

    /// The hash of what an element contains (Content Security Policy Level 3 §2.3.1).
    private static func source(_ element: String, _ html: String) -> String {
        guard let begin = html.range(of: "<\(element)>"), let end = html.range(of: "</\(element)>") else {
            return "'none'"
        }
        let text = Array(html[begin.upperBound..<end.lowerBound].utf8)
        return "'sha256-\(Data(SHA256.digest(text).bytes).base64EncodedString())'"
    }
}
