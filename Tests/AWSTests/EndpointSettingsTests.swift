// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AWS

/// Endpoints from the shared config file, and their precedence with the variables.
@Suite struct EndpointSettingsTests {
    private func endpoints(_ environment: [String: String], _ config: String) throws(EndpointError) -> Endpoints {
        try Endpoints(
            environment: ["HOME": "/home/purser"].merging(environment) { $1 },
            files: MemoryFiles([MemoryFiles.config: config]))
    }

    private static let config = """
        [default]
        services = local
        endpoint_url = http://127.0.0.1:1004

        [services local]
        sts =
          endpoint_url = http://127.0.0.1:1003
        cognito_identity =
          endpoint_url = http://127.0.0.1:1005

        [profile plain]
        use_fips_endpoint = true
        """

    @Test("the order of endpoint overrides is service variable, general variable, profile's service, profile")
    func order() throws {
        let region = try #require(Region("us-west-2"))
        let file = try endpoints([:], Self.config)
        #expect(file.sts(in: region).url == "http://127.0.0.1:1003")
        #expect(file.cognitoIdentity(in: region).url == "http://127.0.0.1:1005")
        #expect(file.rumDataPlane(in: region).url == "http://127.0.0.1:1004")
        let general = try endpoints(["AWS_ENDPOINT_URL": "http://127.0.0.1:1002"], Self.config)
        #expect(general.sts(in: region).url == "http://127.0.0.1:1002")
        let special = try endpoints(
            ["AWS_ENDPOINT_URL": "http://127.0.0.1:1002", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1001"], Self.config)
        #expect(special.sts(in: region).url == "http://127.0.0.1:1001")
        #expect(special.rumDataPlane(in: region).url == "http://127.0.0.1:1002")
    }

    @Test("variable or profile can disable all overrides, and the variable takes precedence")
    func ignored() throws {
        let region = try #require(Region("us-west-2"))
        let amazon = "https://sts.us-west-2.amazonaws.com"
        let off = try endpoints(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], Self.config)
        #expect(off.sts(in: region).url == amazon)
        let config = "[default]\nendpoint_url = http://127.0.0.1:1\nignore_configured_endpoint_urls = true"
        #expect(try endpoints([:], config).sts(in: region).url == amazon)
        let on = try endpoints(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"], config)
        #expect(on.sts(in: region).url == "http://127.0.0.1:1")
    }

    @Test("the profile's FIPS and dualstack settings apply if no variable is set")
    func variants() throws {
        let region = try #require(Region("us-west-2"))
        let profile = ["AWS_PROFILE": "plain"]
        #expect(
            try endpoints(profile, Self.config).sts(in: region).url == "https://sts-fips.us-west-2.amazonaws.com")
        let off = try endpoints(profile.merging(["AWS_USE_FIPS_ENDPOINT": "False"]) { $1 }, Self.config)
        #expect(off.sts(in: region).url == "https://sts.us-west-2.amazonaws.com")
        let both = try endpoints(profile.merging(["AWS_USE_DUALSTACK_ENDPOINT": "true"]) { $1 }, Self.config)
        #expect(both.sts(in: region).url == "https://sts-fips.us-west-2.api.aws")
    }

    @Test(
        "reports an invalid endpoint setting by its name and never by its value",
        arguments: [
            (["AWS_PROFILE": "plain", "AWS_ENDPOINT_URL_RUM": "http://here"], "profile plain: use_fips_endpoint"),
            (["AWS_PROFILE": "plain", "AWS_ENDPOINT_URL_RUM": "http://here"], "AWS_ENDPOINT_URL_RUM"),
            (["AWS_USE_DUALSTACK_ENDPOINT": "maybe"], "AWS_USE_DUALSTACK_ENDPOINT: expected true or false"),
            (["AWS_PROFILE": "bad"], "profile bad: endpoint_url: expected an absolute"),
            (["AWS_PROFILE": "worse"], "profile worse: use_fips_endpoint: expected true or false"),
            (["AWS_CONFIG_FILE": "/broken"], "/broken:2: expected NAME = VALUE"),
        ])
    func wrong(environment: [String: String], detail: String) throws {
        let config =
            Self.config
            + "\n[profile bad]\nendpoint_url = http://me:secret@here\n[profile worse]\nuse_fips_endpoint = secret"
        let files = MemoryFiles([MemoryFiles.config: config, "/broken": "[default]\nsecret"])
        let problem = try #require(throws: EndpointError.self) {
            try Endpoints(environment: ["HOME": "/home/purser"].merging(environment) { $1 }, files: files)
        }
        #expect(problem.description.contains(detail), "\(problem)")
        #expect(!problem.description.contains("secret") && !problem.description.contains("maybe"))
    }
}
