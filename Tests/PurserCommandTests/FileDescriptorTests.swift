// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Testing

@testable import PurserCommand

@Suite struct FileDescriptorTests {
    @Test("`limits.connections` is lowered to what the process's limit of file descriptors allows")
    func files() throws {
        let yaml = """
            listen: 127.0.0.1:8080
            aws: {region: us-west-2, account: "123456789012"}
            limits: {connections: 100}
            apps:
              shop:
                origins: []
                guest:
                  monitor: {name: Shop_Guests, id: 66666666-7777-8888-9999-000000000000}
                  exchange: assume-role
                  role: arn:aws:iam::123456789012:role/RumGuest
            """
        var settings = try SettingsFile.parse(yaml, file: "f", variables: [:])
        #expect(settings.fit(files: 1_000) == nil)
        #expect(settings.connections.connections == 100)
        #expect(settings.fit(files: 250)?.contains("from 100 to 58") == true)
        #expect(settings.connections.connections == 58)
    }
}
