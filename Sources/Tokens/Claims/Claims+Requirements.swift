import StrictJSON
import Vending

extension Claims {
    /// The issuer's own requirements, the first broken one telling.
    func check(_ requirements: [ClaimRequirement]) throws(TokenError) {
        for requirement in requirements {
            let value = try value(at: requirement.path)
            guard requirement.isMet(by: value) else {
                throw TokenError(value == nil ? .claimMissing : .claimWrong, requirement.objection(to: value))
            }
        }
    }

    /// What apps will ask for, and nothing else of the token. A value that is too large to keep meets no requirement
    /// but that of being there.
    func values(at paths: [ClaimPath]) throws(TokenError) -> [ClaimPath: ClaimValue] {
        var values: [ClaimPath: ClaimValue] = [:]
        var room = VerifiedIdentity.claimsLimit
        for path in paths {
            guard var value = try value(at: path) else { continue }
            if value.size > room { value = .other }
            room -= min(value.size, room)
            values[path] = value
        }
        return values
    }

    private func value(at path: ClaimPath) throws(TokenError) -> ClaimValue? {
        try self[path: path.names].flatMap(ClaimValue.init)
    }
}

extension ClaimValue {
    /// `nil` for null, which is as good as absent.
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
