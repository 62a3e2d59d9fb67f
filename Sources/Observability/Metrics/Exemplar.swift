// SPDX-License-Identifier: Apache-2.0

/// One observation of a histogram's bucket, as an example that the log or a trace has more about (OpenMetrics 1.0,
/// "Exemplars").
package struct Exemplar: Sendable, Equatable {
    /// Such as `request_id`; with the value at most 128 characters.
    package let name: String
    package let value: String
    /// What was observed, in the histogram's unit.
    package let observed: Double
    /// Seconds since 1970.
    package let time: Double
}
