// SPDX-License-Identifier: Apache-2.0

/// The parsers of untrusted input, sent by clients or fetched from providers. Each has properties that hold for every
/// input.
package enum FuzzEntry: String, CaseIterable, Sendable {
    case token
    case header
    case claims
    case json
    case jwks
    case pem
    case discovery
    case batch
    case fastlane

    /// Checks all properties of one input.
    /// - Returns: whether the input was accepted, so that a run can prove that it also covers accepted inputs.
    package func check(_ input: [UInt8]) throws(PropertyViolation) -> Bool {
        switch self {
        case .token: try TokenProperties.check(token: input)
        case .header: try TokenProperties.check(header: input)
        case .claims: try TokenProperties.check(claims: input)
        case .json: try JSONProperties.check(input)
        case .jwks: try KeyProperties.check(jwks: input)
        case .pem: try KeyProperties.check(pem: input)
        case .discovery: try KeyProperties.check(discovery: input)
        case .batch: try BatchProperties.check(input)
        case .fastlane: try LaneProperties.check(input)
        }
    }
}

/// A property that does not hold for an input.
package struct PropertyViolation: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    static func require(_ holds: Bool, _ property: @autoclosure () -> String) throws(PropertyViolation) {
        guard holds else { throw PropertyViolation(property()) }
    }
}
