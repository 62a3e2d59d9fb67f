// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Cryptography
import Foundation
import Vending

@main
struct BenchTokens: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purser-bench-tokens",
        abstract: "Measure the cost of verifying a token, compared with libcrypto alone on the same core.",
        discussion: "Measures thread CPU time. Fails if a new or a remembered RS256 token costs more than its limit.")

    @Option(help: "Limit for a new RS256 token, as a multiple of libcrypto's digest and verification.")
    var ratio = 1.5

    @Option(help: "Limit for a remembered token, in microseconds.")
    var recall = 3.0

    @Option(help: "Number of rounds; results are medians.")
    var rounds = 31

    @Option(help: "Tokens per round.")
    var tokens = 200

    @Flag(help: "Print only the ratio of a new RS256 token, as a line of JSON, without limits.")
    var json = false

    func validate() throws {
        guard rounds > 0, tokens > 0 else { throw ValidationError("rounds and tokens must be at least 1") }
    }

    func run() throws {
        let rsa = try SampleTokens(.rsa(bits: 2048), .rs256, count: tokens)
        let others = [
            ("new ES256 token", try SampleTokens(.ec(.p256), .es256, count: tokens)),
            ("new EdDSA token", try SampleTokens(.ed25519, .edDSA, count: tokens)),
        ]
        let results = try measure(rsa, others)
        if json {
            guard let (ratio, spread) = results.ratioAndSpread(Row.new, to: Row.bare) else { throw ExitCode.failure }
            print(
                #"{"name": "new RS256 token / libcrypto alone", "value": \#(ratio), "unit": "ratio", "spread": \#(spread)}"#
            )
            return
        }
        let table = Table(results: results, baseline: Row.bare)
        print(
            "\(rounds) rounds of \(tokens) tokens of \(rsa.tokens[0].rawValue.utf8.count) bytes, thread CPU time, medians\n"
        )
        print(table.text(others.map(\.0)))
        guard let found = results.ratio(Row.new, to: Row.bare), let recalled = results.median(Row.remembered),
            found <= ratio, recalled <= recall
        else {
            print("over the limits: a new token \(ratio) × libcrypto, a remembered one \(recall) µs")
            throw ExitCode.failure
        }
        print("within the limits: a new token \(ratio) × libcrypto, a remembered one \(recall) µs")
    }

    private func measure(_ rsa: SampleTokens, _ others: [(String, SampleTokens)]) throws -> Rounds {
        let bare = try BareVerification(rsa)
        let stages = try Stages(rsa)
        var results = Rounds()
        for round in 0..<rounds {
            func add(_ name: String, _ operations: () throws -> Void) throws {
                results.add(name, try ThreadTime.measure(tokens, operations))
            }
            if round % ((rounds + 2) / 3) == 0, let verify = OpenSSLSpeed.verifyRSA2048() {
                results.add(Row.openssl, verify)
            }
            let authenticator = rsa.authenticator
            try add(Row.digestGiven, bare.verifyDigests)
            try add(Row.bare, bare.hashAndVerify)
            try add(Row.new) { try Stages.authenticate(rsa, with: authenticator) }
            try add(Row.remembered) { try Stages.recall(rsa, from: authenticator) }
            try add(Row.formAndHeader, stages.formAndHeader)
            try add(Row.header, stages.header)
            try add(Row.payload, stages.payload)
            try add(Row.signature, stages.signature)
            try add(Row.claims, stages.claims)
            for (name, sample) in others {
                let authenticator = sample.authenticator
                try add(name) { try Stages.authenticate(sample, with: authenticator) }
            }
        }
        return results
    }
}
