import FoundationEssentials
package import Vending

/// The claims of an authentic token (RFC 7519 §4.1), held by libjwt and read with their types.
///
/// The strict parser's places tell the type of a claim and whether it is there; libjwt, which asked the wrong way
/// answers 0 for a string, tells the value. Where the two disagree the token is refused.
package struct Claims: ~Copyable {
    private let members: JSONMembers
    private let token: LibJWTToken

    /// - Parameter payload: passed the strict parser, so it holds no NUL.
    package init(payload: JSONMembers) throws(TokenRefusal) {
        members = payload
        token = try Self.hold(payload.bytes)
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

    /// The claim of exactly this name, with its type; `nil` where it is absent. Costs nothing before it is asked for.
    package subscript(name: String) -> JSONValue? {
        get throws(TokenRefusal) {
            do throws(JSONProblem) {
                // To libjwt the empty name is all of the claims.
                guard !name.isEmpty else { return try members.value(name) }
                switch try members.kind(of: name) {
                case nil:
                    return nil
                case .string:
                    if let text = token.string(name) { return .string(text) }
                case .integer, .other:
                    if let json = token.claimJSON(name) { return try JSONValue.parse(json) }
                }
            } catch {
                throw Self.unreadable(name, "\(error)")
            }
            throw Self.unreadable(name, "libjwt does not give it")
        }
    }

    private static func unreadable(_ name: String, _ why: String) -> TokenRefusal {
        TokenRefusal(.payloadMalformed, "the claim \(Words.quote(name)): \(why)")
    }

    /// The value at the end of `path`, each name but the first being looked for in the object before; `nil` where there
    /// is none.
    package subscript(path path: [String]) -> JSONValue? {
        get throws(TokenRefusal) {
            guard let first = path.first else { return nil }
            var value = try self[first]
            for name in path.dropFirst() { value = value?.object?[name] }
            return value
        }
    }

    /// A NumericDate (RFC 7519 §2), in seconds since 1970, fractions allowed; `nil` where the claim is absent.
    ///
    /// The range ends with the year 9999, which is before any present time that is given in milliseconds.
    func date(_ name: String, malformed: TokenRefusal.Reason) throws(TokenRefusal) -> Double? {
        guard let seconds = try seconds(name, malformed: malformed) else { return nil }
        guard (0..<Self.endOfRange).contains(seconds) else {
            throw TokenRefusal(malformed, "\(name) is \(seconds), which is no time in seconds since 1970")
        }
        return seconds
    }

    private func seconds(_ name: String, malformed: TokenRefusal.Reason) throws(TokenRefusal) -> Double? {
        if try isInteger(name) { return Double(token.integer(name)) }
        guard let value = try self[name] else { return nil }
        guard let seconds = value.double else {
            throw TokenRefusal(malformed, "\(name) is \(value.typeName), not a number of seconds")
        }
        return seconds
    }

    private func isInteger(_ name: String) throws(TokenRefusal) -> Bool {
        do throws(JSONProblem) {
            return try members.kind(of: name) == .integer
        } catch {
            throw Self.unreadable(name, "\(error)")
        }
    }

    private static let endOfRange: Double = 253_402_300_800
}
