// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension SecurityTokenService {
    /// Policies that GetScopedCredentials adds to a session, at most.
    private static let layers = 3
    /// Bytes of a session token, at most.
    private static let tokenLimit = 4_096

    /// GetScopedCredentials: others with the identity of the calling session, and with less reach.
    ///
    /// AWS does not document whether the caller's policies must allow the action. This STS requires it, so that what
    /// works here works in either case.
    func scopedSession(
        of caller: Caller, _ parameters: ScopedSessionParameters, at now: Date
    ) throws(STSError) -> ScopedSessionResult {
        guard case .session(let session) = caller else {
            throw .invalidSubjectCredentials("GetScopedCredentials requires temporary security credentials.")
        }
        guard session.allows(action: "sts:GetScopedCredentials", resource: "*") else {
            throw .accessDenied(
                "User: \(session.assumedRoleARN) is not authorized to perform: sts:GetScopedCredentials on resource: *")
        }
        let left = session.expiration.timeIntervalSince(now)
        guard TimeInterval(parameters.duration ?? 0) <= left else {
            throw .insufficientSessionLifetime
        }
        let policies = session.scopedPolicies + [parameters.policy].compactMap { $0 }
        guard policies.count <= Self.layers else {
            throw .accessDenied("A session can have at most \(Self.layers) scope down policies.")
        }
        _ = try PackedSize.percent(ofPolicies: session.policySize + parameters.policySize, session.tags)
        let child = Session(
            key: AccessKey(prefix: "ASIA", random: random), token: token(atLeast: parameters.minimumTokenSize),
            issued: now,
            expiration: parameters.duration.map { now.addingTimeInterval(TimeInterval($0)) }
                ?? session.expiration,
            name: session.name, roleARN: session.roleARN, rolePolicy: session.rolePolicy,
            sessionPolicy: session.sessionPolicy, scopedPolicies: policies,
            policySize: session.policySize + parameters.policySize, tags: session.tags,
            sourceIdentity: session.sourceIdentity)
        sessions.insert(child)
        return ScopedSessionResult(
            session: child, tokenUtilization: (child.token.utf8.count * 100 + Self.tokenLimit - 1) / Self.tokenLimit)
    }

    /// A session token of at least this many characters.
    func token(atLeast size: Int = 0) -> String {
        let prefix = "IQoJb3JpZ2luX2Vj"
        let bytes = max(300, (size - prefix.utf8.count + 3) / 4 * 3)
        return prefix + Data(random(bytes)).base64EncodedString()
    }
}

/// The result of GetScopedCredentials.
struct ScopedSessionResult: Sendable {
    let session: Session
    /// Percent of the largest session token.
    let tokenUtilization: Int
}
