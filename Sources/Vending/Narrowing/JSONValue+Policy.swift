// SPDX-License-Identifier: Apache-2.0

import StrictJSON

extension JSONValue {
    /// The members of an object, in order; `nil` for other values.
    var members: [(name: String, value: JSONValue)]? { object?.members }

    /// The elements of an array; a single value counts as a list of itself, as in IAM policies.
    var list: [JSONValue] { array ?? [self] }
}
