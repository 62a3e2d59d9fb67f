// SPDX-License-Identifier: Apache-2.0

import StrictForm

/// Parameters common to AssumeRole and AssumeRoleWithWebIdentity, checked against AWS's limits (AWS STS API).
struct AssumeRoleParameters: Sendable {
    let roleARN: String
    let sessionName: String
    /// Seconds, 900 to 43,200; 3,600 by default.
    let duration: Int
    let policy: EvaluatedPolicy?
    /// Bytes of the policy.
    let policySize: Int
    /// Percent of the packed-size limit; `nil` if the caller set neither policy nor tags.
    let packedPolicySize: Int?

    /// AWS parameters that the sandbox does not implement. Ignoring them could grant more than the caller requested.
    private static let unsupported = ["PolicyArns.", "ProvidedContexts.", "SerialNumber", "TokenCode", "ProviderId"]

    init(_ form: FormParameters, tags: SessionTags) throws(STSError) {
        for name in form.names where Self.unsupported.contains(where: name.hasPrefix) {
            throw .validation("The sandbox does not support this parameter: \(Self.family(of: name))")
        }
        roleARN = try form.required("RoleArn", length: 20...2_048)
        sessionName = try form.required("RoleSessionName", length: 2...64)
        guard sessionName.utf8.allSatisfy(Self.isSessionNameCharacter) else {
            throw .constraint(
                "roleSessionName", "Member must satisfy regular expression pattern: [\\w+=,.@-]*")
        }
        duration = try Self.duration(form["DurationSeconds"])
        let text = try form.optional("Policy", length: 1...2_048)
        policy = try text.map { text throws(STSError) in try EvaluatedPolicy(sessionPolicy: text) }
        policySize = text?.utf8.count ?? 0
        packedPolicySize = try PackedSize.percent(ofPolicies: policySize, tags)
    }

    private static func duration(_ text: String?) throws(STSError) -> Int {
        guard let text else { return 3_600 }
        guard text.utf8.count <= 6, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seconds = Int(text) else {
            throw .malformedInput("DurationSeconds is not a number.")
        }
        guard seconds >= 900 else {
            throw .constraint("durationSeconds", "Member must have value greater than or equal to 900")
        }
        guard seconds <= 43_200 else {
            throw .constraint("durationSeconds", "Member must have value less than or equal to 43200")
        }
        return seconds
    }

    static func isSessionNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_+=,.@-".utf8.contains(byte)
        }
    }

    private static func family(of name: String) -> String {
        String(name.prefix { $0 != "." }.prefix(40))
    }
}

extension FormParameters {
    /// - Parameter length: in characters (Unicode scalars).
    func required(_ name: String, length: ClosedRange<Int>) throws(STSError) -> String {
        guard let value = try optional(name, length: length) else {
            throw .constraint(Self.member(name), "Member must not be null")
        }
        return value
    }

    func optional(_ name: String, length: ClosedRange<Int>) throws(STSError) -> String? {
        guard let value = self[name] else { return nil }
        let count = value.unicodeScalars.count
        guard count >= length.lowerBound else {
            throw .constraint(
                Self.member(name), "Member must have length greater than or equal to \(length.lowerBound)")
        }
        guard count <= length.upperBound else {
            throw .constraint(Self.member(name), "Member must have length less than or equal to \(length.upperBound)")
        }
        return value
    }

    private static func member(_ name: String) -> String {
        name.prefix(1).lowercased() + name.dropFirst()
    }
}
