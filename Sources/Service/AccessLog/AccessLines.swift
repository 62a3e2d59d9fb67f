// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// Which responses have a log line.
package final class AccessLines: Sendable {
    package enum Mode: String, CaseIterable, Sendable {
        case all
        /// Responses that are not successes.
        case errors
        /// Errors, and a part of the successes, chosen at random.
        case sampled
        case off
    }

    /// The ratio of successes that have lines, with the mode `sampled`.
    let ratio: Double?
    private let mode: Mode
    private let logsInfo: Bool
    private let logsWarnings: Bool
    /// A success has a line if its random number is below.
    private let threshold: UInt64
    private let seed = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    /// - Parameters:
    ///   - ratio: for the mode `sampled`, 0–1.
    ///   - logsInfo: whether lines of the level `info` are logged: successes and errors of callers.
    ///   - logsWarnings: whether lines of the level `warning` are logged: errors with a status of 500 and above.
    package init(_ mode: Mode = .all, ratio: Double = 1, logsInfo: Bool = true, logsWarnings: Bool = true) {
        self.mode = mode
        self.ratio = mode == .sampled ? ratio : nil
        self.logsInfo = logsInfo
        self.logsWarnings = logsWarnings
        threshold = ratio >= 1 ? .max : UInt64(max(0, ratio) * 0x1p64)
    }

    func admitsSuccess() -> Bool {
        switch mode {
        case .all: logsInfo
        case .sampled: logsInfo && random() < threshold
        case .errors, .off: false
        }
    }

    func admitsError(isWarning: Bool) -> Bool { mode != .off && (isWarning ? logsWarnings : logsInfo) }

    /// SplitMix64 (Steele, Lea and Flood, 2014): one atomic addition, without a lock and without a system call.
    private func random() -> UInt64 {
        var value = seed.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
