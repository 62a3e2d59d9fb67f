// SPDX-License-Identifier: Apache-2.0

import Outbound
import Testing

@testable import AWS

/// Which source the chain uses, and which configurations it rejects before it sends a request.
@Suite struct CredentialPlannerTests {
    private static let role = "role_arn = arn:aws:iam::123456789012:role/R\n"
    private static let keys = "aws_access_key_id = AKIA\naws_secret_access_key = topsecret\n"
    private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"]
    private static let token = [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/Web",
    ]

    @Test("uses the first configured source of the provider chain")
    func order() throws {
        func source(_ environment: [String: String], _ config: String = "", _ credentials: String = "") throws -> String
        {
            try ChainFixture(environment, config: config, credentials: credentials).chain.plan().source
        }
        let assumed = "[default]\n" + Self.role + "credential_source = EcsContainer\n"
        let web = Self.token.merging(Self.container) { $1 }
        #expect(try source(Fixture.keys.merging(web) { $1 }, assumed) == "environment")
        #expect(try source(web, assumed) == "profile default")
        #expect(try source(web, "[default]\n" + Self.keys, "[default]\n" + Self.keys) == "web identity token file")
        #expect(try source(Self.container, "", "[default]\n" + Self.keys) == "profile default")
        #expect(try source(Self.container, "[default]\ncredential_process = /bin/vend") == "profile default")
        #expect(try source(Self.container, "[default]\nregion = us-west-2") == "container")
        #expect(try source([:]) == "instance metadata")
        #expect(try source(["AWS_ROLE_ARN": "arn:aws:iam::1:role/R"]) == "instance metadata")
    }

    @Test("within a profile, the order is web identity, credentials file, process, config file")
    func withinProfile() throws {
        func base(_ config: String, _ credentials: String = "") throws -> CredentialPlan.Base {
            try ChainFixture(config: config, credentials: credentials).chain.plan().base
        }
        let process = "credential_process = /bin/vend\n"
        let web = "[default]\n" + Self.role + "web_identity_token_file = /token\n" + Self.keys
        guard case .webIdentity = try base(web) else { Issue.record("web identity"); return }
        let other = "[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = s"
        guard case .keys(let keys) = try base("[default]\n" + process + Self.keys, other) else {
            Issue.record("credentials file")
            return
        }
        #expect(keys.accessKeyID == "AKIAOTHER")
        guard case .process = try base("[default]\n" + process + Self.keys) else { Issue.record("process"); return }
        guard case .keys = try base("[default]\n" + Self.keys) else { Issue.record("config file"); return }
    }

    @Test("assumes roles from the innermost source_profile outwards, which can be the profile itself")
    func chain() throws {
        let config = """
            [profile a]
            role_arn = arn:aws:iam::123456789012:role/A
            source_profile = b
            external_id = ext
            duration_seconds = 900
            role_session_name = night.watch
            [profile b]
            role_arn = arn:aws:iam::123456789012:role/B
            source_profile = c
            [profile c]
            aws_access_key_id = AKIAC
            aws_secret_access_key = s
            role_arn = arn:aws:iam::123456789012:role/Ignored
            [profile self]
            role_arn = arn:aws:iam::123456789012:role/Self
            source_profile = self
            aws_access_key_id = AKIASELF
            aws_secret_access_key = s
            """
        let plan = try ChainFixture(["AWS_PROFILE": "a"], config: config).chain.plan()
        #expect(plan.roles.map(\.roleARN) == ["B", "A"].map { "arn:aws:iam::123456789012:role/\($0)" })
        #expect(plan.roles.map(\.sessionName) == ["purser", "night.watch"])
        #expect(plan.roles.last?.externalID == "ext")
        #expect(plan.roles.last?.durationSeconds == 900)
        guard case .keys(let keys) = plan.base else { Issue.record("not keys"); return }
        #expect(keys.accessKeyID == "AKIAC")
        let selfSourced = try ChainFixture(["AWS_PROFILE": "self"], config: config).chain.plan()
        #expect(selfSourced.roles.map(\.roleARN) == ["arn:aws:iam::123456789012:role/Self"])
    }

    @Test("all sources except long-term keys count as a role session")
    func roleSession() throws {
        func isRoleSession(_ environment: [String: String], _ config: String = "") throws -> Bool {
            try ChainFixture(environment, config: config).chain.plan().isRoleSession
        }
        let longTerm = Fixture.keys.filter { $0.key != "AWS_SESSION_TOKEN" }
        #expect(try !isRoleSession(longTerm))
        #expect(try !isRoleSession([:], "[default]\n" + Self.keys))
        #expect(try isRoleSession(Fixture.keys))
        #expect(try isRoleSession([:], "[default]\naws_session_token = t\n" + Self.keys))
        let assumed = "[default]\n" + Self.role + "source_profile = base\n[profile base]\n" + Self.keys
        #expect(try isRoleSession([:], assumed))
        #expect(try isRoleSession([:], "[default]\ncredential_process = /bin/vend"))
        #expect(try isRoleSession(Self.token))
        #expect(try isRoleSession(Self.container))
        #expect(try isRoleSession([:]))
    }

    private static let rejected: [(String, String)] = [
        ("[profile p]\n" + role + "source_profile = p", "profile p: its source_profile leads back to itself"),
        (
            "[profile p]\n" + role + "source_profile = q\n[profile q]\n" + role + "source_profile = p",
            "profile p: its source_profile leads back to itself"
        ),
        // A loop is an error even where keys would end it.
        (
            "[profile p]\n" + role + "source_profile = q\n" + keys + "[profile q]\n" + role + "source_profile = p",
            "profile p: its source_profile leads back to itself"
        ),
        ("[profile p]\nlogin_session = arn:x\n" + keys, "profile p: login_session: Purser does not support"),
        ("[profile p]\nlogin_session = arn:x\ncredential_process = /bin/vend", "profile p: login_session"),
        (
            "[profile p]\n" + role + "source_profile = q\n[profile q]\nlogin_session = arn:x",
            "profile q: login_session: Purser does not support"
        ),
        (
            "[profile p]\n" + keys + "aws_session_token = topsecret1\naws_security_token = topsecret2",
            "profile p: aws_session_token and aws_security_token differ"
        ),
        ("[profile p]\n" + role + "source_profile = q", "source_profile names the profile q, which does not exist"),
        ("[profile p]\n" + role + "source_profile = q\n[profile q]\na = b", "profile q: a source_profile without"),
        ("[profile p]\n" + role, "role_arn needs source_profile"),
        ("[profile p]\n" + role + "source_profile = q\ncredential_source = Environment", "found both"),
        ("[profile p]\n" + role + "credential_source = Environment", "Environment, where there are no keys"),
        ("[profile p]\n" + role + "credential_source = EcsContainer", "no variable names its address"),
        ("[profile p]\n" + role + "credential_source = environment", "expected Environment, EcsContainer or"),
        ("[profile p]\n" + role + "mfa_serial = arn:x\nsource_profile = p", "profile p: mfa_serial"),
        ("[profile p]\nrole_arn = topsecret\ncredential_source = EcsContainer", "role_arn: expected the ARN of a role"),
        ("[profile p]\n" + role + "external_id = x\nsource_profile = p", "external_id: expected 2 to 1,224"),
        ("[profile p]\n" + role + "duration_seconds = 899\nsource_profile = p", "duration_seconds: expected 900"),
        ("[profile p]\n" + role + "role_session_name = a b\nsource_profile = p", "role_session_name: expected"),
        ("[profile p]\naws_secret_access_key = topsecret", "aws_secret_access_key is set without aws_access_key_id"),
        ("[profile p]\naws_access_key_id = topsecret", "aws_access_key_id is set without aws_secret_access_key"),
        (
            "[profile p]\naws_access_key_id = A\naws_secret_access_key = top secret",
            "aws_secret_access_key holds a blank"
        ),
        ("[profile p]\nweb_identity_token_file = /t", "web_identity_token_file is set without role_arn"),
        ("[profile p]\nsso_session = s\n" + keys, "profile p: sso_session: Purser does not support single sign-on"),
        (
            "[profile p]\n" + role + "source_profile = q\n[profile q]\nsso_start_url = u",
            "profile q: sso_start_url: Purser does not support single sign-on"
        ),
        ("[profile p]\ncredential_process = 'topsecret", "credential_process: expected a program"),
        ("[profile other]\na = b", "AWS_PROFILE names p, which the shared files don't have"),
        ("[profile p]\ntopsecret", "/home/purser/.aws/config:2: expected NAME = VALUE"),
    ]

    @Test("rejects a configuration that cannot work, without quoting secrets", arguments: rejected)
    func rejects(config: String, detail: String) async throws {
        let fixture = try ChainFixture(["AWS_PROFILE": "p"], config: config)
        let problem = try #require(fixture.planProblem())
        #expect(problem.contains(detail), "\(problem)")
        #expect(!problem.contains("topsecret") && !problem.contains("top secret"))
        #expect(await fixture.problem() == problem)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test("never passes over a profile of `aws login` for a later source")
    func login() throws {
        for environment in [[:], Self.container] {
            let fixture = try ChainFixture(environment, config: "[default]\nlogin_session = arn:x")
            #expect(fixture.planProblem()?.contains("login_session: Purser does not support") == true)
        }
    }

    @Test(
        "reads the session token by its old name too",
        arguments: ["aws_security_token = t", "aws_security_token = t\naws_session_token = t", "aws_session_token = t"])
    func oldToken(line: String) throws {
        for files in [("[default]\n" + Self.keys + line, ""), ("", "[default]\n" + Self.keys + line)] {
            let plan = try ChainFixture(config: files.0, credentials: files.1).chain.plan()
            guard case .keys(let keys) = plan.base else { Issue.record("\(plan.source)"); return }
            #expect(keys.sessionToken == "t")
        }
    }

    @Test("rejects a token file without a role, and sends nothing to a disabled metadata service")
    func environment() throws {
        #expect(
            try ChainFixture(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"]).planProblem()
                == "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN")
        let none = try #require(try ChainFixture(["AWS_EC2_METADATA_DISABLED": "TRUE"]).planProblem())
        #expect(none.contains("none are configured"))
        #expect(try ChainFixture(["AWS_EC2_METADATA_DISABLED": "ja"]).planProblem()?.contains("true or false") == true)
    }
}
