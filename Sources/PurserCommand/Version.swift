// SPDX-License-Identifier: Apache-2.0

import CBuildInformation

/// What `purser --version` prints.
enum Version {
    /// Semantic Versioning 2.0.0; ends with `-dev` until CHANGELOG.md lists the release.
    static let number = "0.2.0-dev"
    /// The git commit of the build, with `-dirty` if the tree had changes. `unknown` if the build did not set the
    /// environment variable `PURSER_COMMIT`.
    static let commit = unsafe String(cString: purser_commit())
    static let line = "purser \(number) (\(commit))"
}
