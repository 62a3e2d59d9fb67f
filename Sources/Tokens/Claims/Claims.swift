import FoundationEssentials
package import StrictJSON
package import Vending

/// The claims of an authentic token (RFC 7519 §4.1), held by libjwt and read with their types.
///
/// The strict parser's places tell whether a claim is there and of which type it is; libjwt, which answers 0 when it is
/// asked for a string as a number, tells the value. It is handed the claims that the rules of every issuer read, and
/// another one when it is asked for: half of a verification's cost besides the signature is its reading of JSON.
package struct Claims: ~Copyable {
    private let members: JSONMembers
    private let token: LibJWTToken

    /// - Parameter payload: passed the strict parser, so it holds no NUL.
    package init(payload: JSONMembers) throws(TokenError) {
        members = payload
        token = try Self.hold(payload)
    }

    private static func hold(_ payload: JSONMembers) throws(TokenError) -> LibJWTToken {
        // libjwt's bounds, also for the claims that it is not handed.
        guard payload.numbersFit else {
            throw TokenError(.payloadMalformed, "a number in the payload is out of the range of 64 bits")
        }
        do throws(LibJWTError) {
            let token = try LibJWTToken()
            try token.addClaims(of: payload, where: isHeldFromTheStart)
            return token
        } catch {
            throw TokenError(.payloadMalformed, "libjwt does not take the claims: \(error)")
        }
    }

    /// The names of the registered claims that the rules read have three letters (RFC 7519 §4.1), as those of few others.
    private static func isHeldFromTheStart(_ member: JSONMembers.Member) -> Bool {
        member.name.count == 3
    }

    /// The claim of exactly this name, with its type; `nil` where it is absent. Costs nothing before it is asked for.
    package subscript(name: String) -> JSONValue? {
        get throws(TokenError) {
            guard let member = try held(name) else { return nil }
            do throws(JSONError) {
                switch members.kind(of: member) {
                // To libjwt the empty name is all of the claims.
                case _ where name.isEmpty:
                    return try members.value(name)
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

    /// The place of a claim that libjwt holds from now on; `nil` where it is absent.
    private func held(_ name: String) throws(TokenError) -> JSONMembers.Member? {
        do {
            guard let member = try members.member(name) else { return nil }
            if !Self.isHeldFromTheStart(member) { try token.addClaims(of: members) { $0.value == member.value } }
            return member
        } catch {
            throw Self.unreadable(name, "\(error)")
        }
    }

    private static func unreadable(_ name: String, _ why: String) -> TokenError {
        TokenError(.payloadMalformed, "the claim \(LogText.quote(name)): \(why)")
    }

    /// The value at the end of `path`, each name but the first being looked for in the object before; `nil` where there
    /// is none.
    package subscript(path path: [String]) -> JSONValue? {
        get throws(TokenError) {
            guard let first = path.first else { return nil }
            var value = try self[first]
            for name in path.dropFirst() { value = value?.object?[name] }
            return value
        }
    }

    /// A NumericDate (RFC 7519 §2), in seconds since 1970, fractions allowed; `nil` where the claim is absent.
    ///
    /// The range ends with the year 9999, which is before any present time that is given in milliseconds.
    func date(_ name: String, malformed: TokenError.Reason) throws(TokenError) -> Double? {
        guard let seconds = try seconds(name, malformed: malformed) else { return nil }
        guard (0..<Self.endOfRange).contains(seconds) else {
            throw TokenError(malformed, "\(name) is \(seconds), which is no time in seconds since 1970")
        }
        return seconds
    }

    private func seconds(_ name: String, malformed: TokenError.Reason) throws(TokenError) -> Double? {
        guard let member = try held(name) else { return nil }
        if members.kind(of: member) == .integer { return Double(token.integer(name)) }
        let value = try self[name]
        guard let seconds = value?.double else {
            throw TokenError(malformed, "\(name) is \(value?.typeName ?? "absent"), not a number of seconds")
        }
        return seconds
    }

    private static let endOfRange: Double = 253_402_300_800
}
