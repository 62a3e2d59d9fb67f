// SPDX-License-Identifier: Apache-2.0

/// The type of a JSON value (RFC 8259 §3). The raw value is for error messages, with its article.
package enum JSONType: String, Sendable {
    case null = "null"
    case bool = "a boolean"
    case number = "a number"
    case string = "a string"
    case array = "an array"
    case object = "an object"
}
