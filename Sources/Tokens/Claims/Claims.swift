import FoundationEssentials
package import Vending

/// The claims of an authentic token (RFC 7519 §4.1), held by libjwt and read with their types.
package struct Claims: ~Copyable {
    private let token: LibJWTToken

    /// - Parameter payload: passed the strict parser before, so it holds no NUL.
    package init(payload: [UInt8]) throws(TokenRefusal) {
        token = try Self.hold(payload)
    }

    private static func hold(_ payload: [UInt8]) throws(TokenRefusal) -> LibJWTToken {
        do throws(LibJWTToken.Problem) {
            let token = try LibJWTToken()
            try token.addClaims(json: payload)
            return token
        } catch {
            throw TokenRefusal(.payloadMalformed, "libjwt does not take the claims: \(error)")
        }
    }

    subscript(name: String) -> JSONValue? {
        get throws(TokenRefusal) {
            guard let json = token.claimJSON(name) else { return nil }
            do throws(JSONProblem) {
                return try JSONValue.parse(json)
            } catch {
                throw TokenRefusal(.payloadMalformed, "the claim \(name): \(error)")
            }
        }
    }

    /// A NumericDate (RFC 7519 §2), in seconds since 1970, fractions allowed; `nil` where the claim is absent.
    ///
    /// The range ends with the year 9999, which is before any present time that is given in milliseconds.
    func date(_ name: String, malformed: TokenRefusal.Reason) throws(TokenRefusal) -> Double? {
        guard let value = try self[name] else { return nil }
        guard let seconds = value.double else {
            throw TokenRefusal(malformed, "\(name) is \(value.typeName), not a number of seconds")
        }
        guard (0..<Self.endOfRange).contains(seconds) else {
            throw TokenRefusal(malformed, "\(name) is \(seconds), which is no time in seconds since 1970")
        }
        return seconds
    }

    private static let endOfRange: Double = 253_402_300_800
}
