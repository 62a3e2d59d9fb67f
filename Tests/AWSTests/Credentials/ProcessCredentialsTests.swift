// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import AWS

@Suite struct CommandLineTests {
    @Test(
        "splits words and quotes without expansion",
        arguments: [
            ("/bin/vend", ["/bin/vend"]), ("  a  b\tc ", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
            (#"a \ b "\"\\\n" '\'"#, ["a", " b", #""\\n"#, #"\"#]), ("a'b'\"c\"d", ["abcd"]),
            ("a '' \"\"", ["a", "", ""]),
            ("a $HOME * `b` | c; d > e", ["a", "$HOME", "*", "`b`", "|", "c;", "d", ">", "e"]),
        ])
    func words(text: String, expected: [String]) { #expect(CommandLine(text)?.words == expected) }

    @Test(
        "rejects a command line without a program or with an unclosed quote",
        arguments: ["", "  ", "'a", "a \"b", "a \\", "'' b"])
    func none(text: String) { #expect(CommandLine(text) == nil) }
}

@Suite struct ProcessCredentialsTests {
    private static let json = #"{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"topsecret""#

    /// Runs a shell script, which must not contain single quotes.
    private func load(_ script: String, deadline: Duration = .seconds(20)) throws(BrokerCredentialError)
        -> SigningCredentials
    {
        guard let line = CommandLine("/bin/sh -c '\(script)'") else { throw BrokerCredentialError("no line") }
        return try ProcessCredentials(
            command: line, environment: EnvironmentVariables(["PATH": "/usr/bin:/bin", "GIVEN": "given"]),
            deadline: deadline
        ).load()
    }

    private func problem(_ script: String, deadline: Duration = .seconds(20)) -> String? {
        do throws(BrokerCredentialError) {
            _ = try load(script, deadline: deadline)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("reads the program's output with or without token and expiration, and with a time offset")
    func good() throws {
        let bare = try load(
            "echo \"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"AKIA\\\",\\\"SecretAccessKey\\\":\\\"s\\\"}\"")
        #expect(bare.accessKeyID == "AKIA")
        #expect(bare.sessionToken == nil)
        #expect(bare.expiration == nil)
        let file = "/dev/fd/3"
        let whole = try load(
            """
            exec 3<<END
            \(Self.json),"SessionToken":"t","Expiration":"2026-01-02T05:04:05+01:00"}
            END
            cat \(file)
            """)
        #expect(whole.sessionToken == "t")
        #expect(whole.expiration == Fixture.now.addingTimeInterval(3_600))
    }

    @Test("the program inherits the variables, no input and no open files, and its standard error is discarded")
    func inheritance() throws {
        let keys = try load(
            """
            cat
            echo topsecret >&2
            open=$(ls /proc/self/fd | tr -d "\\n")
            echo "{\\"Version\\":1,\\"AccessKeyId\\":\\"$GIVEN.$open\\",\\"SecretAccessKey\\":\\"s\\"}"
            """)
        // ls also has the directory itself open.
        #expect(keys.accessKeyID == "given.0123")
    }

    @Test(
        "reports a failed program without quoting its output",
        arguments: [
            ("echo topsecret; exit 3", "credential_process exited with status 3"),
            ("kill -9 $$", "was terminated by a signal"),
            ("echo topsecret", "credential_process: expected JSON"), ("true", "expected JSON with credentials"),
            ("echo \"{}\"", "expected Version 1"), ("head -c 70000 /dev/zero", "wrote more than 65536 bytes"),
        ])
    func bad(script: String, detail: String) throws {
        let problem = try #require(self.problem(script))
        #expect(problem.contains(detail), "\(problem)")
        #expect(!problem.contains("topsecret"))
    }

    @Test("kills a program that does not exit, with all its children")
    func endless() throws {
        let marker = "\(ProcessInfo.processInfo.processIdentifier)\(UInt32.random(in: 0 ... .max))"
        let began = ContinuousClock.now
        #expect(
            problem("sleep 300.\(marker) & wait", deadline: .milliseconds(300))?.contains("did not exit within") == true
        )
        #expect(
            problem("exec >&-; sleep 300.\(marker)", deadline: .milliseconds(300))?.contains("did not exit") == true)
        #expect(problem("yes", deadline: .seconds(20))?.contains("wrote more than") == true)
        #expect(ContinuousClock.now - began < .seconds(20))
        let left = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { UInt32($0) != nil }.filter {
            let line = FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data()
            let state = FileManager.default.contents(atPath: "/proc/\($0)/stat") ?? Data()
            return String(decoding: line, as: UTF8.self).contains("300.\(marker)")
                && !String(decoding: state, as: UTF8.self).contains(") Z ")
        }
        #expect(left.isEmpty)
    }

    @Test("reports a program that does not exist")
    func missing() throws {
        let line = try #require(CommandLine("/nowhere/at/all"))
        let problem = #expect(throws: BrokerCredentialError.self) {
            try ProcessCredentials(command: line, environment: EnvironmentVariables([:])).load()
        }
        #expect(problem?.description == "credential_process could not be started: error 2")
    }
}
