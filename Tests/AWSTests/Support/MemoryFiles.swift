// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import AWS

/// Files in memory; a path can be made unreadable.
final class MemoryFiles: FileReader {
    static let config = "/home/purser/.aws/config"
    static let credentials = "/home/purser/.aws/credentials"

    private let files: Mutex<[String: Result<String, FileError>]>

    init(_ files: [String: String] = [:]) {
        self.files = Mutex(files.mapValues { .success($0) })
    }

    func write(_ text: String, to path: String) { files.withLock { $0[path] = .success(text) } }

    func makeUnreadable(_ path: String, _ reason: String) {
        files.withLock { $0[path] = .failure(FileError(reason)) }
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
        try files.withLock { $0[path] }.map { file throws(FileError) in Array(try file.get().utf8) }
    }
}
