// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The result of `openssl speed` on the same core.
enum OpenSSLSpeed {
    /// Microseconds per RSA verification with 2,048 bits; `nil` if the command is missing or its output is unknown.
    static func verifyRSA2048() -> Double? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl", "speed", "-seconds", "1", "rsa2048"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return nil
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // "rsa 2048 bits 0.000701s 0.000019s   1426.0  51460.0": the last field is verifications per second.
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("rsa 2048 bits") }),
            let rate = line.split(separator: " ").last.flatMap({ Double($0) }), rate > 0
        else { return nil }
        return 1e6 / rate
    }
}
