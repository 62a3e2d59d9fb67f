// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The test vectors in `Tests/Vectors`. Its README lists their sources and licences.
package enum Vectors {
    package static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Vectors")

    package static func data(_ path: String) throws -> Data {
        try Data(contentsOf: directory.appendingPathComponent(path))
    }
}
