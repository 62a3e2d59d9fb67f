/// What strangers can send, or make us fetch: each a parser with properties that hold for every input.
package enum FuzzEntry: String, CaseIterable, Sendable {
    case token
    case header
    case claims
    case json
    case jwks
    case pem
    case discovery

    /// Checks all properties of one input.
    /// - Returns: whether the input was accepted, so that a run can tell that it tries more than refusals.
    package func check(_ input: [UInt8]) throws(PropertyViolation) -> Bool {
        switch self {
        case .token: try TokenProperties.check(token: input)
        case .header: try TokenProperties.check(header: input)
        case .claims: try TokenProperties.check(claims: input)
        case .json: try JSONProperties.check(input)
        case .jwks: try KeyProperties.check(jwks: input)
        case .pem: try KeyProperties.check(pem: input)
        case .discovery: try KeyProperties.check(discovery: input)
        }
    }
}

/// A property that an input broke.
package struct PropertyViolation: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    static func require(_ holds: Bool, _ property: @autoclosure () -> String) throws(PropertyViolation) {
        guard holds else { throw PropertyViolation(property()) }
    }
}
