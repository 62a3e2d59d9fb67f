import FoundationEssentials

/// AssumeRole and AssumeRoleWithWebIdentity, with the checks of AWS STS.
struct SecurityTokenService: Sendable {
    static let version = "2011-06-15"

    let account: Account
    let sessions: SessionStore
    let identities: any WebIdentityVerifier
    let random: RandomBytes

    /// - Parameter request: with a body of `application/x-www-form-urlencoded`.
    func answer(_ request: SignedRequest, at now: Date) async throws(STSError) -> AssumedRole {
        let form: FormParameters
        do {
            form = try FormParameters(request.body)
        } catch {
            throw .malformedInput("The request body is not a well-formed list of parameters.")
        }
        guard let action = form["Action"], let version = form["Version"] else {
            throw STSError(
                status: 400, code: "MissingAction",
                message: "The request must contain the parameters Action and Version.")
        }
        switch (action, version) {
        case ("AssumeRole", Self.version): return try assumeRole(request, form, at: now)
        case ("AssumeRoleWithWebIdentity", Self.version): return try await assumeRoleWithWebIdentity(form, at: now)
        default:
            throw .invalidAction(
                "Could not find operation \(action.prefix(128)) for version \(version.prefix(32))")
        }
    }

    private func assumeRole(
        _ request: SignedRequest, _ form: FormParameters, at now: Date
    ) throws(STSError) -> AssumedRole {
        let caller = try caller(of: request, at: now)
        let tags = try SessionTag.all(in: form)
        let sourceIdentity = try form.optional("SourceIdentity", length: 2...64)
        guard sourceIdentity.map({ $0.utf8.allSatisfy(AssumeRoleParameters.isSessionNameCharacter) }) ?? true else {
            throw .constraint("sourceIdentity", "Member must satisfy regular expression pattern: [\\w+=,.@-]*")
        }
        let parameters = try AssumeRoleParameters(form, tags: tags)
        guard case .broker = caller, let role = account.role(parameters.roleARN, trusting: .broker) else {
            throw .accessDenied(
                """
                User: \(caller.arn(in: account)) is not authorized to perform: sts:AssumeRole on resource: \
                \(parameters.roleARN)
                """)
        }
        let session = try issue(role, parameters, at: now)
        return AssumedRole(
            session: session, packedPolicySize: parameters.packedPolicySize, sourceIdentity: sourceIdentity,
            webIdentity: nil)
    }

    private func assumeRoleWithWebIdentity(
        _ form: FormParameters, at now: Date
    ) async throws(STSError) -> AssumedRole {
        let token = try form.required("WebIdentityToken", length: 4...20_000)
        let parameters = try AssumeRoleParameters(form)
        let identity = try await identities.verify(token, at: now)
        guard let role = account.role(parameters.roleARN, trusting: .webIdentity) else {
            throw .accessDenied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
        }
        let session = try issue(role, parameters, at: now)
        return AssumedRole(
            session: session, packedPolicySize: parameters.packedPolicySize, sourceIdentity: nil,
            webIdentity: identity)
    }

    private func caller(of request: SignedRequest, at now: Date) throws(STSError) -> Caller {
        let verifier = SignatureVerifier(region: account.region, service: "sts")
        do {
            return try verifier.verify(request, at: now) { id in
                if id == account.brokerKey.id {
                    return SigningKey(
                        secretAccessKey: account.brokerKey.secret, sessionToken: nil, expiration: nil,
                        holder: Caller.broker)
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
        _ role: Account.Role, _ parameters: AssumeRoleParameters, at now: Date
    ) throws(STSError) -> Session {
        guard parameters.duration <= role.maximumSessionDuration else {
            throw .validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        let session = Session(
            key: AccessKey(prefix: "ASIA", random: random),
            token: "IQoJb3JpZ2luX2Vj" + Data(random(300)).base64EncodedString(),
            expiration: now.addingTimeInterval(TimeInterval(parameters.duration)),
            name: parameters.sessionName, roleARN: role.arn, rolePolicy: role.policy,
            sessionPolicy: parameters.policy)
        sessions.insert(session)
        return session
    }

    /// Whose signature is on an AssumeRole request.
    private enum Caller {
        case broker
        case session(Session)

        func arn(in account: Account) -> String {
            switch self {
            case .broker: "arn:aws:iam::\(account.id):user/purser"
            case .session(let session): session.assumedRoleARN
            }
        }
    }
}
