import Foundation
import Testing

@testable import AWS

@Suite struct CommandLineTests {
    @Test(
        "words and quotes, and nothing expanded",
        arguments: [
            ("/bin/give", ["/bin/give"]), ("  a  b\tc ", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
            (#"a \ b "\"\\\n" '\'"#, ["a", " b", #""\\n"#, #"\"#]), ("a'b'\"c\"d", ["abcd"]),
            ("a '' \"\"", ["a", "", ""]),
            ("a $HOME * `b` | c; d > e", ["a", "$HOME", "*", "`b`", "|", "c;", "d", ">", "e"]),
        ])
    func words(text: String, expected: [String]) { #expect(CommandLine(text)?.words == expected) }

    @Test("no program, or a quote that stays open, is none", arguments: ["", "  ", "'a", "a \"b", "a \\", "'' b"])
    func none(text: String) { #expect(CommandLine(text) == nil) }
}

@Suite struct ProcessCredentialsTests {
    private static let json = #"{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"topsecret""#

    /// Runs a script of the shell, without single quotes.
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

    @Test("what it prints: with and without token and end, an offset in the place of the Z")
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

    @Test("it has the variables, no input and none of our files, and what it says on standard error is nobody's")
    func surroundings() throws {
        let keys = try load(
            """
            cat
            echo topsecret >&2
            open=$(ls /proc/self/fd | tr -d "\\n")
            echo "{\\"Version\\":1,\\"AccessKeyId\\":\\"$GIVEN.$open\\",\\"SecretAccessKey\\":\\"s\\"}"
            """)
        // ls has the directory itself open as well.
        #expect(keys.accessKeyID == "given.0123")
    }

    @Test(
        "what goes wrong is told in words, without what it wrote",
        arguments: [
            ("echo topsecret; exit 3", "credential_process ended with 3"), ("kill -9 $$", "was ended by a signal"),
            ("echo topsecret", "credential_process: the answer is no JSON"), ("true", "no JSON with credentials"),
            ("echo \"{}\"", "expected Version 1"), ("head -c 70000 /dev/zero", "wrote more than 65536 bytes"),
        ])
    func bad(script: String, words: String) throws {
        let problem = try #require(self.problem(script))
        #expect(problem.contains(words), "\(problem)")
        #expect(!problem.contains("topsecret"))
    }

    @Test("one that does not end is ended, with all it started")
    func endless() throws {
        let mark = "\(ProcessInfo.processInfo.processIdentifier)\(UInt32.random(in: 0 ... .max))"
        let began = ContinuousClock.now
        #expect(
            problem("sleep 300.\(mark) & wait", deadline: .milliseconds(300))?.contains("did not end within") == true)
        #expect(problem("exec >&-; sleep 300.\(mark)", deadline: .milliseconds(300))?.contains("did not end") == true)
        #expect(problem("yes", deadline: .seconds(20))?.contains("wrote more than") == true)
        #expect(ContinuousClock.now - began < .seconds(20))
        let left = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { UInt32($0) != nil }.filter {
            let line = FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data()
            let state = FileManager.default.contents(atPath: "/proc/\($0)/stat") ?? Data()
            return String(decoding: line, as: UTF8.self).contains("300.\(mark)")
                && !String(decoding: state, as: UTF8.self).contains(") Z ")
        }
        #expect(left.isEmpty)
    }

    @Test("a program that is not there")
    func missing() throws {
        let line = try #require(CommandLine("/nowhere/at/all"))
        let problem = #expect(throws: BrokerCredentialError.self) {
            try ProcessCredentials(command: line, environment: EnvironmentVariables([:])).load()
        }
        #expect(problem?.description == "credential_process could not be started: error 2")
    }
}
