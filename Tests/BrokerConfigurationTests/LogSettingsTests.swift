// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import BrokerConfiguration

@Suite struct LogSettingsTests {
    private func adding(_ text: String) -> String {
        SettingsFixture.replacing("admin: 127.0.0.1:8081", by: "admin: 127.0.0.1:8081\nlog: \(text)")
    }

    private func read(_ text: String) throws -> LogSettings {
        try SettingsFile.parse(text, file: "f", variables: [:]).log
    }

    @Test("without settings, logs info and above and each response, as JSON")
    func defaults() throws {
        let log = try read(SettingsFixture.text)
        #expect(log.level == .info && log.access == .all && log.format == .json)
    }

    @Test("reads each value of the settings")
    func values() throws {
        for level in LogSettings.Level.allCases {
            #expect(try read(adding("{level: \(level.rawValue)}")).level == level)
        }
        for access in LogSettings.Access.allCases {
            // YAML 1.1 reads `off` as a Boolean; a scalar is a scalar here.
            #expect(try read(adding("{access: \(access.rawValue)}")).access == access)
        }
        for format in LogSettings.Format.allCases {
            #expect(try read(adding("{format: \(format.rawValue)}")).format == format)
        }
    }

    @Test("reads ratios over 0 up to 1, and no other spelling of a number", arguments: ["0.5", "1", "1.0", "0.000001"])
    func ratios(text: String) throws {
        #expect(try read(adding("{access: sampled, sample-ratio: \(text)}")).sampleRatio == Double(text))
    }

    @Test(
        "rejects ratios that are none",
        arguments: ["0", "0.0", "1.1", "-0.5", "1e-2", "0x1", "nan", "inf", ".5", "5.", "50%", "''", "0.1.2"])
    func badRatios(text: String) {
        let problems = SettingsFixture.problems(adding("{access: sampled, sample-ratio: \(text)}"))
        #expect(problems.count == 1 && problems[0].hasPrefix("f:3: log.sample-ratio: found "), "\(problems)")
    }

    @Test("a ratio without `access: sampled` is a mistake, because it would have no effect")
    func ratioWithoutSampling() {
        let problems = SettingsFixture.problems(adding("{access: errors, sample-ratio: 0.5}"))
        #expect(problems.count == 1 && problems[0].contains("only `access: sampled` samples"), "\(problems)")
    }
}
