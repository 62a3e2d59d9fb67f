// SPDX-License-Identifier: Apache-2.0

/// `rum-credentials`, the script that pages load. `Module` has its source, `Released` the files of every released
/// version.
///
/// A released version's bytes never change, since pages pin them with an `integrity` hash. `make module` builds the
/// files of a new version.
package struct BrowserModule: Sendable {
    package let version: String
    /// An ECMAScript module.
    package let module: BrowserFile
    /// A classic script that defines the global object `RumCredentials`.
    package let script: BrowserFile
    /// TypeScript declarations.
    package let types: BrowserFile

    private init(version: String, module: [UInt8], script: [UInt8], types: [UInt8]) {
        self.version = version
        self.module = .script(path: "/rum-credentials-\(version).js", module)
        self.script = .script(path: "/rum-credentials-\(version).classic.js", script)
        self.types = .types(path: "/rum-credentials-\(version).d.ts", types)
    }

    /// Every version, the newest last.
    package static let released = [
        BrowserModule(
            version: "1.0.0", module: PackageResources.rum_credentials_1_0_0_js,
            script: PackageResources.rum_credentials_1_0_0_classic_js,
            types: PackageResources.rum_credentials_1_0_0_d_ts), newest,
    ]

    package static let newest = BrowserModule(
        version: "1.1.0", module: PackageResources.rum_credentials_1_1_0_js,
        script: PackageResources.rum_credentials_1_1_0_classic_js, types: PackageResources.rum_credentials_1_1_0_d_ts)

    /// All files that the broker serves: each version under versioned paths, which are immutable, and the newest
    /// version under unversioned paths.
    package static var files: [BrowserFile] {
        released.flatMap { [$0.module, $0.script, $0.types] } + [
            newest.module.moving(to: "/rum-credentials.js"),
            newest.script.moving(to: "/rum-credentials.classic.js"),
            newest.types.moving(to: "/rum-credentials.d.ts"),
        ]
    }
}
