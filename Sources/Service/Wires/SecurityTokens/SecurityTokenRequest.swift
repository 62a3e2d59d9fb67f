// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import StrictForm
import Vending

/// The only supported call of the STS query API: AssumeRoleWithWebIdentity, version 2011-06-15.
struct SecurityTokenRequest: Sendable {
    static let action = "AssumeRoleWithWebIdentity"

    let token: BearerToken
    let session: RequestedSession

    /// Applies AWS's rules for each parameter (AssumeRoleWithWebIdentity, "Request Parameters"). Parameters in the
    /// URL's query are ignored.
    init(
        _ contentType: String?, _ body: ByteBuffer, _ hash: BearerTokenHash
    ) throws(SecurityTokenError) {
        guard Self.isForm(contentType) else {
            throw SecurityTokenError(.validationError, "The body must be application/x-www-form-urlencoded.")
        }
        let form = try Self.form(body)
        guard let action = form["Action"] else { throw .missing("Action") }
        guard let version = form["Version"] else { throw .missing("Version") }
        guard action == Self.action, version == "2011-06-15" else {
            throw SecurityTokenError(
                .invalidAction, "The only supported action is AssumeRoleWithWebIdentity, version 2011-06-15.")
        }
        if let name = Self.unsupported.first(where: { name in form.names.contains { $0.hasPrefix(name) } }) {
            throw .invalid(name, "Member must not be present")
        }
        guard form.names.allSatisfy(Self.knownParameters.contains) else {
            throw SecurityTokenError(.validationError, "The request has a parameter that the action does not support.")
        }
        let roleARN = try Self.text(form, "RoleArn", 20...2_048)
        let sessionName = try Self.text(form, "RoleSessionName", 2...64)
        guard sessionName.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "_+=,.@-".utf8.contains($0) }) else {
            throw .invalid("roleSessionName", #"Member must satisfy regular expression pattern: [\w+=,.@-]*"#)
        }
        let text = try Self.text(form, "WebIdentityToken", 4...20_000)
        token = BearerToken(text, digest: hash(text))
        session = RequestedSession(
            roleARN: roleARN, duration: try Self.duration(form["DurationSeconds"]),
            policy: try Self.policy(form["Policy"]))
    }

    private static func form(_ body: ByteBuffer) throws(SecurityTokenError) -> FormParameters {
        do throws(FormError) {
            return try FormParameters(body.readableBytesView, limit: Self.parameterLimit)
        } catch {
            switch error {
            case .malformed, .tooMany:
                throw SecurityTokenError(.validationError, "The body is not a valid form.")
            case .duplicate: throw SecurityTokenError(.validationError, "The request repeats a parameter.")
            }
        }
    }

    /// Compares the media type and ignores its parameters (RFC 9110 §8.3.1).
    static func isForm(_ contentType: String?) -> Bool {
        let type = contentType?.prefix { $0 != ";" && $0 != " " }
        return type?.lowercased() == "application/x-www-form-urlencoded"
    }

    private static func text(
        _ form: FormParameters, _ name: String, _ length: ClosedRange<Int>
    ) throws(SecurityTokenError) -> String {
        guard let text = form[name] else { throw .missing(name) }
        let count = text.unicodeScalars.count
        guard count >= length.lowerBound else {
            throw .invalid(member(name), "Member must have length greater than or equal to \(length.lowerBound)")
        }
        guard count <= length.upperBound else {
            throw .invalid(member(name), "Member must have length less than or equal to \(length.upperBound)")
        }
        return text
    }

    /// The name as AWS's messages spell it: `roleArn`.
    private static func member(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }

    private static func duration(_ text: String?) throws(SecurityTokenError) -> Int? {
        guard let text else { return nil }
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy(\.isASCIIDigit), let seconds = Int(text) else {
            throw .invalid("durationSeconds", "Member must be a whole number")
        }
        guard seconds >= 900 else {
            throw .invalid("durationSeconds", "Member must have value greater than or equal to 900")
        }
        guard seconds <= 43_200 else {
            throw .invalid("durationSeconds", "Member must have value less than or equal to 43200")
        }
        return seconds
    }

    private static func policy(
        _ text: String?
    ) throws(SecurityTokenError) -> CallerPolicy? {
        guard let text else { return nil }
        guard !text.isEmpty else { throw .invalid("policy", "Member must have length greater than or equal to 1") }
        guard text.unicodeScalars.count <= SessionPolicy.limit else { throw SecurityTokenError(.policyTooLarge) }
        let isAllowed = text.unicodeScalars.allSatisfy {
            (0x20...0xFF).contains($0.value) || [0x09, 0x0A, 0x0D].contains($0.value)
        }
        guard isAllowed, let policy = CallerPolicy(text: text) else {
            throw SecurityTokenError(.malformedPolicyDocument, "Syntax errors in policy.")
        }
        return policy
    }

    /// AssumeRoleWithWebIdentity has nine parameters, so no valid request reaches the limit.
    private static let parameterLimit = 64

    private static let knownParameters: Set<String> = [
        "Action", "Version", "RoleArn", "RoleSessionName", "WebIdentityToken", "DurationSeconds", "Policy",
    ]
    /// Parameters of AWS that Purser can't honour, so it rejects them instead of ignoring them.
    private static let unsupported = ["ProviderId", "PolicyArns"]
}
