// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Testing

@testable import PurserCommand

@Suite struct FileDescriptorTests {
    @Test("`limits.connections` is lowered to what the process's limit of file descriptors allows")
    func files() throws {
        var settings = try SettingsFile.parse(Self.yaml(limits: "connections: 100"), file: "f", variables: [:])
        #expect(settings.fit(files: 1_000) == nil)
        #expect(settings.connections.connections == 100)
        #expect(settings.fit(files: 250)?.contains("from 100 to 58") == true)
        #expect(settings.connections.connections == 58)
    }

    @Test(
        "outbound connections to a host suffice for the rate and the time-out, within an eighth of the files",
        arguments: [
            (" ", 1_000_000, 2_500), (" sts-rate: 100", 1_000_000, 500), (" rum-rate: 600", 1_000_000, 4_800),
            (" sts-rate: 100, exchange-timeout: 1s", 1_000_000, 100), (" sts-rate: 1, rum-rate: 1", 1_000_000, 64),
            (" ", 1_024, 128), (" ", 250, 64),
        ])
    func outbound(limits: String, files: Int, expected: Int) throws {
        let settings = try SettingsFile.parse(Self.yaml(limits: limits), file: "f", variables: [:])
        #expect(settings.outboundConnections(files: files) == expected)
    }

    @Test("inbound connections leave room for the outbound ones of two hosts", arguments: [512, 1_024, 65_536])
    func room(files: Int) {
        let outbound = FileDescriptors.outboundConnections(wanted: 2_500, under: files)
        #expect(FileDescriptors.connections(under: files, outbound: outbound) + 2 * outbound + 128 <= files)
    }

    private static func yaml(limits: String) -> String {
        """
        listen: 127.0.0.1:8080
        aws: {region: us-west-2, account: "123456789012"}
        limits: {\(limits)}
        apps:
          shop:
            origins: []
            guest:
              monitor: {name: Shop_Guests, id: 66666666-7777-8888-9999-000000000000}
              exchange: assume-role
              role: arn:aws:iam::123456789012:role/RumGuest
        """
    }
}
