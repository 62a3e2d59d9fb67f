// SPDX-License-Identifier: Apache-2.0

import StrictJSON
import Vending

extension Claims {
    /// Throws for the first requirement of the issuer that the claims do not meet.
    func check(_ requirements: [ClaimRequirement]) throws(TokenError) {
        for requirement in requirements {
            let value = try value(at: requirement.path)
            guard requirement.isMet(by: value) else {
                throw TokenError(value == nil ? .claimMissing : .claimWrong, requirement.mismatch(with: value))
            }
        }
    }

    /// The claims at `paths`, which apps use; nothing else of the token is kept. A value that exceeds what remains of
    /// `VerifiedIdentity.claimsLimit` becomes `.other`, which meets only a requirement for presence.
    func values(at paths: [ClaimPath]) throws(TokenError) -> [ClaimPath: ClaimValue] {
        var values: [ClaimPath: ClaimValue] = [:]
        var remaining = VerifiedIdentity.claimsLimit
        for path in paths {
            guard var value = try value(at: path) else { continue }
            if value.size > remaining { value = .other }
            remaining -= min(value.size, remaining)
            values[path] = value
        }
        return values
    }

    private func value(at path: ClaimPath) throws(TokenError) -> ClaimValue? {
        try self[path: path.names].flatMap(ClaimValue.init)
    }
}

extension ClaimValue {
    /// `nil` for null, which counts as absent.
    init?(_ value: JSONValue) {
        switch value {
        case .null: return nil
        case .bool(let flag): self = .boolean(flag)
        case .string(let text): self = .string(text)
        case .number:
            self = value.double.flatMap { abs($0) < Self.numberLimit ? .number($0) : nil } ?? .other
        case .array(let values):
            self = .list(values.map { ClaimValue($0) ?? .other })
        case .object: self = .other
        }
    }
}
