// SPDX-License-Identifier: Apache-2.0

/// What a scanner finds at its path in a valid document. Steps of the path are counted from 0.
package enum JSONFinding: Hashable, Sendable {
    /// A member of the path is missing or null.
    case absent
    case string(String)
    /// The string at the path exceeds the limit.
    case tooLong
    /// The object at this step has a member whose name differs from the path's name only in case. Another reader may
    /// ignore case.
    case misspelled(step: Int)
    /// The value at this step is neither null nor what the path needs: an object, or a string at the end.
    case wrongType(JSONType, step: Int)
}
