// SPDX-License-Identifier: Apache-2.0

/// The page that people look at on the admin listener. It never changes while the process runs, and reads `/metrics` and
/// `/readyz?verbose` itself.
package struct StatusPage: Sendable {
    let html: String
    /// `Content-Security-Policy`: allows the page's own script and style, and requests to its origin.
    let policy: String

    package init(html: String, policy: String) {
        self.html = html
        self.policy = policy
    }
}
