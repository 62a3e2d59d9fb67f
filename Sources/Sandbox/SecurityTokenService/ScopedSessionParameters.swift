// SPDX-License-Identifier: Apache-2.0

import StrictForm

/// The parameters of GetScopedCredentials, checked against AWS's limits (AWS STS API, service model of botocore 1.44.8).
struct ScopedSessionParameters: Sendable {
    /// `nil` if the caller set none.
    let policy: EvaluatedPolicy?
    /// Characters of the policy.
    let policySize: Int
    /// Seconds, 1 to 129,600; `nil` for what is left of the caller's session.
    let duration: Int?
    /// Bytes to which the session token is padded, at most 4,096.
    let minimumTokenSize: Int
    /// `ScopedSessionDescription`, which AWS writes to CloudTrail.
    let description: String?

    private static let descriptionLength = 2...256

    init(_ form: FormParameters) throws(STSError) {
        let known: Set<String> = [
            "Action", "Version", "Policy", "DurationSeconds", "MinimumSessionTokenSize", "ScopedSessionDescription",
        ]
        for name in form.names where !known.contains(name) {
            throw .validation("The sandbox does not support this parameter: \(name.prefix(40))")
        }
        let text = try form.optional("Policy", length: 1...2_048)
        policy = try text.map { text throws(STSError) in try EvaluatedPolicy(sessionPolicy: text) }
        policySize = text?.utf8.count ?? 0
        duration = try form.number("DurationSeconds", in: 1...129_600)
        guard policy != nil || duration != nil else {
            throw .validation("At least one of Policy and DurationSeconds must be specified.")
        }
        minimumTokenSize = try form.number("MinimumSessionTokenSize", in: 0...4_096) ?? 0
        description = try form.optional("ScopedSessionDescription", length: Self.descriptionLength)
        guard description?.unicodeScalars.allSatisfy(Self.isDescriptive) ?? true else {
            throw .constraint(
                "scopedSessionDescription",
                "Member must satisfy regular expression pattern: "
                    + #"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#)
        }
    }

    private static func isDescriptive(_ scalar: Unicode.Scalar) -> Bool {
        ["\t", "\n", "\r"].contains(scalar) || ("\u{20}"..."\u{7E}").contains(scalar)
            || ("\u{A1}"..."\u{FF}").contains(scalar)
    }
}

extension FormParameters {
    /// A whole number in decimal digits; `nil` without the parameter.
    func number(_ name: String, in range: ClosedRange<Int>) throws(STSError) -> Int? {
        guard let text = self[name] else { return nil }
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text)
        else { throw .malformedInput("\(name) is not a number.") }
        let member = name.prefix(1).lowercased() + name.dropFirst()
        guard number >= range.lowerBound else {
            throw .constraint(member, "Member must have value greater than or equal to \(range.lowerBound)")
        }
        guard number <= range.upperBound else {
            throw .constraint(member, "Member must have value less than or equal to \(range.upperBound)")
        }
        return number
    }
}
