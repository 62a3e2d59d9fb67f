// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import StrictForm

/// AssumeRole, AssumeRoleWithWebIdentity, GetScopedCredentials and GetCallerIdentity, with the checks of AWS STS.
struct SecurityTokenService: Sendable {
    static let version = "2011-06-15"
    static let scopingAction = "GetScopedCredentials"
    /// Parameters of a form, at most. A request with 50 tags has about 110.
    static let parameterLimit = 200

    let account: Account
    let sessions: SessionStore
    let identities: any WebIdentityVerifier
    let random: RandomBytes

    /// - Parameter request: its body is `application/x-www-form-urlencoded`.
    func answer(_ request: SignedRequest, at now: Date) async throws(STSError) -> STSResult {
        let form: FormParameters
        do {
            form = try FormParameters(request.body, limit: Self.parameterLimit)
        } catch {
            throw .malformedInput("The request body is not a well-formed list of parameters.")
        }
        guard let action = form["Action"], let version = form["Version"] else {
            throw STSError(
                status: 400, code: "MissingAction",
                message: "The request must contain the parameters Action and Version.")
        }
        switch (action, version) {
        case ("AssumeRole", Self.version): return .assumedRole(try assumeRole(request, form, at: now))
        case ("AssumeRoleWithWebIdentity", Self.version):
            return .assumedRole(try await assumeRoleWithWebIdentity(form, at: now))
        case ("GetCallerIdentity", Self.version):
            let caller = try caller(of: request, at: now)
            return .callerIdentity(CallerIdentity(arn: caller.arn, userID: caller.userID, account: account.id))
        case (Self.scopingAction, Self.version):
            return .scopedSession(
                try scopedSession(of: try caller(of: request, at: now), ScopedSessionParameters(form), at: now))
        default:
            throw .invalidAction(
                "Could not find operation \(action.prefix(128)) for version \(version.prefix(32))")
        }
    }

    private func assumeRole(
        _ request: SignedRequest, _ form: FormParameters, at now: Date
    ) throws(STSError) -> AssumedRole {
        let caller = try caller(of: request, at: now)
        let tags = try SessionTags(form)
        let sourceIdentity = try SourceIdentity.read(form)
        let externalID = try form.optional("ExternalId", length: 2...1_224)
        let parameters = try AssumeRoleParameters(form, tags: tags)
        var keys = ["sts:rolesessionname": parameters.sessionName]
        keys["sts:externalid"] = externalID
        let roleRequest = RoleRequest(
            action: "sts:AssumeRole", principal: .aws(caller.arn), tags: tags, sourceIdentity: sourceIdentity,
            keys: keys)
        let role = try role(parameters.roleARN, for: roleRequest) { action in
            "User: \(caller.arn) is not authorized to perform: \(action) on resource: \(parameters.roleARN)"
        }
        return try issue(role, parameters, roleRequest, webIdentity: nil, at: now)
    }

    private func assumeRoleWithWebIdentity(
        _ form: FormParameters, at now: Date
    ) async throws(STSError) -> AssumedRole {
        let token = try form.required("WebIdentityToken", length: 4...20_000)
        _ = try AssumeRoleParameters(form, tags: .none)
        let identity = try await identities.verify(token, at: now)
        let parameters = try AssumeRoleParameters(form, tags: identity.tags)
        let provider = identity.providerName.lowercased()
        let roleRequest = RoleRequest(
            action: "sts:AssumeRoleWithWebIdentity", principal: .federated(identity.provider), tags: identity.tags,
            sourceIdentity: identity.sourceIdentity,
            keys: [
                "\(provider):aud": identity.audience, "\(provider):sub": identity.subject,
                "sts:rolesessionname": parameters.sessionName,
            ])
        let role = try role(parameters.roleARN, for: roleRequest) { action in "Not authorized to perform \(action)" }
        return try issue(role, parameters, roleRequest, webIdentity: identity, at: now)
    }

    /// - Parameter message: the error message for a denied action. As at AWS, it is the same for a role that does not
    ///   exist and for a role that does not trust the caller.
    private func role(
        _ arn: String, for roleRequest: RoleRequest, message: (_ action: String) -> String
    ) throws(STSError) -> Account.Role {
        guard let role = account.role(arn) else { throw .accessDenied(message(roleRequest.action)) }
        if let action = roleRequest.deniedAction(by: role.trust) { throw .accessDenied(message(action)) }
        return role
    }

    private func caller(of request: SignedRequest, at now: Date) throws(STSError) -> Caller {
        let verifier = SignatureVerifier(region: account.region, service: "sts")
        do {
            return try verifier.verify(request, at: now) { id in
                if id == account.brokerKey.id {
                    return SigningKey(
                        secretAccessKey: account.brokerKey.secret, sessionToken: nil, expiration: nil,
                        holder: Caller.broker(account))
                }
                return sessions.session(of: id).map { session in
                    SigningKey(
                        secretAccessKey: session.key.secret, sessionToken: session.token,
                        expiration: session.expiration, holder: Caller.session(session))
                }
            }
        } catch {
            throw STSError(error, now: now, region: account.region)
        }
    }

    private func issue(
        _ role: Account.Role, _ parameters: AssumeRoleParameters, _ roleRequest: RoleRequest,
        webIdentity: WebIdentity?, at now: Date
    ) throws(STSError) -> AssumedRole {
        guard parameters.duration <= role.maximumSessionDuration else {
            throw .validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        let session = Session(
            key: AccessKey(prefix: "ASIA", random: random),
            token: token(), issued: now, expiration: now.addingTimeInterval(TimeInterval(parameters.duration)),
            name: parameters.sessionName, roleARN: role.arn, rolePolicy: role.policy,
            sessionPolicy: parameters.policy, policySize: parameters.policySize, tags: roleRequest.tags,
            sourceIdentity: roleRequest.sourceIdentity)
        sessions.insert(session)
        return AssumedRole(
            session: session, packedPolicySize: parameters.packedPolicySize, webIdentity: webIdentity)
    }
}
