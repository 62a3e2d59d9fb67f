// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AWS

@Suite struct SharedFileTests {
    private func read(_ text: String) throws(BrokerCredentialError) -> SharedFile {
        try SharedFile.read("/f", MemoryFiles(["/f": text]))
    }

    private func value(_ text: String) throws -> String? {
        try read("[s]\n" + text).sections.first?.properties["n"]?.value
    }

    @Test(
        "reads names and values as AWS's tools do",
        arguments: [
            ("n = v", "v"), ("n=v", "v"), ("n\t=\tv\t", "v"), ("N = v", "v"), ("n = v\r", "v"), ("n = a = b", "a = b"),
            ("n = v # comment", "v"), ("n = v\t; comment", "v"), ("n = v#no comment", "v#no comment"),
            ("n = # all comment", ""), ("n =", ""), ("n = old\nn = new", "new"), ("n = v\n\n# c\n  ; c\n", "v"),
            ("n = a\n  b\n\tc", "a\nb\nc"), ("  n = v\n  m = w", "v"), ("n = ü", "ü"), ("x = y\n  n = z\nn = v", "v"),
        ])
    func values(text: String, expected: String) throws { #expect(try value(text) == expected) }

    @Test("keeps nested blocks separate from the section's settings")
    func nested() throws {
        let file = try read("[default]\ns3 =\n  region = inner\n  max = 3 # of them\nregion = outer\n")
        let properties = try #require(file.sections.first?.properties)
        #expect(properties["s3"]?.nested == ["region": "inner", "max": "3"])
        #expect(properties["region"]?.value == "outer")
    }

    @Test(
        "accepts blanks and comments in section lines",
        arguments: [
            ("[profile a]", "profile a"), ("[ profile\t a ]", "profile a"), ("[a] # c", "a"), ("[a] ; [b]", "a"),
            ("  [a]", "a"),
        ])
    func headers(text: String, header: String) throws { #expect(try read(text).sections.map(\.header) == [header]) }

    @Test(
        "reports a malformed line by file and line number without quoting it",
        arguments: [
            ("[s]\nsecret", "/f:2: expected NAME = VALUE"), ("[s]\n\n= secret", "/f:3: expected a name before the ="),
            ("secret = s", "/f:1: a setting before the first [section]"), ("[secret", "/f:1: expected [section]"),
            ("[s] secret", "/f:1: expected [section]"), ("[]", "/f:1: expected a name between the brackets"),
            ("[s]\nn =\n  secret", "/f:3: expected NAME = VALUE"), ("[s]\nn = \u{0}secret", "/f is not UTF-8 text"),
        ])
    func malformed(text: String, detail: String) throws {
        let problem = try #require(throws: BrokerCredentialError.self) { try read(text) }
        #expect(problem.description == detail)
    }

    @Test("treats a missing file as empty and an unreadable one as an error")
    func missing() throws {
        let files = MemoryFiles()
        #expect(try SharedFile.read("/f", files).sections.isEmpty)
        files.makeUnreadable("/f", "can't be read: permission denied")
        let problem = try #require(throws: BrokerCredentialError.self) { try SharedFile.read("/f", files) }
        #expect(problem.description == "/f can't be read: permission denied")
    }

    @Test("reads real files, and reports missing files, directories and files over the limit")
    func system() throws {
        let files = SystemFiles()
        #expect(try files.read("/etc/hostname", limit: 4_096)?.isEmpty == false)
        #expect(try files.read("/nowhere/at/all", limit: 1) == nil)
        #expect(try files.read("/etc/hostname/below", limit: 1) == nil)
        #expect(try files.read("/dev/null", limit: 1) == [])
        #expect(throws: FileError("is a directory")) { try files.read("/etc", limit: 1) }
        #expect(throws: FileError("is longer than 100000 bytes")) { try files.read("/dev/zero", limit: 100_000) }
    }
}

@Suite struct SharedConfigurationTests {
    private func read(
        _ config: String, _ credentials: String = "", _ environment: [String: String] = [:]
    ) throws -> SharedConfiguration {
        try SharedConfiguration.read(
            EnvironmentVariables(["HOME": "/home/purser"].merging(environment) { $1 }),
            MemoryFiles([
                MemoryFiles.config: config, MemoryFiles.credentials: credentials, "/c": "[profile c]\nn = from c",
                "/home/purser/mine": "[profile c]\nn = mine",
            ]))
    }

    @Test("reads prefixed profiles of the config file and plain ones of the credentials file, which takes precedence")
    func both() throws {
        let shared = try read("[profile a]\nn = 1\nm = 2\n[a]\nn = 3\n[sso-session a]\nn = 4", "[a]\nn = 5\nm =")
        #expect(shared.profile("a")?["n"] == "5")
        #expect(shared.profile("a")?["m"] == "2")
        #expect(shared.profile("b") == nil)
        #expect(shared.profileName == "default")
        #expect(shared.profile == nil)
    }

    @Test("merges equal sections, prefers [profile default] over [default] and strips quotes")
    func sections() throws {
        let shared = try read(
            "[profile default]\nn = 1\n[default]\nn = 2\n[profile default]\nm = 3\n[profile \"a b\"]\nn = 4")
        #expect(shared.profile?["n"] == "1")
        #expect(shared.profile?["m"] == "3")
        #expect(shared.profile("a b")?["n"] == "4")
        #expect(try read("[default]\nn = 2").profile?["n"] == "2")
    }

    @Test("variables select profile and files, and ~ stands for the home directory")
    func variables() throws {
        let shared = try read("", "", ["AWS_PROFILE": "c", "AWS_CONFIG_FILE": "/c"])
        #expect(shared.isProfileNamed)
        #expect(shared.profile?["n"] == "from c")
        #expect(try read("", "", ["AWS_CONFIG_FILE": "~/mine"]).profile("c")?["n"] == "mine")
        #expect(try read("[default]\nn = 1", "", ["HOME": ""]).profile == nil)
    }
}
