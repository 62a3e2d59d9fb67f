import Testing
import Vending

@testable import AWS

@Suite struct EnvironmentCredentialsTests {
    private func failure(_ environment: [String: String]) async -> ExchangeFailure? {
        do throws(ExchangeFailure) {
            _ = try await EnvironmentCredentials(environment: environment).credentials()
            return nil
        } catch {
            return error
        }
    }

    @Test("key and secret, with or without a session token")
    func whole() async throws {
        let long = try await EnvironmentCredentials(environment: [
            "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "",
        ]).credentials()
        #expect(long.accessKeyID == "AKIA")
        #expect(long.secretAccessKey == "s")
        #expect(long.sessionToken == nil)
        let short = EnvironmentCredentials(environment: Fixture.keys)
        #expect(try await short.credentials().sessionToken == "own/session==")
        #expect(short.problem == nil)
    }

    @Test(
        "half a pair, or none, is told in words",
        arguments: [
            (["AWS_ACCESS_KEY_ID": "AKIA"], "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"),
            (["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": ""], "is set without AWS_SECRET_ACCESS_KEY"),
            (["AWS_SECRET_ACCESS_KEY": "topsecret"], "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID"),
            (["AWS_SESSION_TOKEN": "topsecret"], "are not set"), ([:], "are not set"),
            (["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "topsecret\n"], "AWS_SECRET_ACCESS_KEY holds"),
            (["AWS_ACCESS_KEY_ID": "AKIA x", "AWS_SECRET_ACCESS_KEY": "topsecret"], "AWS_ACCESS_KEY_ID holds"),
        ])
    func incomplete(environment: [String: String], words: String) async throws {
        let failure = try #require(await failure(environment))
        #expect(failure.kind == .unavailable)
        #expect(failure.detail.contains(words))
        #expect(!failure.detail.contains("topsecret"))
        #expect(EnvironmentCredentials(environment: environment).problem == failure.detail)
    }

    @Test("credentials print themselves redacted, alone and inside of others")
    func redacted() async throws {
        let provider = EnvironmentCredentials(environment: Fixture.keys)
        let credentials = try await provider.credentials()
        var dumped = ""
        dump(credentials, to: &dumped)
        dump(provider, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), "\([credentials])", "\(provider)", dumped] {
            #expect(!text.contains(Fixture.secret))
            #expect(!text.contains("own/session"))
        }
    }
}
