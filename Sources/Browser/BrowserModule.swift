/// `rum-credentials`, which pages load: `Module` holds its source, `Released` the files of every version there was.
///
/// A released version's bytes never change, since pages hold them to a hash; `make module` makes those of a new one.
package struct BrowserModule: Sendable {
    package let version: String
    /// An ECMAScript module.
    package let module: BrowserFile
    /// A classic script, whose global object is `RumCredentials`.
    package let script: BrowserFile
    /// TypeScript's declarations.
    package let types: BrowserFile

    private init(version: String, module: [UInt8], script: [UInt8], types: [UInt8]) {
        self.version = version
        self.module = .script(path: "/rum-credentials-\(version).js", module)
        self.script = .script(path: "/rum-credentials-\(version).classic.js", script)
        self.types = .types(path: "/rum-credentials-\(version).d.ts", types)
    }

    /// Every version, the newest last.
    package static let released = [newest]

    package static let newest = BrowserModule(
        version: "1.0.0", module: PackageResources.rum_credentials_1_0_0_js,
        script: PackageResources.rum_credentials_1_0_0_classic_js, types: PackageResources.rum_credentials_1_0_0_d_ts)

    /// All that a broker serves: each version under its own paths, for good, and the newest one under paths that stay.
    package static var files: [BrowserFile] {
        released.flatMap { [$0.module, $0.script, $0.types] } + [
            newest.module.moving(to: "/rum-credentials.js"),
            newest.script.moving(to: "/rum-credentials.classic.js"),
            newest.types.moving(to: "/rum-credentials.d.ts"),
        ]
    }
}
