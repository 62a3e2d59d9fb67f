// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// Whole nanoseconds; those beyond 292 years are cut off. Divides 128 bits, so hot paths read
    /// `MonotonicTime.nanoseconds`.
    package var inNanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }
}
