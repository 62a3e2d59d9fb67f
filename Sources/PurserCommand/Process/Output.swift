// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes a line to standard output or standard error.
func write(_ line: String, to handle: FileHandle) {
    // A closed terminal is no reason to stop.
    try? handle.write(contentsOf: Data((line + "\n").utf8))
}
