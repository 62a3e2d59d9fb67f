// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
package import StrictJSON
package import Vending

/// The claims of an authentic token (RFC 7519 §4.1), stored in libjwt and read with their types.
///
/// The strict parser's ranges determine whether a claim is present and its type; libjwt returns 0 for a string that is
/// read as a number, so it supplies only the value. libjwt gets the claims that every issuer's rules read at once, and
/// any other claim on first use: its JSON parsing is half of a verification's cost besides the signature.
package struct Claims: ~Copyable {
    private let members: JSONMembers
    private let token: LibJWTToken

    /// - Parameter payload: passed the strict parser, so it contains no NUL.
    package init(payload: JSONMembers) throws(TokenError) {
        members = payload
        token = try Self.load(payload)
    }

    private static func load(_ payload: JSONMembers) throws(TokenError) -> LibJWTToken {
        // libjwt's limits, also for the claims that it does not get.
        guard payload.numbersFit else {
            throw TokenError(.payloadMalformed, "a number in the payload is out of the range of 64 bits")
        }
        do throws(LibJWTError) {
            let token = try LibJWTToken()
            try token.addClaims(of: payload, where: isPreloaded)
            return token
        } catch {
            throw TokenError(.payloadMalformed, "libjwt rejects the claims: \(error)")
        }
    }

    /// The registered claims that the rules read have names of three letters (RFC 7519 §4.1), which few other claims
    /// have.
    private static func isPreloaded(_ member: JSONMembers.Member) -> Bool {
        member.name.count == 3
    }

    /// The claim with exactly the bytes of `name`; `nil` if it is absent. A claim is parsed only when it is read.
    package subscript(name: String) -> JSONValue? {
        get throws(TokenError) {
            guard let member = try loadedMember(name) else { return nil }
            do throws(JSONError) {
                switch members.kind(of: member) {
                // In libjwt, the empty name means all claims.
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
            throw Self.unreadable(name, "libjwt does not return it")
        }
    }

    /// Loads a claim into libjwt if it is not there yet; `nil` if the token has no such claim.
    private func loadedMember(_ name: String) throws(TokenError) -> JSONMembers.Member? {
        do {
            guard let member = try members.member(name) else { return nil }
            if !Self.isPreloaded(member) { try token.addClaims(of: members) { $0.value == member.value } }
            return member
        } catch {
            throw Self.unreadable(name, "\(error)")
        }
    }

    private static func unreadable(_ name: String, _ why: String) -> TokenError {
        TokenError(.payloadMalformed, "the claim \(LogText.quote(name)): \(why)")
    }

    /// The value at the end of `path`: each name after the first is a member of the previous value. `nil` if there is
    /// none.
    package subscript(path path: [String]) -> JSONValue? {
        get throws(TokenError) {
            guard let first = path.first else { return nil }
            var value = try self[first]
            for name in path.dropFirst() { value = value?.object?[name] }
            return value
        }
    }

    /// A NumericDate (RFC 7519 §2) in seconds since 1970, fractions allowed; `nil` if the claim is absent.
    ///
    /// The range ends with the year 9999, so a present time in milliseconds is out of range.
    func date(_ name: String, malformed: TokenError.Reason) throws(TokenError) -> Double? {
        guard let seconds = try seconds(name, malformed: malformed) else { return nil }
        guard (0..<Self.endOfRange).contains(seconds) else {
            throw TokenError(malformed, "\(name) is \(seconds), which is not a valid time in seconds since 1970")
        }
        return seconds
    }

    private func seconds(_ name: String, malformed: TokenError.Reason) throws(TokenError) -> Double? {
        guard let member = try loadedMember(name) else { return nil }
        if members.kind(of: member) == .integer { return Double(token.integer(name)) }
        let value = try self[name]
        guard let seconds = value?.double else {
            throw TokenError(malformed, "\(name) is \(value?.typeName ?? "absent"), not a number of seconds")
        }
        return seconds
    }

    private static let endOfRange: Double = 253_402_300_800
}
