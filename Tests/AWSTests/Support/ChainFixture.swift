// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbound

@testable import AWS

/// A provider chain with files in memory, a scripted transport and a manual clock.
struct ChainFixture {
    let transport: ScriptedTransport
    let clock = ManualClock()
    let files: MemoryFiles
    let chain: BrokerCredentialChain

    init(
        _ environment: [String: String] = [:], config: String? = nil, credentials: String? = nil,
        files others: [String: String] = [:], _ script: [ScriptedTransport.Reply] = [.fail(.connection("no script"))]
    ) throws {
        var files = others
        files[MemoryFiles.config] = config
        files[MemoryFiles.credentials] = credentials
        self.files = MemoryFiles(files)
        transport = ScriptedTransport(script, clock: clock)
        let sts = STSClient(
            endpoint: try Fixture.require(Endpoint("https://sts.us-west-2.amazonaws.com")),
            region: try Fixture.require(Region("us-west-2")), transport: transport,
            retry: RetryPolicy(clock: clock, random: { 0.5 }), endpointGuard: .fixture(clock),
            now: { Fixture.now })
        chain = BrokerCredentialChain(
            environment: ["HOME": "/home/purser"].merging(environment) { _, new in new }, files: self.files,
            transport: transport, sts: sts, clock: clock)
    }

    /// The error of a load; `nil` if it succeeds.
    func problem() async -> String? {
        do throws(BrokerCredentialError) {
            _ = try await chain.load()
            return nil
        } catch {
            return error.description
        }
    }

    /// The error of planning; `nil` if it succeeds.
    func planProblem() -> String? {
        do throws(BrokerCredentialError) {
            _ = try chain.plan()
            return nil
        } catch {
            return error.description
        }
    }
}
